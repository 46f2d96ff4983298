// Explores a program in a child process, which the map may crash.

#ifndef MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_
#define MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

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
  // Ends the exploration soon once it is true, if not null: for signal
  // handlers. What was found by then is told.
  const std::atomic<bool>* stop = nullptr;
  // A child that makes no step for so long is stuck.
  std::chrono::milliseconds patience{10'000};
  // Called about ten times a second with the executions so far.
  std::function<void(uint64_t)> on_progress = nullptr;
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
};

// REQUIRES: as ProgramRunner::Run().
IsolatedExploration ExploreInChild(
    const SubjectChoice& subject, const Program& program,
    const IsolatedExplorationOptions& options = {});

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_ISOLATED_EXPLORATION_H_
