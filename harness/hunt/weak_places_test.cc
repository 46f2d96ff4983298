// Maps under C11 show the same executions, in the same order, whether these go
// on from places that earlier ones kept or not.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/graph_search.h"
#include "harness/history/history.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/execution.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

struct ShownExecution {
  History history;
  std::string sentence;
  bool gave_up = false;
  uint32_t steps = 0;
  Schedule schedule;

  friend bool operator==(const ShownExecution&,
                         const ShownExecution&) = default;
};

struct Shown {
  std::vector<ShownExecution> executions;
  uint64_t stale = 0;  // Accesses that took no notice of a write.
  uint64_t wrong = 0;  // Executions in which something went wrong.
};

Shown ShowAll(const SubjectChoice& subject, const Program& program) {
  constexpr size_t kMost = 1'500;
  std::vector<uint32_t> operations = {0};
  for (const auto& thread : program.threads) {
    operations.push_back(static_cast<uint32_t>(thread.size()));
  }
  Shown shown;
  ProgramRunner runner(subject);
  GraphSearch search(operations, runner.CanKeepPlaces());
  ProgressLog progress;
  while (shown.executions.size() < kMost && search.Next()) {
    if (search.began_anew()) shown = Shown();
    progress.Clear();
    const RunResult result = runner.Run(
        program, search.strategy(), {.progress = &progress, .memory = &search});
    ShownExecution& each = shown.executions.emplace_back();
    each.history = runner.history();
    each.sentence = result.sentence;
    each.gave_up = search.gave_up();
    each.steps = progress.steps;
    each.schedule = progress.schedule();
    shown.stale += each.schedule.stale.size();
    if (result.kind.has_value()) ++shown.wrong;
  }
  return shown;
}

// Programs of `bounds` by which the subject shows the same both ways.
void Compare(const char* name, ProgramBounds bounds, bool goes_wrong) {
  const SubjectChoice kept = FindSubject(name).value();
  ASSERT_TRUE(ProgramRunner(kept).CanKeepPlaces());
  SubjectInfo info = *kept.subject;
  info.self_contained = false;
  const SubjectChoice repeated = {&info, kept.defect};
  bounds.operations_offered = info.operations;
  bounds.exact = true;
  uint64_t stale = 0;
  uint64_t wrong = 0;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    Program program;
    GenerateProgram(bounds, random, program);
    const Shown shown = ShowAll(kept, program);
    ASSERT_EQ(shown.executions, ShowAll(repeated, program).executions)
        << name << ", seed " << seed;
    stale += shown.stale;
    wrong += shown.wrong;
  }
  EXPECT_GT(stale, 0u) << name;
  EXPECT_EQ(wrong > 0, goes_wrong) << name;
}

void CompareAll(const ProgramBounds& bounds) {
  Compare("read-dirty", bounds, false);
  Compare("read-dirty:c5", bounds, true);
  Compare("read-dirty-epoch", bounds, false);
  Compare("read-dirty-epoch:c8-free", bounds, true);
}

TEST(WeakPlacesTest, TwoThreadsOfTwoOperations) {
  CompareAll({.threads = 2, .operations = 2, .keys = 1, .initial = 2});
}

TEST(WeakPlacesTest, ThreeThreadsOfOneOperation) {
  CompareAll({.threads = 3, .operations = 1, .keys = 2, .initial = 2});
}

TEST(WeakPlacesTest, ThreeThreadsOfTwoOperations) {
  CompareAll({.threads = 3, .operations = 2, .keys = 1, .initial = 3});
}

}  // namespace
}  // namespace mortsafe
