// One operation that a client asks a map to perform, before it is performed.

#ifndef MORTSAFE_HARNESS_PROGRAM_OPERATION_H_
#define MORTSAFE_HARNESS_PROGRAM_OPERATION_H_

#include <cstdint>
#include <string>

#include "harness/base/operation_kind.h"

namespace mortsafe {

// A call with its arguments. Members that the kind does not use are zero.
struct Operation {
  OperationKind kind = OperationKind::kLoad;
  Key key = 0;
  // What Store, LoadOrStore, Swap and CompareAndSwap store.
  Value value = 0;
  // What CompareAndSwap and CompareAndDelete compare with.
  Value old_value = 0;
  // Range's callback asks to stop at the entry with this number, counted from
  // one; 0 lets it see every entry.
  uint32_t stop_after = 0;

  friend bool operator==(const Operation&, const Operation&) = default;
};

// The call as code: "CompareAndSwap(0, 1, 2)", "Range()", "Range(stop 1)".
std::string ToText(const Operation& operation);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_OPERATION_H_
