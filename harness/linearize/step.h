// The form in which operations are searched: what a call needs to find under
// its key, and what it leaves there.
//
// The ten operations, each with its result, come down to few shapes. A Load
// that returned 1 needs exactly 1 and leaves it; a Store needs nothing; a Swap
// that returned 1 needs exactly 1 and sets its value; a CompareAndSwap that
// failed needs anything but its old value. A Range is one step per key, a Clear
// one step over every key.

#ifndef MORTSAFE_HARNESS_LINEARIZE_STEP_H_
#define MORTSAFE_HARNESS_LINEARIZE_STEP_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "harness/history/history.h"
#include "harness/linearize/interner.h"

namespace mortsafe {

// What a key holds: kAbsent, or 1 + the name of a value.
using CellState = uint64_t;
inline constexpr CellState kAbsent = 0;

// In place of a key: the step is a Clear.
inline constexpr uint32_t kEveryKey = std::numeric_limits<uint32_t>::max();

// What a step must find.
enum class Need : uint8_t {
  kAnything,
  kExactly,      // `needed`.
  kAnythingBut,  // Any state other than `needed`.
  kImpossible,   // The answer contradicts itself.
};

// What a step leaves.
enum class Effect : uint8_t {
  kNone,
  kSet,         // `stored`.
  kSetIfEqual,  // `stored` where it found `needed`, else what it found.
};

struct Step {
  uint64_t call_time = 0;
  uint64_t return_time = kPending;
  uint32_t operation = 0;  // Index into History::operations.
  uint32_t key = 0;        // A dense name, or kEveryKey.
  CellState needed = kAbsent;
  CellState stored = kAbsent;
  Need need = Need::kAnything;
  Effect effect = Effect::kNone;
  // It may never take effect.
  bool optional = false;
  // It may take effect any number of times: it stands for many optional steps.
  bool repeatable = false;
};

// Whether the step leaves every state as it is.
inline bool IsRead(const Step& step) { return step.effect == Effect::kNone; }

// Whether the step can take effect on a key that holds `state`.
inline bool Allows(const Step& step, CellState state) {
  switch (step.need) {
    case Need::kAnything:
      return true;
    case Need::kExactly:
      return state == step.needed;
    case Need::kAnythingBut:
      return state != step.needed;
    case Need::kImpossible:
      return false;
  }
  return false;
}

// What the step leaves where it found `state`.
inline CellState StateAfter(const Step& step, CellState state) {
  if (step.effect == Effect::kNone) return state;
  if (step.effect == Effect::kSetIfEqual && state != step.needed) return state;
  return step.stored;
}

// Whether the step leaves the key absent whatever it found.
inline bool IsRemoval(const Step& step) {
  return step.effect == Effect::kSet && step.stored == kAbsent;
}

// Whether the step can leave `state`, a value, under its key.
inline bool CanStore(const Step& step, CellState state) {
  return step.effect != Effect::kNone && step.stored == state;
}

// Whether `first` returned before `second` was called.
inline bool Precedes(const Step& first, const Step& second) {
  return first.return_time < second.call_time;
}

// Gives values their states: 1 + a dense name, or, without names, 1 + the value
// itself.
class ValueStates {
 public:
  // Without names one value has no state, as absence takes one: this one, which
  // nobody stores by chance. The greatest value has its place instead.
  static constexpr Value kUnnamed = 0x6d6f727473616665;

  ValueStates() = default;
  // `names` outlives this object.
  explicit ValueStates(Interner& names) : names_(&names) {}

  CellState Of(Value value) const {
    if (names_ != nullptr) return 1 + names_->Intern(value);
    return value == std::numeric_limits<Value>::max() ? 1 + kUnnamed
                                                      : 1 + value;
  }
  CellState Of(const std::optional<Value>& value) const {
    return value.has_value() ? Of(*value) : kAbsent;
  }

 private:
  Interner* names_ = nullptr;
};

// The step of an operation on one key, with its result. REQUIRES: the operation
// has a key; it is not a pending Load.
Step StepOf(const HistoryOperation& operation, ValueStates values);

// The same with any result at all: what the call does while nobody knows what
// it answered. REQUIRES: the operation is no Load and no Range.
Step StepWithAnyResult(const HistoryOperation& operation, ValueStates values);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_STEP_H_
