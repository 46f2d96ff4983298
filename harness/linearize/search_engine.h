// The search of search.h, over any coding of the map's states (map_states.h).
// Only search.cc uses it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_SEARCH_ENGINE_H_
#define MORTSAFE_HARNESS_LINEARIZE_SEARCH_ENGINE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/linearize/configuration_set.h"
#include "harness/linearize/map_states.h"
#include "harness/linearize/step.h"

namespace mortsafe {

template <typename States>
class SearchEngine {
 public:
  States& states() { return states_; }

  // REQUIRES: states() was reset for these keys.
  bool Run(absl::Span<const Step> steps, uint32_t key_count,
           CellState state_count, uint64_t horizon) {
    key_count_ = key_count;
    Survey(steps, state_count, horizon);
    Begin();
    for (const Step& step : steps) {
      if (step.call_time > horizon) break;
      while (closing_count_ > 0 &&
             closing_[closing_count_ - 1].time < step.call_time) {
        if (!Return(closing_[--closing_count_].slot)) return false;
      }
      ++called_;
      Call(step);
    }
    while (closing_count_ > 0 && closing_[closing_count_ - 1].time <= horizon) {
      if (!Return(closing_[--closing_count_].slot)) return false;
    }
    return true;
  }

 private:
  static constexpr int kSlots = 64;

  // An open step.
  struct Slot {
    Step step;
    // The open steps that must take effect before this one, its elder twins.
    uint64_t twins = 0;
  };
  struct Closing {
    uint64_t time = 0;
    int slot = 0;
  };
  // What the whole search knows of one state of a cell.
  struct StateFacts {
    uint32_t writers = 0;    // Steps that can bring it about.
    uint32_t last_need = 0;  // 1 + the last step that must find it.
    bool mentioned = false;  // Some step can tell it from other values.
  };

  void Survey(absl::Span<const Step> steps, CellState state_count,
              uint64_t horizon) {
    unmentioned_ = state_count;
    if (facts_.size() <= unmentioned_) facts_.resize(2 * unmentioned_ + 2);
    facts_[kAbsent] = StateFacts();
    for (const Step& step : steps) {
      facts_[step.needed] = StateFacts();
      facts_[step.stored] = StateFacts();
    }
    hides_unmentioned_ = States::kOneKey;
    uint32_t position = 0;
    for (const Step& step : steps) {
      ++position;
      if (step.effect != Effect::kNone) ++facts_[step.stored].writers;
      if (step.need != Need::kAnything || step.effect == Effect::kSetIfEqual) {
        facts_[step.needed].mentioned = true;
      }
      if (step.need == Need::kExactly && !step.optional &&
          step.return_time <= horizon) {
        facts_[step.needed].last_need = position;
      }
      if (step.need == Need::kAnythingBut ||
          (step.effect == Effect::kSetIfEqual && !step.optional)) {
        hides_unmentioned_ = false;  // These can tell that a value was there.
      }
    }
    facts_[kAbsent].mentioned = true;
    facts_[kAbsent].last_need = 0;  // Fact 3 is about values only.
    facts_[unmentioned_] = StateFacts();
  }

  void Begin() {
    free_ = ~uint64_t{0};
    readers_ = writers_ = optional_ = clears_ = hidden_ = 0;
    closing_count_ = 0;
    called_ = 0;
    layer_.clear();
    layer_.push_back(Configuration{0, kEmptyMap});
  }

  void Call(const Step& step) {
    Check(free_ != 0, "a history keeps within kMaxOpenOperations");
    const int number = std::countr_zero(free_);
    const uint64_t bit = uint64_t{1} << number;
    Slot& slot = slots_[static_cast<size_t>(number)];
    slot.step = step;
    slot.twins = 0;
    if (IsRead(step)) {
      readers_ |= bit;
      for (Configuration& past : layer_) {
        if (Allows(step, states_.Get(past.state, step.key))) past.done |= bit;
      }
    } else if (!CallWriter(slot, bit)) {
      return;
    }
    free_ &= ~bit;
    if (step.return_time != kPending) InsertClosing(step.return_time, number);
  }

  // Returns false where the step need not be followed at all.
  bool CallWriter(Slot& slot, uint64_t bit) {
    Step& step = slot.step;
    if (!facts_[step.stored].mentioned) {
      step.stored = unmentioned_;
      if (hides_unmentioned_ && step.effect == Effect::kSet &&
          step.need == Need::kAnything) {
        if (step.optional) return false;
        hidden_ |= bit;
      }
    }
    if (step.optional) optional_ |= bit;
    if (step.key == kEveryKey) clears_ |= bit;
    ForEachSlot(writers_, [&](Slot& other, uint64_t other_bit) {
      if (!Interchangeable(step, other.step)) return;
      if (other.step.return_time <= step.return_time) {
        if (!other.step.optional || step.optional) slot.twins |= other_bit;
      } else if (!step.optional || other.step.optional) {
        other.twins |= bit;
      }
    });
    writers_ |= bit;
    return true;
  }

  static bool Interchangeable(const Step& a, const Step& b) {
    return a.key == b.key && a.need == b.need && a.effect == b.effect &&
           a.stored == b.stored && a.needed == b.needed;
  }

  template <typename Function>
  void ForEachSlot(uint64_t bits, Function function) {
    for (; bits != 0; bits &= bits - 1) {
      const int number = std::countr_zero(bits);
      function(slots_[static_cast<size_t>(number)], uint64_t{1} << number);
    }
  }

  // Keeps the open returns sorted, the next one last.
  void InsertClosing(uint64_t time, int slot) {
    size_t at = closing_count_++;
    for (; at > 0 && closing_[at - 1].time < time; --at) {
      closing_[at] = closing_[at - 1];
    }
    closing_[at] = Closing{time, slot};
  }

  // Lets the step of slot `number` return; false when no configuration is left.
  bool Return(int number) {
    const uint64_t bit = uint64_t{1} << number;
    const bool optional = (optional_ & bit) != 0;
    next_.Clear();
    reached_.Clear();
    for (const Configuration& past : layer_) {
      const bool done = (past.done & bit) != 0;
      if (!done) reached_.Add(past);
      if (done || optional) {
        next_.Add(Configuration{past.done & ~bit, past.state});
      }
    }
    const Step& target = slots_[static_cast<size_t>(number)].step;
    for (size_t i = 0; i < reached_.size(); ++i) {
      Expand(reached_[i], target, bit);
    }
    next_.SwapItems(layer_);
    Free(bit);
    DropWorse();
    return !layer_.empty();
  }

  void Free(uint64_t bit) {
    free_ |= bit;
    if ((readers_ & bit) != 0) {
      readers_ &= ~bit;
      return;
    }
    writers_ &= ~bit;
    optional_ &= ~bit;
    clears_ &= ~bit;
    hidden_ &= ~bit;
    ForEachSlot(writers_, [&](Slot& slot, uint64_t) { slot.twins &= ~bit; });
  }

  // Follows every open writer from `past`, towards the return of `target`.
  void Expand(Configuration past, const Step& target, uint64_t target_bit) {
    const uint64_t open = writers_ & ~past.done;
    // Steps of other keys matter only to a Clear that comes after them.
    const bool every_key = States::kOneKey || (clears_ & ~past.done) != 0;
    ForEachSlot(open, [&](const Slot& slot, uint64_t bit) {
      if ((slot.twins & ~past.done) != 0) return;
      if (!every_key && slot.step.key != target.key) return;
      Configuration future{past.done | bit, past.state};
      const bool possible = slot.step.key == kEveryKey
                                ? ApplyClear(future)
                                : Apply(slot.step, future);
      if (!possible) return;
      if ((future.done & target_bit) != 0) {
        future.done &= ~target_bit;
        next_.Add(future);
      } else {
        reached_.Add(future);
      }
    });
  }

  // Fact 3.
  bool MustNotLeave(CellState state) const {
    return facts_[state].writers == 1 && facts_[state].last_need > called_;
  }

  bool Apply(const Step& step, Configuration& future) {
    const CellState old = states_.Get(future.state, step.key);
    if (!Allows(step, old)) return false;
    if (step.effect == Effect::kSetIfEqual && old != step.needed) return true;
    if (step.stored != old) {
      if (MustNotLeave(old)) return false;
      future.state = states_.Set(future.state, step.key, step.stored);
    }
    if constexpr (States::kOneKey) {
      if (step.need == Need::kAnything && step.effect == Effect::kSet) {
        future.done |= hidden_;
      }
    }
    ReadEagerly(future, step.key);
    return true;
  }

  bool ApplyClear(Configuration& future) {
    for (uint32_t key = 0; key < key_count_; ++key) {
      if (MustNotLeave(states_.Get(future.state, key))) return false;
    }
    future.state = kEmptyMap;
    ReadEagerly(future, kEveryKey);
    return true;
  }

  // Fact 1, after a change under `key`.
  void ReadEagerly(Configuration& future, uint32_t key) {
    ForEachSlot(readers_ & ~future.done, [&](const Slot& slot, uint64_t bit) {
      if (key != kEveryKey && slot.step.key != key) return;
      if (Allows(slot.step, states_.Get(future.state, slot.step.key))) {
        future.done |= bit;
      }
    });
  }

  // Fact 5. REQUIRES: both are in the same state.
  bool IsNoWorse(const Configuration& a, const Configuration& b) const {
    const uint64_t forced = writers_ & ~optional_;
    return ((a.done ^ b.done) & forced) == 0 &&
           (b.done & ~a.done & readers_) == 0 &&
           (a.done & ~b.done & optional_) == 0;
  }

  void DropWorse() {
    if (layer_.size() < 2 || (readers_ | optional_) == 0) return;
    if (layer_.size() <= 8) {
      layer_.resize(DropWorse(0, layer_.size(), 0));
      return;
    }
    const uint64_t forced = writers_ & ~optional_;
    std::sort(layer_.begin(), layer_.end(),
              [&](const Configuration& a, const Configuration& b) {
                if (a.state != b.state) return a.state < b.state;
                return (a.done & forced) < (b.done & forced);
              });
    size_t kept = 0;
    for (size_t begin = 0; begin < layer_.size();) {
      size_t end = begin + 1;
      while (end < layer_.size() && layer_[end].state == layer_[begin].state &&
             ((layer_[end].done ^ layer_[begin].done) & forced) == 0) {
        ++end;
      }
      kept = DropWorse(begin, end, kept);
      begin = end;
    }
    layer_.resize(kept);
  }

  // Moves those of layer_[begin, end) that none of them betters to `kept` and
  // on; returns where they end. REQUIRES: kept <= begin.
  size_t DropWorse(size_t begin, size_t end, size_t kept) {
    const size_t first = kept;
    for (size_t i = begin; i < end; ++i) {
      const Configuration candidate = layer_[i];
      bool bettered = false;
      for (size_t j = first; j < kept && !bettered; ++j) {
        bettered = layer_[j].state == candidate.state &&
                   IsNoWorse(layer_[j], candidate);
      }
      if (bettered) continue;
      size_t stay = first;
      for (size_t j = first; j < kept; ++j) {
        if (layer_[j].state != candidate.state ||
            !IsNoWorse(candidate, layer_[j])) {
          layer_[stay++] = layer_[j];
        }
      }
      layer_[stay++] = candidate;
      kept = stay;
    }
    return kept;
  }

  States states_;
  uint32_t key_count_ = 1;
  std::vector<StateFacts> facts_;  // By CellState.
  // Stands for every value that no step mentions (fact 4).
  CellState unmentioned_ = 0;
  bool hides_unmentioned_ = false;

  std::array<Slot, kSlots> slots_;
  // Sets of slots.
  uint64_t free_ = 0;
  uint64_t readers_ = 0;
  uint64_t writers_ = 0;
  uint64_t optional_ = 0;  // Among the writers, as are the next two.
  uint64_t clears_ = 0;
  uint64_t hidden_ = 0;  // Those that may hide before a blind write.

  std::array<Closing, kSlots> closing_;
  size_t closing_count_ = 0;
  uint32_t called_ = 0;  // How many steps have been called.

  std::vector<Configuration> layer_;
  ConfigurationSet next_;     // The layer after this return.
  ConfigurationSet reached_;  // On the way there, target not yet in effect.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_SEARCH_ENGINE_H_
