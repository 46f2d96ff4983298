#include "harness/base/violation_kind.h"

#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace mortsafe {
namespace {

struct Names {
  absl::string_view slug;
  absl::string_view title;
};

// In the order of ViolationKind.
constexpr std::array<Names, kViolationKindCount> kNames = {{
    {"stale-value-after-delete", "stale value after Delete"},
    {"stale-value-after-overwrite", "stale value after overwrite"},
    {"value-from-nowhere", "value from nowhere"},
    {"lost-store", "lost Store"},
    {"resurrected-key", "resurrected key"},
    {"double-take", "double take"},
    {"false-absence", "false absence"},
    {"torn-or-duplicated-range", "torn or duplicated Range"},
    {"non-atomic-clear", "non-atomic Clear"},
    {"data-race", "data race"},
    {"use-after-free", "use after free"},
    {"double-free", "double free"},
    {"leak", "leak"},
    {"deadlock", "deadlock"},
    {"livelock", "livelock"},
    {"broken-invariant", "broken invariant"},
    {"crash", "crash"},
    {"time-out", "time-out"},
}};

}  // namespace

absl::string_view Slug(ViolationKind kind) {
  return kNames[static_cast<size_t>(kind)].slug;
}

std::optional<ViolationKind> ViolationKindFromSlug(absl::string_view slug) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i].slug == slug) return static_cast<ViolationKind>(i);
  }
  return std::nullopt;
}

absl::string_view Title(ViolationKind kind) {
  return kNames[static_cast<size_t>(kind)].title;
}

}  // namespace mortsafe
