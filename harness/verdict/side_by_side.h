// Two maps through the same operations of one client, step by step: what the
// article says of the map, and what the algorithm does.

#ifndef MORTSAFE_HARNESS_VERDICT_SIDE_BY_SIDE_H_
#define MORTSAFE_HARNESS_VERDICT_SIDE_BY_SIDE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"

namespace mortsafe {

struct Comparison {
  // The map that is as the article says: its name, and what is wrong in it.
  absl::string_view article;
  ReadDirtyDefect defect = ReadDirtyDefect::kNone;
  // "initial: …" alone. The first `set_up` of its operations, which bring both
  // maps to where it becomes interesting, are not shown.
  absl::string_view program;
  size_t set_up = 0;
};

// A table of the answers, and of where key 0 is in either map; and, as evidence
// of the defect, whether the article's map answers wrong, or else has the key
// elsewhere. A map that should be right and is not is a finding.
Special SideBySide(const Comparison& comparison);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_SIDE_BY_SIDE_H_
