// What was saved comes back, the latest changes first, and nothing else does.

#include "harness/explore/undo_log.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

struct alignas(UndoLog::kPieceBytes) Piece {
  uint64_t first = 0;
  uint64_t second = 0;

  friend bool operator==(const Piece&, const Piece&) = default;
};
static_assert(sizeof(Piece) == UndoLog::kPieceBytes);

TEST(UndoLogTest, GoesBackToWhatPiecesWere) {
  UndoLog log;
  Piece piece = {1, 2};
  Piece other = {3, 4};
  log.Save(&piece);
  piece = {5, 6};
  other = {7, 8};  // Not saved.
  log.GoBack(0);
  EXPECT_EQ(piece, (Piece{1, 2}));
  EXPECT_EQ(other, (Piece{7, 8}));
  EXPECT_EQ(log.size(), 0U);
}

TEST(UndoLogTest, GoesBackAsFarAsItIsAsked) {
  UndoLog log;
  Piece piece = {1, 1};
  log.Save(&piece);
  piece = {2, 2};
  const size_t then = log.size();
  log.Save(&piece);
  piece = {3, 3};
  log.Save(&piece);
  piece = {4, 4};
  log.GoBack(then);
  EXPECT_EQ(piece, (Piece{2, 2}));
  EXPECT_EQ(log.size(), then);
  log.GoBack(then);
  EXPECT_EQ(piece, (Piece{2, 2}));
  log.GoBack(0);
  EXPECT_EQ(piece, (Piece{1, 1}));
}

// Saved twice without a mark in between, the first one counts.
TEST(UndoLogTest, UndoesTheLatestFirst) {
  UndoLog log;
  Piece piece = {1, 1};
  log.Save(&piece);
  piece = {2, 2};
  log.Save(&piece);
  piece = {3, 3};
  log.GoBack(0);
  EXPECT_EQ(piece, (Piece{1, 1}));
}

TEST(UndoLogTest, GoesOnAfterItWentBack) {
  UndoLog log;
  Piece piece = {1, 1};
  for (uint64_t round = 0; round < 3; ++round) {
    log.Save(&piece);
    piece = {10 + round, 10 + round};
    log.GoBack(0);
    EXPECT_EQ(piece, (Piece{1, 1}));
  }
}

// More than there is room for at first, marks in between included.
TEST(UndoLogTest, TakesAsMuchAsThereIs) {
  constexpr size_t kPieces = 1000;
  UndoLog log;
  std::vector<Piece> pieces(kPieces);
  std::vector<size_t> marks;
  for (size_t i = 0; i < kPieces; ++i) {
    marks.push_back(log.size());
    log.Save(&pieces[i]);
    pieces[i] = {i + 1, i + 1};
  }
  EXPECT_EQ(log.size(), kPieces);
  for (size_t left = kPieces; left > 0; --left) {
    log.GoBack(marks[left - 1]);
    EXPECT_EQ(pieces[left - 1], Piece());
    if (left > 1) {
      EXPECT_EQ(pieces[left - 2], (Piece{left - 1, left - 1}));
    }
  }
}

}  // namespace
}  // namespace mortsafe
