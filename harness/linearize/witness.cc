#include "harness/linearize/witness.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace mortsafe {
namespace {

// `steps` and the scene's background, by call time.
std::vector<Step> WithBackground(const Scene& scene, std::vector<Step> steps) {
  if (scene.background.empty()) return steps;
  std::vector<Step> all;
  all.reserve(steps.size() + scene.background.size());
  std::merge(
      steps.begin(), steps.end(), scene.background.begin(),
      scene.background.end(), std::back_inserter(all),
      [](const Step& a, const Step& b) { return a.call_time < b.call_time; });
  return all;
}

bool NeedsValue(const Step& step) {
  return step.need == Need::kExactly && step.needed != kAbsent;
}

// Such a step is no source of what it saw.
bool StoresWhatItSaw(const Step& step) {
  return NeedsValue(step) && step.needed == step.stored;
}

// Delta debugging (Zeller and Hildebrandt, 2002) over whole operations: first
// all but the last few, then large pieces, so that long histories shrink fast;
// then one by one from the last call back, so that of several removals of a
// value the first one stays; then what only goes together.
class Reducer {
 public:
  Reducer(const Scene& scene, MapSearch& search)
      : scene_(scene),
        search_(search),
        keeps_(scene.history->operations.size(), false),
        completes_(keeps_.size(), false),
        told_apart_(scene.values->size() + 1),
        has_freed_writer_(told_apart_.size()) {
    for (const Step& step : scene.steps) {
      keeps_[step.operation] = true;
      if (step.return_time == scene.horizon) completes_[step.operation] = true;
    }
  }

  std::vector<Step> Run() {
    KeepLastOnly();
    for (size_t piece = Kept().size() / 2; piece > 1; piece /= 2) Sweep(piece);
    SweepOneByOne();
    if (PutFirstRemovalBack()) SweepOneByOne();
    while (SweepChains() || SweepPairs()) SweepOneByOne();
    std::vector<Step> kept;
    for (const Step& step : scene_.steps) {
      if (keeps_[step.operation]) kept.push_back(step);
    }
    return kept;
  }

 private:
  using Keeps = std::vector<bool>;  // By operation.

  // More kept operations than this are not tried in pairs.
  static constexpr size_t kMaxPaired = 40;
  // So many steps are looked at in all. What is not small by then is no story
  // that anybody could follow, however little is left out.
  static constexpr uint64_t kMaxLookedAt = 200'000'000;

  // The kept operations by call time.
  std::vector<uint32_t> Kept() const {
    std::vector<uint32_t> kept;
    Keeps listed(keeps_.size(), false);
    for (const Step& step : scene_.steps) {
      if (!keeps_[step.operation] || listed[step.operation]) continue;
      listed[step.operation] = true;
      kept.push_back(step.operation);
    }
    return kept;
  }

  // Keeps as few of the last operations as a doubling number of them allows.
  void KeepLastOnly() {
    const std::vector<uint32_t> kept = Kept();
    for (size_t last = 16; last < kept.size(); last *= 2) {
      Keeps trial = completes_;
      for (size_t i = kept.size() - last; i < kept.size(); ++i) {
        trial[kept[i]] = true;
      }
      if (Accept(std::move(trial))) return;
    }
  }

  // Tries to leave out each run of `piece` kept operations; whether one was.
  // What returns at the horizon is rarely superfluous, and must not keep the
  // rest of its piece in.
  bool Sweep(size_t piece) {
    const std::vector<uint32_t> kept = Kept();
    bool changed = false;
    for (size_t end = kept.size(); end > 0; end -= std::min(piece, end)) {
      Keeps trial = keeps_;
      for (size_t i = end - std::min(piece, end); i < end; ++i) {
        trial[kept[i]] = piece > 1 && completes_[kept[i]];
      }
      changed |= Accept(std::move(trial));
    }
    return changed;
  }

  void SweepOneByOne() {
    while (Sweep(1)) {
    }
  }

  // Of all that made the value go which the last answer is about, the first is
  // the one to tell of, though another may have served to leave it out.
  bool PutFirstRemovalBack() {
    const Step* last = nullptr;
    for (const Step& step : scene_.steps) {
      if (keeps_[step.operation] && step.return_time == scene_.horizon &&
          NeedsValue(step)) {
        last = &step;
      }
    }
    const Step* store = last == nullptr ? nullptr : LastSource(*last);
    if (store == nullptr) return false;
    for (const Step& step : scene_.steps) {
      if (IsRead(step) || step.stored == last->needed ||
          (step.need != Need::kAnything && step.needed != last->needed) ||
          !Precedes(*store, step) || !Precedes(step, *last)) {
        continue;
      }
      Keeps trial = keeps_;
      trial[step.operation] = true;
      return Accept(std::move(trial));
    }
    return false;
  }

  // Tries to leave out each operation together with all that depend on it: they
  // saw what it stored, or what such an operation stored.
  bool SweepChains() {
    bool changed = false;
    for (uint32_t first : Kept()) {
      if (!keeps_[first]) continue;
      Keeps trial = keeps_;
      std::vector<bool> lost(told_apart_.size(), false);
      for (bool more = true; more;) {
        if (looked_at_ >= kMaxLookedAt) return changed;
        looked_at_ += scene_.steps.size();
        more = false;
        for (const Step& step : scene_.steps) {
          const bool goes = step.operation == first ||
                            (NeedsValue(step) && lost[step.needed]);
          if (!goes || !trial[step.operation]) continue;
          trial[step.operation] = false;
          if (!IsRead(step) && step.stored != kAbsent) lost[step.stored] = true;
          more = true;
        }
      }
      changed |= Accept(std::move(trial));
    }
    return changed;
  }

  // Tries to leave out two operations; whether two were.
  bool SweepPairs() {
    const std::vector<uint32_t> kept = Kept();
    if (kept.size() > kMaxPaired) return false;
    for (size_t later = kept.size(); later > 0; --later) {
      for (size_t earlier = later - 1; earlier > 0; --earlier) {
        Keeps trial = keeps_;
        trial[kept[later - 1]] = false;
        trial[kept[earlier - 1]] = false;
        if (Accept(std::move(trial))) return true;
      }
    }
    return false;
  }

  // Keeps only the operations of `trial`, if that is sound; whether it did.
  bool Accept(Keeps trial) {
    if (looked_at_ >= kMaxLookedAt) return false;
    looked_at_ += scene_.steps.size();
    if (!scene_.joint) KeepSources(trial);
    if (trial == keeps_ || !IsSound(trial)) return false;
    keeps_ = std::move(trial);
    return true;
  }

  // Puts back a Store of each value that a kept step saw: the last one called
  // before the step returned. A source may need a source.
  void KeepSources(Keeps& trial) const {
    for (bool changed = true; changed;) {
      changed = false;
      // The earliest call among kept writers of each value.
      std::vector<uint64_t> earliest(told_apart_.size(), kPending);
      for (const Step& step : scene_.steps) {
        if (trial[step.operation] && !IsRead(step) && !StoresWhatItSaw(step)) {
          earliest[step.stored] =
              std::min(earliest[step.stored], step.call_time);
        }
      }
      for (const Step& reader : scene_.steps) {
        if (!trial[reader.operation] || !NeedsValue(reader)) continue;
        if (earliest[reader.needed] <= reader.return_time) continue;
        const Step* source = LastSource(reader);
        if (source == nullptr) continue;
        trial[source->operation] = true;
        earliest[reader.needed] = source->call_time;
        changed = true;
      }
    }
  }

  // The last kept step that may have stored what `reader` saw.
  const Step* LastSource(const Step& reader) const {
    const Step* source = nullptr;
    for (const Step& step : scene_.steps) {
      if (step.call_time > reader.return_time) break;
      if (keeps_[step.operation] && step.operation != reader.operation &&
          CanStore(step, reader.needed) && !StoresWhatItSaw(step)) {
        source = &step;
      }
    }
    return source;
  }

  // The rules of witness.h, except for sources.
  bool IsSound(const Keeps& keeps) {
    AssignKept(keeps);
    if (scene_.horizon > 0 && Fails(trial_, scene_.horizon - 1, search_)) {
      return false;
    }
    AssignKeptAndFreed(keeps);
    return Fails(trial_, scene_.horizon, search_) &&
           (!scene_.joint || EachKeySucceeds(keeps));
  }

  void AssignKept(const Keeps& keeps) {
    trial_.clear();
    for (const Step& step : scene_.steps) {
      if (keeps[step.operation]) trial_.push_back(step);
    }
  }

  // A step whose operation is left out. It is free of its comparison, too: were
  // that kept, every value that was ever compared with would have to be told
  // apart, all through the history. The other values stand for each other.
  Step Freed(Step step) const {
    step.need = Need::kAnything;
    step.effect = Effect::kSet;
    step.optional = true;
    if (!told_apart_[step.stored]) step.stored = OtherValue(*scene_.values);
    return step;
  }

  // Of the freed steps that returned before any kept one was called, each may
  // be the last one to take effect: one for each state suffices.
  void AssignKeptAndFreed(const Keeps& keeps) {
    uint64_t first_call = kPending;
    std::fill(told_apart_.begin(), told_apart_.end(), false);
    std::fill(has_freed_writer_.begin(), has_freed_writer_.end(), false);
    told_apart_[kAbsent] = true;
    bool has_other_freed_writer = false;
    for (const Step& step : scene_.steps) {
      if (!keeps[step.operation]) continue;
      first_call = std::min(first_call, step.call_time);
      told_apart_[step.needed] = true;
    }
    trial_.clear();
    for (const Step& step : scene_.steps) {
      if (keeps[step.operation]) {
        trial_.push_back(step);
        continue;
      }
      if (IsRead(step)) continue;
      if (step.return_time < first_call && !scene_.joint) {
        if (told_apart_[step.stored]) {
          if (has_freed_writer_[step.stored]) continue;
          has_freed_writer_[step.stored] = true;
        } else {
          if (has_other_freed_writer) continue;
          has_other_freed_writer = true;
        }
      }
      trial_.push_back(Freed(step));
    }
    trial_ = WithBackground(scene_, std::move(trial_));
  }

  bool EachKeySucceeds(const Keeps& keeps) {
    std::vector<std::vector<Step>> by_key(scene_.key_count);
    for (const Step& step : scene_.steps) {
      if (!keeps[step.operation]) continue;
      const bool clear = step.key == kEveryKey;
      const uint32_t last = clear ? scene_.key_count : step.key + 1;
      for (uint32_t key = clear ? 0 : step.key; key < last; ++key) {
        by_key[key].push_back(step);
        by_key[key].back().key = 0;
      }
    }
    return std::all_of(by_key.begin(), by_key.end(), [&](const auto& steps) {
      return search_.Judge(steps) == Verdict::kLinearizable;
    });
  }

  const Scene& scene_;
  MapSearch& search_;
  Keeps keeps_;
  Keeps completes_;  // Returns at the horizon.
  uint64_t looked_at_ = 0;
  std::vector<Step> trial_;
  std::vector<bool> told_apart_;        // By state: a kept step can tell it.
  std::vector<bool> has_freed_writer_;  // By state, before any kept step.
};

}  // namespace

CellState OtherValue(const Interner& values) { return values.size() + 1; }

bool Fails(absl::Span<const Step> steps, uint64_t horizon, MapSearch& search) {
  return search.Judge(steps, horizon) == Verdict::kViolation;
}

std::optional<uint64_t> FirstFailingReturn(const Scene& scene,
                                           MapSearch& search) {
  const std::vector<Step> steps = WithBackground(scene, scene.steps);
  if (!Fails(steps, scene.horizon, search)) return std::nullopt;
  return search.decisive_time();
}

void CutAtHorizon(Scene& scene) {
  std::erase_if(scene.steps, [&](const Step& step) {
    return step.call_time > scene.horizon ||
           (IsRead(step) && step.return_time > scene.horizon);
  });
}

std::vector<Step> Witness(const Scene& scene, MapSearch& search) {
  return Reducer(scene, search).Run();
}

}  // namespace mortsafe
