// What a hunt does before it samples: every execution of the smallest
// programs, from every initial state. Most faults show there, with nothing left
// to chance, and what is found is as small as it can be.

#ifndef MORTSAFE_HARNESS_HUNT_SMALL_SCOPE_H_
#define MORTSAFE_HARNESS_HUNT_SMALL_SCOPE_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "harness/hunt/verify.h"
#include "harness/program/generator.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

// A quarter of a second, for a map that is not slow.
inline constexpr uint64_t kSmallScopeExecutions = 20'000;

struct SmallScopeResult {
  uint64_t executions = 0;
  // Every program of two threads with one operation each on up to so many keys
  // was explored to its end.
  int keys_shown = 0;
  std::optional<VerifyFinding> finding;
};

// Sweeps programs of two threads with one operation each on one key, then on
// two, as far as `bounds` goes and `max_executions` lasts; in one worker, so
// that the result depends on these alone. `stop` as HuntOptions::stop. Fails as
// Verify() does. REQUIRES: ExhaustiveIsOffered().
absl::StatusOr<SmallScopeResult> SweepSmallScope(
    const SubjectChoice& subject, const ProgramBounds& bounds,
    uint64_t max_executions, const std::atomic<bool>* stop,
    MemoryModel memory = MemoryModel::kSc);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SMALL_SCOPE_H_
