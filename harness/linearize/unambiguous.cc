#include "harness/linearize/unambiguous.h"

#include <algorithm>

namespace mortsafe {
namespace {

// Whether the step finds the key absent wherever it takes effect.
bool NeedsAbsence(const Step& step) {
  const bool conditional =
      step.need == Need::kExactly || step.effect == Effect::kSetIfEqual;
  return conditional && step.needed == kAbsent;
}

}  // namespace

UnambiguousVerdict UnambiguousChecker::Judge(absl::Span<const Step> steps,
                                             CellState state_count) {
  Reset(state_count);
  for (const Step& step : steps) Add(step);
  if (ambiguous_) return UnambiguousVerdict::kUndecided;
  const auto values = static_cast<uint32_t>(contents_.size());
  compares_.Sort(values);
  if (contradiction_ || !FollowSeenValues() || !BuildChains() ||
      !order_.Fit(points_, zones_)) {
    return UnambiguousVerdict::kViolation;
  }
  if (order_.Succeeds(points_, zones_, slacks_,
                      compares_.empty() ? nullptr : &compares_,
                      removal_calls_)) {
    return UnambiguousVerdict::kLinearizable;
  }
  // Failure is certain only without what makes it uncertain.
  const bool impossible =
      removal_calls_.empty() &&
      (compares_.empty() ||
       !order_.Succeeds(points_, zones_, slacks_, nullptr, removal_calls_));
  return impossible ? UnambiguousVerdict::kViolation
                    : UnambiguousVerdict::kUndecided;
}

void UnambiguousChecker::Reset(CellState state_count) {
  ambiguous_ = false;
  contradiction_ = false;
  if (++generation_ == 0) {
    names_.clear();
    generation_ = 1;
  }
  if (names_.size() < state_count) names_.resize(state_count);
  contents_.clear();
  compares_.Clear();
  removal_calls_.clear();
  points_.clear();
  zones_.clear();
  slacks_.clear();
}

uint32_t UnambiguousChecker::NameOf(CellState state) {
  Name& name = names_[state];
  if (name.generation != generation_) {
    name = {generation_, static_cast<uint32_t>(contents_.size())};
    contents_.emplace_back();
  }
  return name.name;
}

void UnambiguousChecker::Add(const Step& step) {
  switch (step.need) {
    case Need::kImpossible:
      contradiction_ = true;
      return;
    case Need::kAnythingBut:
      if (step.needed == kAbsent || step.optional || !IsRead(step)) {
        ambiguous_ = true;  // Nothing that a map's operations come down to.
        return;
      }
      compares_.Add(NameOf(step.needed), step.call_time, step.return_time);
      return;
    case Need::kExactly:
      AddExact(step);
      return;
    case Need::kAnything:
      AddPossible(step);
      return;
  }
}

void UnambiguousChecker::AddExact(const Step& step) {
  if (step.needed != kAbsent) {
    Content& content = contents_[NameOf(step.needed)];
    content.seen = true;
    if (!IsRead(step)) {
      contradiction_ |= content.taker != nullptr;
      content.taker = &step;
    } else {
      content.first_read_return =
          std::min(content.first_read_return, step.return_time);
      content.last_read_call = std::max(content.last_read_call, step.call_time);
    }
  } else if (IsRead(step)) {
    AddPoint(step, /*needs_absent=*/true);
  }
  if (!IsRead(step) && step.stored != kAbsent) AddWriter(step);
}

void UnambiguousChecker::AddPossible(const Step& step) {
  if (IsRead(step)) return;
  if (step.stored != kAbsent) {
    if (step.effect == Effect::kSetIfEqual && step.needed != kAbsent) {
      NameOf(step.needed);  // For later, when its name is asked.
    }
    AddWriter(step);
  } else if (step.effect == Effect::kSet) {
    AddPoint(step, /*needs_absent=*/false);
  } else {
    // A pending CompareAndDelete.
    const uint32_t value = NameOf(step.needed);
    if (removal_calls_.size() <= value) {
      removal_calls_.resize(value + 1, kNeverDue);
    }
    removal_calls_[value] = std::min(removal_calls_[value], step.call_time);
  }
}

void UnambiguousChecker::AddWriter(const Step& step) {
  Content& content = contents_[NameOf(step.stored)];
  ambiguous_ |= content.writer != nullptr;
  content.writer = &step;
}

void UnambiguousChecker::AddPoint(const Step& step, bool needs_absent) {
  Block point;
  point.begin = step.call_time;
  point.end = step.return_time;
  point.needs_absent = needs_absent;
  points_.push_back(point);
}

bool UnambiguousChecker::FollowSeenValues() {
  for (uint32_t value = 0; value < contents_.size(); ++value) {
    Content& content = contents_[value];
    if (content.seen && !FollowSeenValue(value)) return false;
    if (content.writer != nullptr && !content.writer->optional) {
      content.happened = true;
    }
  }
  return true;
}

bool UnambiguousChecker::FollowSeenValue(uint32_t value) {
  while (!contents_[value].happened) {
    Content& content = contents_[value];
    if (content.writer == nullptr) return false;
    content.happened = true;
    const uint32_t taken = TakenFor(content);
    if (taken == kNoValue) return true;
    const Step*& taker = contents_[taken].taker;
    if (taker != nullptr && taker != content.writer) return false;
    taker = content.writer;
    value = taken;
  }
  return true;
}

uint32_t UnambiguousChecker::TakenFor(const Content& content) {
  const Step& writer = *content.writer;
  const bool conditional =
      writer.need == Need::kExactly || writer.effect == Effect::kSetIfEqual;
  return conditional && writer.needed != kAbsent ? NameOf(writer.needed)
                                                 : kNoValue;
}

bool UnambiguousChecker::BuildChains() {
  size_t happened = 0;
  size_t in_chains = 0;
  for (uint32_t value = 0; value < contents_.size(); ++value) {
    const Content& content = contents_[value];
    if (!content.happened) continue;
    ++happened;
    if (TakenFor(content) != kNoValue) continue;
    if (!BuildChain(value)) return false;
    in_chains += links_.size() - (links_.back().value == kNoValue ? 1 : 0);
  }
  AddUnseenStores();
  return in_chains == happened;  // The others form a cycle.
}

bool UnambiguousChecker::BuildChain(uint32_t first) {
  links_.clear();
  first_return_ = kPending;
  latest_call_ = 0;
  const Step* step = contents_[first].writer;
  Block block;
  block.needs_absent = NeedsAbsence(*step);
  while (step != nullptr) {
    if (!Append(step->call_time, step->return_time)) return false;
    const bool removal = step->stored == kAbsent;
    block.leaves = removal ? kNoValue : NameOf(step->stored);
    links_.push_back({block.leaves, latest_call_, step->return_time});
    if (removal) break;
    const Content& content = contents_[block.leaves];
    if (!Append(content.last_read_call, content.first_read_return)) {
      return false;
    }
    links_.back().latest =
        std::min(links_.back().latest, content.first_read_return);
    step = content.taker;
  }
  const bool is_zone = first_return_ < latest_call_;
  block.begin = std::min(first_return_, latest_call_);
  block.end = std::max(first_return_, latest_call_);
  if (!compares_.empty()) {
    Slack slack = SlackOf(block);
    if (is_zone && !SatisfyCompares(block, slack)) return false;
    block.slack = static_cast<uint32_t>(slacks_.size());
    slacks_.push_back(slack);
  }
  (is_zone ? zones_ : points_).push_back(block);
  return true;
}

bool UnambiguousChecker::Append(uint64_t call_time, uint64_t return_time) {
  if (return_time < latest_call_) return false;
  latest_call_ = std::max(latest_call_, call_time);
  first_return_ = std::min(first_return_, return_time);
  return true;
}

Slack UnambiguousChecker::SlackOf(const Block& chain) const {
  Slack slack;
  slack.first = links_.front().value;
  slack.first_call = links_.front().earliest;
  slack.first_until = chain.begin;
  if (links_.size() > 1 && chain.leaves != kNoValue) {
    slack.before_last = links_[links_.size() - 2].value;
    slack.last_latest = links_.back().latest;
  }
  return slack;
}

bool UnambiguousChecker::SatisfyCompares(const Block& zone, Slack& slack) {
  // Nothing in the zone needs to happen outside it; and a value can be replaced
  // only after the one before.
  uint64_t latest = zone.end;
  for (size_t i = links_.size(); i > 0; --i) {
    Link& link = links_[i - 1];
    latest = std::min(latest, link.latest);
    link.latest = latest;
    link.earliest = std::max(link.earliest, zone.begin);
  }
  moments_.assign(1, {links_.front().earliest, links_.front().latest});
  if (!AdvanceToEnd(0)) return false;
  slack.replaced_by = LastReplacedBy(zone);
  slack.first_until = links_.size() > 1 ? links_[1].latest : zone.end;
  if (links_.size() > 1 && !compares_.With(slack.first).empty()) {
    // Perhaps the first value can also be replaced as early as that.
    const uint64_t earliest = links_[1].earliest;
    moments_.assign(1, {earliest, earliest});
    if (AdvanceToEnd(1) && LastReplacedBy(zone) == slack.replaced_by) {
      slack.first_until = earliest;
    }
  }
  return zone.leaves == kNoValue || slack.replaced_by >= zone.end;
}

bool UnambiguousChecker::AdvanceToEnd(size_t link) {
  for (; link + 1 < links_.size() && !moments_.empty(); ++link) {
    Advance(links_[link], links_[link + 1]);
  }
  return !moments_.empty();
}

uint64_t UnambiguousChecker::LastReplacedBy(const Block& zone) const {
  // The later the last value comes, the fewer compares were called since.
  return zone.leaves == kNoValue
             ? kNeverDue
             : compares_.DueAfter(zone.leaves, moments_.back().last);
}

// From the moments at which `from` can come to those at which `to` can. Of all
// moments between the same two calls of compares, the earliest leaves the
// most.
void UnambiguousChecker::Advance(const Link& from, const Link& to) {
  next_moments_.clear();
  const absl::Span<const FailedCompares::Compare> compares =
      compares_.With(from.value);
  auto compare = compares.begin();
  for (const Moments& moments : moments_) {
    AdvanceFrom(moments.first, from, to);
    while (compare != compares.end() && compare->call_time <= moments.first) {
      ++compare;
    }
    for (; compare != compares.end() && compare->call_time <= moments.last;
         ++compare) {
      AdvanceFrom(compare->call_time, from, to);
    }
  }
  moments_.swap(next_moments_);
}

void UnambiguousChecker::AdvanceFrom(uint64_t moment, const Link& from,
                                     const Link& to) {
  const Moments moments{
      std::max(to.earliest, moment),
      std::min(to.latest, compares_.DueAfter(from.value, moment))};
  if (moments.first > moments.last) return;
  if (!next_moments_.empty() && moments.first <= next_moments_.back().last) {
    next_moments_.back().last =
        std::max(next_moments_.back().last, moments.last);
  } else {
    next_moments_.push_back(moments);
  }
}

// They can help failed compares.
void UnambiguousChecker::AddUnseenStores() {
  if (compares_.empty()) return;
  for (uint32_t value = 0; value < contents_.size(); ++value) {
    const Step* writer = contents_[value].writer;
    if (writer == nullptr || contents_[value].happened ||
        writer->effect != Effect::kSet) {
      continue;
    }
    Block point;
    point.begin = writer->call_time;
    point.end = kNeverDue;
    point.leaves = value;
    points_.push_back(point);
  }
}

}  // namespace mortsafe
