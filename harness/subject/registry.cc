#include "harness/subject/registry.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/program/for_each_operation.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/subject/builtin_subjects.h"

namespace mortsafe {
namespace {

std::vector<SubjectInfo>& MutableSubjects() {
  static auto* const subjects = new std::vector<SubjectInfo>(BuiltinSubjects());
  return *subjects;
}

template <class Item>
std::string NamesOf(const std::vector<Item>& items) {
  return absl::StrJoin(items, ", ", [](std::string* out, const Item& item) {
    absl::StrAppend(out, item.name);
  });
}

absl::StatusOr<const DefectInfo*> FindDefect(const SubjectInfo& subject,
                                             absl::string_view name) {
  const DefectInfo* found = nullptr;
  for (const DefectInfo& defect : subject.defects) {
    if (defect.name == name) return &defect;
    if (!absl::StartsWith(defect.name, absl::StrCat(name, "-"))) continue;
    if (found != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the defect '", name, "' of ", subject.name,
                       " is ambiguous: ", found->name, ", ", defect.name));
    }
    found = &defect;
  }
  if (found != nullptr) return found;
  return absl::InvalidArgumentError(
      absl::StrCat("unknown defect '", name, "' of ", subject.name,
                   subject.defects.empty()
                       ? "; it has none"
                       : "; expected one of " + NamesOf(subject.defects)));
}

}  // namespace

const std::vector<SubjectInfo>& Subjects() { return MutableSubjects(); }

bool RegisterSubject(SubjectInfo subject) {
  MutableSubjects().push_back(std::move(subject));
  return true;
}

std::string SubjectChoice::Name() const {
  return defect == nullptr ? subject->name
                           : absl::StrCat(subject->name, ":", defect->name);
}

absl::Status CheckOffered(const Program& program, const SubjectInfo& subject) {
  absl::Status status;
  ForEachOperation(program, [&](const Operation& operation) {
    if (!status.ok() || subject.operations.Has(operation.kind)) return;
    status = absl::InvalidArgumentError(
        absl::StrCat("the program uses ", ToText(operation), ", which ",
                     subject.name, " does not offer"));
  });
  return status;
}

namespace {

absl::StatusOr<SubjectChoice> FindListed(absl::string_view name) {
  for (const SubjectInfo& subject : Subjects()) {
    if (subject.name == name) return SubjectChoice{&subject, nullptr};
  }
  for (const SubjectInfo& subject : Subjects()) {
    if (!absl::StartsWith(name, absl::StrCat(subject.name, ":"))) continue;
    const absl::StatusOr<const DefectInfo*> defect =
        FindDefect(subject, name.substr(subject.name.size() + 1));
    if (!defect.ok()) return defect.status();
    return SubjectChoice{&subject, *defect};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown map '", name.substr(0, 100), "'; expected one of ",
                   NamesOf(Subjects())));
}

}  // namespace

absl::StatusOr<SubjectChoice> FindSubject(absl::string_view name) {
  absl::StatusOr<SubjectChoice> choice = FindListed(name);
  if (!choice.ok() || !choice->subject->usable) return choice;
  absl::Status usable = choice->subject->usable();
  if (!usable.ok()) return usable;
  return choice;
}

absl::StatusOr<SubjectChoice> FindScheduledSubject(absl::string_view name) {
  absl::StatusOr<SubjectChoice> choice = FindListed(name);
  if (!choice.ok() || choice->subject->can_be_scheduled) return choice;
  return absl::InvalidArgumentError(absl::StrCat(
      choice->subject->name,
      " runs on real threads alone: its code does not use the types of "
      "<mortsafe/sync.h>, by which threads are scheduled; use mortsafe stress "
      "--map ",
      choice->Name()));
}

}  // namespace mortsafe
