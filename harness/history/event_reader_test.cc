// Histories as Jepsen records them: what invocations and completions become,
// and which are refused.

#include "harness/history/event_reader.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Each operation as "CLIENT Call() -> result [call,return] @line", with "-" as
// the return of a pending one, and last the error if there is one.
std::vector<std::string> Read(std::string text, HistoryFormat format) {
  std::vector<std::string> all;
  absl::StatusOr<std::unique_ptr<HistoryReader>> reader =
      OpenHistoryInMemory(std::move(text), "run", format);
  if (!reader.ok()) return {std::string(reader.status().message())};
  EXPECT_TRUE((*reader)->IsInCallOrder());
  HistoryOperation operation;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(operation);
    if (!more.ok()) {
      all.emplace_back(more.status().message());
      return all;
    }
    if (!*more) return all;
    EXPECT_EQ(operation.call_time, (*reader)->line());
    const bool pending = operation.return_time == kPending;
    all.push_back(
        absl::StrCat(operation.client, " ", CallText(operation), " -> ",
                     ResultText(operation), " [", operation.call_time, ",",
                     pending ? "-" : absl::StrCat(operation.return_time), "]"));
  }
}

// "0 invoke read nil" a line, as Jepsen logs it.
std::vector<std::string> Jepsen(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::MaxSplits(' ', 3));
    absl::StrAppend(&text, "INFO  jepsen.util - ", words[0], "\t:", words[1],
                    "\t:", words[2], "\t", words[3], "\n");
  }
  return Read(text, HistoryFormat::kJepsen);
}

// The same as EDN maps.
std::vector<std::string> Edn(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::MaxSplits(' ', 3));
    absl::StrAppend(&text, "{:process ", words[0], ", :type :", words[1],
                    ", :f :", words[2], ", :value ", words[3], "}\n");
  }
  return Read(text, HistoryFormat::kEdn);
}

// Whatever is read, it is the same in both forms.
std::vector<std::string> Both(const std::vector<std::string>& lines) {
  const std::vector<std::string> all = Jepsen(lines);
  EXPECT_EQ(Edn(lines), all);
  return all;
}

TEST(EventReaderTest, AReadIsALoadAndNilIsAbsent) {
  EXPECT_THAT(Both({"0 invoke read nil", "3 invoke read nil", "0 ok read nil",
                    "3 ok read 4"}),
              ElementsAre("0 Load(0) -> absent [1,3]", "3 Load(0) -> 4 [2,4]"));
}

TEST(EventReaderTest, AWriteIsAStoreAndOfNilADelete) {
  EXPECT_THAT(
      Both({"0 invoke write 4", "0 ok write 4", "0 invoke write nil",
            "0 ok write nil"}),
      ElementsAre("0 Store(0, 4) -> done [1,2]", "0 Delete(0) -> done [3,4]"));
}

TEST(EventReaderTest, ACasIsACompareAndSwap) {
  EXPECT_THAT(Both({"0 invoke cas [3 0]", "0 ok cas [3 0]"}),
              ElementsAre("0 CompareAndSwap(0, 3, 0) -> swapped [1,2]"));
}

TEST(EventReaderTest, ACasFromOrToNilHasAnOperationOfItsOwn) {
  EXPECT_THAT(Both({"0 invoke cas [nil 3]", "0 ok cas [nil 3]",
                    "0 invoke cas [3 nil]", "0 ok cas [3 nil]",
                    "0 invoke cas [nil nil]", "0 ok cas [nil nil]"}),
              ElementsAre("0 LoadOrStore(0, 3) -> stored 3 [1,2]",
                          "0 CompareAndDelete(0, 3) -> deleted [3,4]",
                          "0 Load(0) -> absent [5,6]"));
}

TEST(EventReaderTest, WhatFailedIsLeftOut) {
  EXPECT_THAT(
      Both({"0 invoke read nil", "0 fail read :timed-out", "0 invoke write 4",
            "0 fail write 4", "0 invoke cas [1 2]", "0 fail cas [1 2]"}),
      IsEmpty());
}

TEST(EventReaderTest, WhatNobodyKnowsIsPending) {
  EXPECT_THAT(
      Both({"0 invoke write 4", "0 info write :timed-out", "1 invoke cas [1 2]",
            "1 info cas :timed-out", "2 invoke read nil"}),
      ElementsAre("0 Store(0, 4) -> pending [1,-]",
                  "1 CompareAndSwap(0, 1, 2) -> pending [3,-]",
                  "2 Load(0) -> pending [5,-]"));
}

TEST(EventReaderTest, OperationsComeInOrderOfCall) {
  EXPECT_THAT(
      Both({"0 invoke write 1", "1 invoke write 2", "2 invoke write 3",
            "2 ok write 3", "1 ok write 2", "3 invoke write 4", "3 ok write 4",
            "0 ok write 1"}),
      ElementsAre("0 Store(0, 1) -> done [1,8]", "1 Store(0, 2) -> done [2,5]",
                  "2 Store(0, 3) -> done [3,4]",
                  "3 Store(0, 4) -> done [6,7]"));
}

TEST(EventReaderTest, IndependentRegistersHaveTheirKeysInTheValue) {
  EXPECT_THAT(Both({"0 invoke read [5 nil]", "0 ok read [5 3]",
                    "0 invoke write [6 1]", "0 ok write [6 1]",
                    "0 invoke cas [5 [3 4]]", "0 ok cas [5 [3 4]]"}),
              ElementsAre("0 Load(5) -> 3 [1,2]", "0 Store(6, 1) -> done [3,4]",
                          "0 CompareAndSwap(5, 3, 4) -> swapped [5,6]"));
}

TEST(EventReaderTest, ValuesThatAreNoSmallIntegersHaveNumbersThatStandForThem) {
  EXPECT_THAT(
      Both({"0 invoke write :a", "0 ok write :a", "0 invoke write -1",
            "0 ok write -1", "0 invoke cas [:a true]", "0 ok cas [:a true]"}),
      ElementsAre("0 Store(0, 0) -> done [1,2]", "0 Store(0, 1) -> done [3,4]",
                  "0 CompareAndSwap(0, 0, 2) -> swapped [5,6]"));
}

TEST(EventReaderTest, TheReaderTellsWhatTheNumbersStandFor) {
  auto reader = OpenHistoryInMemory(
      "{:process 0, :type :invoke, :f :write, :key \"k\", :value :a}", "run",
      HistoryFormat::kEdn);
  HistoryOperation operation;
  ASSERT_TRUE((*reader)->Next(operation).value());
  EXPECT_EQ((*reader)->KeyText(operation.key), "\"k\"");
  EXPECT_EQ((*reader)->ValueText(operation.value), ":a");
}

TEST(EventReaderTest, ACompletionMayLeaveOutTheArgument) {
  EXPECT_THAT(Both({"0 invoke write 4", "0 ok write nil"}),
              ElementsAre("0 Store(0, 4) -> done [1,2]"));
}

TEST(EventReaderTest, WhatHasNoPartnerIsAnError) {
  EXPECT_THAT(Both({"0 ok write 4"}),
              ElementsAre("run:1: expected an :invoke of process 0 before its "
                          ":ok"));
  EXPECT_THAT(Both({"0 invoke write 4", "0 ok write 4", "0 info write 4"}),
              ElementsAre("0 Store(0, 4) -> done [1,2]",
                          "run:3: expected an :invoke of process 0 before its "
                          ":info"));
}

TEST(EventReaderTest, TwoOpenOperationsOfOneProcessAreAnError) {
  EXPECT_THAT(Both({"0 invoke write 4", "0 invoke write 5"}),
              ElementsAre("run:2: expected process 0 to complete its operation "
                          "of line 1"));
}

TEST(EventReaderTest, AProcessIsNotHeardOfAfterItsInfo) {
  EXPECT_THAT(
      Both({"0 invoke write 4", "0 info write 4", "0 invoke write 5"}),
      ElementsAre("0 Store(0, 4) -> pending [1,-]",
                  "run:3: expected process 0 not to be heard of after its "
                  ":info of line 2"));
}

TEST(EventReaderTest, ACompletionOfSomethingElseIsAnError) {
  EXPECT_THAT(
      Both({"0 invoke write 4", "0 ok read 4"}),
      ElementsAre("run:2: expected the completion of the :write of line 1, "
                  "found :read"));
  EXPECT_THAT(Both({"0 invoke write 4", "0 ok write 5"}),
              ElementsAre("run:2: expected the value 4 of line 1, found 5"));
  EXPECT_THAT(Both({"0 invoke read [1 nil]", "0 ok read [2 5]"}),
              ElementsAre("run:2: expected the key 1 of line 1, found 2"));
}

TEST(EventReaderTest, ValuesOfOtherShapesAreErrors) {
  EXPECT_THAT(Both({"0 invoke cas 4"}),
              ElementsAre("run:1: expected [OLD NEW] as value of a :cas, found "
                          "4"));
  EXPECT_THAT(Both({"0 invoke cas [1 2 3]"}), ElementsAre(HasSubstr("[OLD ")));
  for (const std::string value : {"[1 [2 3]]", "{}", "1.5", "[1 2 3]", "x"}) {
    EXPECT_THAT(Both({absl::StrCat("0 invoke write ", value)}),
                ElementsAre(HasSubstr(
                    "run:1: expected nil, a boolean, an integer, a string or a "
                    "keyword as value, found ")));
    EXPECT_THAT(Both({"0 invoke read nil", absl::StrCat("0 ok read ", value)}),
                ElementsAre(HasSubstr("run:2: expected ")))
        << value;
  }
}

TEST(EventReaderTest, UnknownTypesAndFunctionsAreErrors) {
  EXPECT_THAT(Both({"0 begin read nil"}),
              ElementsAre("run:1: expected one of the types :invoke, :ok, "
                          ":fail and :info, found :begin"));
  EXPECT_THAT(Both({"0 invoke txn nil"}),
              ElementsAre("run:1: expected one of the functions :read, :write, "
                          ":cas, :get, :put and :append, found :txn"));
}

TEST(EventReaderTest, ProcessesAreNumbers) {
  for (const std::string process : {"-1", "4294967296", "\"0\"", "nil", "x"}) {
    EXPECT_THAT(
        Both({absl::StrCat(process, " invoke read nil")}),
        ElementsAre(absl::StrCat(
            "run:1: expected a process from 0 to 2^32-1, found ", process)));
  }
}

TEST(EventReaderTest, TheNemesisIsNoClient) {
  EXPECT_THAT(Both({":nemesis info start nil", "0 invoke read nil",
                    ":nemesis info start {:a \"b\"}", "0 ok read nil"}),
              ElementsAre("0 Load(0) -> absent [2,4]"));
}

TEST(EventReaderTest, OtherLinesOfALogAreIgnored) {
  EXPECT_THAT(Read("INFO  jepsen.core - Running test\n"
                   "2026-01-02 03:04:05,678{GMT}\tINFO\t[jepsen worker 0] "
                   "jepsen.util: 0\t:invoke\t:read\tnil\n"
                   "WARN  jepsen.core - Something: - odd\n"
                   "INFO  jepsen.util - 0 :ok :read 3\n",
                   HistoryFormat::kDetect),
              ElementsAre("0 Load(0) -> 3 [2,4]"));
}

TEST(EventReaderTest, WhatIsNoLineOfALogIsAnError) {
  EXPECT_THAT(Read("INFO  jepsen.util - 0\t:invoke\t:read\tnil\nnonsense\n",
                   HistoryFormat::kDetect),
              ElementsAre("run:2: expected a line such as \"INFO  jepsen.util "
                          "- 3 :invoke :read nil\", found \"nonsense\""));
  EXPECT_THAT(Jepsen({"0 invoke read nil nil"}),
              ElementsAre("run:1: expected the end of the line after nil, "
                          "found \"nil\""));
}

TEST(EventReaderTest, ALogWithoutOperationsIsAnError) {
  EXPECT_THAT(Read("INFO  acme.core - Running\n", HistoryFormat::kDetect),
              ElementsAre("run: expected operations that jepsen.util logged"));
}

TEST(EventReaderTest, EdnMapsMayHaveOtherMembersAndATag) {
  EXPECT_THAT(
      Read(";; a comment\n"
           "#jepsen.history.Op{:index 0, :time 17, :type :invoke, :process 0, "
           ":f :read, :value nil}\n"
           "{:type :ok :value 3 :f :read :process 0 :error [{:a 1} #{}]}\n",
           HistoryFormat::kDetect),
      ElementsAre("0 Load(0) -> 3 [2,3]"));
}

TEST(EventReaderTest, ALineOfEdnIsOneMap) {
  for (const std::string line :
       {"[]", "{:process 0} {}", "nil", "#a [1]", "{:process 0 :process 1}"}) {
    EXPECT_THAT(Read(line, HistoryFormat::kEdn),
                ElementsAre(HasSubstr("run:1: expected ")))
        << line;
  }
}

TEST(EventReaderTest, ALineCutShortIsAnErrorOrAnotherWholeLine) {
  const std::string edn = "{:process 0, :type :invoke, :f :read, :value nil}";
  for (size_t size = 1; size < edn.size(); ++size) {
    EXPECT_THAT(Read(edn.substr(0, size), HistoryFormat::kEdn),
                ElementsAre(HasSubstr("run:1: expected ")));
  }
  const std::string log = "INFO  jepsen.util - 0\t:invoke\t:write\t12";
  for (size_t size = 1; size + 1 < log.size(); ++size) {
    EXPECT_THAT(Read(log.substr(0, size), HistoryFormat::kJepsen),
                ElementsAre(HasSubstr("expected ")));
  }
}

}  // namespace
}  // namespace mortsafe
