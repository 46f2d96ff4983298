#include "harness/linearize/failed_compares.h"

#include <algorithm>

namespace mortsafe {

void FailedCompares::Clear() { added_.clear(); }

void FailedCompares::Add(uint32_t value, uint64_t call_time,
                         uint64_t return_time) {
  added_.push_back({value, call_time, return_time});
}

void FailedCompares::Sort(uint32_t values) {
  if (empty()) return;
  begin_.assign(values + 1, 0);
  for (const Added& added : added_) ++begin_[added.value];
  for (uint32_t value = 0; value < values; ++value) {
    begin_[value + 1] += begin_[value];
  }
  sorted_.resize(added_.size());
  // From the latest call on: each value's end moves to its beginning.
  for (size_t i = added_.size(); i > 0; --i) {
    const Added& added = added_[i - 1];
    const uint32_t place = --begin_[added.value];
    sorted_[place] = {added.call_time, added.return_time};
  }
  for (uint32_t value = 0; value < values; ++value) {
    for (uint32_t i = begin_[value + 1]; i > begin_[value] + 1; --i) {
      Compare& earlier = sorted_[i - 2];
      earlier.first_return =
          std::min(earlier.first_return, sorted_[i - 1].first_return);
    }
  }
}

absl::Span<const FailedCompares::Compare>::iterator FailedCompares::FirstAfter(
    uint32_t value, uint64_t moment) const {
  const absl::Span<const Compare> with = With(value);
  return std::upper_bound(with.begin(), with.end(), moment,
                          [](uint64_t at, const Compare& compare) {
                            return at < compare.call_time;
                          });
}

uint64_t FailedCompares::DueAfter(uint32_t value, uint64_t moment) const {
  const auto first = FirstAfter(value, moment);
  return first == With(value).end() ? kNeverDue : first->first_return;
}

uint64_t FailedCompares::LastCallUpTo(uint32_t value, uint64_t moment) const {
  const auto next = FirstAfter(value, moment);
  return next == With(value).begin() ? 0 : (next - 1)->call_time;
}

}  // namespace mortsafe
