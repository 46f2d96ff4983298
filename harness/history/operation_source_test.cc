#include "harness/history/operation_source.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Line(int client, int call, int return_time) {
  return absl::StrCat(R"({"client":)", client,
                      R"(,"op":"store","key":0,"value":)", call, R"(,"call":)",
                      call, R"(,"return":)", return_time, "}\n");
}

class OperationSourceTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  OperationSource Open(const std::string& text) {
    std::ofstream(path_) << text;
    absl::StatusOr<OperationSource> source =
        OperationSource::Open(path_, HistoryFormat::kDetect);
    EXPECT_TRUE(source.ok());
    return *std::move(source);
  }

  const std::string path_ = absl::StrCat(
      ::testing::TempDir(), "operation_source_test_",
      ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

// "LINE:CALL" of each operation, "anew", and last an error if there is one.
std::vector<std::string> ReadAll(OperationSource& source) {
  std::vector<std::string> all;
  HistoryOperation operation;
  while (true) {
    const auto step = source.Next(operation);
    if (!step.ok()) all.emplace_back(step.status().message());
    if (!step.ok() || *step == OperationSource::Step::kEnd) return all;
    all.push_back(*step == OperationSource::Step::kBeginAnew
                      ? "anew"
                      : absl::StrCat(source.line(), ":", operation.call_time));
  }
}

TEST_F(OperationSourceTest, GivesAFileAgainAndAgain) {
  OperationSource source = Open(Line(0, 1, 2) + Line(1, 3, 4));
  EXPECT_THAT(ReadAll(source), ElementsAre("1:1", "2:3"));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(source.Rewind().ok());
    EXPECT_THAT(ReadAll(source), ElementsAre("1:1", "2:3"));
  }
}

TEST_F(OperationSourceTest, BeginsAnewWithSortedOperations) {
  OperationSource source = Open(Line(0, 5, 6) + Line(1, 7, 8) + Line(2, 1, 9));
  EXPECT_THAT(ReadAll(source),
              ElementsAre("1:5", "2:7", "anew", "3:1", "1:5", "2:7"));
  ASSERT_TRUE(source.Rewind().ok());
  EXPECT_THAT(ReadAll(source), ElementsAre("3:1", "1:5", "2:7"));
}

TEST_F(OperationSourceTest, OfEqualCallsTheOneThatReturnsLaterMayStandFirst) {
  OperationSource source = Open(Line(0, 1, 3) + Line(0, 1, 1));
  EXPECT_THAT(ReadAll(source), ElementsAre("1:1", "anew", "2:1", "1:1"));
}

TEST_F(OperationSourceTest, AClientWithTwoOpenOperationsIsAnErrorEitherWay) {
  OperationSource in_order = Open(Line(0, 1, 5) + Line(0, 3, 4));
  EXPECT_THAT(ReadAll(in_order).back(), HasSubstr(":2"));
  OperationSource not_in_order = Open(Line(0, 3, 4) + Line(0, 1, 5));
  EXPECT_THAT(ReadAll(not_in_order).back(), HasSubstr(":1"));
}

TEST(OperationSpoolTest, GivesBackWhatWasAdded) {
  auto spool = OperationSpool::Create();
  ASSERT_TRUE(spool.ok());
  SpooledOperation range;
  range.operation.kind = OperationKind::kRange;
  range.operation.ok = true;
  range.operation.entries = {{1, 2}, {3, 4}};
  range.operation.call_time = 5;
  range.line = 7;
  SpooledOperation swap;
  swap.operation.kind = OperationKind::kSwap;
  swap.operation.client = 9;
  swap.operation.key = 1;
  swap.operation.value = 2;
  swap.operation.result = 3;
  swap.operation.ok = true;
  swap.operation.return_time = 11;
  ASSERT_TRUE((*spool)->Add(range).ok());
  ASSERT_TRUE((*spool)->Add(swap).ok());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE((*spool)->Rewind().ok());
    SpooledOperation read;
    ASSERT_TRUE(*(*spool)->Next(read));
    EXPECT_EQ(read.operation, range.operation);
    EXPECT_EQ(read.line, 7u);
    ASSERT_TRUE(*(*spool)->Next(read));
    EXPECT_EQ(read.operation, swap.operation);
    EXPECT_FALSE(*(*spool)->Next(read));
  }
}

}  // namespace
}  // namespace mortsafe
