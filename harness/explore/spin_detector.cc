#include "harness/explore/spin_detector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/model/strategy.h"

namespace mortsafe {

void SpinDetector::Restart() {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    rounds_[thread].Clear();
  }
  changes_.Clear();
}

void SpinDetector::Remember(Mark& mark) const {
  mark.rounds.resize(thread_count_);
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    const Rounds& rounds = rounds_[thread];
    mark.rounds[thread] = {rounds.first_visit, rounds.visits.size(),
                           rounds.reads.size(), rounds.round};
  }
  mark.changes = changes_.size();
}

void SpinDetector::Restart(const Mark& mark) {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    Rounds& rounds = rounds_[thread];
    const Mark::Rounds remembered =
        thread < mark.rounds.size() ? mark.rounds[thread] : Mark::Rounds();
    rounds.visits.Truncate(remembered.visits);
    rounds.reads.Truncate(remembered.reads);
    rounds.first_visit = remembered.first_visit;
    rounds.round = remembered.round;
  }
  changes_.Truncate(mark.changes);
}

bool SpinDetector::IsKnown(uintptr_t site) const {
  return std::find(sites_.begin(), sites_.end(), site) != sites_.end();
}

bool SpinDetector::IsSamePlace(const Visit& a, const Visit& b) {
  return a.site == b.site && a.frame == b.frame && a.object == b.object;
}

bool SpinDetector::HasVisited(const Rounds& rounds, const Visit& place) {
  for (size_t i = rounds.first_visit; i < rounds.visits.size(); ++i) {
    if (IsSamePlace(rounds.visits[i], place)) return true;
  }
  return false;
}

SpinDetector::Arrival SpinDetector::Arrive(uint32_t thread,
                                           const Whereabouts& whereabouts,
                                           const volatile void* object) {
  thread_count_ = std::max(thread_count_, thread + 1);
  Rounds& rounds = rounds_[thread];
  Visit visit = {whereabouts.site, whereabouts.stack_begin, object, 0,
                 rounds.reads.size()};
  const bool known = !sites_.empty() && IsKnown(visit.site);
  const bool looks = known || HasVisited(rounds, visit);
  if (looks) visit.digest = whereabouts.Digest();
  const bool spins = looks && ComesBack(rounds, visit);
  rounds.visits.Append(visit);
  if (spins && !known) {
    sites_.push_back(visit.site);
    learned_ = true;
  }
  return {.spins = spins, .looked = looks};
}

bool SpinDetector::ComesBack(Rounds& rounds, const Visit& visit) {
  for (size_t i = rounds.visits.size(); i > rounds.first_visit; --i) {
    const Visit& earlier = rounds.visits[i - 1];
    if (earlier.digest != 0 && earlier.digest == visit.digest &&
        IsSamePlace(earlier, visit)) {
      rounds.round = i - 1;
      return true;
    }
  }
  return false;
}

bool SpinDetector::IsTheLatest(const Read& read) const {
  const auto since = changes_.begin() + static_cast<ptrdiff_t>(read.changes);
  return std::find(since, changes_.end(), read.object) == changes_.end();
}

bool SpinDetector::ReadsTheLatest(uint32_t thread) const {
  const Rounds& rounds = rounds_[thread];
  const size_t first = rounds.visits[rounds.round].reads;
  return std::all_of(rounds.reads.begin() + static_cast<ptrdiff_t>(first),
                     rounds.reads.end(),
                     [this](const Read& read) { return IsTheLatest(read); });
}

bool SpinDetector::TakeLearned() {
  const bool learned = learned_;
  learned_ = false;
  return learned;
}

}  // namespace mortsafe
