// The maps and programs that the trial itself names, so that one that is
// missing or cannot be read is a fault of the trial.

#ifndef MORTSAFE_HARNESS_VERDICT_NAMED_INPUTS_H_
#define MORTSAFE_HARNESS_VERDICT_NAMED_INPUTS_H_

#include "absl/strings/string_view.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// "NAME" or "NAME:DEFECT", where threads are scheduled. REQUIRES: it is built
// in.
SubjectChoice NamedMap(absl::string_view map);

// The same on real threads.
SubjectChoice NamedNativeMap(absl::string_view map);

// REQUIRES: it can be read.
Program NamedProgram(absl::string_view text);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_NAMED_INPUTS_H_
