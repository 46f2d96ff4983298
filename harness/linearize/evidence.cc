#include "harness/linearize/evidence.h"

#include <algorithm>

namespace mortsafe {
namespace {

// Calls `function` with each key and value that the operation saw.
template <typename Function>
void ForEachSeen(const HistoryOperation& operation, Function function) {
  for (const auto& entry : operation.entries) function(entry);
  if (!HasKey(operation.kind)) return;
  if (operation.result.has_value()) {
    function(std::pair(operation.key, *operation.result));
  }
  if (ComparesValue(operation.kind)) {
    function(std::pair(operation.key, operation.old_value));
  }
}

}  // namespace

std::optional<HistoryOperation> EvidenceCollector::Relevant(
    const HistoryOperation& operation) const {
  const auto in_question = [&](Key key) {
    return decision_.key.has_value() ? key == *decision_.key
                                     : keys_.empty() || keys_.contains(key);
  };
  if (HasKey(operation.kind) && !in_question(operation.key)) {
    return std::nullopt;
  }
  if (operation.entries.empty()) return operation;
  HistoryOperation relevant = operation;
  std::erase_if(relevant.entries,
                [&](const auto& entry) { return !in_question(entry.first); });
  return relevant;
}

bool EvidenceCollector::Survey(const HistoryOperation& operation) {
  if (operation.call_time > decision_.time) return false;
  ++surveyed_;
  std::optional<HistoryOperation> relevant = Relevant(operation);
  if (!relevant.has_value()) return true;
  if (relevant->return_time == decision_.time) {
    ForEachSeen(*relevant, [&](const KeyValue& seen) {
      seen_at_last_.insert(seen);
      seen_.emplace(seen, 0);
    });
  }
  last_.push_back(*std::move(relevant));
  if (last_.size() > kLast) last_.pop_front();
  return true;
}

void EvidenceCollector::KnowValues() {
  for (const HistoryOperation& operation : last_) {
    if (HasKey(operation.kind)) keys_.insert(operation.key);
    ForEachSeen(operation, [&](const KeyValue& seen) {
      keys_.insert(seen.first);
      seen_.emplace(seen, 0);
    });
  }
  for (const KeyValue& seen : seen_at_last_) keys_.insert(seen.first);
}

bool EvidenceCollector::KeepsMention(const HistoryOperation& operation) {
  bool keeps = false;
  const auto count = [&](const KeyValue& mentioned) {
    const auto found = seen_.find(mentioned);
    if (found != seen_.end()) keeps |= found->second++ < kMostMentions;
  };
  ForEachSeen(operation, count);
  if (HasKey(operation.kind) && StoresValue(operation.kind)) {
    count({operation.key, operation.value});
  }
  return keeps;
}

bool EvidenceCollector::StoresDecisiveValue(
    const HistoryOperation& operation) const {
  return HasKey(operation.kind) && StoresValue(operation.kind) &&
         seen_at_last_.contains({operation.key, operation.value});
}

bool EvidenceCollector::Collect(const HistoryOperation& operation) {
  if (collected_ == 0) KnowValues();
  if (operation.call_time > decision_.time) return false;
  const uint64_t number = collected_++;
  std::optional<HistoryOperation> relevant = Relevant(operation);
  if (!relevant.has_value()) return true;
  if (StoresDecisiveValue(*relevant)) kept_until_ = number + kAfterStore;
  const bool is_last =
      !last_.empty() && relevant->call_time >= last_.front().call_time;
  const bool is_decisive = relevant->return_time == decision_.time;
  if (!is_last && !is_decisive && number >= kept_until_ &&
      !KeepsMention(*relevant)) {
    SetFree(*relevant);
    return true;
  }
  GrantUnknown(*relevant);
  evidence_.history.operations.push_back(*std::move(relevant));
  evidence_.numbers.push_back(number);
  return true;
}

void EvidenceCollector::GrantUnknown(const HistoryOperation& operation) {
  ForEachSeen(operation, [&](const KeyValue& seen) {
    if (seen_.contains(seen)) return;
    FreeWrites write;
    write.key = seen.first;
    write.what = FreeWrites::What::kStore;
    write.value = seen.second;
    write.first_call = operation.call_time;
    write.last_return = std::min(operation.return_time, kNoHorizon);
    AddFreeWrite(write);
  });
}

void EvidenceCollector::SetFree(const HistoryOperation& operation) {
  using What = FreeWrites::What;
  FreeWrites write;
  write.key = operation.key;
  write.first_call = operation.call_time;
  write.last_return = std::min(operation.return_time, kNoHorizon);
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kRange:
      return;
    case OperationKind::kClear:
      for (Key key : keys_) {
        write.key = key;
        AddFreeWrite(write);
      }
      return;
    case OperationKind::kDelete:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kCompareAndDelete:
      break;
    case OperationKind::kStore:
    case OperationKind::kLoadOrStore:
    case OperationKind::kSwap:
    case OperationKind::kCompareAndSwap:
      write.what = What::kOtherStore;
      if (seen_.contains({operation.key, operation.value})) {
        write.what = What::kStore;
        write.value = operation.value;
      }
      break;
  }
  AddFreeWrite(write);
}

void EvidenceCollector::AddFreeWrite(const FreeWrites& write) {
  std::vector<FreeWrites>& stretches =
      free_[{write.key, write.what, write.value}];
  if (!stretches.empty() && write.first_call <= stretches.back().last_return) {
    stretches.back().last_return =
        std::max(stretches.back().last_return, write.last_return);
    return;
  }
  if (stretches.size() == kMostStretches) {
    // Half as many, each with the gap to the next one.
    for (size_t i = 0; i < kMostStretches / 2; ++i) {
      stretches[i] = stretches[2 * i];
      stretches[i].last_return = stretches[2 * i + 1].last_return;
    }
    stretches.resize(kMostStretches / 2);
  }
  stretches.push_back(write);
}

Evidence EvidenceCollector::TakeEvidence() {
  evidence_.horizon = decision_.time;
  evidence_.history.has_initial_client = false;
  for (const auto& [what, stretches] : free_) {
    evidence_.free_writes.insert(evidence_.free_writes.end(), stretches.begin(),
                                 stretches.end());
  }
  // The order of a hash table is nobody's business.
  std::sort(evidence_.free_writes.begin(), evidence_.free_writes.end(),
            [](const FreeWrites& a, const FreeWrites& b) {
              return std::tie(a.first_call, a.key, a.what, a.value) <
                     std::tie(b.first_call, b.key, b.what, b.value);
            });
  return std::move(evidence_);
}

std::optional<Violation> ExplainEvidence(const Evidence& evidence,
                                         MapSearch& search) {
  return ExplainHistory(evidence.history, search,
                        Surroundings{evidence.free_writes, evidence.horizon});
}

}  // namespace mortsafe
