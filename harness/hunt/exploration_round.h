// Worker processes that explore parts of the search of one program
// (search_frontier.h), each part in one of them. What comes of a part depends
// on nothing else.

#ifndef MORTSAFE_HARNESS_HUNT_EXPLORATION_ROUND_H_
#define MORTSAFE_HARNESS_HUNT_EXPLORATION_ROUND_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/left_bytes.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/shared_evidence.h"
#include "harness/model/execution.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

struct ExploredPart {
  // Nothing of it is left out that was to be explored now.
  bool ended = false;
  // As ExploredProgram; of what crashed, without the last execution.
  uint64_t executions = 0;
  uint64_t blocked = 0;
  bool complete = false;
  bool endless = false;
  bool cut = false;
  bool began_anew = false;
  std::string refusal;
  std::string rest;
  // What went wrong, and in which of its executions, from 1.
  std::optional<Observation> observation;
  uint64_t execution = 0;

  // Whether what comes after it need not be explored.
  bool IsTheLast() const;
};

class ExplorationRound {
 public:
  static constexpr size_t kMostParts = 64;

  // What is given outlives it.
  ExplorationRound(const SubjectChoice& subject, const Program& program,
                   const IsolatedExplorationOptions& options)
      : subject_(subject), program_(program), options_(options) {}

  // What comes of each of `parts` in at most so many executions; of those that
  // come after one that is the last, perhaps nothing. Of one, the whole search,
  // where pre-emptions are bounded. Calls `on_poll` about ten times a second
  // with the executions so far. REQUIRES: at least one part and at most
  // kMostParts.
  std::vector<ExploredPart> Explore(const std::vector<std::string>& parts,
                                    uint64_t max_executions,
                                    absl::FunctionRef<void(uint64_t)> on_poll);

 private:
  static constexpr int kMostWorkers = 64;

  // What processes share of a part.
  struct Part {
    std::atomic<uint64_t> executions{0};
    // Once it is done:
    std::atomic<bool> done{false};
    uint64_t blocked = 0;
    bool complete = false;
    bool endless = false;
    bool cut = false;
    bool began_anew = false;
    bool found = false;
    uint64_t execution = 0;
    ViolationKind kind = ViolationKind::kCrash;
    ProgressLog how;  // What replays that.
    SharedText<256> refusal;
    size_t worker = 0;  // Who has its rest.
    LeftBytesPlace rest;

    void Clear();
  };
  struct Worker {
    std::atomic<size_t> current{kMostParts};  // The part that it explores.
    std::atomic<uint64_t> pulse{0};
    ProgressLog progress;
  };
  struct Board {
    std::atomic<bool> stop{false};
    std::atomic<size_t> next{0};
    std::atomic<size_t> end{0};  // From here on no part is needed.
    std::array<Part, kMostParts> parts;
    std::array<Worker, kMostWorkers> workers;
  };
  struct Process {
    std::unique_ptr<Child> child;
    StuckWatch watch;
  };

  bool IsStopped() const { return options_.stop != nullptr && *options_.stop; }
  void Clear(size_t parts);
  void Work(size_t worker, const std::vector<std::string>& parts,
            uint64_t max_executions);
  void Tell(const ExploredProgram& explored, Part& part);
  void EndAfter(size_t part);
  // Waits a little. Whether any process still runs; notes what crashed.
  bool Supervise(std::vector<Process>& processes,
                 std::vector<ExploredPart>& explored);
  void NoteCrash(size_t worker, const Crash& crash,
                 std::vector<ExploredPart>& explored);
  void Collect(size_t number, ExploredPart& explored);
  uint64_t Executions() const;

  const SubjectChoice& subject_;
  const Program& program_;
  const IsolatedExplorationOptions& options_;
  const Shared<Board> board_;
  std::vector<std::unique_ptr<LeftBytes>> rests_;  // By worker.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_EXPLORATION_ROUND_H_
