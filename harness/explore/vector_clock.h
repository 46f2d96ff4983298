// A vector clock: for each thread the latest of its moments that came before.
// There is room for all threads, but work is done for the first `width` alone,
// a multiple of 8: whoever keeps clocks knows how many threads there are.

#ifndef MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_
#define MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_

#include <array>
#include <bit>
#include <cstddef>
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
    At(0) = other.At(0);
    if (width > kPiece) [[unlikely]]
      AssignRest(other, width);
  }
  // Becomes a new one. REQUIRES: it has no moments of threads beyond `width`.
  void Clear(uint32_t width) {
    for (uint32_t i = 0; i < width / kPiece; ++i) At(i) = Piece();
  }

  // Becomes `other`, one moment of `thread` later.
  void AssignNext(const VectorClock& other, uint32_t thread, uint32_t width) {
    ForEachPiece(width, [&](uint32_t i) {
      At(i) = other.At(i) - AllBitsOf(thread, i);  // Minus minus one.
    });
  }
  // Becomes one moment of `thread` later, and returns that. Whole pieces are
  // written, as they are soon read: a processor that has just written a part of
  // what it reads waits until that has arrived in its cache.
  uint16_t Advance(uint32_t thread, uint32_t width) {
    AssignNext(*this, thread, width);
    return moments_[thread];
  }
  // Becomes one that has this moment of `thread`, and none of others.
  void AssignOnly(uint32_t thread, uint16_t moment, uint32_t width) {
    ForEachPiece(width,
                 [&](uint32_t i) { At(i) = AllBitsOf(thread, i) & moment; });
  }

  // Whether, for some thread, it has a moment, of which `other` has that or a
  // later one.
  bool IsMet(const VectorClock& other, uint32_t width) const {
    uint64_t met = 0;
    ForEachPiece(width, [&](uint32_t i) {
      const Piece lanes = At(i) - static_cast<uint16_t>(1) < other.At(i);
      const auto halves = std::bit_cast<std::array<uint64_t, 2>>(lanes);
      met |= halves[0] | halves[1];
    });
    return met != 0;
  }

  // Becomes one that no other is later than, up to `width`.
  void AssignLatest(uint32_t width) {
    ForEachPiece(width, [&](uint32_t i) { At(i) = ~Piece(); });
  }
  // Keeps of each moment the earlier, its own or that of `other`.
  void KeepEarlier(const VectorClock& other, uint32_t width) {
    ForEachPiece(width, [&](uint32_t i) {
      At(i) = At(i) < other.At(i) ? At(i) : other.At(i);
    });
  }

  // Takes in `other`, of whose threads only the first `width` count.
  void Join(const VectorClock& other, uint32_t width) {
    At(0) = Later(At(0), other.At(0));
    if (width > kPiece) [[unlikely]]
      JoinRest(other, width);
  }

  // Whether the moment of some thread but `own` is later than that in
  // `moments`, of which there are `width`. REQUIRES: neither has moments of
  // threads beyond `width`.
  bool IsLaterThan(const uint16_t* moments, uint32_t own,
                   uint32_t width) const {
    Piece later = {};
    Piece thread = {0, 1, 2, 3, 4, 5, 6, 7};
    const Piece self = Piece{} + static_cast<uint16_t>(own);
    ForEachPiece(width, [&](uint32_t i) {
      Piece others;
      std::memcpy(&others, moments + size_t{i} * kPiece, sizeof(others));
      later |= (At(i) > others) & (thread != self);
      thread += static_cast<uint16_t>(kPiece);
    });
    uint64_t words[sizeof(later) / sizeof(uint64_t)];
    std::memcpy(words, &later, sizeof(later));
    return (words[0] | words[1]) != 0;
  }

  // Before a change of any moment of the first `width` threads, or of the
  // moment of `thread` alone: it can be undone.
  void Save(UndoLog& log, uint32_t width) {
    log.Save(&At(0));
    if (width > kPiece) [[unlikely]]
      SaveRest(log, width);
  }
  void SaveMoment(UndoLog& log, uint32_t thread) {
    log.Save(&At(thread / kPiece));
  }

 private:
  // Accesses to moments may alias it.
  using Piece [[gnu::vector_size(UndoLog::kPieceBytes), gnu::may_alias]] =
      uint16_t;

  Piece& At(uint32_t piece) {
    return reinterpret_cast<Piece*>(moments_.data())[piece];
  }
  const Piece& At(uint32_t piece) const {
    return reinterpret_cast<const Piece*>(moments_.data())[piece];
  }

  static Piece Later(Piece a, Piece b) { return a > b ? a : b; }
  // The piece with all bits of that thread's moment set, and no others.
  static Piece AllBitsOf(uint32_t thread, uint32_t piece) {
    const auto lane = static_cast<uint16_t>(thread - piece * kPiece);
    return (Piece() + lane) == Piece{0, 1, 2, 3, 4, 5, 6, 7};
  }

  // There are hardly ever more threads than one piece has room for.
  template <class Visit>
  static void ForEachPiece(uint32_t width, Visit visit) {
    visit(0);
    if (width > kPiece) [[unlikely]] {
      for (uint32_t i = 1; i < width / kPiece; ++i) visit(i);
    }
  }
  [[gnu::cold, gnu::noinline]] void AssignRest(const VectorClock& other,
                                               uint32_t width) {
    for (uint32_t i = 1; i < width / kPiece; ++i) At(i) = other.At(i);
  }
  [[gnu::cold, gnu::noinline]] void JoinRest(const VectorClock& other,
                                             uint32_t width) {
    for (uint32_t i = 1; i < width / kPiece; ++i) {
      At(i) = Later(At(i), other.At(i));
    }
  }
  [[gnu::cold, gnu::noinline]] void SaveRest(UndoLog& log, uint32_t width) {
    for (uint32_t i = 1; i < width / kPiece; ++i) log.Save(&At(i));
  }

  alignas(UndoLog::kPieceBytes)
      std::array<uint16_t, kMaxModelThreads> moments_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_VECTOR_CLOCK_H_
