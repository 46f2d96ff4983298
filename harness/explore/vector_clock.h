// A vector clock: for each thread the latest of its moments that came before.
// There is room for all threads, but work is done for the first `width` alone,
// a multiple of 8: whoever keeps clocks knows how many threads there are.

#ifndef MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_
#define MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "harness/explore/undo_log.h"
#include "harness/model/memory.h"

namespace mortsafe {

class VectorClock {
 public:
  // Moments come in pieces: one instruction does as many.
  static constexpr uint32_t kPiece = UndoLog::kPieceBytes / sizeof(uint16_t);
  static_assert(kPiece == 8 && kMaxModelThreads % kPiece == 0);

  uint16_t& operator[](uint32_t thread) { return moments_[thread]; }
  uint16_t operator[](uint32_t thread) const { return moments_[thread]; }

  // Becomes `other`. REQUIRES: neither has moments of threads beyond `width`.
  void Assign(const VectorClock& other, uint32_t width) {
    for (uint32_t i = 0; i < width; i += kPiece) {
      std::memcpy(&moments_[i], &other.moments_[i], UndoLog::kPieceBytes);
    }
  }
  // Becomes a new one. REQUIRES: it has no moments of threads beyond `width`.
  void Clear(uint32_t width) {
    for (uint32_t i = 0; i < width; i += kPiece) {
      std::memset(&moments_[i], 0, UndoLog::kPieceBytes);
    }
  }

  // Takes in `other`, of whose threads only the first `width` count.
  void Join(const VectorClock& other, uint32_t width) {
    for (uint32_t i = 0; i < width; i += kPiece) {
      Piece mine;
      Piece others;
      std::memcpy(&mine, &moments_[i], sizeof(Piece));
      std::memcpy(&others, &other.moments_[i], sizeof(Piece));
      mine = mine > others ? mine : others;
      std::memcpy(&moments_[i], &mine, sizeof(Piece));
    }
  }

  // Before a change of any moment of the first `width` threads, or of the
  // moment of `thread` alone: it can be undone.
  void Save(UndoLog& log, uint32_t width) {
    for (uint32_t i = 0; i < width; i += kPiece) log.Save(&moments_[i]);
  }
  void SaveMoment(UndoLog& log, uint32_t thread) {
    log.Save(&moments_[thread / kPiece * kPiece]);
  }

 private:
  // Compilers do not see by themselves that clocks do not overlap in parts.
  using Piece [[gnu::vector_size(UndoLog::kPieceBytes)]] = uint16_t;

  std::array<uint16_t, kMaxModelThreads> moments_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_
