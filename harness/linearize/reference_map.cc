#include "harness/linearize/reference_map.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "harness/history/text.h"
#include "harness/linearize/specification.h"

namespace mortsafe {
namespace {

// What came back; the record need not say when.
std::string AnswerText(HistoryOperation record) {
  record.return_time = record.call_time;
  return ResultText(record);
}

}  // namespace

std::optional<Value> ReferenceMap::Get(Key key) const {
  const auto found = contents_.find(key);
  if (found == contents_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> ReferenceMap::Judge(const HistoryOperation& record,
                                               uint32_t stop_after) {
  if (record.kind == OperationKind::kRange) {
    return JudgeRange(record, stop_after);
  }
  if (record.kind == OperationKind::kClear) {
    contents_.clear();
    return std::nullopt;
  }
  const Answer expected = PerformOnKey(record);
  if (Recorded(record, expected)) return std::nullopt;
  HistoryOperation right = record;
  Record(expected, right);
  return absl::StrCat(CallText(record), " answered ", AnswerText(record),
                      "; expected ", AnswerText(right));
}

Answer ReferenceMap::PerformOnKey(const HistoryOperation& record) {
  Cell cell = Get(record.key);
  const Answer answer = mortsafe::Perform(record, cell);
  if (cell.has_value()) {
    contents_[record.key] = *cell;
  } else {
    contents_.erase(record.key);
  }
  return answer;
}

void ReferenceMap::Perform(HistoryOperation& record, uint32_t stop_after) {
  if (record.kind == OperationKind::kRange) {
    record.entries.assign(contents_.begin(), contents_.end());
    record.ok = stop_after == 0 || record.entries.size() < stop_after;
    if (!record.ok) record.entries.resize(stop_after);
  } else if (record.kind == OperationKind::kClear) {
    contents_.clear();
  } else {
    Record(PerformOnKey(record), record);
  }
}

std::optional<std::string> ReferenceMap::JudgeRange(
    const HistoryOperation& record, uint32_t stop_after) const {
  const size_t expected = stop_after == 0
                              ? contents_.size()
                              : std::min<size_t>(stop_after, contents_.size());
  const bool runs_out = stop_after == 0 || contents_.size() < stop_after;
  if (record.entries.size() != expected || record.ok != runs_out) {
    return absl::StrCat("Range visited ", record.entries.size(), " keys and ",
                        record.ok ? "ran out" : "was stopped", "; expected ",
                        expected, " of ", contents_.size(), " and ",
                        runs_out ? "no stop" : "a stop");
  }
  std::set<Key> visited;
  for (const auto& [key, value] : record.entries) {
    if (!visited.insert(key).second) {
      return absl::StrCat("Range visited key ", key, " twice");
    }
    const std::optional<Value> held = Get(key);
    if (held != value) {
      return absl::StrCat("Range showed key ", key, " with ", value,
                          "; expected ",
                          held.has_value() ? absl::StrCat(*held) : "no key");
    }
  }
  return std::nullopt;
}

}  // namespace mortsafe
