#include "harness/cli/recording.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "harness/history/history.h"
#include "harness/linearize/explain.h"
#include "harness/linearize/violation.h"

namespace mortsafe {
namespace {

// So many calls beside the witness fit a page.
constexpr size_t kMostBystanders = 24;

// The operations of the witness, and those that ran while it did, by call.
std::vector<size_t> Shown(const Judgement& judgement) {
  const std::vector<HistoryOperation>& operations =
      judgement.evidence.operations;
  std::vector<size_t> shown = judgement.violation->witness;
  const HistoryOperation& culprit = operations[judgement.violation->culprit];
  size_t bystanders = 0;
  // The latest ones are nearest to what is wrong.
  for (size_t i = operations.size(); i > 0 && bystanders < kMostBystanders;
       --i) {
    const HistoryOperation& operation = operations[i - 1];
    if (operation.call_time > culprit.return_time ||
        operation.return_time < operations[shown[0]].call_time ||
        std::count(shown.begin(), shown.end(), i - 1) != 0) {
      continue;
    }
    shown.push_back(i - 1);
    ++bystanders;
  }
  std::sort(shown.begin(), shown.end());
  return shown;
}

}  // namespace

bool IsNamedAsRecording(const std::string& path) {
  const std::filesystem::path name(path);
  std::error_code error;
  if (std::filesystem::exists(name.parent_path() / "program.txt", error)) {
    return false;
  }
  std::filesystem::path plain = name;
  if (plain.extension() == ".gz" || plain.extension() == ".zst") {
    plain.replace_extension();
  }
  const std::string extension = plain.extension().string();
  return extension == ".jsonl" || extension == ".log" || extension == ".edn";
}

Finding RecordingFinding(const std::string& file, const Judgement& judgement) {
  Finding finding;
  finding.map = file;
  finding.kind = judgement.violation->kind;
  finding.sentence = judgement.violation->sentence;
  const std::vector<size_t> shown = Shown(judgement);
  finding.history = Restricted(judgement.evidence, shown);
  const auto renamed = [&](size_t operation) {
    return static_cast<size_t>(
        std::lower_bound(shown.begin(), shown.end(), operation) -
        shown.begin());
  };
  Violation violation = *judgement.violation;
  violation.culprit = renamed(violation.culprit);
  for (size_t& operation : violation.witness) operation = renamed(operation);
  for (Constraint& constraint : violation.constraints) {
    constraint.first = renamed(constraint.first);
    constraint.second = renamed(constraint.second);
  }
  finding.violation = violation;
  return finding;
}

}  // namespace mortsafe
