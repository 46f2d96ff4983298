#include "harness/hunt/sample_runner.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/model/sanitizers.h"
#include "harness/model/strategy.h"
#include "harness/model/switch_coverage.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::TestParamInfo;

HuntOptions OptionsFor(absl::string_view subject) {
  HuntOptions options;
  options.subject = *FindSubject(subject);
  options.bounds.operations_offered = options.subject.subject->operations;
  options.seed = 7;
  return options;
}

class SampleRunnerTest : public testing::TestWithParam<const char*> {};

// Execution by execution: what a runner that puts common beginnings back saw is
// what one sees that runs each execution from its beginning.
TEST_P(SampleRunnerTest, SeesWhatExecutionsFromTheBeginningShow) {
  if (kThreadSanitizer && absl::EndsWith(GetParam(), ":c8-reuse")) {
    GTEST_SKIP() << "ThreadSanitizer ends the test at the defect's data race";
  }
  constexpr uint64_t kExecutions = 4'000;
  const HuntOptions options = OptionsFor(GetParam());
  SampleRunner samples(options);
  SwitchCoverage coverage;
  ProgramRunner from_beginning(options.subject);
  SwitchCoverage expected_coverage;
  Input input;
  for (uint64_t index = 0; index < kExecutions; ++index) {
    samples.Prepare(index, kFirstWeights);
    const RunResult result = samples.Run(&coverage);
    GenerateInput(options, index, input);
    const RunResult expected =
        WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
          return from_beginning.Run(input.program, strategy,
                                    {.coverage = &expected_coverage});
        });
    ASSERT_EQ(result.kind, expected.kind) << "execution " << index;
    ASSERT_EQ(result.sentence, expected.sentence);
    ASSERT_EQ(samples.history(), from_beginning.history());
  }
  EXPECT_EQ(coverage.words(), expected_coverage.words());
}

INSTANTIATE_TEST_SUITE_P(Subjects, SampleRunnerTest,
                         testing::Values("read-dirty", "read-dirty-epoch",
                                         "read-dirty:c1",
                                         "read-dirty-epoch:c8-reuse",
                                         "hash-trie", "hash-trie:collapse"),
                         [](const TestParamInfo<const char*>& subject) {
                           std::string name;
                           for (const char* c = subject.param; *c != '\0';
                                ++c) {
                             if (*c != '-' && *c != ':') name.push_back(*c);
                           }
                           return name;
                         });

// Programs of one thread have no choice to go on from.
TEST(SampleRunnerTest, ProgramsWithoutAChoiceAreRunToo) {
  HuntOptions options = OptionsFor("read-dirty");
  options.program =
      *ParseProgram("thread 1: Store(0, 1); Load(0)", "the test's program");
  SampleRunner samples(options);
  SwitchCoverage coverage;
  for (uint64_t index = 0; index < 20; ++index) {
    samples.Prepare(index, kFirstWeights);
    EXPECT_FALSE(samples.Run(&coverage).kind.has_value());
    EXPECT_EQ(samples.history().operations.at(1).result, 1u);
  }
}

}  // namespace
}  // namespace mortsafe
