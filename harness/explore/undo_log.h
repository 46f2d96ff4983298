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
    if (next_ == end_) [[unlikely]]
      Grow();
    Entry& entry = *next_++;
    entry.piece = piece;
    std::memcpy(entry.bytes, piece, kPieceBytes);
  }

  // How many pieces are remembered.
  size_t size() const { return static_cast<size_t>(next_ - entries_.get()); }

  // Forgets them: there will be no going back.
  void Clear() { next_ = entries_.get(); }

  // Undoes all changes since size() was `size`.
  void GoBack(size_t size) {
    const Entry* const last = entries_.get() + size;
    while (next_ != last) {
      const Entry& entry = *--next_;
      std::memcpy(entry.piece, entry.bytes, kPieceBytes);
    }
  }

 private:
  static constexpr size_t kFirstEntries = 64;

  struct Entry {
    void* piece;
    char bytes[kPieceBytes];
  };

  [[gnu::cold, gnu::noinline]] void Grow() {
    const size_t used = size();
    const size_t capacity = 2 * used + kFirstEntries;
    auto grown = std::make_unique_for_overwrite<Entry[]>(capacity);
    std::copy_n(entries_.get(), used, grown.get());
    entries_ = std::move(grown);
    next_ = entries_.get() + used;
    end_ = entries_.get() + capacity;
  }

  std::unique_ptr<Entry[]> entries_;  // Re-used.
  Entry* next_ = nullptr;             // Behind the latest,
  Entry* end_ = nullptr;              // and behind the last there is room for.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_UNDO_LOG_H_
