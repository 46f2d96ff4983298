// How fast the scheduler's loop is. "switches" counts fiber switches; L3 is the
// litmus that design notes of this field compare tools on: three threads of
// stores, loads, a compare-exchange and a short locked block over two atomics.

#include <cstdint>
#include <mutex>

#include "benchmark/benchmark.h"
#include "harness/model/execution.h"
#include "harness/model/random_walk.h"
#include "harness/model/strategy.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

class RoundRobin final : public SchedulingStrategy {
 public:
  uint32_t Choose(const ChoicePoint& point) override {
    const ThreadSet others = point.enabled & ~OnlyThread(point.running);
    return LowestThread(others);
  }
};

void BM_Switches(benchmark::State& state) {
  constexpr int kLoads = 1000;
  Execution execution;
  RoundRobin strategy;
  int64_t steps = 0;
  for (auto _ : state) {
    const Outcome outcome =
        execution.Run({.fair_after_steps = 10'000}, strategy, [] {
          atomic<int> x{0};
          auto load = [&] {
            for (int i = 0; i < kLoads; ++i) x.load(std::memory_order_relaxed);
          };
          thread first(load);
          thread second(load);
          first.join();
          second.join();
        });
    steps += outcome.steps;
  }
  state.SetItemsProcessed(steps);
}
BENCHMARK(BM_Switches);

// What threads cost that do nothing: three of them, started and joined.
void BM_ThreeThreads(benchmark::State& state) {
  Execution execution;
  RandomWalk strategy(1);
  for (auto _ : state) {
    execution.Run({}, strategy, [] {
      thread first([] {});
      thread second([] {});
      thread third([] {});
      first.join();
      second.join();
      third.join();
    });
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ThreeThreads);

// `same_choices`: every execution is the same, so that the processor foresees
// each branch and each switch. What is left is the work itself.
void BM_L3(benchmark::State& state, bool same_choices) {
  Execution execution;
  RandomWalk strategy(1);
  for (auto _ : state) {
    if (same_choices) strategy = RandomWalk(1);
    execution.Run({}, strategy, [] {
      atomic<int> x{0};
      atomic<int> y{0};
      mutex m;
      auto run = [&](int i) {
        x.store(i + 1, std::memory_order_relaxed);
        int r = y.load(std::memory_order_acquire);
        x.compare_exchange_strong(r, i + 10, std::memory_order_acq_rel);
        {
          const std::lock_guard<mutex> lock(m);
          const int v = y.load(std::memory_order_relaxed);
          y.store(v + 1, std::memory_order_relaxed);
        }
        y.load(std::memory_order_acquire);
      };
      thread first(run, 0);
      thread second(run, 1);
      thread third(run, 2);
      first.join();
      second.join();
      third.join();
    });
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_L3, random, false);
BENCHMARK_CAPTURE(BM_L3, same_choices, true);

}  // namespace
}  // namespace mortsafe
