#include "harness/explore/graph_search.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/real_time_orders.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

using Role = GraphEvent::Role;

GraphSearch::GraphSearch(std::vector<uint32_t> operations, bool keeps_places)
    : scheduling_(*this),
      current_(std::make_unique<ExecutionGraph>()),
      orders_(std::move(operations)),
      keeps_places_(keeps_places) {
  SetGraph(current_.get());
  AllowOneSpawner();
  if (keeps_places_) AllowMarks();
}

GraphSearch::~GraphSearch() = default;

bool GraphSearch::Next() {
  if (has_run_) TakeIn();
  if (began_anew_) {
    ForgetEverything();
  } else if (started_ && !Backtrack() && !NextOrder()) {
    return false;
  }
  started_ = has_run_ = true;
  Prepare();
  return true;
}

void GraphSearch::TakeIn() {
  has_run_ = false;
  began_anew_ = spin_detector_.TakeLearned();
  if (began_anew_) return;
  if (gave_up_) {
    ++blocked_;
  } else {
    ++executions_;
  }
}

bool GraphSearch::NextOrder() {
  for (uint64_t i = 0; i < stride_; ++i) {
    if (!orders_.Next()) return false;
  }
  return stride_ > 0;
}

void GraphSearch::Repeat() {
  shared_ = 0;
  Prepare();
}

bool GraphSearch::Changes(EventId id) const {
  const GraphEvent& event = (*current_)[id];
  if (event.kind == GraphEvent::Kind::kOther) return true;
  return event.IsWrite() &&
         (!event.exclusive || (*current_)[event.partner].value != event.value);
}

void GraphSearch::SkipWhatIsKnown() {
  const ExecutionGraph& graph = *current_;
  skipped_.fill(0);
  // All are watched where a place is to be kept.
  const EventId end =
      branch_ < graph.steps().size() ? graph.steps()[branch_] : graph.size();
  // Not the thread that starts the others: to do so changes nothing.
  for (uint32_t thread = 1; thread < graph.thread_count(); ++thread) {
    uint32_t i = graph.ThreadSize(thread);
    while (i > 0) {
      const EventId id = graph.At(thread, i);
      if (id < end && Changes(id)) break;
      --i;
    }
    skipped_[thread] = i;
  }
}

void GraphSearch::ForgetEverything() {
  current_->Clear();
  while (!frames_.empty()) {
    unused_.push_back(std::move(frames_.back().graph));
    frames_.pop_back();
  }
  base_ = 0;
  changed_ = kNoEvent;
  pending_.clear();
  shared_ = 0;
  orders_.Restart();
  executions_ = blocked_ = 0;
}

void GraphSearch::BeginBlock(size_t block) {
  block_ = block;
  const bool over = block_ >= orders_.blocks().size();
  turns_ = over ? 0 : orders_.blocks()[block_].threads;
}

void GraphSearch::CalledOrReturned(uint32_t thread) {
  Check(Contains(turns_, thread), "an operation is called out of turn");
  turns_ &= ~OnlyThread(thread);
  if (turns_ == 0) BeginBlock(block_ + 1);
}

ThreadSet GraphSearch::OutOfTurn(const ChoicePoint& point) const {
  if (turns_ == 0) return 0;
  const bool calls = orders_.blocks()[block_].calls;
  ThreadSet early = 0;
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    const AccessKind kind = point.next[thread].access.kind;
    if (kind != AccessKind::kCall && kind != AccessKind::kReturn) continue;
    if (calls != (kind == AccessKind::kCall) || !Contains(turns_, thread)) {
      early |= OnlyThread(thread);
    }
  }
  return early;
}

uint32_t GraphSearch::ChooseThread(const ChoicePoint& point) {
  if (IsToBeKept()) {
    Keep();
    return SchedulingStrategy::kKeepPlace;
  }
  BeginStep();
  const std::vector<EventId>& steps = current_->steps();
  if (step_ < steps.size()) {
    const uint32_t thread = (*current_)[steps[step_++]].thread;
    Check(Contains(point.enabled, thread),
          "the body depends on more than what its threads read");
    return thread;
  }
  ++step_;
  const ThreadSet early = OutOfTurn(point);
  const ThreadSet awake = point.enabled & ~spinning_ & ~early;
  if (awake != 0) return LowestThread(awake);
  if (early == 0 && SpinnersReadTheLatest()) {
    return SchedulingStrategy::kNoProgress;
  }
  gave_up_ = true;
  return SchedulingStrategy::kGiveUp;
}

bool GraphSearch::Arrive(uint32_t thread, const Whereabouts& whereabouts,
                         const NextStep& step) {
  if (PassedBy(thread) < skipped_[thread]) return false;
  watched_threads_ = std::max(watched_threads_, thread + 1);
  std::vector<uint32_t>& visits = visits_[thread];
  const SpinDetector::Arrival arrival =
      spin_detector_.Arrive(thread, whereabouts, step.access.object);
  if (arrival.spins) {
    spinning_ |= OnlyThread(thread);
    round_begin_[thread] = visits[spin_detector_.RoundBegin(thread)];
  }
  visits.push_back(PassedBy(thread));
  return arrival.looked;
}

void GraphSearch::PerformedRead(uint32_t thread, const volatile void* object) {
  spin_detector_.PerformedRead(thread, object);
}

void GraphSearch::PerformedWrite(uint32_t thread, const volatile void* object) {
  spin_detector_.PerformedWrite(thread, object);
}

bool GraphSearch::SpinnersReadTheLatest() const {
  const ExecutionGraph& graph = *current_;
  for (ThreadSet rest = spinning_; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    for (uint32_t i = round_begin_[thread] + 1; i <= PassedBy(thread); ++i) {
      const GraphEvent& event = graph[graph.At(thread, i)];
      if (!event.IsRead()) continue;
      const uint32_t latest = graph.LastPlace(event.location);
      const EventId own = event.exclusive ? event.partner : kNoEvent;
      uint32_t place = graph.PlaceOf(graph.At(thread, i));
      if (own != kNoEvent) ++place;
      if (place != latest) return false;
    }
  }
  return true;
}

void GraphSearch::ChooseSource(EventId read) {
  current_->ReadFrom(read, current_->LastPlace((*current_)[read].location));
  if (!(*current_)[read].exclusive) return;
  const EventId write = current_->AddExclusiveWrite(read);
  current_->Place(write, current_->PlaceOf(read) + 1);
}

void GraphSearch::ChoosePlace(EventId write) {
  current_->Place(write, current_->LastPlace((*current_)[write].location) + 1);
}

bool GraphSearch::Backtrack() {
  shared_ = current_->size();
  while (true) {
    if (current_->size() == Floor()) {
      if (frames_.empty()) return false;
      PopFrame();
    }
    const EventId last = current_->size() - 1;
    shared_ = std::min(shared_, last);
    const ExecutionGraph* const before = current_.get();
    if (NextChoice(last)) return true;
    // There may now be a write that is only offered to others.
    const bool changed =
        current_.get() != before || current_->size() > last + 1;
    if (!changed) current_->RemoveLast();
  }
}

bool GraphSearch::NextChoice(EventId last) {
  ExecutionGraph& graph = *current_;
  if (graph[last].IsRead()) return NextSource(last);
  if (!graph[last].IsWrite()) return false;
  if (!graph[last].offers) {
    if (NextPlace(last)) return true;
    // The frame below offers it.
    const bool given = last == base_ && IsRevisit();
    if (given || graph.size() > last + 1) return false;
    graph.Unplace(last);
    graph[last].offers = true;
    graph[last].next_offer = 0;
  }
  return NextOffer(last);
}

bool GraphSearch::HasSeqCstOrder(EventId id) {
  return seq_cst_.ExistsWith(*current_, id) &&
         (id != base_ || changed_ == kNoEvent ||
          seq_cst_.ExistsWith(*current_, changed_));
}

bool GraphSearch::NextSource(EventId read) {
  ExecutionGraph& graph = *current_;
  const uint32_t location = graph[read].location;
  for (uint32_t place = graph.PlaceOf(read);
       place > graph[read].lowest_place;) {
    graph.ReadFrom(read, --place);
    const GraphEvent& event = graph[read];
    if (event.role == Role::kLocking && !event.exclusive) continue;
    const EventId taker =
        event.exclusive ? graph.TakerOf(location, place) : kNoEvent;
    if (taker != kNoEvent && graph.InPrefix(taker, read)) continue;
    if (!HasSeqCstOrder(read)) continue;
    if (!event.exclusive) return true;
    if (taker == kNoEvent) return AddWriteOf(read);
    const EventId write = graph.AddExclusiveWrite(read);
    graph[write].offers = true;
    graph[write].next_offer = 0;
    graph[write].victim = taker;
    return false;
  }
  return false;
}

bool GraphSearch::NextPlace(EventId write) {
  ExecutionGraph& graph = *current_;
  if (graph[write].exclusive) return false;
  const uint32_t location = graph[write].location;
  while (graph[write].place > graph[write].lowest_place) {
    const uint32_t place = graph[write].place - 1;
    graph.Unplace(write);
    const bool splits = graph.TakerOf(location, place - 1) != kNoEvent;
    graph.Place(write, place);
    if (splits || !HasSeqCstOrder(write)) continue;
    return AddPendingWrites();
  }
  return false;
}

bool GraphSearch::AddWriteOf(EventId read) {
  ExecutionGraph& graph = *current_;
  const EventId write = graph.AddExclusiveWrite(read);
  graph.Place(write, graph.PlaceOf(read) + 1);
  if (HasSeqCstOrder(write)) return true;
  graph.Unplace(write);
  graph[write].offers = true;
  graph[write].next_offer = 0;
  return false;
}

bool GraphSearch::AddPendingWrites() {
  return std::all_of(pending_.begin(), pending_.end(), [&](EventId read) {
    return (*current_)[read].partner != kNoEvent || AddWriteOf(read);
  });
}

bool GraphSearch::WasAddedInTheStandardWay(EventId id, EventId write) const {
  const ExecutionGraph& graph = *current_;
  const GraphEvent& event = graph[id];
  if (event.pinned) return false;
  if (!event.IsRead() && !event.IsWrite()) return true;
  const auto was_there = [&](EventId other) {
    return other <= id || graph.InPrefix(other, write);
  };
  if (event.IsRead() && event.rf != kNoEvent && !was_there(event.rf)) {
    return false;
  }
  const std::vector<EventId>& writes = graph.Writes(event.location);
  for (size_t place = graph.PlaceOf(id); place < writes.size(); ++place) {
    if (was_there(writes[place])) return false;
  }
  if (event.IsRead()) return true;
  const std::vector<EventId>& reads = graph.Reads(event.location);
  return std::none_of(reads.begin(), reads.end(), [&](EventId read) {
    return graph[read].rf == id && was_there(read);
  });
}

bool GraphSearch::MayOffer(EventId write, EventId read) const {
  const ExecutionGraph& graph = *current_;
  const GraphEvent& event = graph[write];
  if (read == event.partner || graph.InPrefix(read, write)) return false;
  const EventId victim = event.victim;
  if (victim != kNoEvent && victim != read &&
      (victim < read || graph.InPrefix(victim, write))) {
    return false;
  }
  if (graph[read].role == Role::kLocking && read != victim) return false;
  if (!WasAddedInTheStandardWay(read, write)) return false;
  for (EventId id = read + 1; id < write; ++id) {
    if (!graph.InPrefix(id, write) && !WasAddedInTheStandardWay(id, write)) {
      return false;
    }
  }
  return true;
}

bool GraphSearch::NextOffer(EventId write) {
  GraphEvent& event = (*current_)[write];
  const std::vector<EventId>& reads = current_->Reads(event.location);
  while (event.next_offer < reads.size()) {
    const EventId read = reads[event.next_offer++];
    if (MayOffer(write, read)) return Revisit(write, read);
  }
  return false;
}

std::unique_ptr<ExecutionGraph> GraphSearch::FreshGraph() {
  if (unused_.empty()) return std::make_unique<ExecutionGraph>();
  std::unique_ptr<ExecutionGraph> graph = std::move(unused_.back());
  unused_.pop_back();
  return graph;
}

void GraphSearch::PopFrame() {
  unused_.push_back(std::move(current_));
  current_ = std::move(frames_.back().graph);
  base_ = frames_.back().base;
  changed_ = frames_.back().changed;
  pending_ = std::move(frames_.back().pending);
  shared_ = std::min(shared_, frames_.back().revisited);
  frames_.pop_back();
}

bool GraphSearch::Revisit(EventId write, EventId read) {
  const ExecutionGraph& from = *current_;
  const bool locking = from[read].role == Role::kLocking;
  keep_.resize(from.size());
  for (EventId id = read; id < write; ++id) {
    keep_[id] = from.InPrefix(id, write) || (id == read && !locking);
  }
  keep_[write] = true;
  std::unique_ptr<ExecutionGraph> fresh = FreshGraph();
  fresh->AssignKept(from, read, keep_, locking ? kNoEvent : read, renamed_);
  frames_.push_back(
      {std::move(current_), base_, changed_, std::move(pending_), read});
  shared_ = std::min(shared_, read);
  current_ = std::move(fresh);
  ExecutionGraph& graph = *current_;
  const EventId added = renamed_[write];
  const EventId changed = locking ? kNoEvent : renamed_[read];
  changed_ = changed;
  base_ = added;
  pending_.clear();
  GraphEvent& event = graph[added];
  event.offers = false;
  event.victim = kNoEvent;
  const uint32_t location = event.location;
  if (event.exclusive) {
    if (locking) graph[event.partner].pinned = true;
    event.lowest_place = graph.PlaceOf(event.partner) + 1;
    graph.Place(added, event.lowest_place);
  } else {
    event.lowest_place = graph.LowestPlace(location, graph[added].before) + 1;
    graph.Place(added, graph.LastPlace(location) + 1);
  }
  if (changed != kNoEvent) {
    const uint32_t lowest =
        graph.LowestPlace(location, graph[changed].before) + 1;
    event.lowest_place = std::max(event.lowest_place, lowest);
    if (event.place < lowest) {
      // It may no longer read from there.
      graph.RemoveLast();
      return false;
    }
    graph.ReadFrom(changed, event.place);
  }
  for (EventId id = 0; id < added; ++id) {
    if (graph[id].exclusive && graph[id].IsRead() &&
        graph[id].partner == kNoEvent) {
      pending_.push_back(id);
    }
  }
  return HasSeqCstOrder(added) ? AddPendingWrites() : NextPlace(added);
}

}  // namespace mortsafe
