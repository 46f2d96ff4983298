// How many executions an exhaustive search performs in a second on one core,
// each history judged, where programs are explored one after the other, as a
// worker of `mortsafe verify` does. "3x2x1" means 3 threads of 2 operations
// each on 1 key.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/random.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/program_runner.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

void BM_ExploredExecutions(benchmark::State& state, const SubjectInfo* subject,
                           MemoryModel memory, const ProgramBounds& bounds) {
  constexpr size_t kPrograms = 64;
  std::vector<Program> programs(kPrograms);
  for (size_t i = 0; i < kPrograms; ++i) {
    Random random(i);
    GenerateProgram(bounds, random, programs[i]);
  }
  ProgramRunner runner({subject, nullptr});
  uint64_t executions = 0;
  uint64_t blocked = 0;
  uint64_t explored = 0;
  for (auto _ : state) {
    const ExploredProgram result = ExploreProgram(
        runner, programs[explored % kPrograms], {.memory = memory});
    Check(result.complete && !result.finding.has_value(),
          "a faithful map went wrong");
    ++explored;
    executions += result.executions;
    blocked += result.blocked;
  }
  state.SetItemsProcessed(static_cast<int64_t>(executions));
  state.counters["executions_per_program"] =
      static_cast<double>(executions) / static_cast<double>(explored);
  state.counters["blocked"] = static_cast<double>(blocked);
}

void RegisterFor(const SubjectInfo& subject, MemoryModel memory,
                 const ProgramBounds& bounds) {
  const std::string name = absl::StrCat(
      "BM_ExploredExecutions/", subject.name, "/", Name(memory), "/",
      bounds.threads, "x", bounds.operations, "x", bounds.keys);
  benchmark::RegisterBenchmark(name.c_str(), BM_ExploredExecutions, &subject,
                               memory, bounds);
}

// Runs before benchmark_main's main().
[[maybe_unused]] const bool kRegistered = [] {
  constexpr ProgramBounds kBounds[] = {
      {.threads = 2, .operations = 2, .keys = 2, .initial = 3, .exact = true},
      {.threads = 3, .operations = 1, .keys = 2, .initial = 3, .exact = true},
      {.threads = 3, .operations = 2, .keys = 1, .initial = 3, .exact = true},
  };
  for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
    for (const ProgramBounds& bounds : kBounds) {
      RegisterFor(Subjects().front(), memory, bounds);
    }
  }
  return true;
}();

}  // namespace
}  // namespace mortsafe
