// What `mortsafe maps` says of the built-in defects: this build's drivers see
// those that it says they see, and, as far as a smaller budget goes, no others;
// hunts call them by the name that it says; and within the same budget they
// find nothing in the maps as they should be.

#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/small_scope.h"
#include "harness/hunt/verify.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/violation.h"
#include "harness/model/sanitizers.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// For the names of the tests.
static void PrintTo(const SubjectChoice& choice, std::ostream* out) {
  *out << choice.Name();
}

namespace {

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
// Twice what half of the seeds took for the hardest defect, which only builds
// without a sanitizer find hard.
constexpr uint64_t kHunted = kSanitized ? 400'000 : 1'200'000;
constexpr uint64_t kVerified = 500'000;
// To see that nothing is seen: by samples, too, which come after the sweep.
constexpr uint64_t kInVain = kSmallScopeExecutions + 20'000;

absl::string_view Hunt() {
  if (kAddressSanitizer) return "hunt-asan";
  return kThreadSanitizer ? "hunt-tsan" : "hunt";
}

std::vector<SubjectChoice> FaithfulMaps() {
  std::vector<SubjectChoice> maps;
  for (const SubjectInfo& subject : Subjects()) {
    if (subject.can_be_scheduled) maps.push_back({&subject, nullptr});
  }
  return maps;
}

std::vector<SubjectChoice> Defects() {
  std::vector<SubjectChoice> defects;
  for (const SubjectInfo& subject : Subjects()) {
    for (const DefectInfo& defect : subject.defects) {
      defects.push_back({&subject, &defect});
    }
  }
  return defects;
}

// What is found as `mortsafe hunt` does unless it is told otherwise.
std::optional<HuntFinding> HuntFor(const SubjectChoice& choice,
                                   MemoryModel memory, uint64_t executions,
                                   uint64_t seed = 1, bool sweeps = true) {
  HuntOptions options;
  options.subject = choice;
  options.memory = memory;
  options.bounds = {.threads = 3,
                    .operations = 3,
                    .keys = 2,
                    .initial = 3,
                    .operations_offered = choice.subject->operations};
  options.sweeps = sweeps && ExhaustiveIsOffered().ok();
  options.seed = seed;
  options.executions = executions;
  const HuntResult result = Hunt(options);
  if (!result.finding.has_value()) return std::nullopt;
  return result.finding;
}

// Whether clients see it: not races, crashes and their like.
bool IsOfHistories(ViolationKind kind) {
  return kind < ViolationKind::kDataRace;
}

bool HuntSees(const SubjectChoice& choice, MemoryModel memory,
              uint64_t executions) {
  return HuntFor(choice, memory, executions).has_value();
}

struct Bounds {
  int threads = 2;
  int operations = 1;
  int keys = 1;
};

bool VerifySees(const SubjectChoice& choice, MemoryModel memory,
                uint64_t executions) {
  constexpr std::array<Bounds, 5> kSmallest = {
      {{2, 1, 1}, {2, 1, 2}, {2, 2, 1}, {2, 2, 2}, {3, 1, 2}}};
  return absl::c_any_of(kSmallest, [&](const Bounds& bounds) {
    VerifyOptions options;
    options.subject = choice;
    options.memory = memory;
    options.threads = bounds.threads;
    options.operations = bounds.operations;
    options.keys = bounds.keys;
    options.max_executions = executions;
    return Verify(options)->finding.has_value();
  });
}

// What proves the violation is told: the call that nothing explains, and
// others.
void ExpectCallsAreNamed(const SubjectChoice& choice,
                         const HuntFinding& found) {
  ProgramRunner runner(choice);
  RunAsObserved(runner, found.input.program, found.observation);
  const History& history = runner.history();
  const std::optional<Violation> violation = Checker().Explain(history);
  ASSERT_TRUE(violation.has_value());
  EXPECT_EQ(violation->kind, found.observation.kind);
  EXPECT_THAT(violation->witness, Not(IsEmpty()));
  EXPECT_THAT(violation->sentence,
              HasSubstr(CallText(history.operations[violation->culprit])));
}

class SeenByTest : public ::testing::TestWithParam<SubjectChoice> {
 protected:
  static bool IsListed(absl::string_view driver) {
    return absl::c_linear_search(GetParam().defect->seen_by,
                                 std::string(driver));
  }
  static void ExpectHunt(absl::string_view driver, MemoryModel memory) {
    const bool listed = IsListed(driver);
    EXPECT_EQ(HuntSees(GetParam(), memory, listed ? kHunted : kInVain), listed)
        << driver;
  }
  static void ExpectVerification(absl::string_view driver, MemoryModel memory) {
    const bool listed = IsListed(driver);
    EXPECT_EQ(VerifySees(GetParam(), memory, listed ? kVerified : kInVain),
              listed)
        << driver;
  }
};

TEST_P(SeenByTest, HuntsSeeWhatTheyAreSaidToSee) {
  ExpectHunt(Hunt(), MemoryModel::kSc);
  if (!kSanitized) ExpectHunt("hunt-c11", MemoryModel::kC11);
}

// Of builds without a sanitizer.
class SeenByPlainTest : public SeenByTest {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SeenByPlainTest);

TEST_P(SeenByPlainTest, VerificationsSeeWhatTheyAreSaidToSee) {
  ExpectVerification("verify", MemoryModel::kSc);
  ExpectVerification("verify-c11", MemoryModel::kC11);
}

// What a client sees of a defect may differ from one program to another, and
// the smallest programs, which are tried first, do not show the worst of it.
TEST_P(SeenByPlainTest, HuntsGiveItTheNameThatItHasTypically) {
  if (!IsListed("hunt") && !IsListed("hunt-c11")) return;
  const ViolationKind wanted = GetParam().defect->violation;
  // Under C11 what is freed too early is known even where nothing crashes.
  const bool weak =
      !IsListed("hunt") ||
      (wanted == ViolationKind::kUseAfterFree && IsListed("hunt-c11"));
  std::vector<std::string> names;
  for (const bool sweeps : {true, false}) {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      const auto found =
          HuntFor(GetParam(), weak ? MemoryModel::kC11 : MemoryModel::kSc,
                  kHunted, seed, sweeps);
      if (found.has_value() && found->observation.kind == wanted) {
        if (IsOfHistories(wanted)) ExpectCallsAreNamed(GetParam(), *found);
        return;
      }
      names.emplace_back(found.has_value() ? Slug(found->observation.kind)
                                           : "nothing");
    }
  }
  ADD_FAILURE() << "found: " << absl::StrJoin(names, ", ");
}

// The faithful maps, each within the budget of its defects.
class CleanTest : public ::testing::TestWithParam<SubjectChoice> {};

TEST_P(CleanTest, NothingIsFoundInAFaithfulMap) {
  for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
    if (kSanitized && memory == MemoryModel::kC11) continue;
    const auto found = HuntFor(GetParam(), memory, kHunted);
    EXPECT_FALSE(found.has_value()) << Slug(found->observation.kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, CleanTest, ::testing::ValuesIn(FaithfulMaps()));
INSTANTIATE_TEST_SUITE_P(Defects, SeenByTest, ::testing::ValuesIn(Defects()));
INSTANTIATE_TEST_SUITE_P(Defects, SeenByPlainTest,
                         ::testing::ValuesIn(kSanitized
                                                 ? std::vector<SubjectChoice>()
                                                 : Defects()));

}  // namespace
}  // namespace mortsafe
