#include "harness/explore/spin_detector.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "harness/model/strategy.h"

namespace mortsafe {

void SpinDetector::Restart() {
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    rounds_[thread].Clear();
  }
}

bool SpinDetector::IsKnown(uintptr_t site) const {
  return std::find(sites_.begin(), sites_.end(), site) != sites_.end();
}

bool SpinDetector::IsSamePlace(const Visit& a, const Visit& b) {
  return a.site == b.site && a.frame == b.frame && a.object == b.object;
}

bool SpinDetector::HasVisited(const std::vector<Visit>& visits,
                              const Visit& place) {
  return std::any_of(visits.begin(), visits.end(), [&](const Visit& visit) {
    return IsSamePlace(visit, place);
  });
}

bool SpinDetector::Arrive(uint32_t thread, const Whereabouts& whereabouts,
                          const volatile void* object) {
  thread_count_ = std::max(thread_count_, thread + 1);
  std::vector<Visit>& visits = rounds_[thread].visits;
  Visit visit = {whereabouts.site, whereabouts.stack_begin, object, 0};
  const bool known = !sites_.empty() && IsKnown(visit.site);
  if (known || HasVisited(visits, visit)) visit.digest = whereabouts.Digest();
  for (const Visit& earlier : visits) {
    if (!IsSamePlace(earlier, visit) || earlier.digest == 0 ||
        earlier.digest != visit.digest) {
      continue;
    }
    if (!known) {
      sites_.push_back(visit.site);
      learned_ = true;
    }
    return true;
  }
  visits.push_back(visit);
  return false;
}

void SpinDetector::PerformedRead(uint32_t thread, const volatile void* object) {
  rounds_[thread].objects.push_back(object);
}

bool SpinDetector::Awaits(uint32_t thread, const volatile void* object) const {
  const auto& objects = rounds_[thread].objects;
  return std::find(objects.begin(), objects.end(), object) != objects.end();
}

bool SpinDetector::TakeLearned() {
  const bool learned = learned_;
  learned_ = false;
  return learned;
}

}  // namespace mortsafe
