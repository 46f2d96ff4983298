#include "harness/stress/sequential_trial.h"

#include "absl/strings/str_cat.h"
#include "harness/history/history.h"

namespace mortsafe {

SequentialTrial::SequentialTrial(const SubjectChoice& choice)
    : subject_(*choice.subject), map_(choice.Create()) {}

std::optional<std::string> SequentialTrial::Perform(
    const Operation& operation) {
  operations_.push_back(operation);
  HistoryOperation record;
  PrepareRecord(operation, record);
  // One more than there can be.
  record.entries.reserve(reference_.contents().size() + 1);
  map_->Perform(operation, record);
  return reference_.Judge(record, operation.stop_after);
}

std::optional<std::string> SequentialTrial::CheckInvariants() const {
  return map_->CheckInvariants();
}

std::optional<std::string> SequentialTrial::Deviation() const {
  if (!subject_.state_by_design) return std::nullopt;
  const std::string expected = subject_.state_by_design(operations_);
  const std::string actual = map_->StateJson().value_or("untold");
  if (actual == expected) return std::nullopt;
  return absl::StrCat("the state is ", actual, "; expected ", expected);
}

}  // namespace mortsafe
