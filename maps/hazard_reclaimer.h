// Reclamation by hazard pointers (Michael, "Hazard pointers: safe memory
// reclamation for lock-free objects", 2004): memory is freed while the map
// runs, and a thread that sleeps in the middle of an operation holds up no more
// than the few objects that it uses; in one of those that reach many objects
// (PinAll), what is retired until it is over.
//
// Each operation claims a record, and writes into it, before it uses an object,
// where that is: a hazard. It then looks again whether the object can still be
// reached. If so, nobody had retired it before the hazard could be seen, and
// whoever retires it sees the hazard and leaves the object for later.

#ifndef MORTSAFE_MAPS_HAZARD_RECLAIMER_H_
#define MORTSAFE_MAPS_HAZARD_RECLAIMER_H_

#include <mortsafe/sync.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "maps/claimed_slots.h"
#include "maps/defects.h"
#include "maps/reclaimable.h"
#include "maps/retired_stack.h"

namespace mortsafe {

template <class Defects>
class HazardReclaimer {
 private:
  static constexpr size_t kHazards = 4;

  enum class Claim : uint32_t {
    kFree,        // The hazards say nothing.
    kKeepsSome,   // The objects that the hazards name are kept,
    kKeepsEvery,  // or each object that can be reached now.
  };

  struct Record {
    Record() {
      SetName(&claim, "hazard record");
      for (auto& hazard : hazards) SetName(&hazard, "hazard");
    }
    atomic<Claim> claim{Claim::kFree};
    std::array<atomic<const Reclaimable*>, kHazards> hazards{};
  };

 public:
  class Guard {
   public:
    Guard(Record* record, Claim claim, Defects defects)
        : record_(record), claim_(claim), defects_(defects) {}
    ~Guard() { record_->claim.store(Claim::kFree, defects_.Order()); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    template <class T>
    T* Load(size_t place, const atomic<T*>& source, std::memory_order order) {
      return Reload(place, source, source.load(order));
    }

    template <class T>
    T* Reload(size_t place, const atomic<T*>& source, T* seen) {
      while (!Keep(place, seen, source, seen)) {
        seen = source.load(defects_.Order());
      }
      return seen;
    }

    template <class T>
    bool Keep(size_t place, const Reclaimable* object, const atomic<T*>& source,
              T* expected) {
      if (claim_ == Claim::kKeepsEvery || object == nullptr) return true;
      if (defects_.Has(ReadDirtyDefect::kHazardAfterRecheck)) {
        const bool still = source.load() == expected;
        Keep(place, object);
        return still;
      }
      Keep(place, object);
      return source.load(defects_.Order()) == expected;
    }

    void Keep(size_t place, const Reclaimable* object) {
      if (claim_ == Claim::kKeepsEvery) return;
      record_->hazards[place].store(object, defects_.Order());
    }

   private:
    Record* const record_;
    const Claim claim_;
    [[no_unique_address]] const Defects defects_;
  };

  explicit HazardReclaimer(Defects defects)
      : defects_(defects), records_(defects) {}
  HazardReclaimer(const HazardReclaimer&) = delete;
  HazardReclaimer& operator=(const HazardReclaimer&) = delete;

  Guard Pin() { return Pin(Claim::kKeepsSome); }
  Guard PinAll() { return Pin(Claim::kKeepsEvery); }

  template <class T, class... Arguments>
  T* New(Arguments&&... arguments) {
    return new T(std::forward<Arguments>(arguments)...);
  }

  void Retire(Reclaimable* object) {
    if (defects_.Has(ReadDirtyDefect::kFreeWithoutGracePeriod)) {
      delete object;
      return;
    }
    Retired& retired = retired_[this_thread::slot() % retired_.size()];
    retired.objects.Push(object, defects_);
    const size_t enough =
        records_.Covered(defects_.Order()) / kRecordsPerObject;
    if (retired.count.fetch_add(1, defects_.Order()) + 1 <
        static_cast<ptrdiff_t>(enough)) {
      return;
    }
    const size_t used = FreeWhatNobodyUses(retired.objects);
    retired.count.store(-static_cast<ptrdiff_t>(used), defects_.Order());
  }

 private:
  Guard Pin(Claim claim) {
    Record& record = records_.Claim([&](Record& each) {
      Claim expected = Claim::kFree;
      return each.claim.compare_exchange_strong(expected, claim,
                                                defects_.Order());
    });
    return Guard(&record, claim, defects_);
  }

  // Returns how many are used.
  size_t FreeWhatNobodyUses(RetiredStack& retired) {
    // Before the hazards are looked at: what is retired meanwhile waits.
    Reclaimable* const candidates = retired.Take(defects_);
    bool all_are_used = false;
    std::vector<const Reclaimable*> used;
    // Who covers a record from now on can reach none of the candidates.
    const size_t covered = records_.Covered(defects_.Order());
    for (size_t i = 0; i < covered && !all_are_used; ++i) {
      Record& record = records_[i];
      const Claim claim = record.claim.load(defects_.Order());
      if (claim == Claim::kFree) continue;
      all_are_used = claim == Claim::kKeepsEvery;
      for (const auto& hazard : record.hazards) {
        used.push_back(hazard.load(defects_.Order()));
      }
    }
    // A few are looked through as they are: that is as fast, and what the code
    // does then is the same wherever objects lie in memory.
    const bool are_few = used.size() <= kFewUsed;
    if (!are_few) std::ranges::sort(used);
    const auto is_used = [&](const Reclaimable* object) {
      return all_are_used ||
             (are_few ? std::ranges::find(used, object) != used.end()
                      : std::ranges::binary_search(used, object));
    };
    return retired.FreeUnless(candidates, defects_, is_used);
  }

  // Where there are few records, all are looked through for each object that is
  // retired; where there are more, so rarely that an object costs a look at so
  // many. What was found in use is looked for again only when as much again has
  // been retired, so that it costs each object a constant number of looks.
  static constexpr size_t kRecordsPerObject = 8;
  static constexpr size_t kFewUsed = 64;

  // What threads with one slot retired. `count` of it is what they retired
  // since one of them last looked for what can be freed, less what was used
  // then.
  struct Retired {
    RetiredStack objects;
    atomic<ptrdiff_t> count{0};
  };

  [[no_unique_address]] const Defects defects_;
  ClaimedSlots<Record, Defects> records_;
  std::array<Retired, RetiredStacks::kStacks> retired_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_HAZARD_RECLAIMER_H_
