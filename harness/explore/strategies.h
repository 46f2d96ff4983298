// Strategies: who runs next. Each is seeded or given its choices, so that the
// same one makes the same choices again.

#ifndef MORTSAFE_HARNESS_EXPLORE_STRATEGIES_H_
#define MORTSAFE_HARNESS_EXPLORE_STRATEGIES_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "harness/base/random.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/program/schedule.h"

namespace mortsafe {

// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi,
// Nagarakatte, ASPLOS 2010): threads have random priorities and the highest
// runs, but at depth - 1 random choices the running thread drops below all
// others. An execution of n threads and k choices hits a bug that takes `depth`
// ordering constraints with probability at least 1 / (n * k^(depth - 1)).
//
// How many choices an execution has is not known beforehand, and remembering it
// from others would make an execution depend on them: k is drawn,
// log-uniformly, from 8 to 128. So is the depth, from 1 to 4.
class PctStrategy final : public SchedulingStrategy {
 public:
  explicit PctStrategy(uint64_t seed);
  uint32_t Choose(const ChoicePoint& point) override;

 private:
  static constexpr uint32_t kMaxChangePoints = 3;

  // Not inlined, as they are rare and would slow down what is not.
  [[gnu::noinline]] void AddThreads(ThreadSet threads);
  // The running thread has come to a change.
  [[gnu::noinline]] void Change(uint32_t running);
  void Demote(uint32_t thread);
  // The change that follows choice number `choice`.
  uint32_t FirstChangeFrom(uint32_t choice) const;

  Random random_;
  uint32_t choices_ = 0;
  std::array<uint32_t, kMaxChangePoints> change_points_;  // Choices.
  uint32_t next_change_ = 0;
  ThreadSet known_ = 0;  // The threads that have a priority,
  uint32_t known_count_ = 0;
  std::array<uint8_t, kMaxModelThreads> by_priority_;  // the highest first.
  uint32_t demoted_count_ = 0;  // So many of them, the last, were demoted.
};

// Follows a schedule; where it says nothing, or names a thread that cannot run,
// the default choice is made.
class ReplayStrategy final : public SchedulingStrategy {
 public:
  // `schedule` must outlive the strategy. Of several switches at one step of a
  // thread the first counts.
  explicit ReplayStrategy(const Schedule& schedule) : schedule_(schedule) {}
  uint32_t Choose(const ChoicePoint& point) override;

 private:
  const Schedule& schedule_;
};

// Reads a byte at each choice: below 192 the default choice is made; above, the
// others have equal shares. After the last byte, the default choice. Runs of
// the same thread are thus likely under any bytes, and a change of one byte is
// a change of one choice: what a fuzzer needs to find chains of switches.
class StickyStrategy final : public SchedulingStrategy {
 public:
  static constexpr uint8_t kFirstSwitch = 192;

  // `choices` must outlive the strategy.
  explicit StickyStrategy(absl::Span<const uint8_t> choices)
      : choices_(choices) {}
  uint32_t Choose(const ChoicePoint& point) override;

 private:
  const absl::Span<const uint8_t> choices_;
  size_t next_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_STRATEGIES_H_
