// Explores a program in child processes, which the map may crash.
//
// The search is shared out among them in rounds, in parts of some thousands of
// executions (search_frontier.h): what is left of the parts of one round is
// what the next is made of. Nothing depends on how many processes there are,
// nor on which of them explores what, so neither does what is found first.

#ifndef MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_
#define MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

struct IsolatedExplorationOptions {
  // As ExploreProgramOptions.
  MemoryModel memory = MemoryModel::kSc;
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();
  std::optional<uint32_t> max_preemptions = std::nullopt;
  // How many processes explore at once, from 1 to 64; one alone where
  // pre-emptions are bounded.
  int workers = 1;
  // Ends the exploration soon once it is true, if not null: for signal
  // handlers. What was found by then is told.
  const std::atomic<bool>* stop = nullptr;
  // A child that makes no step for so long is stuck.
  std::chrono::milliseconds patience{10'000};
  // Called about ten times a second with the executions so far, and those of
  // them that were counted before this run.
  std::function<void(uint64_t executions, uint64_t resumed)> on_progress =
      nullptr;
};

// Where an exploration's progress is kept.
struct ExplorationCheckpointOptions {
  std::string path;  // Taken up if the file exists.
  // The program that explores, and its version, in one line: what another one
  // kept is not taken up.
  std::string program;
};

// As ExploredProgram; a crash or a time-out of the map is a finding too.
struct IsolatedExploration {
  uint64_t executions = 0;
  uint64_t blocked = 0;
  bool complete = false;
  bool endless = false;
  bool cut = false;
  std::string refusal;
  bool interrupted = false;  // By IsolatedExplorationOptions::stop.
  std::optional<Observation> observation;
  uint64_t executions_to_find = 0;
  double resumed_seconds = 0;  // Of earlier runs, of which so many executions
  uint64_t resumed_executions = 0;  // are counted above.
};

// REQUIRES: as ProgramRunner::Run().
IsolatedExploration ExploreInChildren(
    const SubjectChoice& subject, const Program& program,
    const IsolatedExplorationOptions& options = {});

// The same, but goes on with what the checkpoint has, and keeps progress there.
// Fails if that cannot be read or written, or is of another exploration.
// REQUIRES: no bound on pre-emptions.
absl::StatusOr<IsolatedExploration> ExploreInChildren(
    const SubjectChoice& subject, const Program& program,
    const IsolatedExplorationOptions& options,
    const ExplorationCheckpointOptions& checkpoint);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_
