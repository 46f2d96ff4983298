// How many checked executions a worker performs in a second: an input is
// generated, run and its history judged, in this process, as a worker does.
// "3x2x1" means 3 threads of 2 operations each on 1 key.

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "harness/base/check.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/sample_runner.h"
#include "harness/model/switch_coverage.h"
#include "harness/program/generator.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

void BM_CheckedExecutions(benchmark::State& state, const SubjectInfo* subject,
                          const ProgramBounds& bounds) {
  HuntOptions options;
  options.subject.subject = subject;
  options.bounds = bounds;
  options.bounds.operations_offered = subject->operations;
  SampleRunner runner(options);
  SwitchCoverage coverage;
  uint64_t index = 0;
  for (auto _ : state) {
    runner.Prepare(index++, kFirstWeights);
    const RunResult result = runner.Run(&coverage);
    Check(!result.kind.has_value(), "a faithful map went wrong");
  }
  state.SetItemsProcessed(state.iterations());
}

void RegisterFor(const SubjectInfo& subject, const ProgramBounds& bounds) {
  const std::string name =
      absl::StrCat("BM_CheckedExecutions/", subject.name, "/", bounds.threads,
                   "x", bounds.operations, "x", bounds.keys);
  benchmark::RegisterBenchmark(name.c_str(), BM_CheckedExecutions, &subject,
                               bounds);
}

// Runs before benchmark_main's main().
[[maybe_unused]] const bool kRegistered = [] {
  constexpr ProgramBounds kBounds[] = {
      {.threads = 3, .operations = 2, .keys = 1, .initial = 3, .exact = true},
      {.threads = 3, .operations = 3, .keys = 2, .initial = 3, .exact = true},
  };
  for (const SubjectInfo& subject : Subjects()) {
    if (!subject.can_be_scheduled) continue;
    for (const ProgramBounds& bounds : kBounds) RegisterFor(subject, bounds);
  }
  return true;
}();

}  // namespace
}  // namespace mortsafe
