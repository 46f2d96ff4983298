#include "harness/linearize/key_search.h"

#include <algorithm>
#include <utility>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

// No slot: where a way may end anywhere.
constexpr size_t kNoTarget = static_cast<size_t>(-1);

// Smaller layers than this need no pruning.
constexpr size_t kSmallLayer = 8;

// A step that finds what it leaves changes nothing.
bool ChangesNothing(const Step& step) {
  return IsRead(step) ||
         (step.need == Need::kExactly && step.needed == step.stored);
}

}  // namespace

template <size_t kWords>
void KeySearch<kWords>::Reset(CellState state, uint32_t key, Future* future) {
  key_ = key;
  future_ = future;
  open_ = OpenKinds<kWords>();
  blind_ = hideable_ = repeatable_ = Mask();
  gave_up_ = asks_ = false;
  layers_.resize(1);
  layers_[0].assign(1, Item{state, Mask(), Mask()});
}

template <size_t kWords>
template <size_t kLess>
void KeySearch<kWords>::Widen(const KeySearch<kLess>& narrow) {
  const auto widened = [](const BitMask<kLess>& mask) {
    return mask.template Widened<kWords>();
  };
  Reset(kAbsent, narrow.key_, narrow.future_);
  slots_.resize(narrow.slots_.size());
  for (size_t i = 0; i < narrow.slots_.size(); ++i) {
    const auto& slot = narrow.slots_[i];
    slots_[i] = Slot{slot.needed, slot.stored,         slot.return_time,
                     slot.need,   widened(slot.twins), widened(slot.wanted_by)};
  }
  open_.readers = widened(narrow.open_.readers);
  open_.writers = widened(narrow.open_.writers);
  open_.optional = widened(narrow.open_.optional);
  blind_ = widened(narrow.blind_);
  hideable_ = widened(narrow.hideable_);
  repeatable_ = widened(narrow.repeatable_);
  layers_.clear();
  for (const auto& layer : narrow.layers_) {
    layers_.emplace_back();
    for (const Configuration<kLess>& item : layer) {
      layers_.back().push_back(
          Item{item.state, widened(item.done), widened(item.flexible)});
    }
  }
}

template <size_t kWords>
bool KeySearch<kWords>::Allows(const Slot& slot, CellState state) {
  switch (slot.need) {
    case Need::kAnything:
      return true;
    case Need::kExactly:
      return state == slot.needed;
    case Need::kAnythingBut:
      return state != slot.needed;
    case Need::kImpossible:
      return false;
  }
  return false;
}

template <size_t kWords>
bool KeySearch<kWords>::AreTwins(const Slot& a, const Slot& b) {
  return a.need == b.need && a.stored == b.stored && a.needed == b.needed;
}

template <size_t kWords>
std::optional<size_t> KeySearch<kWords>::Call(const Step& step) {
  Slot slot;
  slot.needed = step.needed;
  slot.stored = step.stored;
  slot.return_time = step.return_time;
  slot.need = step.need;
  if (ChangesNothing(step)) return CallReader(slot);
  // Where it would change nothing it need not take effect, as it may not.
  if (step.effect == Effect::kSetIfEqual) slot.need = Need::kExactly;
  const size_t number = (open_.readers | open_.writers).FirstAbsent();
  AddWriter(number, slot, step);
  return number;
}

template <size_t kWords>
std::optional<size_t> KeySearch<kWords>::CallReader(const Slot& reader) {
  const auto reads_now = [&](const Item& past) {
    return Allows(reader, past.state);
  };
  const bool settled =
      std::all_of(layers_.begin(), layers_.end(), [&](const Layer& layer) {
        return std::all_of(layer.begin(), layer.end(), reads_now);
      });
  if (settled) return std::nullopt;
  const size_t number = (open_.readers | open_.writers).FirstAbsent();
  AddReader(number, reader);
  for (Layer& layer : layers_) {
    for (Item& past : layer) {
      if (reads_now(past)) past.done.Add(number);
    }
  }
  return number;
}

template <size_t kWords>
void KeySearch<kWords>::AddReader(size_t number, const Slot& reader) {
  if (number >= slots_.size()) slots_.resize(number + 1);
  slots_[number] = reader;
  open_.readers.Add(number);
  open_.writers.ForEach([&](size_t other) {
    if (Allows(reader, slots_[other].stored)) {
      slots_[other].wanted_by.Add(number);
    }
  });
}

template <size_t kWords>
void KeySearch<kWords>::AddWriter(size_t number, const Slot& writer,
                                  const Step& step) {
  if (number >= slots_.size()) slots_.resize(number + 1);
  slots_[number] = writer;
  Slot& slot = slots_[number];
  open_.readers.ForEach([&](size_t other) {
    if (Allows(slots_[other], slot.stored)) slot.wanted_by.Add(other);
  });
  open_.writers.ForEach([&](size_t other) {
    Slot& that = slots_[other];
    if (that.need != Need::kAnything && Allows(that, slot.stored)) {
      slot.wanted_by.Add(other);
    }
    if (slot.need != Need::kAnything && Allows(slot, that.stored)) {
      that.wanted_by.Add(number);
    }
  });
  if (!step.repeatable) FindTwins(number, step.optional);
  open_.writers.Add(number);
  if (step.optional) open_.optional.Add(number);
  if (step.repeatable) repeatable_.Add(number);
  if (slot.need != Need::kAnything) return;
  blind_.Add(number);
  if (step.optional) return;
  hideable_.Add(number);
  for (Layer& layer : layers_) {
    for (Item& past : layer) {
      if (past.state == slot.stored) past.flexible.Add(number);
    }
  }
}

template <size_t kWords>
void KeySearch<kWords>::FindTwins(size_t number, bool optional) {
  Slot& slot = slots_[number];
  open_.writers.ForEach([&](size_t other) {
    Slot& that = slots_[other];
    if (!AreTwins(slot, that) || repeatable_.Has(other)) return;
    if (that.return_time <= slot.return_time) {
      if (!open_.optional.Has(other) || optional) slot.twins.Add(other);
    } else if (!optional || open_.optional.Has(other)) {
      that.twins.Add(number);
    }
  });
}

template <size_t kWords>
bool KeySearch<kWords>::Return(size_t slot) {
  if (!IsDoneEverywhere(slot)) {
    for (Layer& layer : layers_) ReturnIn(layer, slot);
    if (gave_up_) return false;
  }
  Free(slot);
  return true;
}

template <size_t kWords>
bool KeySearch<kWords>::IsDoneEverywhere(size_t slot) {
  for (const Layer& layer : layers_) {
    for (const Item& past : layer) {
      if (!past.done.Has(slot)) return false;
    }
  }
  for (Layer& layer : layers_) {
    for (Item& past : layer) past.done.Remove(slot);
  }
  return true;
}

template <size_t kWords>
void KeySearch<kWords>::ReturnIn(Layer& layer, size_t target) {
  next_.Clear();
  reached_.Clear();
  asks_ = future_ != nullptr && layer.size() > kSmallLayer;
  const bool optional = open_.optional.Has(target);
  for (const Item& past : layer) {
    const bool done = past.done.Has(target);
    if (!done) reached_.Add(past);
    if (done || optional || past.flexible.Has(target)) AddNext(past, target);
  }
  Expand(target);
  next_.SwapItems(layer);
  DropWorse(open_, layer);
}

template <size_t kWords>
void KeySearch<kWords>::AddNext(Item item, size_t target) {
  item.done.Remove(target);
  item.flexible.Remove(target);
  next_.Add(item);
}

template <size_t kWords>
void KeySearch<kWords>::Expand(size_t target) {
  for (size_t i = 0; i < reached_.size(); ++i) {
    if (reached_.size() + next_.size() > kMaxConfigurations) {
      gave_up_ = true;
      return;
    }
    const Item past = reached_[i];
    Candidates(past).ForEach([&](size_t number) {
      if (!MayComeNext(number, target, past)) return;
      const Item future = After(past, number);
      if (target == kNoTarget) {
        reached_.Add(future);
        return;
      }
      const bool done = number == target || future.done.Has(target);
      if (done || future.flexible.Has(target)) AddNext(future, target);
      if (!done) reached_.Add(future);
    });
  }
}

template <size_t kWords>
BitMask<kWords> KeySearch<kWords>::Candidates(const Item& past) const {
  const Mask candidates = open_.writers - past.done;
  if (!asks_ || past.state == kAbsent) return candidates;
  bool can_come_back = false;
  Mask must_find;
  uint64_t latest_return = 0;
  candidates.ForEach([&](size_t number) {
    const Slot& slot = slots_[number];
    if (slot.stored == past.state) can_come_back = true;
    if (slot.need == Need::kExactly && slot.needed == past.state &&
        !open_.optional.Has(number)) {
      must_find.Add(number);
      latest_return = std::max(latest_return, slot.return_time);
    }
  });
  if (can_come_back) return candidates;
  if (future_->IsNeededAgain(key_, past.state)) return Mask();
  if (must_find.Empty() ||
      !future_->CannotComeBack(key_, past.state, latest_return)) {
    return candidates;
  }
  // Only one can find it before it goes.
  return must_find.HasOne() ? must_find : Mask();
}

template <size_t kWords>
bool KeySearch<kWords>::MayComeNext(size_t number, size_t target,
                                    const Item& past) const {
  const Slot& slot = slots_[number];
  if (!Allows(slot, past.state)) return false;
  // Twins that return at the same time return in any order.
  if (number == target) return true;
  if (!(slot.twins - past.done).Empty()) return false;
  // Facts 4 and 6.
  const bool can_wait = blind_.Has(number) || open_.optional.Has(number);
  return !can_wait || !(slot.wanted_by - past.done).Empty();
}

template <size_t kWords>
Configuration<kWords> KeySearch<kWords>::After(const Item& past,
                                               size_t number) const {
  const Slot& slot = slots_[number];
  Item future = past;
  future.state = slot.stored;
  if (!repeatable_.Has(number)) future.done.Add(number);
  future.flexible.Remove(number);
  future.done |= slot.wanted_by & open_.readers;
  const Mask open = hideable_ - future.done - future.flexible;
  if (blind_.Has(number)) {
    future.flexible |= open;
  } else {
    open.ForEach([&](size_t other) {
      if (slots_[other].stored == slot.stored) future.flexible.Add(other);
    });
  }
  return future;
}

template <size_t kWords>
void KeySearch<kWords>::Free(size_t slot) {
  open_.readers.Remove(slot);
  open_.writers.Remove(slot);
  open_.optional.Remove(slot);
  blind_.Remove(slot);
  hideable_.Remove(slot);
  repeatable_.Remove(slot);
  open_.writers.ForEach([&](size_t other) {
    slots_[other].twins.Remove(slot);
    slots_[other].wanted_by.Remove(slot);
  });
}

template <size_t kWords>
std::optional<size_t> KeySearch<kWords>::Cleared(size_t branch) {
  reached_.Clear();
  next_.Clear();
  asks_ = future_ != nullptr && layers_[branch].size() > kSmallLayer;
  for (const Item& past : layers_[branch]) reached_.Add(past);
  Expand(kNoTarget);
  if (gave_up_) return std::nullopt;
  for (size_t i = 0; i < reached_.size(); ++i) {
    Item future = reached_[i];
    future.state = kAbsent;
    future.flexible |= hideable_ - future.done;
    open_.readers.ForEach([&](size_t reader) {
      if (Allows(slots_[reader], kAbsent)) future.done.Add(reader);
    });
    next_.Add(future);
  }
  Layer cleared;
  next_.SwapItems(cleared);
  DropWorse(open_, cleared);
  layers_.push_back(std::move(cleared));
  const size_t representative = Representative(layers_.size() - 1);
  if (representative + 1 < layers_.size()) layers_.pop_back();
  return representative;
}

template <size_t kWords>
size_t KeySearch<kWords>::Representative(size_t branch) const {
  const Layer& layer = layers_[branch];
  const auto covers = [&](const Layer& a, const Layer& b) {
    return std::all_of(b.begin(), b.end(), [&](const Item& item) {
      return std::any_of(a.begin(), a.end(), [&](const Item& other) {
        return IsNoWorse(other, item, open_);
      });
    });
  };
  for (size_t other = 0; other < branch; ++other) {
    if (covers(layers_[other], layer) && covers(layer, layers_[other])) {
      return other;
    }
  }
  return branch;
}

template <size_t kWords>
void KeySearch<kWords>::KeepBranches(const std::vector<size_t>& kept) {
  Check(std::is_sorted(kept.begin(), kept.end()), "branches keep their order");
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] != i) layers_[i].swap(layers_[kept[i]]);
  }
  layers_.resize(kept.size());
}

template <size_t kWords>
std::optional<CellState> KeySearch<kWords>::SettledState() const {
  if (!open_.readers.Empty() || !open_.writers.Empty()) return std::nullopt;
  if (layers_.size() != 1 || layers_[0].size() != 1) return std::nullopt;
  return layers_[0][0].state;
}

template class KeySearch<1>;
template class KeySearch<kWideWords>;
template void KeySearch<kWideWords>::Widen(const KeySearch<1>& narrow);

}  // namespace mortsafe
