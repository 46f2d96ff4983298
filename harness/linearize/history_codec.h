// A byte form of small histories for fuzzers, in which every byte string is a
// valid history. Four bytes make an operation, at most eight operations a
// history; bytes that are left over, or mean nothing to an operation, are
// ignored.
//
//   byte 0: bits 0-3 the kind (modulo 10); bits 4-6 the client (modulo 4);
//           bit 7 it is pending
//   byte 1: bits 0-1 the key (modulo 3); bits 2-3 the value; bits 4-5 the old
//           value; bit 6 `ok`, of a Range that it was not stopped; bit 7 a
//           Range repeats its first entry
//   byte 2: bits 0-1 the value seen; of a Range, bits 0-5 the value shown for
//           keys 0, 1 and 2, two bits each, 0 where it showed none
//   byte 3: bits 0-3 the time of the call; bits 4-7 how long until the return

#ifndef MORTSAFE_HARNESS_LINEARIZE_HISTORY_CODEC_H_
#define MORTSAFE_HARNESS_LINEARIZE_HISTORY_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/history/history.h"

namespace mortsafe {

inline constexpr size_t kMaxDecodedOperations = 8;

// Results are well-formed, but need not fit each other.
History DecodeHistory(absl::Span<const uint8_t> bytes);

// Bytes that decode to `history`. REQUIRES: there are such bytes: clients below
// 4, keys below 3, values below 4 (in a Range from 1 on), calls below 16,
// returns less than 16 later, entries by key.
std::vector<uint8_t> EncodeHistory(const History& history);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_HISTORY_CODEC_H_
