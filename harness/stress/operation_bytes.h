// A byte form of long programs of one client, in which every byte string is
// one. What compares and what is stored depends on what the map holds, so the
// operations are decoded one by one.
//
//   byte 0   the map, for those who let the input choose
//   byte 1   the number of keys less one
//   then two bytes an operation:
//     byte 0   bits 0-4 the kind's code; bits 5-7 what is compared with (0 to 4
//              the value that the key has, 5 a value that is never stored, 6
//              the latest value stored anywhere, 7 the one before), or where a
//              Range stops (0: nowhere)
//     byte 1   the key, modulo the number of keys
//
// A byte that is left over means nothing.

#ifndef MORTSAFE_HARNESS_STRESS_OPERATION_BYTES_H_
#define MORTSAFE_HARNESS_STRESS_OPERATION_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "harness/base/operation_kind.h"
#include "harness/linearize/reference_map.h"
#include "harness/program/operation.h"

namespace mortsafe {

class OperationBytes {
 public:
  explicit OperationBytes(absl::Span<const uint8_t> bytes);

  // Which map, from 0; the caller takes it modulo the number of its maps.
  size_t map() const { return map_; }

  // The next operation, out of those offered, on a map that holds what
  // `reference` does; nothing after the last one. Stored values count from 1.
  std::optional<Operation> Next(OperationKindSet offered,
                                const ReferenceMap& reference);

 private:
  Value OldValue(unsigned code, std::optional<Value> held) const;

  absl::Span<const uint8_t> rest_;
  size_t map_ = 0;
  uint64_t keys_ = 1;
  Value latest_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_OPERATION_BYTES_H_
