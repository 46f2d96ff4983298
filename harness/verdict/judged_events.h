// Events inside a map, each judged by the answer of the operation that caused
// it, in the light of what all clients saw.

#ifndef MORTSAFE_HARNESS_VERDICT_JUDGED_EVENTS_H_
#define MORTSAFE_HARNESS_VERDICT_JUDGED_EVENTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/stream_checker.h"
#include "harness/verdict/noted_events.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {

// How many events there were of a kind.
struct EventCounts {
  // Their history is linearizable.
  uint64_t right = 0;
  // It is not, and is once nothing is known of what the operation did and
  // answered: that alone explains it. So may another operation's.
  uint64_t wrong = 0;
  // It is not, and this operation alone does not explain that; or the checker
  // cannot tell.
  uint64_t undecided = 0;

  uint64_t all() const { return right + wrong + undecided; }
};

// What came of all events so far. Can be shared between processes.
class EventTally {
 public:
  void Add(const EventTally& other);

  const EventCounts& Of(ReadDirtyEvent event) const {
    return counts_[static_cast<size_t>(event)];
  }
  // In so many histories some event of that kind was counted.
  uint64_t HistoriesWith(ReadDirtyEvent event) const {
    return histories_[static_cast<size_t>(event)];
  }
  // So many histories were not linearizable, or could not be judged, as the
  // checker hit a bound.
  uint64_t wrong_histories() const { return wrong_histories_; }
  uint64_t unknown_histories() const { return unknown_histories_; }

 private:
  friend class EventJudge;

  std::array<EventCounts, kReadDirtyEventNames.size()> counts_;
  std::array<uint64_t, kReadDirtyEventNames.size()> histories_ = {};
  uint64_t wrong_histories_ = 0;
  uint64_t unknown_histories_ = 0;
};

class EventJudge {
 public:
  // Judges events of operations of `history`. One that is not linearizable is
  // judged up to the return at which that is settled: the map is broken, and
  // what is called afterwards counts for nothing. Nor do operations that never
  // returned. REQUIRES: `history` is sorted by call, and no event is of another
  // one.
  void Judge(const History& history, absl::Span<const NotedEvent> events);

  const EventTally& tally() const { return tally_; }

 private:
  Verdict VerdictOn(const History& history);
  // What of the history was settled at that time.
  static History UpTo(uint64_t time, const History& history);
  // Counts an event in a history that is not linearizable.
  void Blame(const NotedEvent& event, const History& history);

  EventCounts& CountsOf(ReadDirtyEvent event) {
    return tally_.counts_[static_cast<size_t>(event)];
  }

  StreamChecker checker_;
  EventTally tally_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_JUDGED_EVENTS_H_
