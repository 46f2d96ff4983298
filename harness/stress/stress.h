// The stress test: threads of the operating system call random operations on a
// map, and what they saw is checked while they go on.
//
//   StressOptions options;
//   options.subject = *FindSubject("read-dirty");
//   options.seconds = 10;
//   const StressResult result = Stress(options);
//   if (result.finding.has_value()) …

#ifndef MORTSAFE_HARNESS_STRESS_STRESS_H_
#define MORTSAFE_HARNESS_STRESS_STRESS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/violation.h"
#include "harness/stress/client.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// More threads could have more operations open than the checker can follow.
inline constexpr int kMaxStressThreads = 64;
inline constexpr uint64_t kMaxStressKeys = uint64_t{1} << 16;

struct StressProgress {
  double seconds = 0;
  uint64_t operations = 0;  // Checked.
  uint64_t maps = 0;        // Begun, each with an empty map.
  // The most cells (record.h) that were ever recorded and not yet checked.
  uint64_t most_waiting = 0;
  // There is nothing to check until some operation returns.
  bool waits = false;
};

struct StressOptions {
  SubjectChoice subject;
  int threads = 4;    // 1 … kMaxStressThreads
  uint64_t keys = 8;  // 1 … kMaxStressKeys
  double seconds = 60;
  // At most so many operations, instead of `seconds`.
  std::optional<uint64_t> operations;
  // A new, empty map after about so many. That much is logged, at 48 bytes
  // each, to explain what is found; and it lets a map that frees nothing before
  // its end be stressed for long.
  uint64_t operations_per_map = uint64_t{1} << 20;
  // How many threads may check, each other keys.
  size_t checkers = 1;
  // One delay before every so many accesses to shared state on average; 0:
  // none.
  uint64_t delay = 0;
  uint64_t seed = 0;
  // Keeps when each operation was called and returned, all in memory.
  bool is_timed = false;
  // Ends the test early once it is true; may be null.
  const std::atomic<bool>* stop = nullptr;
  // Called every few hundred operations, and while there are none.
  std::function<void(const StressProgress&)> on_progress;
};

struct StressFinding {
  ViolationKind kind = ViolationKind::kBrokenInvariant;
  std::string sentence;
  // Of a history that is not linearizable: the witness and its surroundings.
  History history;
  std::optional<Violation> violation;
  uint64_t operations_to_find = 0;
  uint64_t maps_to_find = 0;
};

struct StressResult {
  StressProgress progress;
  // At most so much later than a map's last return its verdict was known.
  double verdict_seconds = 0;
  std::optional<StressFinding> finding;
  // Where the checker reached a bound and gave up: neither right nor wrong.
  std::optional<Decision> undecided;
  bool interrupted = false;
  // Where it is timed: of each client that did something.
  std::vector<Timeline> timelines;
};

// Until the budget is spent, or something is found. The calling thread checks.
// Nobody can tell a map that never answers from one that is slow: it is waited
// for.
StressResult Stress(const StressOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_STRESS_H_
