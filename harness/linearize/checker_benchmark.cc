// What a verdict costs: on histories of the hunt's size, and on long ones.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "benchmark/benchmark.h"
#include "harness/base/random.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/history_generator.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/unambiguous.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

// Three threads around one key, as the hunt records them; the last Load is
// right, or stale.
History SixOperations(std::optional<Value> last) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 7).By(1).Delete(0);
  h.At(3, 6).By(2).Load(0, 1);
  h.At(4, 9).By(3).LoadOrStoreLoaded(0, 2, 1);
  h.At(8, 11).By(1).Load(0);
  h.At(12, 13).By(2).Load(0, last);
  return h.history();
}

void BM_SixOperations(benchmark::State& state) {
  const History history = SixOperations(kNone);
  Checker checker;
  for (auto _ : state) {
    benchmark::DoNotOptimize(checker.IsLinearizable(history));
  }
}
BENCHMARK(BM_SixOperations);

void BM_SixOperationsOneStale(benchmark::State& state) {
  const History history = SixOperations(1);
  Checker checker;
  for (auto _ : state) {
    benchmark::DoNotOptimize(checker.IsLinearizable(history));
  }
}
BENCHMARK(BM_SixOperationsOneStale);

void BM_ExplainSixOperations(benchmark::State& state) {
  const History history = SixOperations(1);
  Checker checker;
  for (auto _ : state) {
    benchmark::DoNotOptimize(checker.Explain(history));
  }
}
BENCHMARK(BM_ExplainSixOperations);

// Twelve random operations over two keys, Ranges and Clears among them.
void BM_TwelveMixedOperations(benchmark::State& state) {
  Random random(1);
  HistoryBounds bounds;
  bounds.operations = 12;
  bounds.clients = 3;
  bounds.keys = 2;
  std::vector<History> histories;
  for (int i = 0; i < 256; ++i) {
    histories.push_back(GenerateLinearizableHistory(bounds, random));
  }
  Checker checker;
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        checker.IsLinearizable(histories[next++ % histories.size()]));
  }
}
BENCHMARK(BM_TwelveMixedOperations);

// Long histories of one key; the first argument counts the operations, the
// second the clients.
void BM_Long(benchmark::State& state) {
  Random random(2);
  HistoryBounds bounds;
  bounds.operations = static_cast<int>(state.range(0));
  bounds.clients = static_cast<int>(state.range(1));
  bounds.keys = 1;
  bounds.values = 1 << 30;
  bounds.kinds = OperationKindSet();
  for (OperationKind kind :
       {OperationKind::kLoad, OperationKind::kStore, OperationKind::kDelete}) {
    bounds.kinds.Add(kind);
  }
  const History history = GenerateLinearizableHistory(bounds, random);
  Checker checker;
  for (auto _ : state) {
    benchmark::DoNotOptimize(checker.IsLinearizable(history));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Long)
    ->Args({1'000, 4})
    ->Args({100'000, 4})
    ->Args({100'000, 8})
    ->Args({100'000, 16})
    ->Unit(benchmark::kMicrosecond);

// One key and distinct values; the arguments are operations, clients, and
// whether a stale Load is planted.
void JudgeUnambiguous(benchmark::State& state, const OperationMix& mix) {
  WorkloadOptions options;
  options.operations = static_cast<uint64_t>(state.range(0));
  options.clients = static_cast<uint32_t>(state.range(1));
  options.plant_stale_load = state.range(2) != 0;
  options.mix = mix;
  StepList steps;
  steps.Assign(GenerateWorkload(options));
  UnambiguousChecker checker;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        checker.Judge(steps.steps_of(0), steps.state_count()));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_UnambiguousRegister(benchmark::State& state) {
  JudgeUnambiguous(state, RegisterMix());
}
BENCHMARK(BM_UnambiguousRegister)
    ->ArgsProduct({{100'000, 1'000'000}, {4, 16}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

void BM_UnambiguousMap(benchmark::State& state) {
  JudgeUnambiguous(state, MapMix());
}
BENCHMARK(BM_UnambiguousMap)
    ->ArgsProduct({{100'000, 1'000'000}, {4, 16}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mortsafe
