#include "harness/hunt/small_scope.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "harness/hunt/verify.h"
#include "harness/program/generator.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

constexpr int kThreads = 2;
constexpr int kMostKeys = 2;

}  // namespace

absl::StatusOr<SmallScopeResult> SweepSmallScope(const SubjectChoice& subject,
                                                 const ProgramBounds& bounds,
                                                 uint64_t max_executions,
                                                 const std::atomic<bool>* stop,
                                                 MemoryModel memory) {
  SmallScopeResult swept;
  if (bounds.threads < kThreads) return swept;
  const int keys = std::min(bounds.keys, kMostKeys);
  while (swept.keys_shown < keys && swept.executions < max_executions) {
    VerifyOptions options;
    options.subject = subject;
    options.memory = memory;
    options.threads = kThreads;
    options.operations = 1;
    options.keys = swept.keys_shown + 1;
    options.max_executions = max_executions - swept.executions;
    options.stop = stop;
    const absl::StatusOr<VerifyResult> result = Verify(options);
    if (!result.ok()) return result.status();
    swept.executions += result->counts.executions;
    swept.finding = result->finding;
    if (!result->complete) return swept;
    ++swept.keys_shown;
  }
  return swept;
}

}  // namespace mortsafe
