// The maps of maps/ as subjects.

#ifndef MORTSAFE_HARNESS_SUBJECT_BUILTIN_SUBJECTS_H_
#define MORTSAFE_HARNESS_SUBJECT_BUILTIN_SUBJECTS_H_

#include <vector>

#include "harness/subject/registry.h"

namespace mortsafe {

std::vector<SubjectInfo> BuiltinSubjects();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_BUILTIN_SUBJECTS_H_
