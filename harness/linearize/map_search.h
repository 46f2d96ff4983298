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
  MapSearch();
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

  // Lets all steps return up to and including `time`; the verdict on all steps
  // so far, up to then. REQUIRES: `time` is not kPending.
  Verdict ReturnsUntil(uint64_t time);

  // The verdict on `steps`, sorted by call time, up to and including the
  // returns at `horizon`; begins anew.
  Verdict Judge(absl::Span<const Step> steps, uint64_t horizon = kNoHorizon);

  // The verdict on all steps so far, up to the latest return.
  Verdict verdict() const { return verdict_; }

  // Of a verdict other than kLinearizable: the return, or call, that led to it.
  uint64_t decisive_time() const { return decisive_time_; }
  // Of kUnknown: the bound that was hit, in words.
  absl::string_view bound() const { return bound_; }
  // Its key; kEveryKey if each key alone can be explained, as far as is known.
  uint32_t decisive_key() const { return decisive_key_; }

  // Whether the key is as good as new: nothing is open, and it is empty.
  bool IsForgettable(uint32_t key) const;

 private:
  // A step that is yet to return.
  struct Closing {
    uint64_t time = 0;
    uint32_t key = 0;
    uint32_t slot = 0;
  };
  static bool ReturnsLater(const Closing& a, const Closing& b) {
    return a.time > b.time;
  }

  Verdict CallKey(const Step& step);
  Verdict CallClear(const Step& step);
  void Await(const Step& step, uint32_t slot);
  void Return(const Closing& closing);
  bool ReturnUnder(KeyState& key, const Closing& closing, bool split);
  Verdict Decide(Verdict verdict, uint64_t time, uint32_t key);
  Verdict GiveUp(absl::string_view bound, uint64_t time, uint32_t key);

  Verdict verdict_ = Verdict::kLinearizable;
  absl::string_view bound_;
  uint64_t decisive_time_ = 0;
  uint32_t decisive_key_ = 0;
  SearchPool pool_;
  std::vector<KeyState> keys_;
  Worlds worlds_;
  std::vector<Closing> closing_;  // A heap: the next one to return is first.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_MAP_SEARCH_H_
