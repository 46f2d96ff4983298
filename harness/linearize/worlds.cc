#include "harness/linearize/worlds.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace mortsafe {

namespace {

uint64_t HashOf(size_t key, uint32_t branch) {
  uint64_t hash = (key + 1) * 0x9e3779b97f4a7c15 ^ branch;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
  return hash ^ hash >> 31;
}

}  // namespace

void Worlds::SetBranch(size_t key, uint32_t branch, World& world) {
  const uint32_t old = BranchOf(world, key);
  if (old == branch) return;
  if (key >= world.branches.size()) world.branches.resize(key + 1);
  if (old != 0) world.hash -= HashOf(key, old);
  if (branch != 0) world.hash += HashOf(key, branch);
  world.branches[key] = branch;
}

bool Worlds::HasEqualBranches(const World& a, const World& b) {
  if (a.hash != b.hash) return false;
  const size_t keys = std::max(a.branches.size(), b.branches.size());
  for (size_t key = 0; key < keys; ++key) {
    if (BranchOf(a, key) != BranchOf(b, key)) return false;
  }
  return true;
}

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
  for (size_t key = 0; key < keys_.size(); ++key) {
    uint32_t branch = BranchOf(cleared, key);
    if (!ClearKey(key, branch)) return false;
    SetBranch(key, branch, cleared);
  }
  worlds_.push_back(std::move(cleared));
  return true;
}

bool Worlds::ClearKey(size_t key, uint32_t& branch) {
  KeyState& state = keys_[key];
  if (state.search == nullptr && state.settled == kAbsent) return true;
  GrowingSearch& search = state.Searched();
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
  const size_t before = worlds_.size();
  std::erase_if(worlds_, [&](const World& world) {
    return state.search->IsDead(BranchOf(world, key));
  });
  bool merged = false;
  for (World& world : worlds_) {
    const uint32_t branch = BranchOf(world, key);
    const auto same =
        static_cast<uint32_t>(state.search->Representative(branch));
    merged |= same != branch;
    SetBranch(key, same, world);
  }
  if (merged) DropDuplicates();
  if (worlds_.size() < before) {
    DropUnusedBranches();
  } else if (merged) {
    DropUnusedBranches(key);
  }
}

bool Worlds::IsNoWorse(const World& a, const World& b) const {
  const uint64_t forced = ~optional_ & ~a.flexible;
  return (a.done & optional_ & ~b.done) == 0 && (b.flexible & forced) == 0 &&
         ((a.done ^ b.done) & forced) == 0;
}

void Worlds::DropDuplicates() {
  if (worlds_.size() < 2) return;
  std::sort(worlds_.begin(), worlds_.end(),
            [](const World& a, const World& b) { return a.hash < b.hash; });
  size_t kept = 0;
  size_t same = 0;  // Where the kept ones with these branches begin.
  for (World& next : worlds_) {
    World candidate = std::move(next);
    if (kept > 0 && worlds_[kept - 1].hash != candidate.hash) same = kept;
    const auto is_no_worse = [&](const World& a, const World& b) {
      return HasEqualBranches(a, b) && IsNoWorse(a, b);
    };
    bool bettered = false;
    for (size_t j = same; j < kept && !bettered; ++j) {
      bettered = is_no_worse(worlds_[j], candidate);
    }
    if (bettered) continue;
    size_t stay = same;
    for (size_t j = same; j < kept; ++j) {
      if (is_no_worse(candidate, worlds_[j])) continue;
      if (stay != j) worlds_[stay] = std::move(worlds_[j]);
      ++stay;
    }
    worlds_[stay] = std::move(candidate);
    kept = stay + 1;
  }
  worlds_.resize(kept);
}

void Worlds::DropUnusedBranches() {
  for (size_t key = 0; key < keys_.size(); ++key) DropUnusedBranches(key);
}

void Worlds::DropUnusedBranches(size_t key) {
  KeyState& state = keys_[key];
  if (state.search == nullptr) return;
  if (state.search->branches() > 1) {
    std::vector<size_t> used;
    for (const World& world : worlds_) used.push_back(BranchOf(world, key));
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    if (used.size() == state.search->branches()) return;
    for (World& world : worlds_) {
      const auto branch = std::lower_bound(used.begin(), used.end(),
                                           size_t{BranchOf(world, key)});
      SetBranch(key, static_cast<uint32_t>(branch - used.begin()), world);
    }
    state.search->KeepBranches(used);
    state.cleared.clear();
  }
  state.Settle();
}

}  // namespace mortsafe
