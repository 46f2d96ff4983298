// How a fuzzer's input names the map that it is for (Input::map_code): by a
// hash of the map's name, so that saved inputs keep their meaning when maps and
// defects come and go.

#ifndef MORTSAFE_HARNESS_SUBJECT_MAP_CODE_H_
#define MORTSAFE_HARNESS_SUBJECT_MAP_CODE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// The code of "NAME" or "NAME:DEFECT", which need not be known; never 0. FNV-1a
// (Fowler, Noll, Vo; RFC 9923).
uint32_t MapCode(absl::string_view name);

// The map, or map with a defect, whose code it is, of those whose threads can
// be scheduled and that offer every operation. Any other code means one of the
// faithful ones: each has the same share of codes, and one that is added takes
// over codes for itself alone (rendezvous hashing; Thaler, Ravishankar,
// "Using name-based mappings to increase hit rates", 1998). REQUIRES: code is
// not 0.
SubjectChoice MapOfCode(uint32_t code);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_MAP_CODE_H_
