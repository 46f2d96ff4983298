#include "harness/explore/strategies.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "harness/model/strategy.h"
#include "harness/program/schedule.h"

namespace mortsafe {
namespace {

constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

}  // namespace

PctStrategy::PctStrategy(uint64_t seed) : random_(seed) {
  const uint64_t expected_choices = uint64_t{8} << random_.Below(5);
  const uint64_t changes = random_.Below(kMaxChangePoints + 1);
  change_points_.fill(kNever);
  for (uint64_t i = 0; i < changes; ++i) {
    change_points_[i] = static_cast<uint32_t>(random_.Below(expected_choices));
  }
  next_change_ = FirstChangeFrom(0);
}

uint32_t PctStrategy::FirstChangeFrom(uint32_t choice) const {
  uint32_t first = kNever;
  for (const uint32_t change : change_points_) {
    if (change >= choice) first = std::min(first, change);
  }
  return first;
}

void PctStrategy::Change(uint32_t running) {
  Demote(running);
  next_change_ = FirstChangeFrom(choices_ + 1);
}

void PctStrategy::AddThreads(ThreadSet threads) {
  for (; threads != 0; threads &= threads - 1) {
    // Anywhere among those that were not demoted.
    const uint64_t place = random_.Below(known_count_ - demoted_count_ + 1);
    for (uint32_t i = known_count_; i > place; --i) {
      by_priority_[i] = by_priority_[i - 1];
    }
    by_priority_[place] = static_cast<uint8_t>(LowestThread(threads));
    known_ |= OnlyThread(LowestThread(threads));
    ++known_count_;
  }
}

void PctStrategy::Demote(uint32_t thread) {
  uint32_t place = 0;
  while (by_priority_[place] != thread) ++place;
  if (place < known_count_ - demoted_count_) ++demoted_count_;
  for (; place + 1 < known_count_; ++place) {
    by_priority_[place] = by_priority_[place + 1];
  }
  by_priority_[place] = static_cast<uint8_t>(thread);
}

uint32_t PctStrategy::Choose(const ChoicePoint& point) {
  const ThreadSet unknown =
      (point.enabled | OnlyThread(point.running)) & ~known_;
  if (unknown != 0) AddThreads(unknown);
  if (choices_ == next_change_) Change(point.running);
  ++choices_;
  uint32_t place = 0;
  while (!Contains(point.enabled, by_priority_[place])) ++place;
  return by_priority_[place];
}

uint32_t ReplayStrategy::Choose(const ChoicePoint& point) {
  for (const Switch& each : schedule_.switches) {
    if (each.thread == point.running && each.step == point.step) {
      if (each.next < kMaxModelThreads && Contains(point.enabled, each.next)) {
        return each.next;
      }
      break;
    }
  }
  return DefaultChoice(point);
}

uint32_t StickyStrategy::Choose(const ChoicePoint& point) {
  const uint32_t stay = DefaultChoice(point);
  if (next_ >= choices_.size()) return stay;
  const uint8_t choice = choices_[next_++];
  if (choice < kFirstSwitch) return stay;
  const ThreadSet others = point.enabled & ~OnlyThread(stay);
  const int count = CountThreads(others);
  return ThreadAt(others,
                  (choice - kFirstSwitch) % static_cast<uint32_t>(count));
}

}  // namespace mortsafe
