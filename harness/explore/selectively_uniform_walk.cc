#include "harness/explore/selectively_uniform_walk.h"

#include <algorithm>
#include <cstdint>

#include "absl/types/span.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {
namespace {

constexpr uint32_t kLeastLength = 4;
constexpr uint64_t kLengthDoublings = 4;
// The moment of selection is log-uniform: below 2, 4, … 64 choices.
constexpr uint64_t kMomentDoublings = 6;

}  // namespace

SurwStrategy::SurwStrategy(uint64_t seed) : random_(seed) {
  if (random_.OneIn(2)) {
    choices_until_selection_ = static_cast<uint32_t>(
        random_.Below(uint64_t{2} << random_.Below(kMomentDoublings)));
  }
}

SurwStrategy::SurwStrategy(uint64_t seed, absl::Span<const uint32_t> lengths)
    : random_(seed), known_(~ThreadSet{0}) {
  lengths_.fill(1);
  std::copy_n(lengths.begin(), std::min(lengths.size(), lengths_.size()),
              lengths_.begin());
  left_ = lengths_;
}

void SurwStrategy::AddThreads(ThreadSet threads) {
  known_ |= threads;
  for (; threads != 0; threads &= threads - 1) {
    const uint32_t thread = LowestThread(threads);
    lengths_[thread] = kLeastLength << random_.Below(kLengthDoublings);
    left_[thread] = lengths_[thread];
  }
}

uint32_t SurwStrategy::Draw(ThreadSet threads) {
  uint64_t total = 0;
  for (ThreadSet rest = threads; rest != 0; rest &= rest - 1) {
    total += left_[LowestThread(rest)];
  }
  const uint64_t place = random_.Below(total);
  // To the end, although the thread is known before: a branch that nobody can
  // predict costs more.
  uint64_t begin = 0;
  uint32_t drawn = 0;
  for (ThreadSet rest = threads; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    drawn = place >= begin ? thread : drawn;
    begin += left_[thread];
  }
  return drawn;
}

ThreadSet SurwStrategy::Contenders(const ChoicePoint& point) const {
  ThreadSet contenders = 0;
  for (ThreadSet rest = point.enabled; rest != 0; rest &= rest - 1) {
    const uint32_t thread = LowestThread(rest);
    if (point.next[thread].access.object == object_) {
      contenders |= OnlyThread(thread);
    }
  }
  return contenders;
}

uint32_t SurwStrategy::Choose(const ChoicePoint& point) {
  const ThreadSet unknown =
      (point.enabled | OnlyThread(point.running)) & ~known_;
  if (unknown != 0) AddThreads(unknown);
  const uint32_t length = lengths_[point.running];
  left_[point.running] = length > point.step ? length - point.step : 1;
  const uint32_t chosen =
      object_ == nullptr ? Draw(point.enabled) : ChooseSelectively(point);
  if (choices_until_selection_-- == 0) {
    object_ = point.next[chosen].access.object;
  }
  return chosen;
}

uint32_t SurwStrategy::ChooseSelectively(const ChoicePoint& point) {
  const ThreadSet contenders = Contenders(point);
  if ((contenders & intended_) == 0) {
    intended_ = contenders == 0 ? 0 : OnlyThread(Draw(contenders));
  }
  const ThreadSet candidates = (point.enabled & ~contenders) | intended_;
  const auto count = static_cast<uint64_t>(CountThreads(candidates));
  const uint32_t chosen = count == 1
                              ? LowestThread(candidates)
                              : ThreadAt(candidates, random_.Below(count));
  if (OnlyThread(chosen) == intended_) intended_ = 0;
  return chosen;
}

}  // namespace mortsafe
