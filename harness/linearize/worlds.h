// The worlds of a map search: when the Clears may have taken effect. See
// map_search.h for the idea; only the map search uses it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_WORLDS_H_
#define MORTSAFE_HARNESS_LINEARIZE_WORLDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/linearize/key_state.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// At most this many Clears may be open at the same time.
inline constexpr size_t kMaxOpenClears = 64;
// At most this many worlds are followed at the same time.
inline constexpr size_t kMaxWorlds = 1 << 12;

class Worlds {
 public:
  // `keys` outlives this object.
  explicit Worlds(std::vector<KeyState>& keys) : keys_(keys) {}

  // Back to one world without Clears.
  void Reset();

  // Whether there is more than one world, or a Clear is open.
  bool IsSplit() const { return worlds_.size() != 1 || open_ != 0; }
  size_t size() const { return worlds_.size(); }

  // No more Clears can be called until one returns.
  bool IsFull() const { return open_ == ~uint64_t{0}; }
  // Calls a Clear; returns its number. REQUIRES: !IsFull().
  uint32_t Call(const Step& clear);

  // Splits each world: no Clear takes effect before the next return, or one
  // does, or one more after that, …. False if the search of a key, or the
  // number of worlds, is at its bound.
  bool Split();

  // Lets a Clear return; it has taken effect in the worlds that stay.
  void ReturnClear(uint32_t number);

  // After a return under `key`: drops worlds in which that was impossible, and
  // those that no key can tell from others.
  void AfterReturn(uint32_t key);

 private:
  struct World {
    // Clears in effect, and those that may be: they can hide right before
    // another one.
    uint64_t done = 0;
    uint64_t flexible = 0;
    // By key, its branch; beyond the end it is 0.
    std::vector<uint32_t> branches;
    // Of the branches that are not 0: equal worlds have equal hashes.
    uint64_t hash = 0;
  };

  static uint32_t BranchOf(const World& world, size_t key) {
    return key < world.branches.size() ? world.branches[key] : 0;
  }
  static void SetBranch(size_t key, uint32_t branch, World& world);
  static bool HasEqualBranches(const World& a, const World& b);
  bool SplitWorld(size_t number);
  // The open Clear among `candidates` that returns first.
  uint32_t FirstToReturn(uint64_t candidates) const;
  // Makes `branch` of `key` the one in which it has just been cleared; false if
  // the search gave up.
  bool ClearKey(size_t key, uint32_t& branch);
  bool IsNoWorse(const World& a, const World& b) const;
  void DropDuplicates();
  void DropUnusedBranches();
  void DropUnusedBranches(size_t key);

  std::vector<KeyState>& keys_;
  std::vector<World> worlds_ = std::vector<World>(1);
  uint64_t open_ = 0;      // The open Clears, a bit each.
  uint64_t optional_ = 0;  // Those of them that may never take effect.
  std::array<uint64_t, 64> return_times_ = {};
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_WORLDS_H_
