// The exhibits of single claims, one function each; the claims' own files have
// what is behind them.

#ifndef MORTSAFE_HARNESS_VERDICT_EXHIBITS_H_
#define MORTSAFE_HARNESS_VERDICT_EXHIBITS_H_

#include <atomic>

#include "harness/verdict/claims.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/specials.h"

namespace mortsafe {

// C6a and C6b (residency.cc): what a deleted key still costs, step by step, and
// over many cycles.
Special LivesOfDeletedKeys();
Special GrowthOfDeletedKeys();

// C10, C7, C13 (states.cc): every state × every operation. That the map shows
// its own state as the design says is no sighting of a debugger, but what one
// is held against.
Special StateTable();
Special DeletesWhileNotAmended();
Special Snapshots();

// C9a, C9b and C9c (reuse.cc): whether Loads hit deleted entries, and stores
// take these up again, in every execution of the claim's programs; and whether
// any answer then is wrong, there and, for `seconds`, under load.
Special HitsOfDeletedEntries(const Claim& claim);
Special ReuseOfEntries(const Claim& claim);
Special AnswersOfDeletedEntries(const Claim& claim, double seconds,
                                const LegOptions& options);

// C11 (window.cc, window_threads.cc): how long a deleted key is seen, against a
// delay at every scheduling point, in steps and, if `with_threads`, in
// nanoseconds.
Special WindowInSteps();
Special WindowInTime(bool with_threads);

// C14b and C14d (locks.cc, promotions.cc).
Special LockedSteps();
Special PromotionPoints();

// C12 (costs.cc): what `maps_costs` beside this program measures of every map,
// for about `seconds`, but several times at least.
Special Costs(double seconds, const std::atomic<bool>* stop);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_EXHIBITS_H_
