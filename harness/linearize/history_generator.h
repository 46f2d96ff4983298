// Random small histories, to try checkers on.

#ifndef MORTSAFE_HARNESS_LINEARIZE_HISTORY_GENERATOR_H_
#define MORTSAFE_HARNESS_LINEARIZE_HISTORY_GENERATOR_H_

#include "harness/base/random.h"
#include "harness/history/history.h"

namespace mortsafe {

struct HistoryBounds {
  int operations = 8;
  int clients = 4;
  int keys = 3;
  // Greatest value, stored or seen; values may be stored more than once.
  int values = 3;
  OperationKindSet kinds = AllOperations();
};

// What a correct map might record: clients call, take effect at one moment
// (Range: at one moment a key) and return, in random order; times may be equal,
// and the last operation of a client may be pending. Always linearizable.
// REQUIRES: every bound is positive, and there is some kind.
History GenerateLinearizableHistory(const HistoryBounds& bounds,
                                    Random& random);

// What a faulty map might record: an operation may act on what its key held a
// while ago, may lose its effect, and a Clear may empty one key after the
// other. Often not linearizable.
History GenerateFaultyHistory(const HistoryBounds& bounds, Random& random);

// Random operations at random times with random results, well-formed but rarely
// linearizable. Operations of one client may overlap.
History GenerateWildHistory(const HistoryBounds& bounds, Random& random);

// One of these at random, within random smaller bounds: most draw a few
// kinds of operations only, so that these meet ("swarm testing", Groce et al.,
// ISSTA 2012).
History GenerateHistory(const HistoryBounds& bounds, Random& random);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_HISTORY_GENERATOR_H_
