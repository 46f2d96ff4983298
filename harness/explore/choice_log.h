// Keeps what a strategy that follows every step decided, so that the execution
// can be run again for people to see, and runs it again.
//
//   ChoiceLog log(strategy);
//   execution.Run(options, log, body);
//   LoggedChoices again(log);
//   execution.Run({.record = true}, again, body);

#ifndef MORTSAFE_HARNESS_EXPLORE_CHOICE_LOG_H_
#define MORTSAFE_HARNESS_EXPLORE_CHOICE_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/explore/forwarding_strategy.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

// Keeps the answers of `strategy`.
class ChoiceLog final : public ForwardingStrategy {
 public:
  // `strategy`, which must follow steps, must outlive the log.
  explicit ChoiceLog(SchedulingStrategy& strategy)
      : ForwardingStrategy(strategy) {}

  // REQUIRED before each execution: forgets the one before.
  void Clear() {
    choices_.clear();
    questions_ = 0;
    racing_question_ = 0;
    race_.reset();
  }

  const std::vector<uint32_t>& choices() const { return choices_; }
  // Which question for a race was not answered with none, counted from 1, and
  // the answer. 0 if none was.
  uint64_t racing_question() const { return racing_question_; }
  const std::optional<ObjectRace>& race() const { return race_; }

  uint32_t Choose(const ChoicePoint& point) override {
    const uint32_t chosen = ForwardingStrategy::Choose(point);
    const HarnessAllocations harness;
    choices_.push_back(chosen);
    return chosen;
  }
  std::optional<ObjectRace> Performed(uint32_t thread,
                                      const NextStep& step) override {
    return Keep(ForwardingStrategy::Performed(thread, step));
  }
  std::optional<ObjectRace> Touched(uint32_t thread,
                                    const Access& access) override {
    return Keep(ForwardingStrategy::Touched(thread, access));
  }
  std::optional<ObjectRace> Freed(uint32_t thread, const void* block,
                                  size_t size) override {
    return Keep(ForwardingStrategy::Freed(thread, block, size));
  }

 private:
  std::optional<ObjectRace> Keep(const std::optional<ObjectRace>& answer) {
    ++questions_;
    if (answer.has_value()) {
      racing_question_ = questions_;
      race_ = answer;
    }
    return answer;
  }

  std::vector<uint32_t> choices_;
  uint64_t questions_ = 0;
  uint64_t racing_question_ = 0;
  std::optional<ObjectRace> race_;
};

// Makes the choices of a log again. Where an execution has no use for one, it
// is another execution, and goes on by default.
class LoggedChoices final : public SchedulingStrategy {
 public:
  // `log` must outlive it.
  explicit LoggedChoices(const ChoiceLog& log) : log_(log) {}

  uint32_t Choose(const ChoicePoint& point) override {
    const std::vector<uint32_t>& choices = log_.choices();
    if (next_ >= choices.size()) return DefaultChoice(point);
    const uint32_t chosen = choices[next_++];
    // In place of a thread there may be a word on the whole execution.
    return chosen >= kMaxModelThreads || Contains(point.enabled, chosen)
               ? chosen
               : DefaultChoice(point);
  }
  bool FollowsSteps() const override { return true; }
  std::optional<ObjectRace> Performed(uint32_t, const NextStep&) override {
    return Answer();
  }
  std::optional<ObjectRace> Touched(uint32_t, const Access&) override {
    return Answer();
  }
  std::optional<ObjectRace> Freed(uint32_t, const void*, size_t) override {
    return Answer();
  }

 private:
  std::optional<ObjectRace> Answer() {
    return ++questions_ == log_.racing_question() ? log_.race() : std::nullopt;
  }

  const ChoiceLog& log_;
  size_t next_ = 0;
  uint64_t questions_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_CHOICE_LOG_H_
