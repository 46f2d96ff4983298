// Just-in-time linearization of one key (Lowe, "Testing for linearizability",
// 2017): the exact search behind the checker, one call or return at a time.
//
// A configuration says which open steps are already in effect and what the key
// holds; only the current layer of configurations is kept, and of a step
// nothing once it has returned. A step takes effect only when a return forces
// it: before the step that returns, other open steps may.
//
// A few facts keep layers small. Each drops only configurations for which a
// better one stays, or that lead nowhere:
//  1. A read that is legal now may take effect now: it changes nothing.
//  2. Of two interchangeable open steps, the one that returns first goes first.
//  3. A blind write (Store, Delete) can hide right before another one, or where
//     it changes nothing. Whether it does is left open: it is `flexible`.
//  4. So a blind write may take effect ahead of its time only where an open
//     step waits for what it leaves.
//  5. Having read more, or left more open, is never worse.
//  6. A step that may never take effect is spent only where it is needed.
//  7. A state that a step to come must find, and none can bring back, must not
//     be left: only this fact needs some of the future, and only large layers
//     ask for it.
//
// The steps of a Clear are taken from outside, at a moment that is the same for
// all keys: the search keeps a layer for each of several branches (map_search.h
// says of what).

#ifndef MORTSAFE_HARNESS_LINEARIZE_KEY_SEARCH_H_
#define MORTSAFE_HARNESS_LINEARIZE_KEY_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/linearize/bit_mask.h"
#include "harness/linearize/configuration.h"
#include "harness/linearize/future.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// More configurations than this are not followed: the search gives up.
inline constexpr size_t kMaxConfigurations = 1 << 18;

// The widths in use: 64 open steps, which fit a word, and 1024.
inline constexpr size_t kWideWords = 16;

// Follows at most 64 * kWords open steps. Keeps its memory between uses.
template <size_t kWords>
class KeySearch {
 public:
  using Mask = BitMask<kWords>;
  using Layer = std::vector<Configuration<kWords>>;

  // Begins anew, with one branch in which the key holds `state`. `future`, if
  // there is one, knows it as `key` and outlives this use.
  void Reset(CellState state, uint32_t key, Future* future);

  // Takes over all that a narrower search knows.
  template <size_t kLess>
  void Widen(const KeySearch<kLess>& narrow);

  // Whether no more steps can be called until one returns.
  bool IsFull() const {
    return (open_.readers | open_.writers).FirstAbsent() == Mask::kCapacity;
  }

  // Calls a step. Returns where it is kept until its return; nothing if it is
  // settled already: it has taken effect, and has no return to wait for.
  // REQUIRES: !IsFull().
  std::optional<size_t> Call(const Step& step);

  // Lets the step kept in `slot` return; branches in which that is impossible
  // end up dead. False if the search gave up.
  bool Return(size_t slot);

  // A branch in which the key is emptied right now, from the past of `branch`;
  // one that was there already, if it is the same. Nothing if the search gave
  // up.
  std::optional<size_t> Cleared(size_t branch);

  size_t branches() const { return layers_.size(); }
  bool IsDead(size_t branch) const { return layers_[branch].empty(); }
  // The first branch with the same layer.
  size_t Representative(size_t branch) const;
  // Keeps only the branches listed, in that order, as branches 0, 1, …
  void KeepBranches(const std::vector<size_t>& kept);

  // What the key holds, if nothing else matters: no step is open and only one
  // state is possible.
  std::optional<CellState> SettledState() const;

 private:
  template <size_t>
  friend class KeySearch;

  using Item = Configuration<kWords>;

  // An open step.
  struct Slot {
    CellState needed = kAbsent;
    CellState stored = kAbsent;
    uint64_t return_time = kPending;
    Need need = Need::kAnything;
    // Of a writer: the open steps that must take effect before it, its elder
    // twins.
    Mask twins;
    // Of a writer: the open steps that can take effect on what it leaves.
    Mask wanted_by;
  };

  static bool Allows(const Slot& slot, CellState state);
  static bool AreTwins(const Slot& a, const Slot& b);

  std::optional<size_t> CallReader(const Slot& reader);
  void AddReader(size_t number, const Slot& reader);
  void AddWriter(size_t number, const Slot& writer, const Step& step);
  void FindTwins(size_t number, bool optional);

  void ReturnIn(Layer& layer, size_t target);
  // Follows the ways in which open steps can take effect after those of
  // reached_. A way on which that of `target` does ends in next_.
  void Expand(size_t target);
  bool MayComeNext(size_t number, size_t target, const Item& past) const;
  // The open writers that may come next, as far as fact 7 goes.
  Mask Candidates(const Item& past) const;
  Item After(const Item& past, size_t number) const;
  void AddNext(Item item, size_t target);
  // Whether every layer has `slot` in effect; if so it is forgotten there.
  bool IsDoneEverywhere(size_t slot);
  void Free(size_t slot);

  uint32_t key_ = 0;
  Future* future_ = nullptr;
  bool asks_ = false;  // It is worth asking about the future.

  std::vector<Slot> slots_;
  OpenKinds<kWords> open_;
  Mask blind_;       // Among the writers: those that need nothing.
  Mask hideable_;    // Blind, and must take effect.
  Mask repeatable_;  // Optional, and never spent.

  std::vector<Layer> layers_;  // By branch.
  ConfigurationSet<kWords> next_;
  ConfigurationSet<kWords> reached_;
  bool gave_up_ = false;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_KEY_SEARCH_H_
