// Executions per second under each memory model: L3, the litmus that other
// tools are measured with, drawn at random and all of them; with the orders
// that it names, and with seq_cst alone.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "benchmark/benchmark.h"
#include "harness/base/check.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

struct Orders {
  std::memory_order relaxed = std::memory_order_relaxed;
  std::memory_order acquire = std::memory_order_acquire;
  std::memory_order acq_rel = std::memory_order_acq_rel;
};
constexpr Orders kSeqCst = {std::memory_order_seq_cst,
                            std::memory_order_seq_cst,
                            std::memory_order_seq_cst};

void L3(const Orders& orders) {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  std::array<thread, 3> threads;
  const auto body = [&](size_t number) {
    const int i = static_cast<int>(number);
    x.store(i + 1, orders.relaxed);
    int r = y.load(orders.acquire);
    x.compare_exchange_strong(r, i + 10, orders.acq_rel);
    {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load(orders.relaxed);
      y.store(v + 1, orders.relaxed);
    }
    y.load(orders.acquire);
  };
  for (size_t i = 0; i < threads.size(); ++i) threads[i] = thread(body, i);
  for (thread& each : threads) each.join();
}

void Measure(benchmark::State& state, const ExploreOptions& options,
             const Orders& orders) {
  uint64_t executions = 0;
  for (auto _ : state) {
    const ExploreResult result = Explore(options, [&] { L3(orders); });
    Check(!result.failure.has_value(), "the litmus program never fails");
    executions = result.executions;
  }
  state.counters["executions"] = static_cast<double>(executions);
  state.SetItemsProcessed(state.iterations() *
                          static_cast<int64_t>(executions));
}

constexpr uint64_t kDrawn = 100'000;

void BM_Random(benchmark::State& state, MemoryModel memory,
               const Orders& orders) {
  Measure(state,
          {.memory = memory,
           .strategy = Strategy::kRandom,
           .max_executions = kDrawn},
          orders);
}
void BM_Exhaustive(benchmark::State& state, MemoryModel memory,
                   const Orders& orders) {
  Measure(state, {.memory = memory}, orders);
}

BENCHMARK_CAPTURE(BM_Random, sc, MemoryModel::kSc, Orders())
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Random, c11, MemoryModel::kC11, Orders())
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Random, c11_seq_cst, MemoryModel::kC11, kSeqCst)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Exhaustive, sc, MemoryModel::kSc, Orders())
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Exhaustive, c11, MemoryModel::kC11, Orders())
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Exhaustive, c11_seq_cst, MemoryModel::kC11, kSeqCst)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mortsafe
