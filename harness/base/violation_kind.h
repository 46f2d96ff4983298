// Every way in which a map can be wrong has a name. The slugs are a fixed
// contract: JSON output, finding folders and the catalogue of defects use them.

#ifndef MORTSAFE_HARNESS_BASE_VIOLATION_KIND_H_
#define MORTSAFE_HARNESS_BASE_VIOLATION_KIND_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace mortsafe {

enum class ViolationKind : uint8_t {
  // What the checker finds in a history.
  kStaleValueAfterDelete,
  kStaleValueAfterOverwrite,
  kValueFromNowhere,
  kLostStore,
  kResurrectedKey,
  kDoubleTake,
  kFalseAbsence,
  kTornOrDuplicatedRange,
  kNonAtomicClear,
  // What controlled execution and the sanitizers find.
  kDataRace,
  kUseAfterFree,
  kDoubleFree,
  kLeak,
  kDeadlock,
  kLivelock,
  kBrokenInvariant,
  // A signal, an uncaught exception, or a sanitizer report with no name above.
  kCrash,
  // No answer within the time limit, and no shared operation either.
  kTimeOut,
};

inline constexpr int kViolationKindCount = 18;

// The fixed slug: "stale-value-after-delete".
absl::string_view Slug(ViolationKind kind);
std::optional<ViolationKind> ViolationKindFromSlug(absl::string_view slug);

// The name in prose: "stale value after Delete".
absl::string_view Title(ViolationKind kind);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_VIOLATION_KIND_H_
