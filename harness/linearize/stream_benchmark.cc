// What it costs to judge a history as a stream, from a thousand operations to
// ten million. Histories are made beforehand, by the committed generator;
// BM_StreamMadeMeanwhile alone makes its operations while they are judged, so
// that there is no history in memory at all.
//
// scripts/checker runs these and writes the table and the plot of
// docs/checker.md.

#include <sys/resource.h>

#include <cstdint>
#include <optional>

#include "benchmark/benchmark.h"
#include "harness/base/check.h"
#include "harness/linearize/evidence.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

// Arguments: operations, clients, keys.
WorkloadOptions Options(const benchmark::State& state, OperationMix mix) {
  WorkloadOptions options;
  options.operations = static_cast<uint64_t>(state.range(0));
  options.clients = static_cast<uint32_t>(state.range(1));
  options.keys = static_cast<uint32_t>(state.range(2));
  options.mix = mix;
  return options;
}

void JudgeStream(benchmark::State& state, const WorkloadOptions& options,
                 size_t workers = 1) {
  const History history = GenerateWorkload(options);
  StreamChecker checker(workers);
  for (auto _ : state) {
    checker.Reset();
    for (const HistoryOperation& operation : history.operations) {
      if (checker.Add(operation) != Verdict::kLinearizable) break;
    }
    Check(checker.Finish() == Verdict::kLinearizable, "the verdict is known");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_StreamRegister(benchmark::State& state) {
  JudgeStream(state, Options(state, RegisterMix()));
}
BENCHMARK(BM_StreamRegister)
    ->Args({1'000, 4, 1})
    ->Args({10'000, 4, 1})
    ->Args({100'000, 4, 1})
    ->Args({1'000'000, 4, 1})
    ->Args({10'000'000, 4, 1})
    ->Args({1'000'000, 16, 1})
    ->Unit(benchmark::kMillisecond);

void BM_StreamMap(benchmark::State& state) {
  JudgeStream(state, Options(state, MapMix()));
}
BENCHMARK(BM_StreamMap)
    ->Args({1'000'000, 4, 1})
    ->Args({1'000'000, 16, 1})
    ->Unit(benchmark::kMillisecond);

void BM_StreamAll(benchmark::State& state) {
  JudgeStream(state, Options(state, AllMix()));
}
BENCHMARK(BM_StreamAll)
    ->Args({1'000, 8, 64})
    ->Args({10'000, 8, 64})
    ->Args({100'000, 8, 64})
    ->Args({1'000'000, 8, 64})
    ->Args({10'000'000, 8, 64})
    ->Unit(benchmark::kMillisecond);

// Keys apart, each worker in a thread; the last argument is how many.
void BM_StreamWorkers(benchmark::State& state) {
  JudgeStream(state, Options(state, MapMix()),
              static_cast<size_t>(state.range(3)));
}
BENCHMARK(BM_StreamWorkers)
    ->Args({1'000'000, 64, 8, 1})
    ->Args({1'000'000, 64, 8, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// One stale Load halfway: found, and explained from two more passes.
void BM_StreamStaleExplained(benchmark::State& state) {
  WorkloadOptions options = Options(state, AllMix());
  options.plant_stale_load = true;
  const History history = GenerateWorkload(options);
  size_t witness = 0;
  for (auto _ : state) {
    StreamChecker checker;
    for (const HistoryOperation& operation : history.operations) {
      if (checker.Add(operation) != Verdict::kLinearizable) break;
    }
    Check(checker.Finish() == Verdict::kViolation, "the verdict is known");
    EvidenceCollector collector(checker.decision());
    for (const HistoryOperation& operation : history.operations) {
      if (!collector.Survey(operation)) break;
    }
    for (const HistoryOperation& operation : history.operations) {
      if (!collector.Collect(operation)) break;
    }
    MapSearch search;
    const std::optional<Violation> violation =
        ExplainEvidence(collector.TakeEvidence(), search);
    Check(violation.has_value(), "the violation is explained");
    witness = violation->witness.size();
  }
  state.counters["witness"] = static_cast<double>(witness);
}
BENCHMARK(BM_StreamStaleExplained)
    ->Args({1'000'000, 4, 1})
    ->Args({1'000'000, 8, 64})
    ->Args({10'000'000, 8, 64})
    ->Unit(benchmark::kMillisecond);

// `megabytes` is the most that the process ever had in memory: run it alone.
void BM_StreamMadeMeanwhile(benchmark::State& state) {
  for (auto _ : state) {
    Workload workload(Options(state, AllMix()));
    StreamChecker checker;
    while (std::optional<HistoryOperation> operation = workload.Next()) {
      if (checker.Add(*operation) != Verdict::kLinearizable) break;
    }
    Check(checker.Finish() == Verdict::kLinearizable, "the verdict is known");
  }
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["megabytes"] = static_cast<double>(usage.ru_maxrss) / 1024;
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_StreamMadeMeanwhile)
    ->Args({1'000'000, 8, 64})
    ->Args({10'000'000, 8, 64})
    ->Args({100'000'000, 8, 64})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mortsafe
