// A history taken apart into steps, ready to be searched.

#ifndef MORTSAFE_HARNESS_LINEARIZE_STEP_LIST_H_
#define MORTSAFE_HARNESS_LINEARIZE_STEP_LIST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/interner.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// Keeps its memory between histories.
class StepList {
 public:
  // Takes `history` apart. Reads that never returned say nothing and have no
  // step; a completed Range has one for each key of the history that it showed
  // or, unless its callback stopped it, did not show.
  void Assign(const History& history);

  // All steps by call time, then by place in the history.
  absl::Span<const Step> steps() const { return steps_; }

  // The steps of one key by call time; a Clear is a Delete of the key.
  absl::Span<const Step> steps_of(uint32_t key);

  // Whether keys must be judged together: a Clear among several keys.
  bool joint() const { return joint_; }

  // The completed Range with the earliest return that showed a key twice.
  std::optional<size_t> duplicated_range() const { return duplicated_range_; }

  uint32_t key_count() const { return static_cast<uint32_t>(keys_.size()); }
  Key key(uint32_t name) const { return keys_.number(name); }

  // One more than the greatest CellState.
  CellState state_count() const {
    return static_cast<CellState>(values_.size() + 1);
  }
  // REQUIRES: 0 < state < state_count().
  Value value(CellState state) const { return values_.number(state - 1); }
  Interner& values() { return values_; }

 private:
  // Names every key, and looks for Clears and for Ranges that repeat a key.
  void Survey(const History& history);
  void SurveyRange(const History& history, size_t operation);
  void OrderCalls(const History& history);
  void Append(const History& history, uint32_t operation);
  void AppendRange(const HistoryOperation& range, uint32_t operation);
  void SplitByKey();

  Interner keys_;
  Interner values_;
  std::vector<uint32_t> order_;
  std::vector<Step> steps_;
  std::vector<CellState> shown_;     // By key, while a Range is taken apart.
  std::vector<Step> by_key_;         // Sorted by key, then call time.
  std::vector<uint32_t> key_begin_;  // Where each key's steps begin there.
  bool split_ = false;
  bool has_clear_ = false;
  bool joint_ = false;
  std::optional<size_t> duplicated_range_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_STEP_LIST_H_
