// What stress tests cost: operations checked a second, and the clock, beside
// that of the processor.

#include <cstdint>

#include "benchmark/benchmark.h"
#include "harness/stress/history_clock.h"
#include "harness/stress/stress.h"
#include "harness/subject/registry.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace mortsafe {
namespace {

void BM_Stress(benchmark::State& state) {
  StressOptions options;
  options.subject = *FindSubject("read-dirty-epoch");
  options.threads = static_cast<int>(state.range(0));
  options.operations = 1 << 19;
  options.delay = static_cast<uint64_t>(state.range(1));
  uint64_t operations = 0;
  for (auto _ : state) {
    options.seed = operations;
    operations += Stress(options).progress.operations;
  }
  state.SetItemsProcessed(static_cast<int64_t>(operations));
}
BENCHMARK(BM_Stress)
    ->ArgNames({"threads", "delay"})
    ->Args({1, 0})
    ->Args({2, 0})
    ->Args({4, 0})
    ->Args({4, 100})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void BM_CallAndReturn(benchmark::State& state) {
  static HistoryClock clock;
  for (auto _ : state) {
    benchmark::DoNotOptimize(clock.Call());
    benchmark::DoNotOptimize(clock.Return());
  }
}
BENCHMARK(BM_CallAndReturn)->ThreadRange(1, 2)->UseRealTime();

#if defined(__x86_64__)
// As it would have to be read: neither early nor late.
void BM_CallAndReturnByProcessor(benchmark::State& state) {
  for (auto _ : state) {
    unsigned int processor = 0;
    benchmark::DoNotOptimize(__rdtscp(&processor));
    _mm_lfence();
    benchmark::DoNotOptimize(__rdtscp(&processor));
    _mm_lfence();
  }
}
BENCHMARK(BM_CallAndReturnByProcessor)->ThreadRange(1, 2)->UseRealTime();
#endif

}  // namespace
}  // namespace mortsafe
