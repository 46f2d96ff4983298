// The search for graphs shows the same executions, in the same order, whether
// they go on from places that earlier ones kept or not: on generated programs
// in which threads wait for locks, for notifications and for each other.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/graph_search.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using Body = std::function<std::string(Execution&)>;

// What each execution came to, in the order in which they are explored.
struct Sequence {
  std::vector<std::string> outcomes;
  uint64_t executions = 0;
  uint64_t blocked = 0;
  size_t resumed = 0;

  friend bool operator==(const Sequence& a, const Sequence& b) {
    return a.outcomes == b.outcomes && a.executions == b.executions &&
           a.blocked == b.blocked;
  }
};

class NothingOutside final : public OutsideState {
 public:
  void Keep(size_t) override {}
  void PutBack(size_t) override { ++resumed; }

  size_t resumed = 0;
};

Sequence Explore(const std::vector<uint32_t>& operations, const Body& body,
                 bool from_kept_places) {
  constexpr size_t kMost = 3'000;
  Sequence sequence;
  Execution execution;
  NothingOutside outside;
  std::string outcome;
  const auto whole = [&] {
    const std::string text = body(execution);
    const HarnessAllocations harness;
    outcome = std::string(text);
  };
  GraphSearch search(operations, from_kept_places);
  while (sequence.outcomes.size() < kMost && search.Next()) {
    if (search.began_anew()) sequence.outcomes.clear();
    outcome.clear();
    const Outcome ran = execution.Run(
        {.memory = &search, .outside = from_kept_places ? &outside : nullptr},
        search.strategy(), whole);
    if (ran.failure.has_value()) outcome = ran.failure->message;
    sequence.outcomes.push_back(absl::StrCat(ran.steps, ": ", outcome));
  }
  sequence.executions = search.executions();
  sequence.blocked = search.blocked();
  sequence.resumed = outside.resumed;
  return sequence;
}

// Two or three threads of a few actions over two atomics, a lock, a condition
// variable and an ordinary object; each action an operation, or none of them.
class GeneratedProgram {
 public:
  // Draws actions from `choice`.
  GeneratedProgram(uint64_t seed, const std::vector<uint64_t>& choice) {
    Random random(seed);
    const uint64_t threads = 2 + random.Below(2);
    for (uint64_t i = 0; i < threads; ++i) {
      std::vector<uint64_t> actions;
      const uint64_t length = 1 + random.Below(threads == 2 ? 4 : 2);
      for (uint64_t k = 0; k < length; ++k) {
        actions.push_back(choice[random.Below(choice.size())]);
      }
      threads_.push_back(std::move(actions));
    }
    has_operations_ = random.Below(2) == 0;
  }

  std::vector<uint32_t> Operations() const {
    if (!has_operations_) return {};
    std::vector<uint32_t> operations = {0};
    for (const auto& actions : threads_) {
      operations.push_back(static_cast<uint32_t>(actions.size()));
    }
    return operations;
  }

  std::string Text() const {
    std::string text = has_operations_ ? "operations" : "no operations";
    for (const auto& actions : threads_) {
      absl::StrAppend(&text, " |");
      for (const uint64_t action : actions) absl::StrAppend(&text, " ", action);
    }
    return text;
  }

  std::string Run(Execution& execution) const {
    State state;
    std::array<uint64_t, 3> read = {};
    std::array<uint64_t, 24> times = {};
    std::vector<thread> threads;
    threads.reserve(threads_.size());
    for (size_t i = 0; i < threads_.size(); ++i) {
      threads.emplace_back([&, i] {
        for (size_t k = 0; k < threads_[i].size(); ++k) {
          uint64_t* const time = &times[8 * i + 2 * k];
          if (has_operations_) execution.BeginOperation(time);
          const int before = read[i] % 2 == 0 ? 1 : 2;
          read[i] = 5 * read[i] + state.Perform(threads_[i][k], before);
          if (has_operations_) execution.EndOperation(time + 1);
        }
      });
    }
    for (thread& each : threads) each.join();
    std::string text = absl::StrCat(state.x.load(), state.y.load());
    for (const uint64_t each : read) absl::StrAppend(&text, " ", each);
    for (const uint64_t time : times) absl::StrAppend(&text, ",", time);
    return text;
  }

 private:
  struct State {
    atomic<int> x{0};
    atomic<int> y{0};
    mutex m;
    condition_variable changed;
    plain<int> shared{std::in_place, 0};

    // What it reads is below 5.
    uint64_t Perform(uint64_t action, int value) {
      int expected = 0;
      switch (action) {
        case 0:
          return AsRead(x.load(std::memory_order_relaxed));
        case 1:
          return AsRead(y.load(std::memory_order_acquire));
        case 2:
          return AsRead(x.load());
        case 3:
          x.store(value, std::memory_order_relaxed);
          return 0;
        case 4:
          y.store(value, std::memory_order_release);
          return 0;
        case 5:
          x.store(value);
          return 0;
        case 6:
          return AsRead(y.fetch_add(value, std::memory_order_relaxed));
        case 7:
          return x.compare_exchange_strong(expected, 4) ? 4 : AsRead(expected);
        case 8:
          mortsafe::atomic_thread_fence(std::memory_order_seq_cst);
          return 0;
        case 9: {
          const std::lock_guard<mutex> lock(m);
          shared.write() = value;
          return AsRead(y.load(std::memory_order_relaxed));
        }
        case 10:
          while (x.load(std::memory_order_acquire) == 0) {
          }
          return 1;
        case 11: {
          std::unique_lock<mutex> lock(m);
          while (y.load(std::memory_order_relaxed) == 0) changed.wait(lock);
          return AsRead(shared.read());
        }
        default: {
          changed.notify_all();
          const auto own = std::make_unique<atomic<int>>(value);
          return AsRead(own->load());
        }
      }
    }
    static uint64_t AsRead(int value) {
      return static_cast<uint64_t>(value) % 5;
    }
  };

  std::vector<std::vector<uint64_t>> threads_;
  bool has_operations_ = false;
};

// Whether executions of `programs` generated programs are the same both ways.
void Compare(uint64_t programs, const std::vector<uint64_t>& actions) {
  size_t resumed = 0;
  uint64_t blocked = 0;
  for (uint64_t seed = 0; seed < programs; ++seed) {
    const GeneratedProgram program(seed, actions);
    const auto body = [&](Execution& execution) {
      return program.Run(execution);
    };
    const Sequence kept = Explore(program.Operations(), body, true);
    ASSERT_EQ(kept, Explore(program.Operations(), body, false))
        << seed << ": " << program.Text();
    resumed += kept.resumed;
    blocked += kept.blocked;
  }
  EXPECT_GT(resumed, 10 * programs);
  EXPECT_GT(blocked, 0u);
}

TEST(GraphPlacesTest, GoingOnFromKeptPlacesChangesNothing) {
  Compare(600, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
}

TEST(GraphPlacesTest, GoingOnFromKeptPlacesKeepsWhoWokeWhom) {
  Compare(600, {1, 3, 4, 6, 9, 10, 11, 12});
}

}  // namespace
}  // namespace mortsafe
