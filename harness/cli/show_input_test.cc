// `mortsafe show` on inputs of every fuzz target, as people meet it: each file
// of the corpora is told, and what is no input is refused in one line.

#include "harness/cli/show_input.h"

#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/program/input.h"
#include "harness/subject/map_code.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const fs::path kCorpus = MORTSAFE_CORPUS;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Shown {
  int status = -1;
  std::string out;
  std::string err;
};

class ShowInputTest : public ::testing::Test {
 protected:
  ShowInputTest() {
    std::string folder = ::testing::TempDir() + "show-input-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  ~ShowInputTest() override { fs::remove_all(folder_); }

  // `mortsafe show`, with arguments that no shell takes for something else.
  Shown Show(const std::string& arguments) const {
    const std::string out = folder_ / "out";
    const std::string err = folder_ / "err";
    const std::string command = absl::StrCat(MORTSAFE_PROGRAM, " show ",
                                             arguments, " >", out, " 2>", err);
    // NOLINTNEXTLINE(bugprone-command-processor): the tests' own arguments.
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadAll(out),
            ReadAll(err)};
  }

  std::string Refused(const std::string& arguments) const {
    const Shown shown = Show(arguments);
    EXPECT_EQ(shown.status, 2);
    EXPECT_THAT(shown.out, IsEmpty());
    EXPECT_EQ(shown.err.find('\n'), shown.err.size() - 1) << shown.err;
    return shown.err;
  }

  // The path of a new input of `target`.
  std::string Write(absl::string_view target, absl::string_view name,
                    absl::string_view bytes) const {
    const fs::path path = folder_ / std::string(target) / std::string(name);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  fs::path folder_;
};

TEST_F(ShowInputTest, EveryFileOfTheCorporaIsTold) {
  int files = 0;
  for (const std::string& target : ShownTargets()) {
    std::map<std::string, std::string> file_of;
    for (const auto& entry : fs::directory_iterator(kCorpus / target)) {
      const std::string path = entry.path();
      const Shown shown = Show(path);
      ++files;
      EXPECT_EQ(shown.status, 0) << path << ": " << shown.err;
      EXPECT_THAT(shown.err, IsEmpty()) << path;
      EXPECT_THAT(shown.out, HasSubstr("\n")) << path;
      // What is told of it is told of no other input, but for the path.
      std::string told = shown.out;
      for (size_t at = told.find(path); at != std::string::npos;
           at = told.find(path)) {
        told.erase(at, path.size());
      }
      const auto [other, is_new] = file_of.emplace(told, path);
      EXPECT_TRUE(is_new || ReadAll(other->second) == ReadAll(path))
          << path << " and " << other->second << " are told alike";
    }
  }
  EXPECT_GT(files, 0);
}

TEST_F(ShowInputTest, AnInputThatNamesItsMapIsToldWithIt) {
  Input input = DecodeInput({});
  const auto show = [&](absl::string_view target) {
    const std::vector<uint8_t> bytes = EncodeInput(input);
    return Show(Write(target, "input",
                      {reinterpret_cast<const char*>(bytes.data()),
                       bytes.size()}))
        .out;
  };
  for (const char* const target :
       {"program_schedule", "program_interleavings"}) {
    input.map_code = 0;
    EXPECT_THAT(show(target), Not(HasSubstr("map: "))) << target;
    input.map_code = MapCode("locked:c14-no-lock");
    EXPECT_THAT(show(target), HasSubstr("map: locked:c14-no-lock\n")) << target;
  }
}

TEST_F(ShowInputTest, EveryCorpusIsOfAKnownTarget) {
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    EXPECT_THAT(ShownTargets(), ::testing::Contains(entry.path().filename()));
  }
}

TEST_F(ShowInputTest, OperationsOfOneClientAreToldWithTheMapAndTheAnswers) {
  const std::string input = Write("map_vs_specification", "input",
                                  absl::string_view("\0\1\1\0\0\0", 6));
  EXPECT_THAT(Show(input).out,
              AllOf(HasSubstr("2 operations of one client on read-dirty, which "
                              "the input chooses"),
                    HasSubstr("Store(0, 1)                   done\n"),
                    HasSubstr("Load(0)                       1\n"),
                    HasSubstr("The map answers the same")));
  EXPECT_THAT(Show(input + " --map locked").out,
              HasSubstr("on locked; what the"));
  EXPECT_THAT(Refused(input + " --map nowhere"), HasSubstr("nowhere"));
}

TEST_F(ShowInputTest, AMapThatCrashesIsToldNonetheless) {
  const fs::path input =
      kCorpus / "map_vs_specification" / "many-keys-come-and-go";
  const Shown shown =
      Show(input.string() + " --map read-dirty-hazard:retire-twice");
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("what the specification answers"),
                               Not(HasSubstr("The map answers the same"))));
}

TEST_F(ShowInputTest, AHistoryIsToldWithItsVerdict) {
  const Shown wrong =
      Show(kCorpus / "checker_vs_brute_force" / "stale-value-after-delete");
  EXPECT_EQ(wrong.status, 0);
  EXPECT_THAT(
      wrong.out,
      AllOf(HasSubstr("client"), HasSubstr("Not linearizable."),
            HasSubstr("Stale value after Delete"),
            HasSubstr("The checkers and the brute-force oracle agree")));
  const std::string empty = Write("checker_vs_brute_force", "empty", "");
  EXPECT_THAT(Show(empty).out, AllOf(HasSubstr("A history of 0 operations"),
                                     HasSubstr("\nLinearizable: ")));
}

TEST_F(ShowInputTest, EachFormAndWhyItIsRefusedIsTold) {
  const std::string text =
      Write("codec_round_trip", "text", "thread 1: Load(1)\n");
  EXPECT_THAT(Show(text).out,
              AllOf(HasSubstr("As the text of a program:\nthread 1: Load(1)"),
                    HasSubstr("As the text of a schedule:\n  refused: " + text +
                              ":1:")));
}

TEST_F(ShowInputTest, ARecordedHistoryIsReadInEveryFormat) {
  const std::string line =
      R"({"client":0,"op":"store","key":4,"value":7,"call":1,"return":2})";
  const std::string good = Write("history_readers", "good", line);
  EXPECT_THAT(Show(good).out,
              AllOf(HasSubstr("A file of 63 bytes, not compressed\n"),
                    HasSubstr("As JSON Lines: 1 operation\n"),
                    HasSubstr("As EDN: refused: " + good + ":1: "),
                    HasSubstr("Store(4, 7)"), HasSubstr("Linearizable")));
  const std::string bad = Write("history_readers", "bad", "what is this\x1b");
  EXPECT_THAT(Show(bad).out,
              AllOf(HasSubstr("As JSON Lines: refused: "),
                    Not(HasSubstr("\x1b")), Not(HasSubstr("called"))));
}

TEST_F(ShowInputTest, TheScheduleOfAProgramIsToldInWords) {
  EXPECT_THAT(
      Show(kCorpus / "regressions" /
           "hash-trie-collide.missing-recheck.lost-store")
          .out,
      AllOf(HasSubstr("\nschedule: "), HasSubstr("and no other pre-emption")));
  EXPECT_THAT(Show((kCorpus / "program_schedule").string() + "/* --target " +
                   "program_interleavings")
                  .err,
              HasSubstr("mortsafe: "));
  const std::string empty = Write("program_interleavings", "empty", "");
  EXPECT_THAT(Show(empty).out, HasSubstr("schedule: every one with few"));
}

TEST_F(ShowInputTest, TheFlagGoesBeforeTheFolder) {
  const std::string empty = Write("history_readers", "empty", "");
  EXPECT_THAT(Show(empty + " --target checker_vs_brute_force").out,
              HasSubstr("A history of 0 operations"));
  EXPECT_THAT(Refused(empty + " --target nobody"), HasSubstr("nobody"));
}

TEST_F(ShowInputTest, WhatIsNoInputIsRefusedInALine) {
  const std::string empty = Write("history_readers", "empty", "");
  EXPECT_THAT(Refused(empty + "x"), HasSubstr(empty + "x: "));
  EXPECT_THAT(Refused(fs::path(empty).parent_path().string() +
                      " --target history_readers"),
              HasSubstr("history_readers"));
  EXPECT_THAT(Refused(empty + " --html page.html"),
              HasSubstr("expected a finding for --html"));
  EXPECT_THAT(Refused(empty + " --map read-dirty"), HasSubstr("--map"));
}

}  // namespace
}  // namespace mortsafe
