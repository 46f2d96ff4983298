#include "harness/stress/byte_trial.h"

#include "harness/base/operation_kind.h"
#include "harness/linearize/reference_map.h"
#include "harness/subject/any_map.h"

namespace mortsafe {
namespace {

// Looking at the structure takes time in proportion to the map.
constexpr size_t kOperationsPerLook = 64;

}  // namespace

std::vector<SubjectChoice> MapsOfBytes() {
  std::vector<SubjectChoice> maps;
  for (const SubjectInfo& subject : Subjects()) {
    if (subject.can_be_scheduled) maps.push_back({&subject, nullptr});
  }
  return maps;
}

const SubjectChoice& ChosenMap(const std::vector<SubjectChoice>& maps,
                               size_t number) {
  return maps[number % maps.size()];
}

std::optional<std::string> PerformBytes(OperationBytes& bytes,
                                        OperationKindSet offered,
                                        SequentialTrial& trial) {
  while (const auto operation = bytes.Next(offered, trial.reference())) {
    auto wrong = trial.Perform(*operation);
    if (wrong.has_value()) return wrong;
    if (trial.operations().size() % kOperationsPerLook != 0) continue;
    wrong = trial.CheckInvariants();
    if (wrong.has_value()) return wrong;
  }
  auto wrong = trial.CheckInvariants();
  return wrong.has_value() ? wrong : trial.Deviation();
}

std::vector<std::pair<Operation, HistoryOperation>> RightAnswers(
    absl::Span<const uint8_t> bytes, OperationKindSet offered) {
  OperationBytes rest(bytes);
  ReferenceMap reference;
  std::vector<std::pair<Operation, HistoryOperation>> answers;
  while (const auto operation = rest.Next(offered, reference)) {
    HistoryOperation record;
    PrepareRecord(*operation, record);
    record.return_time = record.call_time;
    reference.Perform(record, operation->stop_after);
    answers.emplace_back(*operation, record);
  }
  return answers;
}

}  // namespace mortsafe
