#include "harness/linearize/block_order.h"

#include <algorithm>
#include <cstddef>

namespace mortsafe {
namespace {

// How many blocks that are to come are looked at, where only near ones matter.
constexpr size_t kLookahead = 32;

bool BeginsEarlier(const Block& a, const Block& b) { return a.begin < b.begin; }

// The zone that has `moment` in its interior, if any.
const Block* ZoneAround(uint64_t moment, absl::Span<const Block> zones) {
  const auto next = std::lower_bound(
      zones.begin(), zones.end(), moment,
      [](const Block& zone, uint64_t at) { return zone.begin < at; });
  if (next == zones.begin() || moment >= (next - 1)->end) return nullptr;
  return &*(next - 1);
}

bool Overlap(const Block& zone, const Block& next) {
  return next.begin < zone.end;
}

}  // namespace

bool BlockOrder::Fit(std::vector<Block>& points, std::vector<Block>& zones) {
  std::sort(zones.begin(), zones.end(), BeginsEarlier);
  if (std::adjacent_find(zones.begin(), zones.end(), Overlap) != zones.end()) {
    return false;
  }
  for (Block& point : points) {
    if (const Block* zone = ZoneAround(point.begin, zones)) {
      point.begin = zone->end;
    }
    if (const Block* zone = ZoneAround(point.end, zones)) {
      point.end = zone->begin;
    }
    if (point.begin > point.end) return false;
  }
  std::sort(points.begin(), points.end(), BeginsEarlier);
  return true;
}

bool BlockOrder::Succeeds(absl::Span<const Block> points,
                          absl::Span<const Block> zones,
                          absl::Span<const Slack> slacks,
                          const FailedCompares* compares,
                          absl::Span<const uint64_t> removal_calls) {
  Reset();
  points_ = points;
  zones_ = zones;
  slacks_ = slacks;
  compares_ = compares;
  removal_calls_ = removal_calls;
  while (!points_.empty() || !zones_.empty()) {
    const bool zone_first =
        points_.empty() ||
        (!zones_.empty() && zones_.front().begin < points_.front().begin);
    const uint64_t begin =
        zone_first ? zones_.front().begin : points_.front().begin;
    if (!MeetDeadlinesBefore(begin)) return false;
    if (zone_first) {
      // It may have begun already.
      if (!zones_.empty() && zones_.front().begin == begin) {
        if (!Enter(zones_.front())) return false;
        zones_.remove_prefix(1);
      }
    } else {
      if (&points_.front() != begun_) Open(points_.front());
      points_.remove_prefix(1);
    }
  }
  return MeetDeadlinesBefore(kNeverDue);
}

void BlockOrder::Reset() {
  begun_ = nullptr;
  BecomeAbsent();
  blind_end_ = 0;
  for (DeadlineHeap* heap :
       {&calm_stores_, &compared_stores_, &insertions_, &removals_}) {
    heap->Clear();
  }
}

void BlockOrder::Open(const Block& point) {
  const bool absent = point.leaves == kNoValue;
  if (absent && point.needs_absent) {
    if (!IsAbsent()) miss_due_ = std::min(miss_due_, point.end);
    return;
  }
  const DeadlineHeap::Entry entry{point.end, point.begin, point.leaves,
                                  point.slack};
  if (absent) {
    removals_.Push(entry);
  } else if (point.needs_absent) {
    insertions_.Push(entry);
  } else {
    const bool compared =
        compares_ != nullptr &&
        compares_->DueAfter(point.leaves, point.begin) != kNeverDue;
    (compared ? compared_stores_ : calm_stores_).Push(entry);
  }
}

bool BlockOrder::Enter(const Block& zone) {
  // The zone itself replaces the value in time for a compare that is due now.
  compare_due_ = kNeverDue;
  if (!MeetDeadlinesBefore(zone.begin + 1)) return false;
  if (!zone.needs_absent) {
    PrecedeBlind(zone.begin);
  } else if (!IsAbsent() && !SpendRemoval(zone.begin)) {
    return false;
  }
  Leave(zone, zone.begin,
        zone.slack == kNoSlack ? kNeverDue : slacks_[zone.slack].replaced_by);
  return true;
}

void BlockOrder::Leave(const Block& block, uint64_t begin,
                       uint64_t replaced_by) {
  if (block.leaves == kNoValue) {
    BecomeAbsent();
    return;
  }
  current_ = block.leaves;
  current_slack_ = block.slack;
  current_begin_ = begin;
  compare_due_ = compares_ != nullptr ? replaced_by : kNeverDue;
}

bool BlockOrder::MeetDeadlinesBefore(uint64_t moment) {
  for (;;) {
    const uint64_t block_due = BlockDue();
    if (std::min(block_due, compare_due_) >= moment) return true;
    // At the same moment a block first: it may replace the value anyway.
    if (!(block_due <= compare_due_ ? MeetBlock() : MeetCompare())) {
      return false;
    }
  }
}

uint64_t BlockOrder::BlockDue() const {
  return std::min({calm_stores_.Due(), compared_stores_.Due(),
                   insertions_.Due(), removals_.Due(), miss_due_});
}

bool BlockOrder::MeetBlock() {
  const uint64_t due = BlockDue();
  if (due == miss_due_) return SpendRemoval(due);
  if (due == insertions_.Due()) return MeetInsertion();
  if (due == removals_.Due()) {
    MeetRemoval();
  } else {
    MeetStore(due == calm_stores_.Due() ? calm_stores_ : compared_stores_);
  }
  return true;
}

bool BlockOrder::MeetInsertion() {
  const uint64_t due = insertions_.Due();
  if (!IsAbsent() && !SpendRemoval(due)) return false;
  Become(insertions_.Pop(), due);
  return true;
}

void BlockOrder::MeetRemoval() {
  PrecedeBlind(removals_.Pop().deadline);
  BecomeAbsent();
}

void BlockOrder::MeetStore(DeadlineHeap& stores) {
  const DeadlineHeap::Entry store = stores.Pop();
  if (store.begin < blind_end_) {
    // It may have preceded another one unseen, unless it is of use now.
    if (compare_due_ == kNeverDue ||
        compares_->DueAfter(store.value, store.deadline) <= compare_due_) {
      return;
    }
  }
  PrecedeBlind(store.deadline);
  // Another one may follow at once, whose value needs no replacement.
  const bool followed = &stores != &calm_stores_ && !calm_stores_.empty();
  Become(followed ? calm_stores_.Pop() : store, store.deadline);
}

bool BlockOrder::MeetCompare() {
  if (DeferCurrent()) return true;
  const uint64_t due = compare_due_;
  DeadlineHeap& stores = calm_stores_.empty() ? compared_stores_ : calm_stores_;
  if (!stores.empty()) {
    PrecedeBlind(due);
    Become(stores.Pop(), due);
    return true;
  }
  return BeginNextZone() || BeginChain() || SpendRemoval(due);
}

bool BlockOrder::DeferCurrent() {
  if (current_slack_ == kNoSlack) return false;
  const Slack& slack = slacks_[current_slack_];
  if (slack.before_last == kNoValue) return false;
  const uint64_t moment = compares_->LastCallUpTo(
      current_, std::min(slack.last_latest, compare_due_));
  const uint64_t due = compares_->DueAfter(current_, moment);
  if (due <= compare_due_ ||
      compares_->DueAfter(slack.before_last, current_begin_) < moment) {
    return false;
  }
  compare_due_ = due;
  return true;
}

bool BlockOrder::BeginNextZone() {
  if (zones_.empty()) return false;
  const Block& zone = zones_.front();
  if (!CanLast(zone, compare_due_, zone.end)) return false;
  const Slack& slack = slacks_[zone.slack];
  const bool single = slack.first == zone.leaves;
  BeginEarly(zone, compare_due_,
             single ? compares_->DueAfter(slack.first, compare_due_)
                    : slack.replaced_by);
  zones_.remove_prefix(1);
  return true;
}

bool BlockOrder::BeginChain() {
  // Those that come much later leave no room for others.
  for (const Block& chain : points_.subspan(0, kLookahead)) {
    if (!zones_.empty() && zones_.front().begin < chain.begin) return false;
    if (!CanLast(chain, compare_due_, chain.begin)) continue;
    const Slack& slack = slacks_[chain.slack];
    const bool single = slack.first == chain.leaves;
    begun_ = &chain;
    BeginEarly(chain, compare_due_,
               chain.leaves == kNoValue
                   ? kNeverDue
                   : compares_->DueAfter(chain.leaves,
                                         single ? compare_due_ : chain.begin));
    return true;
  }
  return false;
}

bool BlockOrder::CanLast(const Block& block, uint64_t moment,
                         uint64_t end) const {
  if (block.slack == kNoSlack || block.needs_absent) return false;
  const Slack& slack = slacks_[block.slack];
  if (slack.first_call > moment ||
      compares_->DueAfter(slack.first, moment) < slack.first_until ||
      std::min({insertions_.Due(), removals_.Due(), miss_due_}) < end) {
    return false;
  }
  for (size_t i = 0; i < points_.size() && points_[i].begin < end; ++i) {
    const bool fits = points_[i].end >= end || &points_[i] == &block;
    if (!fits || i >= kLookahead) return false;
  }
  return true;
}

void BlockOrder::BeginEarly(const Block& block, uint64_t moment,
                            uint64_t replaced_by) {
  PrecedeBlind(moment);
  Leave(block, moment, replaced_by);
}

void BlockOrder::Become(const DeadlineHeap::Entry& store, uint64_t moment) {
  current_ = store.value;
  current_slack_ = store.slack;
  current_begin_ = moment;
  compare_due_ = compares_ != nullptr ? compares_->DueAfter(store.value, moment)
                                      : kNeverDue;
}

void BlockOrder::BecomeAbsent() {
  current_ = kNoValue;
  compare_due_ = kNeverDue;
  miss_due_ = kNeverDue;
}

void BlockOrder::PrecedeBlind(uint64_t moment) {
  if (IsAbsent() && !insertions_.empty()) insertions_.Pop();
  blind_end_ = moment + 1;
}

bool BlockOrder::SpendRemoval(uint64_t moment) {
  if (current_ < removal_calls_.size() && removal_calls_[current_] <= moment) {
    BecomeAbsent();  // Open stores cannot precede it: it needs this value.
    return true;
  }
  if (removals_.empty()) return false;
  removals_.Pop();
  PrecedeBlind(moment);
  BecomeAbsent();
  return true;
}

}  // namespace mortsafe
