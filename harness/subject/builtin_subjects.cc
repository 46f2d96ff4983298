#include "harness/subject/builtin_subjects.h"

#include <utility>
#include <vector>

#include "harness/subject/hash_trie_subjects.h"
#include "harness/subject/locked_subjects.h"
#include "harness/subject/outside_subjects.h"
#include "harness/subject/read_dirty_subjects.h"
#include "harness/subject/registry.h"

namespace mortsafe {

std::vector<SubjectInfo> BuiltinSubjects() {
  std::vector<SubjectInfo> subjects = ReadDirtySubjects();
  for (SubjectInfo& subject : HashTrieSubjects()) {
    subjects.push_back(std::move(subject));
  }
  subjects.push_back(LockedSubject());
  subjects.push_back(ShardedSubject());
  for (SubjectInfo& subject : OutsideSubjects()) {
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

}  // namespace mortsafe
