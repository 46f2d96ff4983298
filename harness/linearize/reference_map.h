// A map that is right by construction, for one client: what a map on trial
// answers is held against it, operation by operation.
//
//   ReferenceMap reference;
//   while (…) {
//     HistoryOperation record = …;   // One operation of the map on trial.
//     if (auto wrong = reference.Judge(record)) …
//   }

#ifndef MORTSAFE_HARNESS_LINEARIZE_REFERENCE_MAP_H_
#define MORTSAFE_HARNESS_LINEARIZE_REFERENCE_MAP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "harness/history/history.h"
#include "harness/linearize/specification.h"

namespace mortsafe {

class ReferenceMap {
 public:
  const std::map<Key, Value>& contents() const { return contents_; }

  // What the key holds.
  std::optional<Value> Get(Key key) const;

  // Performs the operation, and says in one line what is wrong with the answer
  // recorded, or nothing. A Range may visit the keys in any order; its callback
  // stopped it at the entry with the number `stop_after`, counted from one, or
  // never for 0. O(log n), and O(n log n) for a Range, in the keys held.
  std::optional<std::string> Judge(const HistoryOperation& record,
                                   uint32_t stop_after = 0);

  // Performs the operation, whatever the answer recorded, and records the right
  // one; a Range visits the keys in order.
  void Perform(HistoryOperation& record, uint32_t stop_after = 0);

 private:
  // Performs an operation that has a key; the right answer.
  Answer PerformOnKey(const HistoryOperation& record);
  std::optional<std::string> JudgeRange(const HistoryOperation& record,
                                        uint32_t stop_after) const;

  std::map<Key, Value> contents_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_REFERENCE_MAP_H_
