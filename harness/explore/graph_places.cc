// How the search for graphs goes on from kept places (graph_search.h).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_search.h"
#include "harness/model/memory.h"

namespace mortsafe {
namespace {

// A place is kept where it saves at least so many steps to repeat.
constexpr size_t kStepsWorthAPlace = 4;

}  // namespace

void GraphSearch::Prepare() {
  SetGraph(current_.get());
  gave_up_ = false;
  while (place_count_ > 0 && places_[place_count_ - 1]->passed > shared_) {
    --place_count_;
  }
  if (place_count_ > 0) {
    Prepare(*places_[place_count_ - 1]);
  } else {
    PrepareFromTheBeginning();
  }
  SkipWhatIsKnown();
}

void GraphSearch::PrepareFromTheBeginning() {
  Restart();
  spin_detector_.Restart();
  for (uint32_t thread = 0; thread < watched_threads_; ++thread) {
    visits_[thread].clear();
  }
  spinning_ = 0;
  step_ = 0;
  branch_ = keeps_places_ ? 0 : kNoStep;
  BeginBlock(0);
}

void GraphSearch::FindBranch() {
  const std::vector<EventId>& steps = current_->steps();
  size_t end = step_;
  while (end < steps.size() && steps[end] < shared_) ++end;
  // Not all events of the last step need be shared.
  branch_ = end > step_ + kStepsWorthAPlace ? end - 1 : kNoStep;
}

void GraphSearch::Prepare(const Place& place) {
  Restart(place.memory);
  spin_detector_.Restart(place.spin_detector);
  for (uint32_t thread = 0; thread < watched_threads_; ++thread) {
    const bool known = thread < place.threads;
    visits_[thread].resize(known ? place.visits[thread] : 0);
    if (known) round_begin_[thread] = place.round_begin[thread];
  }
  spinning_ = place.spinning;
  step_ = place.step;
  block_ = place.block;
  turns_ = place.turns;
  // The order may be another one.
  if (step_ == 0) BeginBlock(0);
  FindBranch();
}

bool GraphSearch::IsToBeKept() const {
  if (step_ != branch_ || !keeps_places_) return false;
  // What a thread goes through unwatched, because something follows that it
  // changes, has to be watched in a graph that does not have that.
  for (uint32_t thread = 1; thread < current_->thread_count(); ++thread) {
    if (PassedBy(thread) < skipped_[thread]) return false;
  }
  return PassedPrefix().has_value();
}

void GraphSearch::Keep() {
  const HarnessAllocations harness;
  if (places_.size() == place_count_) {
    places_.push_back(std::make_unique<Place>());
  }
  Place& place = *places_[place_count_++];
  place.passed = *PassedPrefix();
  place.step = step_;
  Remember(place.memory);
  spin_detector_.Remember(place.spin_detector);
  place.threads = watched_threads_;
  for (uint32_t thread = 0; thread < watched_threads_; ++thread) {
    place.visits[thread] = visits_[thread].size();
    place.round_begin[thread] = round_begin_[thread];
  }
  place.spinning = spinning_;
  place.block = block_;
  place.turns = turns_;
  branch_ = kNoStep;
  // What comes before the first step is the same in every order.
  if (step_ == 0 && HasNoChoices(place.passed)) base_ = place.passed;
}

bool GraphSearch::HasNoChoices(EventId passed) const {
  if (IsRevisit()) return false;
  for (EventId id = 0; id < passed; ++id) {
    const GraphEvent& event = (*current_)[id];
    if (event.IsRead() || event.IsWrite()) return false;
  }
  return true;
}

}  // namespace mortsafe
