// The read/dirty map, with different reclaimers, as subjects.

#ifndef MORTSAFE_HARNESS_SUBJECT_READ_DIRTY_SUBJECTS_H_
#define MORTSAFE_HARNESS_SUBJECT_READ_DIRTY_SUBJECTS_H_

#include <vector>

#include "harness/subject/registry.h"

namespace mortsafe {

std::vector<SubjectInfo> ReadDirtySubjects();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_READ_DIRTY_SUBJECTS_H_
