// Finds the few operations that already contradict each other.
//
// Leaving a Store or a Delete out of a history can invent a violation: without
// the second Store(0, 1), a later Load that returned 1 looks stale. So an
// operation is left out only by a sound move: the rest must still be
// contradictory when the operation may take effect at any moment of its
// interval, or never, whatever it found and answered. All the operations left
// out are free in this way at the same time, so what remains is a proof about
// the whole history: whatever the others did, these cannot all be right. Reads,
// which change nothing, are simply left out.
//
// Two more rules keep the story straight when a witness is read on its own. It
// becomes contradictory at the same return as the whole history, not before:
// three LoadOrStores that all stored keep the Delete between the first two, so
// that the third one is the odd one out. And when it holds an operation that
// saw a value, it holds one that stored the value, if there was any.

#ifndef MORTSAFE_HARNESS_LINEARIZE_WITNESS_H_
#define MORTSAFE_HARNESS_LINEARIZE_WITNESS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/interner.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// A part of a history that is judged on its own: the steps of one key, or, with
// Clears over several keys, all of them.
struct Scene {
  const History* history = nullptr;
  Interner* values = nullptr;  // Names the states of `steps`.
  bool joint = false;
  uint32_t key_count = 1;
  // By call time.
  std::vector<Step> steps;
  // What was left out from the start, as repeatable steps by call time: of an
  // operation that is not in the history no more is known than that.
  std::vector<Step> background;
  // The return at which the contradiction is complete.
  uint64_t horizon = kNoHorizon;
};

// The state of all values that have no name.
CellState OtherValue(const Interner& values);

// Whether `steps` cannot be linearized up to `horizon`.
bool Fails(absl::Span<const Step> steps, uint64_t horizon, MapSearch& search);

// The earliest return, up to the scene's horizon, at which its steps cannot be
// linearized, or nothing if they can.
std::optional<uint64_t> FirstFailingReturn(const Scene& scene,
                                           MapSearch& search);

// Drops what cannot matter to the contradiction at `scene.horizon`: steps
// called after it, and reads that return after it.
void CutAtHorizon(Scene& scene);

// The steps of a witness, by call time: leaving out any one more operation
// would break one of the rules above; but of many thousands of steps more may
// be left than need be, as the work has a bound. With a joint scene, each key
// of the witness is linearizable on its own. REQUIRES: the scene was cut and
// fails at its horizon; if joint, each key of it alone does not.
std::vector<Step> Witness(const Scene& scene, MapSearch& search);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_WITNESS_H_
