// All operations on one map, in the order in which they were checked, so that a
// violation can be explained. Keeps its memory between maps.

#ifndef MORTSAFE_HARNESS_STRESS_RECORD_LOG_H_
#define MORTSAFE_HARNESS_STRESS_RECORD_LOG_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "harness/history/history.h"
#include "harness/stress/record.h"

namespace mortsafe {

class RecordLog {
 public:
  void Clear() { size_ = 0; }

  // In cells.
  size_t size() const { return size_; }

  void Append(const RecordCell& cell) {
    if (size_ == blocks_.size() * kBlock) {
      blocks_.push_back(std::make_unique<RecordCell[]>(kBlock));
    }
    blocks_[size_ / kBlock][size_ % kBlock] = cell;
    ++size_;
  }

  // Calls `visit` with each operation, until that returns false.
  template <class Visitor>
  void ForEach(Visitor visit) const {
    HistoryOperation operation;
    for (size_t at = 0; at < size_;) {
      ReadCell(At(at), 0, operation);
      const size_t count = CellCount(operation);
      for (size_t i = 1; i < count; ++i) ReadCell(At(at + i), i, operation);
      at += count;
      if (!visit(operation)) return;
    }
  }

 private:
  static constexpr size_t kBlock = 1 << 14;

  const RecordCell& At(size_t position) const {
    return blocks_[position / kBlock][position % kBlock];
  }

  std::vector<std::unique_ptr<RecordCell[]>> blocks_;
  size_t size_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_RECORD_LOG_H_
