// Parts of a search for traces (exhaustive.h) that can be explored one by one,
// in any process of the program: what another one needs to know to explore the
// executions that begin in one way, and what it has to tell afterwards.
// Addresses are translated in between (address_book.h).
//
// A part begins with a branch that was planned at some point of the search, and
// goes on with the first of what was planned after that. What begins where
// nothing more was planned depends on nothing that others may still find, and
// is the part's own. The points on the way there belong to whoever keeps the
// frontier. Races between a step of the part and one before its branch are told
// there, too, as reversals to be planted.

#ifndef MORTSAFE_HARNESS_EXPLORE_TRACE_PARTS_H_
#define MORTSAFE_HARNESS_EXPLORE_TRACE_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/explore/address_book.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/wakeup_tree.h"
#include "harness/model/strategy.h"

namespace mortsafe {

// A point of an execution at which others begin.
struct TracePoint {
  ThreadSet enabled = 0;
  uint32_t chosen = 0;               // The thread that goes first there,
  ExploredStep step;                 // and how it does, where that is told.
  std::vector<ExploredStep> asleep;  // What had begun before that,
  ThreadSet unsure = 0;  // as far as that is sure (ExhaustiveStrategy::Point);
  Plan planned;          // and what else is to begin.

  void Translate(const Translation& translate);
};

struct TracePart {
  // Where threads are known to spin.
  std::vector<uintptr_t> sites;
  // The points on the way there; what was chosen last is the part's own. All
  // that there is, if there are none.
  std::vector<TracePoint> points;
  Plan ahead;  // What is planned after that.

  void Translate(const Translation& translate);
};

struct TraceRest {
  // A sequence of steps to be planted at the point of that number.
  struct Reversal {
    uint64_t point = 0;
    std::vector<ExploredStep> steps;

    void Translate(const Translation& translate) { translate(steps); }
  };

  // Where threads are known to spin now. If that was news, nothing else is
  // said, as everything has to be explored anew.
  std::vector<uintptr_t> sites;
  bool learned = false;
  // The part's own step, as it was performed.
  std::optional<ExploredStep> first;
  std::vector<Reversal> before;  // To be planted before it,
  // and the points after it, one after the other, so many of them on the way to
  // what is the part's own.
  std::vector<TracePoint> points;
  uint64_t on_the_way = 0;

  void Translate(const Translation& translate);
};

std::string ToBytes(const TracePart& part);
std::string ToBytes(const TraceRest& rest);
// CHECK that the bytes are whole.
TracePart TracePartOf(absl::string_view bytes);
TraceRest TraceRestOf(absl::string_view bytes);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_TRACE_PARTS_H_
