#include "harness/verdict/judged_events.h"

#include <cstddef>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/stream_checker.h"
#include "harness/verdict/noted_events.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

// The operation that caused the event, or the end: it is called later.
template <class Operations>
auto OperationOf(const NotedEvent& event, Operations& operations) {
  return absl::c_find_if(operations, [&](const HistoryOperation& operation) {
    return operation.client == event.client &&
           operation.call_time == event.call_time;
  });
}

}  // namespace

Verdict EventJudge::VerdictOn(const History& history) {
  checker_.Reset();
  for (const HistoryOperation& operation : history.operations) {
    const Verdict verdict = checker_.Add(operation);
    if (verdict != Verdict::kLinearizable) return verdict;
  }
  return checker_.Finish();
}

History EventJudge::UpTo(uint64_t time, const History& history) {
  History prefix;
  for (const HistoryOperation& operation : history.operations) {
    if (operation.call_time > time) break;
    prefix.operations.push_back(operation);
    if (operation.return_time > time) {
      prefix.operations.back().return_time = kPending;
    }
  }
  return prefix;
}

void EventJudge::Blame(const NotedEvent& event, const History& history) {
  History without = history;
  const auto operation = OperationOf(event, without.operations);
  if (operation == without.operations.end() ||
      operation->return_time == kPending) {
    return;
  }
  operation->return_time = kPending;
  EventCounts& counts = CountsOf(event.event);
  ++(VerdictOn(without) == Verdict::kLinearizable ? counts.wrong
                                                  : counts.undecided);
}

void EventJudge::Judge(const History& history,
                       absl::Span<const NotedEvent> events) {
  const EventTally before = tally_;
  const Verdict verdict = VerdictOn(history);
  if (verdict == Verdict::kViolation) {
    ++tally_.wrong_histories_;
    const History settled = UpTo(checker_.decision().time, history);
    for (const NotedEvent& event : events) Blame(event, settled);
  } else {
    const bool known = verdict == Verdict::kLinearizable;
    if (!known) ++tally_.unknown_histories_;
    for (const NotedEvent& event : events) {
      EventCounts& counts = CountsOf(event.event);
      ++(known ? counts.right : counts.undecided);
    }
  }
  for (size_t i = 0; i < tally_.counts_.size(); ++i) {
    if (tally_.counts_[i].all() > before.counts_[i].all()) {
      ++tally_.histories_[i];
    }
  }
}

void EventTally::Add(const EventTally& other) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    counts_[i].right += other.counts_[i].right;
    counts_[i].wrong += other.counts_[i].wrong;
    counts_[i].undecided += other.counts_[i].undecided;
    histories_[i] += other.histories_[i];
  }
  wrong_histories_ += other.wrong_histories_;
  unknown_histories_ += other.unknown_histories_;
}

}  // namespace mortsafe
