// Every execution of one program that its clients could tell apart, none twice:
// each is run and its history judged. Under sequential consistency these are
// interleavings; under C11 execution graphs, each in every order in real time
// that it may have (graph_search.h).

#ifndef MORTSAFE_HARNESS_HUNT_EXPLORE_PROGRAM_H_
#define MORTSAFE_HARNESS_HUNT_EXPLORE_PROGRAM_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "harness/hunt/known_histories.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/execution.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

// OK, or why this build cannot: the search knows objects by their addresses,
// and under a sanitizer's allocator those change from execution to execution.
absl::Status ExhaustiveIsOffered();

// OK, or why this build runs no map under `memory`.
absl::Status IsOffered(MemoryModel memory);

// Told of every execution that comes to an end, whatever it shows.
class ExecutionVisitor {
 public:
  virtual void Visit(const RunResult& result) = 0;
  // What was told so far does not count: it comes again.
  virtual void BeginAnew() = 0;

 protected:
  ~ExecutionVisitor() = default;
};

struct ExploreProgramOptions {
  MemoryModel memory = MemoryModel::kSc;
  // Stops after so many, not counting those that are blocked.
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();
  // Only interleavings with at most so many pre-emptions (preemption_bound.h),
  // without reduction: every build offers that. What races under it a
  // sanitizer alone sees. Under kSc alone.
  std::optional<uint32_t> max_preemptions = std::nullopt;
  // Ends the exploration soon once it is true, if not null.
  const std::atomic<bool>* stop = nullptr;
  // Kept up to date, if not null; placed in memory that processes share, they
  // tell how a crashed exploration came about.
  ProgressLog* progress = nullptr;
  std::atomic<uint64_t>* executions = nullptr;
  std::atomic<uint64_t>* pulse = nullptr;
  // If not null, no finding ends the exploration.
  ExecutionVisitor* visitor = nullptr;
};

struct ExploredFinding {
  uint64_t execution = 0;  // Its number, from 1.
  RunResult result;
  Schedule schedule;   // RunAsObserved() (observer.h) replays it.
  uint32_t steps = 0;  // How far it came.
};

struct ExploredProgram {
  // Executions that came to an end, each of another trace, and those that were
  // given up because they could only repeat.
  uint64_t executions = 0;
  uint64_t blocked = 0;
  // Every interleaving was explored, or stands for one that was.
  bool complete = false;
  // The program goes round in circles under some schedule that is not fair, so
  // that there is no end to its interleavings.
  bool endless = false;
  // ExploreProgramOptions::max_preemptions left some interleaving out.
  bool cut = false;
  // Of a part: the search has to begin anew, as it learned of a loop.
  bool began_anew = false;
  // RunResult::refusal, if there was one: nothing was shown.
  std::string refusal;
  std::optional<ExploredFinding> finding;
};

// A broken invariant or a leak, which no client sees.
bool IsSymptom(ViolationKind kind);

// Explores parts of the exhaustive search of one program, one after the other
// (search_frontier.h), in any of several processes.
class PartExplorer {
 public:
  // REQUIRES: as ExploreProgram(); a progress, and no bound on pre-emptions.
  // What is given outlives it.
  PartExplorer(ProgramRunner& runner, const Program& program,
               const ExploreProgramOptions& options)
      : runner_(runner), program_(program), options_(options) {}

  // As ExploreProgram(), for what `part` says, with these two in place of what
  // the options say. `rest` becomes what is left of it; whether everything is
  // complete is for others to know. Where it began anew, nothing else counts;
  // where it was stopped before it began, there is no rest.
  ExploredProgram Explore(const std::string& part, uint64_t max_executions,
                          std::atomic<uint64_t>& executions, std::string& rest);

 private:
  template <class Search>
  ExploredProgram ExploreWith(Search& search, const std::string& part,
                              const ExploreProgramOptions& options,
                              std::string& rest);

  ProgramRunner& runner_;
  const Program& program_;
  const ExploreProgramOptions options_;
  KnownHistories known_histories_;
};

// Explores up to the first execution that shows clients something wrong, which
// is the finding; if there is none, it is the first that shows a symptom.
// REQUIRES: as ProgramRunner::Run(); IsOffered(options.memory); and
// ExhaustiveIsOffered() unless pre-emptions are bounded.
ExploredProgram ExploreProgram(ProgramRunner& runner, const Program& program,
                               const ExploreProgramOptions& options = {});

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_EXPLORE_PROGRAM_H_
