// What is tried for a claim, one function a leg. Each says in its Evidence what
// it did, or why it could not in this build.

#ifndef MORTSAFE_HARNESS_VERDICT_LEGS_H_
#define MORTSAFE_HARNESS_VERDICT_LEGS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/stress/stress.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

// Why something is not run under a sanitizer: what that sees first need not be
// what others do.
inline constexpr absl::string_view kPlainBuildsOnly =
    "the outcome is that of plain builds";

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.

// What a stress test tells the trial.
struct StressOutcome {
  StressProgress progress = {};
  std::optional<ViolationKind> found = std::nullopt;
  std::string sentence = {};
  // Where the checker gave up, if it did.
  std::string undecided = {};
};

struct LegOptions {
  int workers = 1;
  // Ends a leg soon once it is true, if not null; it is then not run.
  const std::atomic<bool>* stop = nullptr;
  // How a stress test is run: in a child process where the map may crash.
  std::function<StressOutcome(const StressOptions&)> stress = {};
};

// NOLINTEND(readability-redundant-member-init)

// Bounds of a verification.
struct VerifiedBounds {
  std::string map;
  int threads = 2;
  int operations = 1;
  int keys = 1;
  MemoryModel memory = MemoryModel::kSc;
};

// What it is called, of a leg that is not run.
Evidence DescribeEveryProgram(const VerifiedBounds& bounds);

// Verify(): every program within bounds from every initial state.
Evidence TryEveryProgram(const VerifiedBounds& bounds,
                         const LegOptions& options);

// The claim's programs on `map` ("NAME" or "NAME:DEFECT"), in every execution
// under `memory`, up to the first finding.
Evidence TryScenario(const Claim& claim, absl::string_view map,
                     MemoryModel memory, const LegOptions& options);

// A hunt of the broken map, up to `max_executions`, and what it found, made
// smaller. The same on every machine, but for its seconds.
Evidence FindDefect(absl::string_view map, uint64_t max_executions,
                    const LegOptions& options);

// A hunt of a map as it should be.
Evidence TrySamples(absl::string_view map, MemoryModel memory, double seconds,
                    const LegOptions& options);

// A stress test of it; of the real sync.Map as the leg kGo.
Evidence TryThreads(absl::string_view map, double seconds,
                    const LegOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_LEGS_H_
