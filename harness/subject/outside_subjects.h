// Maps that others wrote, as subjects: those whose packages were found when
// this was built. They run on real threads alone.

#ifndef MORTSAFE_HARNESS_SUBJECT_OUTSIDE_SUBJECTS_H_
#define MORTSAFE_HARNESS_SUBJECT_OUTSIDE_SUBJECTS_H_

#include <vector>

#include "harness/subject/registry.h"

namespace mortsafe {

std::vector<SubjectInfo> OutsideSubjects();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_OUTSIDE_SUBJECTS_H_
