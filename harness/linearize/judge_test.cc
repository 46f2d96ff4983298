// Recordings in files, judged from end to end.

#include "harness/linearize/judge.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/text.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

class JudgeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              absl::StrCat("judge_test_", test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }

  std::filesystem::path folder_;
};

std::string WorkloadText(uint64_t operations, bool stale) {
  WorkloadOptions options;
  options.operations = operations;
  options.keys = 3;
  options.mix = AllMix();
  options.plant_stale_load = stale;
  return ToJsonLines(GenerateWorkload(options));
}

// Key 6 is the last that does not fit, and fits if nothing else is asked.
TEST_F(JudgeTest, OtherKeysMaySayWhenAClearTookEffect) {
  HistoryBuilder h;
  h.At(1, 2).By(1).Store(7, 1);
  h.At(3, 9).By(2).Clear();
  h.At(4, 4).By(1).Swap(7, 2, 1);
  h.At(5, 5).By(1).Store(6, 3);
  h.At(6, 6).By(1).Load(7, 2);
  h.At(10, 10).By(3).Load(6, 3);
  const auto judged =
      JudgeRecording(Write("clear", ToJsonLines(h.history())), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_TRUE(judged->violation.has_value()) << judged->note;
  EXPECT_EQ(judged->violation->kind, ViolationKind::kNonAtomicClear);
}

TEST_F(JudgeTest, AcceptsWhatACorrectMapDoes) {
  const auto judged =
      JudgeRecording(Write("ok", WorkloadText(9'000, false)), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->verdict, Verdict::kLinearizable);
  EXPECT_EQ(judged->operations, 9'000u);
}

TEST_F(JudgeTest, TellsAStaleLoadWithTheLinesOfItsWitness) {
  const std::string path = Write("stale", WorkloadText(9'000, true));
  const auto judged = JudgeRecording(path, JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->verdict, Verdict::kViolation);
  ASSERT_TRUE(judged->violation.has_value());
  EXPECT_LE(judged->violation->witness.size(), 4u);
  EXPECT_THAT(judged->violation->sentence, HasSubstr("lient "));
  // Each line is that of its operation.
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  for (size_t operation : judged->violation->witness) {
    History one;
    one.operations.push_back(judged->evidence.operations[operation]);
    EXPECT_EQ(lines[judged->lines[operation] - 1] + "\n", ToJsonLines(one));
  }
}

TEST_F(JudgeTest, SortsWhatIsNotInOrderOfCall) {
  const std::string text = WorkloadText(3'000, true);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  std::reverse(lines.begin(), lines.end());
  std::string reversed;
  for (const std::string& line : lines) reversed += line;
  const auto forwards = JudgeRecording(Write("forwards", text), JudgeOptions());
  const auto backwards =
      JudgeRecording(Write("backwards", reversed), JudgeOptions());
  ASSERT_TRUE(forwards.ok() && backwards.ok());
  ASSERT_TRUE(backwards->violation.has_value());
  EXPECT_EQ(backwards->violation->sentence, forwards->violation->sentence);
  EXPECT_EQ(backwards->lines[backwards->violation->witness[0]],
            3'001 - forwards->lines[forwards->violation->witness[0]]);
}

TEST_F(JudgeTest, WhatIsCalledEarlierMayStandFurtherDown) {
  // Every Load but the first has to wait for the last line, a Store.
  HistoryBuilder h;
  h.At(0, 1).Store(0, 5);
  for (uint64_t i = 0; i < 9'000; ++i) {
    h.At(10 + 2 * i, 11 + 2 * i).Load(0, i == 0 ? 5 : 6);
  }
  std::string text = ToJsonLines(h.history());
  HistoryBuilder store;
  store.At(2, 12).By(7).Store(0, 6);
  EXPECT_EQ(JudgeRecording(Write("less", text), JudgeOptions())->verdict,
            Verdict::kViolation);
  text += ToJsonLines(store.history());
  const auto judged = JudgeRecording(Write("more", text), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->verdict, Verdict::kLinearizable);
  EXPECT_EQ(judged->operations, 9'002u);
}

TEST_F(JudgeTest, AViolationStandsThoughTheRestCannotBeRead) {
  const auto judged = JudgeRecording(
      Write("cut", WorkloadText(9'000, true) + "{\"client\":"), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->verdict, Verdict::kViolation);
  EXPECT_TRUE(judged->violation.has_value());
  EXPECT_THAT(judged->rest, HasSubstr("cut:9001"));
}

TEST_F(JudgeTest, ExplainsWhatComesThroughAPipe) {
  const std::string text = WorkloadText(9'000, true);
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(Path("pipe")) << text; });
  const auto judged = JudgeRecording(Path("pipe"), JudgeOptions());
  writer.join();
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_TRUE(judged->violation.has_value());
  const auto from_file = JudgeRecording(Write("file", text), JudgeOptions());
  EXPECT_EQ(judged->violation->sentence, from_file->violation->sentence);
  EXPECT_EQ(judged->lines, from_file->lines);
}

TEST_F(JudgeTest, JudgesAsAWholeWhatCannotBeFollowedAsAStream) {
  const auto many_open = [](Value last) {
    HistoryBuilder h;
    for (uint32_t i = 0; i < 2'000; ++i) {
      h.At(i, 20'000).By(i).Store(0, 1 + i);
    }
    h.At(20'001, 20'002).Load(0, 9);
    h.At(20'003, 20'004).Load(0, last);
    return ToJsonLines(h.history());
  };
  const auto right = JudgeRecording(Write("r", many_open(9)), JudgeOptions());
  ASSERT_TRUE(right.ok());
  EXPECT_EQ(right->verdict, Verdict::kLinearizable);
  const auto wrong = JudgeRecording(Write("w", many_open(8)), JudgeOptions());
  ASSERT_TRUE(wrong.ok());
  EXPECT_EQ(wrong->verdict, Verdict::kViolation);
}

TEST_F(JudgeTest, TellsWhatOnlyTheWholeShows) {
  HistoryBuilder h;
  for (uint32_t i = 0; i < 1'100; ++i) {
    h.PendingSince(i).By(i).Store(0, 1 + i);
  }
  h.At(2'000, 2'001).By(2'000).Store(1, 7);
  h.At(2'002, 2'003).By(2'000).Load(1, 8);
  const auto judged =
      JudgeRecording(Write("w", ToJsonLines(h.history())), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_TRUE(judged->violation.has_value()) << judged->note;
  EXPECT_EQ(judged->violation->kind, ViolationKind::kValueFromNowhere);
  EXPECT_EQ(judged->lines.at(judged->violation->culprit), 1'102u);
}

TEST_F(JudgeTest, SaysWhichBoundWasHit) {
  HistoryBuilder h;
  for (uint32_t i = 0; i < 1'100; ++i) {
    h.PendingSince(i).By(i).Store(0, 1 + i % 2);
  }
  h.At(2'000, 2'001).By(2'000).Load(0, 1);
  const auto judged =
      JudgeRecording(Write("b", ToJsonLines(h.history())), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->verdict, Verdict::kUnknown);
  EXPECT_THAT(judged->note,
              HasSubstr("time 1024: the open operations of a key"));
}

TEST_F(JudgeTest, TellsOfARangeThatShowsAKeyTwiceAmongOthers) {
  HistoryBuilder h;
  for (Key key = 0; key < 5; ++key) h.At(key, key).Store(key, 10 + key);
  h.At(10, 11).Range({{0, 10}, {1, 11}, {3, 13}, {2, 12}, {3, 13}, {4, 14}});
  const auto judged =
      JudgeRecording(Write("t", ToJsonLines(h.history())), JudgeOptions());
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_TRUE(judged->violation.has_value()) << judged->note;
  EXPECT_EQ(judged->violation->kind, ViolationKind::kTornOrDuplicatedRange);
}

TEST_F(JudgeTest, ARegisterHasThreeOperations) {
  JudgeOptions options;
  options.model = Model::kRegister;
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).CompareAndSwap(0, 1, 2, true);
  h.At(4, 5).Load(0, 2);
  const auto fits =
      JudgeRecording(Write("f", ToJsonLines(h.history())), options);
  ASSERT_TRUE(fits.ok());
  EXPECT_EQ(fits->verdict, Verdict::kLinearizable);
  h.At(6, 7).Delete(0);
  const auto not_one =
      JudgeRecording(Write("n", ToJsonLines(h.history())), options);
  EXPECT_THAT(std::string(not_one.status().message()),
              HasSubstr("n:4: a register has no operation delete"));
}

TEST_F(JudgeTest, CountsWhatLeavesWhereAsked) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 9).By(1).LoadAndDelete(0, 1);
  const std::string once = ToJsonLines(h.history());
  JudgeOptions options;
  options.conservation = true;
  EXPECT_EQ(JudgeRecording(Write("once", once), options)->verdict,
            Verdict::kLinearizable);
}

TEST_F(JudgeTest, SaysWhereAFileIsWrong) {
  const auto judged =
      JudgeRecording(Write("bad", WorkloadText(10, false) + "{\"client\":0}\n"),
                     JudgeOptions());
  EXPECT_EQ(judged.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(judged.status().message()), HasSubstr("bad:11"));
}

}  // namespace
}  // namespace mortsafe
