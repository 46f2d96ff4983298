// The selectively uniform random walk: a strategy under which all interleavings
// of the steps that matter are about equally likely.

#ifndef MORTSAFE_HARNESS_EXPLORE_SELECTIVELY_UNIFORM_WALK_H_
#define MORTSAFE_HARNESS_EXPLORE_SELECTIVELY_UNIFORM_WALK_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "harness/base/random.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

// SURW (Zhao, Wolff, Mathur, Roychoudhury: "Selectively Uniform Concurrency
// Testing", ASPLOS 2025). Some steps are interesting. Which of the threads that
// have come to one performs it next is drawn with the number of steps that each
// has left as its weight; until it has, the others wait before theirs, and
// steps that do not interest anybody are ordered by a random walk. Where the
// numbers are right and no thread ever waits for another, every order of the
// interesting steps is equally likely, whereas a plain random walk hardly ever
// delays a short thread behind a long one.
//
// The numbers are not known beforehand, and remembering them from other
// executions would make an execution depend on those: unless they are given,
// each thread's is drawn, from 4, 8, 16 and 32, so that threads are short and
// long in turn. In half of the executions every step is interesting; in the
// others, from a drawn moment on, only those on the object that is then used.
class SurwStrategy final : public SchedulingStrategy {
 public:
  explicit SurwStrategy(uint64_t seed);
  // Every step is interesting, and lengths[i] is the number that thread i
  // performs; threads beyond have one.
  SurwStrategy(uint64_t seed, absl::Span<const uint32_t> lengths);

  uint32_t Choose(const ChoicePoint& point) override;

 private:
  static constexpr uint32_t kNever = UINT32_MAX;

  [[gnu::noinline]] void AddThreads(ThreadSet threads);
  // One of `threads`, by the steps that they have left.
  uint32_t Draw(ThreadSet threads);
  // While an object is selected.
  uint32_t ChooseSelectively(const ChoicePoint& point);
  // The threads that have come to an interesting step.
  ThreadSet Contenders(const ChoicePoint& point) const;

  Random random_;
  ThreadSet known_ = 0;  // The threads of which the following two tell.
  std::array<uint32_t, kMaxModelThreads> lengths_;
  std::array<uint32_t, kMaxModelThreads> left_;  // At least one.
  uint32_t choices_until_selection_ = kNever;
  const volatile void* object_ = nullptr;  // Null: every step is interesting.
  ThreadSet intended_ = 0;  // Who is to perform the next interesting step.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SELECTIVELY_UNIFORM_WALK_H_
