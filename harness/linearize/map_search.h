// Just-in-time linearization of a whole map, one step at a time: each key by a
// search of its own (key_search.h), Clears over all keys together.
//
// Keys do not depend on each other, except through Clears: a Clear takes effect
// at one moment for all of them. Any moment of its interval will do, but of
// those between two returns the last one is as good as any. So a Clear splits
// the world at each return that comes while it is open: in one world it has
// just taken effect, in the other it is yet to. (Of two open Clears the second
// may follow the first before the same return, with other steps between them.)
// Worlds that no key can tell apart are one; a world in which a key contradicts
// itself is none. The history is linearizable as long as a world is left.
// Without an open Clear, as soon as every key has seen what the last one left
// behind, there is only one.
//
// Memory is bounded by the keys that hold something and by the open steps: of
// what has returned nothing is kept.
//
// The keys are shared out among lanes. While no Clear is open, and many steps
// are, each lane may run in a thread of its own.

#ifndef MORTSAFE_HARNESS_LINEARIZE_MAP_SEARCH_H_
#define MORTSAFE_HARNESS_LINEARIZE_MAP_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/linearize/key_state.h"
#include "harness/linearize/step.h"
#include "harness/linearize/worlds.h"

namespace mortsafe {

enum class Verdict {
  kLinearizable,
  kViolation,
  // A bound was hit: kMaxConfigurations, kMaxOpenSteps, kMaxOpenClears or
  // kMaxWorlds.
  kUnknown,
};

// At most this many steps may be open under one key at the same time.
inline constexpr size_t kMaxOpenSteps = 64 * kWideWords;

// The whole history counts.
inline constexpr uint64_t kNoHorizon = kPending - 1;

// Keeps its memory between histories. Not thread-safe.
class MapSearch {
 public:
  // `workers` is how many threads CallAll() may use; no verdict depends on it.
  explicit MapSearch(size_t workers = 1);
  MapSearch(const MapSearch&) = delete;
  MapSearch& operator=(const MapSearch&) = delete;

  // Begins anew with an empty map.
  void Reset();

  // Tells of the next steps to be called: `ahead`, in order, is all that will
  // be called up to `until`. They must stay where they are until the next
  // change. Optional; where many steps are open it saves much work.
  void LookAhead(absl::Span<const Step> ahead, uint64_t until);

  // Takes the next step: lets all steps return that return before its call,
  // then calls it. Keys are small numbers. REQUIRES: no step was called later;
  // reads that never return are left out.
  Verdict Call(const Step& step);

  // As Call() for one of `steps` after the other.
  Verdict CallAll(absl::Span<const Step> steps);

  // Lets all steps return up to and including `time`; the verdict on all steps
  // so far, up to then. REQUIRES: `time` is not kPending.
  Verdict ReturnsUntil(uint64_t time);

  // The verdict on `steps`, sorted by call time, up to and including the
  // returns at `horizon`; begins anew.
  Verdict Judge(absl::Span<const Step> steps, uint64_t horizon = kNoHorizon);

  // The verdict on all steps so far, up to the latest return.
  Verdict verdict() const { return outcome_.verdict; }

  // Of a verdict other than kLinearizable: the return, or call, that led to it.
  uint64_t decisive_time() const { return outcome_.time; }
  // Of kUnknown: the bound that was hit, in words.
  absl::string_view bound() const { return outcome_.bound; }
  // Its key; kEveryKey if each key alone can be explained, as far as is known.
  uint32_t decisive_key() const { return outcome_.key; }

  // Whether the key is as good as new: nothing is open, and it is empty.
  bool IsForgettable(uint32_t key) const;

 private:
  // A step that is yet to return.
  struct Closing {
    uint64_t time = 0;
    uint32_t key = 0;
    uint32_t slot = 0;
  };
  // At the same time by key, so that no verdict depends on the lanes.
  static bool ReturnsLater(const Closing& a, const Closing& b) {
    return a.time != b.time ? a.time > b.time : a.key > b.key;
  }

  // What was decided, and by what.
  struct Outcome {
    Verdict verdict = Verdict::kLinearizable;
    uint64_t time = 0;
    uint32_t key = 0;
    absl::string_view bound;
    // Whether by a call: those come before the returns of the same time.
    bool by_call = false;
  };
  static bool ComesFirst(const Outcome& a, const Outcome& b);

  // The keys whose number leaves the same rest.
  struct Lane {
    SearchPool pool;
    std::vector<Closing> closing;  // A heap: the next one to return is first.
    Outcome outcome;               // Of this lane alone, in CallAll().
  };

  Lane& LaneOf(uint32_t key) { return lanes_[key % lanes_.size()]; }
  // The one with the step that returns next.
  Lane& NextLane();
  static Closing TakeNext(Lane& lane);
  bool LanesMayPart() const;
  void CallApart(absl::Span<const Step> steps);
  void CallLane(Lane& lane, absl::Span<const Step> steps);
  void AddKeys(uint32_t last);
  void CallKey(const Step& step, Lane& lane, Outcome& outcome);
  void CallClear(const Step& step);
  static void Await(const Step& step, uint32_t slot, Lane& lane);
  void Return(const Closing& closing);
  static void ReturnAlone(KeyState& key, const Closing& closing,
                          Outcome& outcome);
  // False if the search of the key gave up.
  static bool ReturnUnder(KeyState& key, const Closing& closing,
                          Outcome& outcome);

  Outcome outcome_;
  std::vector<Lane> lanes_;
  std::vector<KeyState> keys_;
  Worlds worlds_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_MAP_SEARCH_H_
