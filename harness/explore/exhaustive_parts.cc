// How the search for traces explores a part of one, and is left before its end
// (trace_parts.h).

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/explore/address_book.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/happens_before.h"
#include "harness/explore/trace_parts.h"
#include "harness/model/strategy.h"

namespace mortsafe {

void ExhaustiveStrategy::Begin(absl::string_view part,
                               const AddressBook& book) {
  Check(!started_, "a part is given to a search that has begun");
  TracePart begun = TracePartOf(part);
  begun.Translate({book, Translation::Direction::kFromCommon});
  spin_detector_.Know(begun.sites);
  own_ = floor_ = depth_ = begun.points.size();
  is_on_the_way_ = own_ > 0;
  points_.resize(own_);
  for (size_t i = 0; i < own_; ++i) {
    const TracePoint& from = begun.points[i];
    Point& point = points_[i];
    point.sleeping = from.asleep;
    for (const ExploredStep& step : point.sleeping) {
      point.asleep |= OnlyThread(step.thread);
    }
    point.unsure = from.unsure;
    point.enabled = from.enabled;
    point.planted = trees_.Read(from.planned);
    point.chosen = from.chosen;
  }
  if (own_ > 0) points_[own_ - 1].ahead = trees_.Read(begun.ahead);
}

void ExhaustiveStrategy::PlantBefore(HappensBefore::Race race) {
  TraceRest::Reversal reversal;
  reversal.point = race.first;
  for (const ExploredStep* const step : sequence_) {
    reversal.steps.push_back(*step);
  }
  if (trees_.Insert(points_[race.first].planted, sequence_)) {
    before_.push_back(std::move(reversal));
  }
}

std::string ExhaustiveStrategy::Leave(const AddressBook& book) {
  Check(started_, "a search is left that has not begun");
  if (has_run_ && !began_anew_) TakeIn();
  TraceRest rest;
  rest.sites = spin_detector_.sites();
  rest.learned = began_anew_;
  if (rest.learned) return ToBytes(rest);
  if (own_ > 0) rest.first = order_.step(own_ - 1);
  rest.before = std::move(before_);
  rest.on_the_way = floor_ - own_;
  // Nothing begins after the last point at which something is planned.
  while (depth_ > floor_ && points_[depth_ - 1].planted.empty()) --depth_;
  for (size_t depth = own_; depth < depth_; ++depth) {
    Point& point = points_[depth];
    rest.points.push_back({.enabled = point.enabled,
                           .chosen = point.chosen,
                           .step = order_.step(depth),
                           .asleep = std::move(point.sleeping),
                           .unsure = point.unsure,
                           .planned = trees_.Write(point.planted)});
  }
  rest.Translate({book, Translation::Direction::kToCommon});
  return ToBytes(rest);
}

}  // namespace mortsafe
