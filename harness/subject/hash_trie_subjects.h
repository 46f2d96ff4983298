// The hash trie, under different hashes and reclaimers, as subjects.

#ifndef MORTSAFE_HARNESS_SUBJECT_HASH_TRIE_SUBJECTS_H_
#define MORTSAFE_HARNESS_SUBJECT_HASH_TRIE_SUBJECTS_H_

#include <vector>

#include "harness/subject/registry.h"

namespace mortsafe {

std::vector<SubjectInfo> HashTrieSubjects();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_HASH_TRIE_SUBJECTS_H_
