// The maps of maps/ whose every operation takes a lock, as subjects.

#ifndef MORTSAFE_HARNESS_SUBJECT_LOCKED_SUBJECTS_H_
#define MORTSAFE_HARNESS_SUBJECT_LOCKED_SUBJECTS_H_

#include "harness/subject/registry.h"

namespace mortsafe {

SubjectInfo LockedSubject();
SubjectInfo ShardedSubject();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_LOCKED_SUBJECTS_H_
