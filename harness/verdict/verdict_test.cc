// The trial from end to end, at the bounds that decide verdicts: it agrees with
// docs/verdict.md, and whatever is changed about it does not.

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/read_file.h"
#include "harness/hunt/explore_program.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/legs.h"
#include "harness/verdict/page.h"
#include "harness/verdict/ruling.h"
#include "harness/verdict/specials.h"
#include "harness/verdict/trial.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string PageOf(const Trial& trial) {
  return ToMarkdown(
      MakePage(trial, {.command = "a command", .build = "b", .version = "v"}));
}

// A trial of two claims, as one comes out where everything ran.
Trial SmallTrial() {
  Trial trial;
  trial.maps = {{.leg = Leg::kPrograms,
                 .map = "read-dirty",
                 .bounds = "2 threads x 2 operations x 1 key, sc",
                 .complete = true}};
  for (const absl::string_view id : {"C1", "C2"}) {
    Chapter chapter = {.claim = &FindClaim(id)};
    chapter.evidence = {{.leg = Leg::kScenario,
                         .map = "read-dirty",
                         .bounds = "its programs",
                         .complete = true},
                        {.leg = Leg::kDefect,
                         .map = "read-dirty:c1",
                         .bounds = "a hunt",
                         .found = "lost Store"}};
    chapter.verdict =
        Rule(*chapter.claim,
             EvidenceFor(*chapter.claim, trial.maps, chapter.evidence));
    trial.chapters.push_back(std::move(chapter));
  }
  return trial;
}

// The whole trial but for what is drawn; nothing but the bounds that decide.
TEST(VerdictTest, ThePageIsFreshAndEveryDefectIsSeen) {
  const Trial trial = HoldTrial({.seconds = 0, .legs = {.workers = 2}});
  const absl::StatusOr<std::string> page = ReadFile(MORTSAFE_VERDICT_PAGE);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(absl::StrJoin(Disagreements(trial, *page), "\n"), "");
  for (const Chapter& chapter : trial.chapters) {
    for (const Evidence& evidence : chapter.evidence) {
      if (evidence.leg != Leg::kDefect || !evidence.ran()) continue;
      EXPECT_NE(evidence.found, "") << chapter.claim->id << " " << evidence.map
                                    << ", " << evidence.bounds;
    }
  }
}

// What an operation does to a key depends on more than where the key is: one
// miss promotes a dirty of one key, and not one of two.
TEST(VerdictTest, TheStateTableHasEveryOutcome) {
  const std::string page =
      ToMarkdown(RunSpecial(FindClaim("C10"), {.seconds = 0}).exhibits);
  EXPECT_THAT(page,
              HasSubstr("| C | live in dirty, amended | `Store(0, 1)` |"));
  EXPECT_THAT(page, HasSubstr("| D | live in read | `Store(0, 1); Load(0)` |"));
  EXPECT_THAT(page, HasSubstr("\n| Load | same | A or same | same or D |"));
  EXPECT_THAT(page, HasSubstr("| live in dirty, amended | `Store(0, 1); "
                              "Store(1, 2)` | same | Load, "));
}

TEST(VerdictTest, SeveralClientsBringABrokenMapWhereNoOtherIs) {
  if (!ExhaustiveIsOffered().ok()) GTEST_SKIP() << "nothing is settled here";
  const std::string page =
      ToMarkdown(RunSpecial(FindClaim("C10"), {.seconds = 0}).exhibits);
  EXPECT_THAT(page, HasSubstr("| live in read, amended | **never** | no | yes "
                              "|"));
  EXPECT_THAT(page, HasSubstr("| live in both, amended | yes | yes | yes |"));
  EXPECT_THAT(page, Not(HasSubstr("**never** | yes")));
}

// What each leak costs in the end: an entry for each key that was ever there,
// and those that only a promotion would free.
TEST(VerdictTest, TheLeaksOfC6Show) {
  const std::string page =
      ToMarkdown(RunSpecial(FindClaim("C6b"), {.seconds = 0}).exhibits);
  EXPECT_THAT(page, HasSubstr("| read-dirty | Delete, LoadAndDelete | 100 | "
                              "1 / 1 | 1 / 10 | 1 / 100 | 1 / 1,000 |"));
  EXPECT_THAT(page, HasSubstr("| read-dirty:c6-delete-counts-no-miss | Delete, "
                              "LoadAndDelete | 100 | 101 / 0 |"));
  EXPECT_THAT(page, HasSubstr("101 / 0 | 1,001 / 0 |"));
}

// How many events of a kind a table of C9c has in its column, "right" or
// "wrong", in every execution of the claim's programs.
std::string EventsInTable(const Table& table, absl::string_view map,
                          absl::string_view event, absl::string_view column) {
  const auto number = static_cast<size_t>(absl::c_find(table.columns, column) -
                                          table.columns.begin());
  for (const auto& row : table.rows) {
    if (row[0] == map && row[2] == event) return row[number];
  }
  return "none";
}

TEST(VerdictTest, EventsAreRightInTheMapAndSomeWrongInBrokenOnes) {
  if (!ExhaustiveIsOffered().ok()) GTEST_SKIP() << "nothing is settled here";
  const Special special = RunSpecial(FindClaim("C9c"), {.seconds = 0});
  const auto& table = std::get<Table>(special.exhibits.front());
  for (const absl::string_view event : {"readHitStale", "staleReused"}) {
    EXPECT_NE(EventsInTable(table, "read-dirty", event, "right"), "0");
    EXPECT_EQ(EventsInTable(table, "read-dirty", event, "wrong"), "0");
    EXPECT_EQ(EventsInTable(table, "read-dirty", event, "undecided"), "0");
  }
  EXPECT_NE(EventsInTable(table, "read-dirty:c1-value-before-mark",
                          "readHitStale", "wrong"),
            "0");
  EXPECT_NE(EventsInTable(table, "read-dirty:c9-publishes-before-reviving",
                          "staleReused", "wrong"),
            "0");
}

// The same on real threads, where it is up to the system which events there
// are.
TEST(VerdictTest, UnderLoadEventsAreJudgedToo) {
  const Special special =
      RunSpecial(FindClaim("C9c"), {.seconds = 0.01, .legs = {}});
  int faithful = 0;
  int broken = 0;
  for (const Evidence& evidence : special.evidence) {
    if (!evidence.varies) continue;
    if (evidence.leg == Leg::kThreads) {
      ++faithful;
      EXPECT_GT(evidence.operations, 0);
      EXPECT_EQ(evidence.found, "");
    } else {
      ++broken;
    }
  }
  EXPECT_EQ(faithful, 2);
  EXPECT_EQ(broken, 2);
}

TEST(VerdictTest, ATrialAgreesWithItsOwnPage) {
  EXPECT_THAT(Disagreements(SmallTrial(), PageOf(SmallTrial())), IsEmpty());
}

TEST(VerdictTest, FiguresMayDiffer) {
  Trial other = SmallTrial();
  other.maps[0].executions = 12'345;
  other.chapters[0].evidence[1].seconds = 3;
  EXPECT_THAT(Disagreements(other, PageOf(SmallTrial())), IsEmpty());
}

TEST(VerdictTest, WhatIsCountedIsToldAmongTheFigures) {
  EXPECT_EQ(FiguresText({.executions = 20, .times = 7}),
            "in 7 of 20 executions");
  EXPECT_EQ(FiguresText({.executions = 20}), "20 executions");
}

TEST(VerdictTest, AnotherVerdictOnThePageDisagrees) {
  Trial other = SmallTrial();
  ASSERT_EQ(other.chapters[0].verdict.ruling, Ruling::kRefuted);
  other.chapters[0].verdict.ruling = Ruling::kConfirmed;
  EXPECT_THAT(Disagreements(SmallTrial(), PageOf(other)),
              ElementsAre(HasSubstr("C1: refuted within bounds")));
}

TEST(VerdictTest, AnotherOutcomeDisagrees) {
  Trial other = SmallTrial();
  other.chapters[1].evidence[1].found = "stale value after Delete";
  EXPECT_THAT(Disagreements(other, PageOf(SmallTrial())),
              ElementsAre(HasSubstr("the page says found: lost Store")));
}

TEST(VerdictTest, OtherClaimsBoundsOrProgramsDisagree) {
  const std::string page = PageOf(SmallTrial());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{
           {FindClaim("C1").sentence, "something else"},
           {"2 threads x 2 operations x 1 key, sc", "9 threads"},
           {FindClaim("C2").scenario[2], "initial: Store(0, 1)"}}) {
    EXPECT_THAT(
        Disagreements(SmallTrial(), absl::StrReplaceAll(page, {{from, to}})),
        Not(IsEmpty()))
        << from;
  }
  EXPECT_THAT(Disagreements(SmallTrial(), ""), Not(IsEmpty()));
}

TEST(VerdictTest, ARowThatStandsTwiceDisagrees) {
  for (const char* const row_start : {"| C1 | Delete", "| C2 | the claim's"}) {
    std::string page = PageOf(SmallTrial());
    const size_t begin = page.find(row_start);
    ASSERT_NE(begin, std::string::npos);
    const std::string row =
        page.substr(begin, page.find('\n', begin) + 1 - begin);
    page.insert(begin + row.size(), row);
    EXPECT_THAT(Disagreements(SmallTrial(), page),
                Contains(HasSubstr("more than once")));
  }
}

TEST(VerdictTest, AChapterThatSaysOtherwiseDisagrees) {
  const std::string page = PageOf(SmallTrial());
  const size_t chapter = page.find("\n## C2: ");
  ASSERT_NE(chapter, std::string::npos);
  const std::string before = page.substr(0, chapter);
  const std::string own = page.substr(chapter);
  const auto disagreements = [&](const std::string& changed) {
    return Disagreements(SmallTrial(), changed);
  };
  ASSERT_THAT(disagreements(before + own), IsEmpty());
  EXPECT_THAT(disagreements(before), Contains(HasSubstr("C2: the page has 0")));
  EXPECT_THAT(disagreements(before + own + own),
              Contains(HasSubstr("C2: the page has 2")));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{
           {"## C2: refuted within bounds", "## C2: confirmed"},
           {"Verdict: **refuted within bounds**", "Verdict: **confirmed**"}}) {
    EXPECT_THAT(disagreements(before + absl::StrReplaceAll(own, {{from, to}})),
                ElementsAre(HasSubstr("C2: the page's table says")))
        << from;
  }
}

// But what takes hours need not have run for a page.
TEST(VerdictTest, APageOfWhatDidNotRunDisagrees) {
  Trial idle = SmallTrial();
  idle.maps[0].not_run = "not then";
  const std::string page = PageOf(idle);
  EXPECT_THAT(Disagreements(SmallTrial(), page),
              ElementsAre(HasSubstr("the page says not run")));
  Trial full = SmallTrial();
  full.maps[0].left_out = true;
  EXPECT_THAT(Disagreements(full, page), IsEmpty());
}

TEST(VerdictTest, ATerminalIsToldWhatDidNotRun) {
  Trial trial = SmallTrial();
  trial.maps.push_back(
      {.leg = Leg::kGo, .map = "go-sync-map", .not_run = "no Go here"});
  trial.chapters[0].verdict.missing = true;
  const std::string text = TerminalTable(trial, 110);
  EXPECT_THAT(text, HasSubstr("\nnot run: the real sync.Map (go-sync-map); "));
  EXPECT_THAT(text, HasSubstr("what would settle C1"));
}

TEST(VerdictTest, AChapterSumsUpItsLegs) {
  Trial trial = SmallTrial();
  trial.maps[0].executions = 1'000;
  trial.chapters[0].evidence[0].executions = 234;
  trial.maps.push_back({.leg = Leg::kGo, .map = "go", .not_run = "no Go"});
  EXPECT_THAT(PageOf(trial),
              HasSubstr("Exhaustive: 1,234 executions, nothing found. The real "
                        "sync.Map: not run. The defect: found in 1 of 1 "
                        "runs.\n"));
}

TEST(VerdictTest, WhatDidNotRunDoesNotDisagree) {
  Trial other = SmallTrial();
  other.maps[0].not_run = "not here";
  for (Chapter& chapter : other.chapters) {
    for (Evidence& evidence : chapter.evidence) evidence.not_run = "not here";
    chapter.verdict =
        Rule(*chapter.claim,
             EvidenceFor(*chapter.claim, other.maps, chapter.evidence));
    EXPECT_EQ(chapter.verdict.ruling, Ruling::kNotSettled);
  }
  EXPECT_THAT(Disagreements(other, PageOf(SmallTrial())), IsEmpty());
}

TEST(VerdictTest, WhatSomeClaimsLeaveOutDoesNotDisagree) {
  Trial some = SmallTrial();
  some.chapters.pop_back();
  const std::string page = PageOf(SmallTrial());
  EXPECT_THAT(Disagreements(some, page), Not(IsEmpty()));
  some.is_of_some_claims = true;
  EXPECT_THAT(Disagreements(some, page), IsEmpty());
  some.chapters[0].verdict.ruling = Ruling::kConfirmed;
  EXPECT_THAT(Disagreements(some, page), ElementsAre(HasSubstr("C1")));
}

// C14c speaks of one map, and C12 of no other that is verified.
TEST(VerdictTest, SomeClaimsAreTriedOnTheirMapsAlone) {
  const Trial trial = HoldTrial(
      {.seconds = 0, .claims = {"C14c", "C12"}, .legs = {.workers = 2}});
  ASSERT_EQ(trial.chapters.size(), 2);
  EXPECT_EQ(trial.chapters[0].claim->id, "C12");
  EXPECT_EQ(trial.chapters[1].claim->id, "C14c");
  for (const Evidence& evidence : trial.maps) EXPECT_EQ(evidence.map, "locked");
  const absl::StatusOr<std::string> page = ReadFile(MORTSAFE_VERDICT_PAGE);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(absl::StrJoin(Disagreements(trial, *page), "\n"), "");
}

Evidence Sighting(bool happens) {
  return {.leg = Leg::kMechanism,
          .map = "elsewhere",
          .bounds = "seen by others",
          .happens = happens,
          .varies = true};
}

// What this program sees of itself is no debugger, and its own map is not Go's.
TEST(VerdictTest, WhatOthersHaveToSeeIsNotSettledWithoutThem) {
  for (const absl::string_view id : {"C13", "C14c"}) {
    const Trial trial = HoldTrial(
        {.seconds = 0, .claims = {std::string(id)}, .legs = {.workers = 2}});
    const std::vector<Evidence>& own = trial.chapters[0].evidence;
    EXPECT_THAT(own, Not(IsEmpty()));
    EXPECT_EQ(trial.chapters[0].verdict.ruling, Ruling::kNotSettled) << id;
    EXPECT_TRUE(trial.chapters[0].verdict.missing) << id;
    for (const bool happens : {false, true}) {
      std::vector<Evidence> all = own;
      all.push_back(Sighting(happens));
      EXPECT_EQ(Rule(FindClaim(id), all).ruling,
                happens ? Ruling::kConfirmed : Ruling::kRefuted)
          << id;
    }
  }
}

TEST(VerdictTest, AMapThatShowsAnotherStateThanDesignedSettlesNoSnapshot) {
  const ClaimVerdict verdict =
      Rule(FindClaim("C13"), {{.leg = Leg::kMechanism,
                               .map = "read-dirty",
                               .complete = true,
                               .found = "another state than designed"},
                              Sighting(true)});
  EXPECT_EQ(verdict.ruling, Ruling::kNotSettled);
  EXPECT_FALSE(verdict.missing);
}

// Whatever claim of its answers.
TEST(VerdictTest, AFindingInTheRealMapConfirms) {
  const std::vector<Evidence> go = {{.leg = Leg::kGo,
                                     .map = "go-sync-map (go1.99)",
                                     .bounds = "a recipe",
                                     .found = "stale value after Delete"}};
  for (const Claim& claim : Claims()) {
    if (claim.nature == ClaimNature::kNotCorrectness) continue;
    const Ruling ruling = Rule(claim, EvidenceFor(claim, go, {})).ruling;
    if (claim.maps[0] == "read-dirty" &&
        claim.nature != ClaimNature::kAbility) {
      EXPECT_EQ(ruling, Ruling::kConfirmed) << claim.id;
    } else {
      EXPECT_EQ(ruling, Ruling::kNotSettled) << claim.id;
    }
  }
}

// A map that is broken as the claim says, in the place of the faithful one.
TEST(VerdictTest, ABrokenMapIsNotAcquitted) {
  if (!ExhaustiveIsOffered().ok()) GTEST_SKIP() << "nothing is settled here";
  const Claim& claim = FindClaim("C7");
  Evidence programs = TryEveryProgram(
      {"read-dirty:c7-delete-skips-read", 2, 1, 1, MemoryModel::kSc}, {});
  Evidence own = TryScenario(claim, claim.defects[0], MemoryModel::kSc, {});
  EXPECT_EQ(programs.leg, Leg::kPrograms);
  own.leg = Leg::kScenario;
  EXPECT_EQ(Rule(claim, {programs, own}).ruling, Ruling::kConfirmed);
}

}  // namespace
}  // namespace mortsafe
