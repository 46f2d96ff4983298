#include "harness/explore/trace_frontier.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/bytes.h"
#include "harness/base/check.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/trace_parts.h"
#include "harness/explore/wakeup_tree.h"
#include "harness/model/strategy.h"

namespace mortsafe {

ThreadSet TraceFrontier::Asleep(const Point& point) {
  ThreadSet asleep = 0;
  for (const Beginning& each : point.asleep) {
    asleep |= OnlyThread(each.step.thread);
  }
  for (const Beginning& each : point.begun) {
    asleep |= OnlyThread(each.step.thread);
  }
  return asleep;
}

const TraceFrontier::Beginning* TraceFrontier::Find(
    const std::vector<Beginning>& beginnings, uint32_t thread) {
  const auto found = std::find_if(
      beginnings.begin(), beginnings.end(),
      [&](const Beginning& each) { return each.step.thread == thread; });
  return found == beginnings.end() ? nullptr : &*found;
}

std::vector<TraceFrontier::Beginning> TraceFrontier::AsleepBefore(
    const Point& point, uint32_t thread) {
  std::vector<Beginning> asleep = point.asleep;
  for (const Beginning& each : point.begun) {
    if (each.step.thread == thread) break;
    asleep.push_back(each);
  }
  return asleep;
}

bool TraceFrontier::TakeBranch(uint32_t number, Branch& branch) {
  Point& point = points_[number];
  const ThreadSet awake = point.enabled & ~Asleep(point);
  while (!point.planted.empty()) {
    ExploredStep step;
    branch.ahead = trees_.TakeFirst(point.planted, step);
    branch.point = number;
    branch.thread = step.thread;
    if (Contains(awake, step.thread)) return true;
    trees_.Drop(branch.ahead);
  }
  return false;
}

TraceFrontier::Way TraceFrontier::WayTo(const Branch& branch) const {
  Way way;
  uint32_t thread = branch.thread;
  for (uint32_t at = branch.point; at != kNone; at = points_[at].before) {
    way.points.push_back(at);
    way.threads.push_back(thread);
    thread = points_[at].reached_by;
  }
  std::reverse(way.points.begin(), way.points.end());
  std::reverse(way.threads.begin(), way.threads.end());
  return way;
}

std::string TraceFrontier::PartOf(const Branch& branch) {
  TracePart part;
  part.sites = sites_;
  const Way way = WayTo(branch);
  for (size_t i = 0; i < way.points.size(); ++i) {
    const Point& from = points_[way.points[i]];
    TracePoint& point = part.points.emplace_back();
    point.enabled = from.enabled;
    point.chosen = way.threads[i];
    for (const Beginning& each : AsleepBefore(from, point.chosen)) {
      point.asleep.push_back(each.step);
      if (each.unsure) point.unsure |= OnlyThread(each.step.thread);
    }
    point.planned = trees_.Write(from.planted);
  }
  part.ahead = trees_.Write(branch.ahead);
  return ToBytes(part);
}

std::vector<std::string> TraceFrontier::Take(size_t most) {
  taken_.clear();
  if (!began_) {
    began_ = true;
    taken_.push_back({});
  }
  // Of each point one branch at a time: those after it have to know what this
  // one's first step comes to.
  for (size_t i = points_.size(); i > 0 && taken_.size() < most; --i) {
    Branch branch;
    if (TakeBranch(static_cast<uint32_t>(i - 1), branch)) {
      taken_.push_back(branch);
    }
  }
  std::vector<std::string> parts;
  for (const Branch& branch : taken_) parts.push_back(PartOf(branch));
  return parts;
}

uint32_t TraceFrontier::After(uint32_t point, uint32_t thread) const {
  for (size_t i = point + 1; i < points_.size(); ++i) {
    if (points_[i].before == point && points_[i].reached_by == thread) {
      return static_cast<uint32_t>(i);
    }
  }
  return kNone;
}

void TraceFrontier::PlantAt(uint32_t number, size_t first,
                            StepSequence& sequence) {
  while (true) {
    Point& point = points_[number];
    const Beginning* cover = nullptr;
    for (size_t i = first; i < point.begun.size() && cover == nullptr; ++i) {
      if (IsWeakInitial(point.begun[i].step, sequence)) {
        cover = &point.begun[i];
      }
    }
    if (cover == nullptr) {
      trees_.Insert(point.planted, sequence);
      return;
    }
    if (cover->whole) return;
    const uint32_t thread = cover->step.thread;
    number = After(number, thread);
    if (number == kNone) return;  // Nothing that is found there matters to it.
    const auto own =
        std::find_if(sequence.begin(), sequence.end(),
                     [&](const auto* step) { return step->thread == thread; });
    if (own != sequence.end()) sequence.erase(own);
    first = 0;
  }
}

void TraceFrontier::Plant(const Way& way, const TraceRest::Reversal& reversal) {
  Check(reversal.point < way.points.size(), "a race is with no step");
  const uint32_t number = way.points[reversal.point];
  const Point& point = points_[number];
  // Who looked for it knew what had begun before; what has begun since may not
  // be over.
  const Beginning* const own = Find(point.begun, way.threads[reversal.point]);
  Check(own != nullptr, "a race is with a step that nothing began with");
  StepSequence sequence;
  for (const ExploredStep& step : reversal.steps) sequence.push_back(&step);
  PlantAt(number, static_cast<size_t>(own - point.begun.data()) + 1, sequence);
}

void TraceFrontier::Append(const Branch& branch, const TraceRest& rest) {
  std::vector<Beginning> known;  // What may be asleep after the branch.
  if (branch.point != kNone) {
    known = AsleepBefore(points_[branch.point], branch.thread);
  }
  uint32_t before = branch.point;
  uint32_t reached_by = branch.thread;
  uint64_t begun_as = kOver;
  if (before != kNone) {
    begun_as = Find(points_[before].begun, reached_by)->number;
  }
  for (size_t i = 0; i < rest.points.size(); ++i) {
    const TracePoint& from = rest.points[i];
    Point& point = points_.emplace_back();
    point.before = before;
    point.reached_by = reached_by;
    point.begun_as = begun_as;
    point.enabled = from.enabled;
    for (const ExploredStep& step : from.asleep) {
      Beginning each = {.step = step};
      const Beginning* const earlier = Find(known, step.thread);
      if (i < rest.on_the_way && earlier != nullptr) each = *earlier;
      each.unsure = Contains(from.unsure, step.thread);
      point.asleep.push_back(each);
    }
    point.begun.push_back({.number = ++beginnings_,
                           .step = from.step,
                           .whole = i + 1 >= rest.on_the_way});
    point.planted = trees_.Read(from.planned);
    before = static_cast<uint32_t>(points_.size() - 1);
    reached_by = from.chosen;
    begun_as = beginnings_;
  }
}

void TraceFrontier::Merge(const std::vector<std::string>& rests) {
  Check(rests.size() == taken_.size(), "a part left nothing behind");
  std::vector<TraceRest> all;
  for (size_t i = 0; i < rests.size(); ++i) {
    const TraceRest& rest = all.emplace_back(TraceRestOf(rests[i]));
    Check(!rest.learned, "everything is to be explored anew");
    trees_.Drop(taken_[i].ahead);
    if (!rest.first.has_value()) continue;
    points_[taken_[i].point].begun.push_back({.number = ++beginnings_,
                                              .step = *rest.first,
                                              .whole = rest.on_the_way == 0});
  }
  for (size_t i = all.size(); i > 0; --i) Append(taken_[i - 1], all[i - 1]);
  for (size_t i = 0; i < all.size(); ++i) {
    const Way way = WayTo(taken_[i]);
    for (const TraceRest::Reversal& reversal : all[i].before) {
      Plant(way, reversal);
    }
  }
  taken_.clear();
  Prune();
}

TraceFrontier::Numbers TraceFrontier::GoingOn(
    const std::vector<bool>& kept) const {
  Numbers going_on;
  for (size_t i = 0; i < points_.size(); ++i) {
    if (kept[i] && points_[i].before != kNone) {
      going_on.insert(points_[i].begun_as);
    }
  }
  return going_on;
}

std::vector<bool> TraceFrontier::PointsToKeep(const Numbers& going_on) const {
  std::vector<bool> kept(points_.size(), false);
  for (size_t i = points_.size(); i > 0; --i) {
    const Point& point = points_[i - 1];
    const bool awaits = std::any_of(
        point.asleep.begin(), point.asleep.end(),
        [&](const Beginning& each) { return going_on.contains(each.number); });
    if (awaits || !point.planted.empty()) kept[i - 1] = true;
    if (kept[i - 1] && point.before != kNone) kept[point.before] = true;
  }
  return kept;
}

void TraceFrontier::Prune() {
  // As if everything went on, until it is known what does.
  std::vector<bool> before(points_.size(), true);
  std::vector<bool> kept = PointsToKeep(GoingOn(before));
  while (kept != before) {
    before = std::exchange(kept, PointsToKeep(GoingOn(kept)));
  }
  std::vector<uint32_t> renamed(points_.size(), kNone);
  uint32_t count = 0;
  for (size_t i = 0; i < points_.size(); ++i) {
    if (!kept[i]) continue;
    Point point = std::move(points_[i]);
    if (point.before != kNone) point.before = renamed[point.before];
    renamed[i] = count;
    points_[count++] = std::move(point);
  }
  points_.resize(count);
}

void TraceFrontier::BeginAnew(absl::string_view rest) {
  sites_ = TraceRestOf(rest).sites;
  began_ = false;
  points_.clear();
  trees_.Clear();
}

std::string TraceFrontier::Save() const {
  ByteWriter writer;
  writer.PutAll(sites_);
  writer.Put(began_);
  writer.Put(beginnings_);
  writer.Put(uint64_t{points_.size()});
  for (const Point& point : points_) {
    writer.Put(point.before);
    writer.Put(point.reached_by);
    writer.Put(point.begun_as);
    writer.Put(point.enabled);
    writer.PutAll(point.asleep);
    writer.PutAll(point.begun);
    writer.PutAll(trees_.Write(point.planted));
  }
  return writer.Take();
}

void TraceFrontier::Load(absl::string_view bytes) {
  ByteReader reader(bytes);
  reader.GetAll(sites_);
  reader.Get(began_);
  reader.Get(beginnings_);
  points_.clear();
  trees_.Clear();
  for (auto count = reader.Get<uint64_t>(); count > 0; --count) {
    Point& point = points_.emplace_back();
    reader.Get(point.before);
    reader.Get(point.reached_by);
    reader.Get(point.begun_as);
    reader.Get(point.enabled);
    reader.GetAll(point.asleep);
    reader.GetAll(point.begun);
    Plan planned;
    reader.GetAll(planned);
    point.planted = trees_.Read(planned);
  }
}

}  // namespace mortsafe
