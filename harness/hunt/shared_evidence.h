// What an execution showed, in a form that processes can share: a child writes
// it to memory that its parent reads once the child has ended.

#ifndef MORTSAFE_HARNESS_HUNT_SHARED_EVIDENCE_H_
#define MORTSAFE_HARNESS_HUNT_SHARED_EVIDENCE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/program/program.h"

namespace mortsafe {

// A text of at most `kCapacity` bytes; what is longer is cut.
template <size_t kCapacity>
class SharedText {
 public:
  void Set(absl::string_view text) {
    size_ = std::min(text.size(), kCapacity);
    std::copy_n(text.data(), size_, bytes_.data());
  }
  std::string Get() const { return std::string(bytes_.data(), size_); }

 private:
  size_t size_ = 0;
  std::array<char, kCapacity> bytes_ = {};
};

// A history of a program within program.h's bounds.
class SharedHistory {
 public:
  void Set(const History& history) {
    size_ = std::min(history.operations.size(), operations_.size());
    for (size_t i = 0; i < size_; ++i)
      operations_[i].Set(history.operations[i]);
  }
  History Get() const {
    History history;
    for (size_t i = 0; i < size_; ++i) {
      history.operations.push_back(operations_[i].Get());
    }
    return history;
  }

 private:
  static constexpr size_t kMostOperations =
      size_t{kMaxInitialOperations} +
      size_t{kMaxThreads} * size_t{kMaxOperationsPerThread};
  // A broken Range may show more keys than there are.
  static constexpr size_t kMostEntries = 2 * size_t{kMaxKeys};

  // HistoryOperation without memory elsewhere.
  struct SharedOperation {
    uint32_t client = 0;
    OperationKind kind = OperationKind::kLoad;
    bool has_result = false;
    bool ok = false;
    Key key = 0;
    Value value = 0;
    Value old_value = 0;
    Value result = 0;
    uint64_t call_time = 0;
    uint64_t return_time = 0;
    size_t entry_count = 0;
    std::array<Key, kMostEntries> keys = {};
    std::array<Value, kMostEntries> values = {};

    void Set(const HistoryOperation& from) {
      client = from.client;
      kind = from.kind;
      has_result = from.result.has_value();
      ok = from.ok;
      key = from.key;
      value = from.value;
      old_value = from.old_value;
      result = from.result.value_or(0);
      call_time = from.call_time;
      return_time = from.return_time;
      entry_count = std::min(from.entries.size(), kMostEntries);
      for (size_t i = 0; i < entry_count; ++i) {
        keys[i] = from.entries[i].first;
        values[i] = from.entries[i].second;
      }
    }

    HistoryOperation Get() const {
      HistoryOperation to;
      to.client = client;
      to.kind = kind;
      if (has_result) to.result = result;
      to.ok = ok;
      to.key = key;
      to.value = value;
      to.old_value = old_value;
      to.call_time = call_time;
      to.return_time = return_time;
      for (size_t i = 0; i < entry_count; ++i) {
        to.entries.emplace_back(keys[i], values[i]);
      }
      return to;
    }
  };

  size_t size_ = 0;
  std::array<SharedOperation, kMostOperations> operations_ = {};
};

// An execution that went wrong without ending its process.
struct SharedEvidence {
  static constexpr size_t kMostWords = 2048;
  ViolationKind kind = ViolationKind::kCrash;
  SharedText<kMostWords> sentence;
  SharedHistory history;

  void Set(ViolationKind new_kind, absl::string_view words,
           const History& seen) {
    kind = new_kind;
    sentence.Set(words);
    history.Set(seen);
  }
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_SHARED_EVIDENCE_H_
