#include "harness/linearize/worlds.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace mortsafe {

void Worlds::Reset() {
  worlds_.assign(1, World());
  open_ = optional_ = 0;
}

uint32_t Worlds::Call(const Step& clear) {
  const auto number = static_cast<uint32_t>(std::countr_one(open_));
  const uint64_t bit = uint64_t{1} << number;
  open_ |= bit;
  if (clear.optional) optional_ |= bit;
  return_times_[number] = clear.return_time;
  return number;
}

uint32_t Worlds::FirstToReturn(uint64_t candidates) const {
  auto first = static_cast<uint32_t>(std::countr_zero(candidates));
  for (uint64_t rest = candidates; rest != 0; rest &= rest - 1) {
    const auto number = static_cast<uint32_t>(std::countr_zero(rest));
    if (return_times_[number] < return_times_[first]) first = number;
  }
  return first;
}

bool Worlds::Split() {
  if (open_ == 0) return true;
  // The new worlds, too: after one Clear other steps may take effect, and then
  // the next Clear.
  for (size_t number = 0; number < worlds_.size(); ++number) {
    if (worlds_.size() > kMaxWorlds || !SplitWorld(number)) return false;
  }
  DropDuplicates();
  return worlds_.size() <= kMaxWorlds;
}

bool Worlds::SplitWorld(size_t number) {
  const uint64_t candidates = open_ & ~worlds_[number].done;
  if (candidates == 0) return true;
  World cleared = worlds_[number];
  const uint64_t taken = uint64_t{1} << FirstToReturn(candidates);
  cleared.done |= taken;
  cleared.flexible |= candidates & ~optional_;
  cleared.flexible &= ~taken;
  cleared.branches.resize(keys_.size());
  for (size_t key = 0; key < keys_.size(); ++key) {
    if (!ClearKey(key, cleared.branches[key])) return false;
  }
  worlds_.push_back(std::move(cleared));
  return true;
}

bool Worlds::ClearKey(size_t key, uint32_t& branch) {
  KeyState& state = keys_[key];
  if (state.search == nullptr && state.settled == kAbsent) return true;
  GrowingSearch& search = state.Searched(pool_);
  state.cleared.resize(search.branches());
  std::optional<size_t>& known = state.cleared[branch];
  if (!known.has_value()) known = search.Cleared(branch);
  if (!known.has_value()) return false;
  branch = static_cast<uint32_t>(*known);
  return true;
}

void Worlds::ReturnClear(uint32_t number) {
  const uint64_t bit = uint64_t{1} << number;
  if ((optional_ & bit) == 0) {
    std::erase_if(worlds_, [&](const World& world) {
      return ((world.done | world.flexible) & bit) == 0;
    });
  }
  for (World& world : worlds_) {
    world.done &= ~bit;
    world.flexible &= ~bit;
  }
  open_ &= ~bit;
  optional_ &= ~bit;
  DropDuplicates();
  DropUnusedBranches();
}

void Worlds::AfterReturn(uint32_t key) {
  const KeyState& state = keys_[key];
  if (state.search == nullptr || state.search->branches() == 1) {
    if (state.search != nullptr && state.search->IsDead(0)) worlds_.clear();
    return;
  }
  std::erase_if(worlds_, [&](const World& world) {
    return state.search->IsDead(BranchOf(world, key));
  });
  for (World& world : worlds_) {
    if (key >= world.branches.size()) continue;
    world.branches[key] = static_cast<uint32_t>(
        state.search->Representative(world.branches[key]));
  }
  DropDuplicates();
  DropUnusedBranches();
}

bool Worlds::IsNoWorse(const World& a, const World& b) const {
  const uint64_t forced = ~optional_ & ~a.flexible;
  return (a.done & optional_ & ~b.done) == 0 && (b.flexible & forced) == 0 &&
         ((a.done ^ b.done) & forced) == 0;
}

void Worlds::DropDuplicates() {
  if (worlds_.size() < 2) return;
  for (World& world : worlds_) world.branches.resize(keys_.size());
  std::sort(worlds_.begin(), worlds_.end(), [](const World& a, const World& b) {
    return a.branches < b.branches;
  });
  size_t kept = 0;
  size_t same = 0;  // Where the kept ones with these branches begin.
  for (World& next : worlds_) {
    World candidate = std::move(next);
    if (kept > 0 && worlds_[kept - 1].branches != candidate.branches) {
      same = kept;
    }
    bool bettered = false;
    for (size_t j = same; j < kept && !bettered; ++j) {
      bettered = IsNoWorse(worlds_[j], candidate);
    }
    if (bettered) continue;
    size_t stay = same;
    for (size_t j = same; j < kept; ++j) {
      if (IsNoWorse(candidate, worlds_[j])) continue;
      if (stay != j) worlds_[stay] = std::move(worlds_[j]);
      ++stay;
    }
    worlds_[stay] = std::move(candidate);
    kept = stay + 1;
  }
  worlds_.resize(kept);
}

void Worlds::DropUnusedBranches() {
  std::vector<size_t> used;
  for (size_t key = 0; key < keys_.size(); ++key) {
    KeyState& state = keys_[key];
    if (state.search == nullptr) continue;
    if (state.search->branches() > 1) {
      used.clear();
      for (const World& world : worlds_) used.push_back(BranchOf(world, key));
      std::sort(used.begin(), used.end());
      used.erase(std::unique(used.begin(), used.end()), used.end());
      for (World& world : worlds_) {
        world.branches.resize(keys_.size());
        world.branches[key] = static_cast<uint32_t>(
            std::lower_bound(used.begin(), used.end(), world.branches[key]) -
            used.begin());
      }
      state.search->KeepBranches(used);
      state.cleared.clear();
    }
    state.Settle(pool_);
  }
}

}  // namespace mortsafe
