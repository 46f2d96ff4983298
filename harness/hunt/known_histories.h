// The histories of one program that were found linearizable: of the executions
// that an exhaustive search performs, many show clients the same.
//
//   KnownHistories known;
//   … if (!known.Contains(history)) judge it; known.AddLatest() …
//
// What is remembered of a history is all that its verdict depends on: which
// calls came before which returns, and what each operation returned.

#ifndef MORTSAFE_HARNESS_HUNT_KNOWN_HISTORIES_H_
#define MORTSAFE_HARNESS_HUNT_KNOWN_HISTORIES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "harness/history/history.h"

namespace mortsafe {

// Keeps at most kMost histories; forgets them all when there is one more.
class KnownHistories {
 public:
  static constexpr size_t kMost = size_t{1} << 16;

  // REQUIRES for both: the operations are those of the same program, by client
  // and in the order in which each client performs them; those of client 0 come
  // before all others are called.
  bool Contains(const History& history);
  // REQUIRES: Contains() was asked last, for the same history.
  void AddLatest();

 private:
  struct Hash {
    size_t operator()(const std::vector<uint64_t>& words) const;
  };

  void Describe(const History& history);
  // What it says of each Range, which takes as many words as it visited.
  void DescribeRanges(const std::vector<HistoryOperation>& operations);
  // Writes which operations had returned at `call_time`.
  void DescribeOrder(uint64_t call_time, uint64_t* words) const;

  std::vector<uint64_t> words_;  // Of the latest history.
  // Likewise, by operation of other clients than 0.
  std::vector<uint64_t> return_times_;
  absl::flat_hash_set<std::vector<uint64_t>, Hash> known_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_KNOWN_HISTORIES_H_
