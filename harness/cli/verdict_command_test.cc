// `mortsafe verdict` as its users meet it: whether it agrees with the page of
// the project, and what it does when it does not, or is given what it cannot
// take.

#include <sched.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/cli/command_line_fixture.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

class VerdictCommandTest : public CommandLineFixture {};

// The smallest of the claims; the whole trial is in verdict_test.
std::vector<std::string> SmallTrial(const std::string& page) {
  return {"verdict", "--claim", "C14c",      "--seconds", "0.01",
          "--page",  page,      "--workers", "2",         "--json"};
}

TEST_F(VerdictCommandTest, ATrialAgreesWithThePageOfTheProject) {
  const Finished finished = Run(SmallTrial(MORTSAFE_VERDICT_PAGE));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("Agrees with"));
  const auto document = nlohmann::json::parse(finished.out);
  ASSERT_EQ(document["claims"].size(), 1);
  EXPECT_EQ(document["claims"][0]["id"], "C14c");
  EXPECT_TRUE(document["disagreements"].empty());
}

TEST_F(VerdictCommandTest, AClaimIsTriedInAllItsParts) {
  for (const auto& [claims, begins] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--claim", "C6"}, "of 2 claims"},
           {{"--claim", "C6b", "--claim", "C6", "--claim", "C1"},
            "of 3 claims"}}) {
    std::vector<std::string> arguments = {"verdict", "--seconds", "0", "--page",
                                          MORTSAFE_VERDICT_PAGE};
    arguments.insert(arguments.end(), claims.begin(), claims.end());
    const pid_t process = Start(arguments);
    while (ReadAll(folder() / "err").empty()) {
      ASSERT_EQ(waitpid(process, nullptr, WNOHANG), 0);
      sched_yield();
    }
    EXPECT_EQ(kill(process, SIGINT), 0);
    EXPECT_THAT(End(process).err, HasSubstr(begins));
    fs::remove(folder() / "err");
  }
}

// Each command that the page gives for a broken map comes upon just what the
// page says of it, in the line before: "`MAP`, as small as it gets: KIND. …"
TEST_F(VerdictCommandTest, CounterexamplesOfThePageShowWhatItSays) {
  if (kSanitized) GTEST_SKIP() << "of plain builds";
  constexpr absl::string_view kCommand =
      "    build/release/bin/mortsafe explore --map ";
  const std::string page = ReadAll(MORTSAFE_VERDICT_PAGE);
  std::string said;
  int commands = 0;
  for (absl::string_view line : absl::StrSplit(page, '\n')) {
    if (absl::StartsWith(line, "`")) said = std::string(line);
    if (!absl::ConsumePrefix(&line, kCommand)) continue;
    const std::vector<std::string> parts = absl::StrSplit(line, '\'');
    ASSERT_EQ(parts.size(), 3) << line;
    const std::vector<std::string> words = absl::StrSplit(parts[0], ' ');
    if (!absl::StrContains(words[0], ":")) continue;
    std::vector<std::string> arguments = {"explore", "--map"};
    arguments.insert(arguments.end(), words.begin(), words.end() - 1);
    arguments.push_back(parts[1]);
    const Finished finished = Run(arguments);
    ++commands;
    EXPECT_EQ(finished.status, 1) << line;
    const std::vector<std::string> lines = absl::StrSplit(finished.out, '\n');
    ASSERT_GT(lines.size(), 1) << line;
    const std::string kind = lines[1].substr(0, lines[1].find(" in "));
    EXPECT_THAT(absl::AsciiStrToLower(said),
                HasSubstr(absl::StrCat(": ", absl::AsciiStrToLower(kind), ".")))
        << line;
  }
  EXPECT_GT(commands, 20);
}

TEST_F(VerdictCommandTest, ATrialDisagreesWithAnotherPage) {
  const std::string page = ReadAll(MORTSAFE_VERDICT_PAGE);
  Write("page.md", absl::StrReplaceAll(
                       page, {{"is always caught |", "is never caught |"}}));
  const Finished finished = Run(SmallTrial("page.md"));
  EXPECT_EQ(finished.status, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("Disagrees with page.md: "));
  EXPECT_FALSE(nlohmann::json::parse(finished.out)["disagreements"].empty());
}

// What another program found counts as what this one finds.
TEST_F(VerdictCommandTest, EvidenceFromElsewhereMakesATrialDisagree) {
  Write("evidence.json",
        R"([{"claim": "C14c", "leg": "inside the map", "map": "another",
             "bounds": "often", "happens": true, "times": 20,
             "executions": 20}])");
  std::vector<std::string> arguments = SmallTrial(MORTSAFE_VERDICT_PAGE);
  arguments.insert(arguments.end(), {"--evidence", "evidence.json"});
  const Finished finished = Run(arguments);
  EXPECT_EQ(finished.status, 1) << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr("C14c: confirmed (it happened each time"));
  const auto document = nlohmann::json::parse(finished.out);
  const auto& counted = document["claims"][0]["evidence"].back();
  EXPECT_EQ(counted["outcome"], "happens");
  EXPECT_EQ(counted["times"], 20);
}

// Which writes a page, and so tries everything.
const std::vector<std::string> kWritingTrial = {
    "verdict",    "--seconds",     "0",         "--out", "page.md",
    "--evidence", "evidence.json", "--workers", "2"};

TEST_F(VerdictCommandTest, ATrialThatFailsKeepsThePageThatIsThere) {
  Write("page.md", "the old page\n");
  if (kSanitized) GTEST_SKIP() << "of plain builds";
  Write("evidence.json",
        R"([{"claim": "C14c", "leg": "the defect", "map": "locked:c14-no-lock",
             "bounds": "a build that is blind", "found": ""}])");
  const Finished finished = Run(kWritingTrial);
  EXPECT_EQ(finished.status, 1) << finished.err;
  EXPECT_THAT(finished.out,
              HasSubstr("Not written over the page that is there: C14c"));
  EXPECT_EQ(ReadAll(folder() / "page.md"), "the old page\n");
}

TEST_F(VerdictCommandTest, AnInterruptedTrialWritesNoPage) {
  Write("evidence.json", "[]");
  const pid_t process = Start(kWritingTrial);
  while (ReadAll(folder() / "err").empty()) {
    ASSERT_EQ(waitpid(process, nullptr, WNOHANG), 0);
    sched_yield();
  }
  EXPECT_EQ(kill(process, SIGINT), 0);
  const Finished finished = End(process);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("Interrupted"));
  EXPECT_FALSE(fs::exists(folder() / "page.md"));
}

TEST_F(VerdictCommandTest, ATrialRefusesWhatItCannotTake) {
  Write("text", "text\n");
  Write("claim.json", R"([{"claim": "C99", "leg": "measured"}])");
  Write("leg.json", R"([{"claim": "C1", "leg": "a dream"}])");
  Write("both.json", R"([{"leg": "real threads", "map": "locked",
                          "not_run": "no time", "found": "lost Store"}])");
  Write("number.json", R"([{"leg": "measured", "seconds": "many"}])");
  for (const auto& [arguments, where] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--seconds", "soon"}, "--seconds"},
           {{"--seconds", "-1"}, "--seconds"},
           {{"--workers", "0"}, "--workers"},
           {{"--claim", "C99"}, "'C99'"},
           {{"--claim", "C6c"}, "C6b"},
           {{"--claim", "C"}, "for all its parts"},
           {{"--claim", "C1", "--out", "page.md"}, "--out"},
           {{"--page", "absent.md"}, "absent.md"},
           {{"--page", "page.md", "--out", "page.md"}, "--page"},
           {{"--evidence", "absent.json"}, "absent.json"},
           {{"--evidence", "text"}, "text: expected a JSON list"},
           {{"--evidence", "claim.json"}, "'C99'"},
           {{"--evidence", "leg.json"}, "'a dream'"},
           {{"--evidence", "number.json"}, "number.json"},
           {{"--evidence", "both.json"}, "cannot have found \"lost Store\""},
           {{"everything"}, "everything"}}) {
    std::vector<std::string> all = {"verdict"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    EXPECT_THAT(Refused(all), HasSubstr(where));
  }
}

}  // namespace
}  // namespace mortsafe
