// What memory held before it was changed, in pieces of sixteen bytes, to go
// back to an earlier state of it: a search that is depth-first undoes its
// latest changes and no others.
//
//   log.Save(&clock);          // Before each change.
//   const size_t then = log.size();
//   …
//   log.GoBack(then);          // All is as it was.

#ifndef MORTSAFE_HARNESS_EXPLORE_UNDO_LOG_H_
#define MORTSAFE_HARNESS_EXPLORE_UNDO_LOG_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace mortsafe {

class UndoLog {
 public:
  static constexpr size_t kPieceBytes = 16;

  // Remembers the piece at `piece`, which stays where it is until all is
  // undone.
  void Save(void* piece) {
    if (size_ == capacity_) [[unlikely]]
      Grow();
    Entry& entry = entries_[size_++];
    entry.piece = piece;
    std::memcpy(entry.bytes, piece, kPieceBytes);
  }

  // How many pieces are remembered.
  size_t size() const { return size_; }

  // Forgets them: there will be no going back.
  void Clear() { size_ = 0; }

  // Undoes all changes since size() was `size`.
  void GoBack(size_t size) {
    while (size_ > size) {
      const Entry& entry = entries_[--size_];
      std::memcpy(entry.piece, entry.bytes, kPieceBytes);
    }
  }

 private:
  static constexpr size_t kFirstEntries = 64;

  struct Entry {
    void* piece;
    char bytes[kPieceBytes];
  };

  [[gnu::noinline]] void Grow() {
    capacity_ = 2 * capacity_ + kFirstEntries;
    auto grown = std::make_unique_for_overwrite<Entry[]>(capacity_);
    std::copy_n(entries_.get(), size_, grown.get());
    entries_ = std::move(grown);
  }

  std::unique_ptr<Entry[]> entries_;  // Re-used.
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_UNDO_LOG_H_
