// Mortsafe beside Relacy on the same small programs, under sequential
// consistency, one core: executions per second of random exploration, and the
// executions (and the time) that it takes to have seen everything. Relacy's
// full search of L3 with its lock does not end within seven minutes and is left
// out.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "benchmark/benchmark.h"
#include "harness/base/check.h"
#include "harness/explore/relacy_litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

template <size_t count, class Body>
void RunThreads(Body body) {
  std::array<thread, count> threads;
  for (size_t i = 0; i < count; ++i) threads[i] = thread(body, i);
  for (thread& each : threads) each.join();
}

void Counter() {
  atomic<int> counter{0};
  RunThreads<3>([&](size_t) { counter.fetch_add(1); });
}

void StoreBuffering() {
  std::array<atomic<int>, 2> x = {};
  RunThreads<2>([&](size_t i) {
    x[i].store(1);
    x[1 - i].load();
  });
}

template <size_t threads, bool with_lock>
void Litmus() {
  atomic<int> x{0};
  atomic<int> y{0};
  mutex m;
  RunThreads<threads>([&](size_t number) {
    const int i = static_cast<int>(number);
    x.store(i + 1);
    int r = y.load();
    x.compare_exchange_strong(r, i + 10);
    if (with_lock) {
      const std::lock_guard<mutex> lock(m);
      const int v = y.load();
      y.store(v + 1);
    }
    y.load();
  });
}

// The body of `program` for Explore.
void (*BodyOf(LitmusProgram program))() {
  switch (program) {
    case LitmusProgram::kCounter:
      return Counter;
    case LitmusProgram::kStoreBuffering:
      return StoreBuffering;
    case LitmusProgram::kL2WithoutLock:
      return Litmus<2, false>;
    case LitmusProgram::kL3WithoutLock:
      return Litmus<3, false>;
    case LitmusProgram::kL2:
      return Litmus<2, true>;
    case LitmusProgram::kL3:
      break;
  }
  return Litmus<3, true>;
}

void CountExecutions(benchmark::State& state, uint64_t executions) {
  state.counters["executions"] = static_cast<double>(executions);
  state.SetItemsProcessed(state.iterations() *
                          static_cast<int64_t>(executions));
}

constexpr uint64_t kRandomExecutions = 200'000;

void BM_RandomMortsafe(benchmark::State& state, LitmusProgram program) {
  for (auto _ : state) {
    const ExploreResult result = Explore(
        {.strategy = Strategy::kRandom, .max_executions = kRandomExecutions},
        BodyOf(program));
    Check(!result.failure.has_value(), "the litmus programs never fail");
  }
  CountExecutions(state, kRandomExecutions);
}

void BM_RandomRelacy(benchmark::State& state, LitmusProgram program) {
  for (auto _ : state) RunInRelacy(program, kRandomExecutions);
  CountExecutions(state, kRandomExecutions);
}

void BM_CompleteMortsafe(benchmark::State& state, LitmusProgram program) {
  uint64_t executions = 0;
  for (auto _ : state) {
    const ExploreResult result = Explore({}, BodyOf(program));
    Check(result.complete, "the litmus programs are explored to the end");
    executions = result.executions;
  }
  CountExecutions(state, executions);
}

void BM_CompleteRelacy(benchmark::State& state, LitmusProgram program) {
  uint64_t executions = 0;
  for (auto _ : state) executions = RunInRelacy(program, 0);
  CountExecutions(state, executions);
}

struct Named {
  const char* name;
  LitmusProgram program;
};

constexpr std::array<Named, 6> kPrograms = {{
    {"counter", LitmusProgram::kCounter},
    {"store-buffering", LitmusProgram::kStoreBuffering},
    {"L2-without-lock", LitmusProgram::kL2WithoutLock},
    {"L3-without-lock", LitmusProgram::kL3WithoutLock},
    {"L2", LitmusProgram::kL2},
    {"L3", LitmusProgram::kL3},
}};

void Register(const std::string& name,
              void (*run)(benchmark::State&, LitmusProgram),
              LitmusProgram program) {
  benchmark::RegisterBenchmark(name.c_str(), run, program)
      ->Unit(benchmark::kMillisecond);
}

bool RegisterAll() {
  for (const Named& each : kPrograms) {
    const std::string name = each.name;
    Register("random/" + name + "/mortsafe", BM_RandomMortsafe, each.program);
    Register("random/" + name + "/relacy", BM_RandomRelacy, each.program);
    Register("complete/" + name + "/mortsafe", BM_CompleteMortsafe,
             each.program);
    if (each.program == LitmusProgram::kL3) continue;
    Register("complete/" + name + "/relacy", BM_CompleteRelacy, each.program);
  }
  return true;
}

const bool registered = RegisterAll();

}  // namespace
}  // namespace mortsafe
