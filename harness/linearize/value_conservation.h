// An oracle of its own, much weaker than linearizability and independent of it:
// a value leaves the map at most as often as it entered. It looks at no order
// of calls at all.

#ifndef MORTSAFE_HARNESS_LINEARIZE_VALUE_CONSERVATION_H_
#define MORTSAFE_HARNESS_LINEARIZE_VALUE_CONSERVATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "harness/history/history.h"

namespace mortsafe {

// Memory grows with the values that are in the map, or were overwritten there
// without anybody seeing it.
class ValueConservation {
 public:
  struct Excess {
    Key key = 0;
    Value value = 0;
    int64_t more = 0;  // It was taken so many times more than stored.
  };

  // Takes the next operation, in any order.
  void Add(const HistoryOperation& operation);

  // A value that was taken more often than it can have been stored, the least
  // one of the least key; nothing if there is none. REQUIRES: all operations
  // were added.
  std::optional<Excess> FindExcess() const;

 private:
  void Count(Key key, Value value, int64_t change);

  // How much more often each value was taken than stored, where it differs.
  absl::flat_hash_map<std::pair<Key, Value>, int64_t> balances_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_VALUE_CONSERVATION_H_
