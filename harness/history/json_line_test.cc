// What a line of a history in JSON Lines has to be: one rule a test. Each line
// is read as it is and with a member behind it that only the JSON library can
// read, because lines that look plain are read without it.

#include "harness/history/json_line.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

std::string Error(absl::string_view line) {
  HistoryOperation operation;
  return std::string(ParseJsonLine(line, operation).message());
}

// `members` in braces. The test fails if that is wrong.
HistoryOperation Parse(absl::string_view members) {
  HistoryOperation plain;
  const absl::Status status =
      ParseJsonLine(absl::StrCat("{", members, "}"), plain);
  EXPECT_TRUE(status.ok()) << status;
  HistoryOperation other;
  EXPECT_TRUE(
      ParseJsonLine(absl::StrCat("{", members, ", \"x\": 1.5e3 }"), other)
          .ok());
  EXPECT_EQ(plain, other);
  return plain;
}

// What is wrong with `members` in braces.
std::string ErrorOf(absl::string_view members) {
  const std::string error = Error(absl::StrCat("{", members, "}"));
  EXPECT_EQ(Error(absl::StrCat("{\"x\" : [ ],", members, "}")), error);
  EXPECT_FALSE(error.empty()) << members;
  return error;
}

constexpr absl::string_view kStore =
    R"("client":3,"op":"store","key":4,"value":7,"call":1,"return":2)";

TEST(ParseJsonLineTest, ReadsTheExampleOfTheContract) {
  const HistoryOperation operation =
      Parse(R"("client":0,"op":"load_or_store","key":1,"value":7,"result":5,)"
            R"("ok":true,"call":12,"return":19)");
  EXPECT_EQ(operation.kind, OperationKind::kLoadOrStore);
  EXPECT_EQ(operation.client, 0);
  EXPECT_EQ(operation.key, 1);
  EXPECT_EQ(operation.value, 7);
  EXPECT_EQ(operation.result, 5);
  EXPECT_TRUE(operation.ok);
  EXPECT_EQ(operation.call_time, 12);
  EXPECT_EQ(operation.return_time, 19);
}

// An operation of each kind, with each answer that it can have.
std::vector<HistoryOperation> OneOfEach() {
  std::vector<HistoryOperation> all;
  for (const OperationKind kind : kAllOperationKinds) {
    HistoryOperation operation;
    operation.client = 9;
    operation.kind = kind;
    if (HasKey(kind)) operation.key = UINT64_MAX;
    if (ComparesValue(kind)) operation.old_value = 5;
    if (StoresValue(kind)) operation.value = UINT64_MAX;
    operation.call_time = 3;
    all.push_back(operation);
    operation.return_time = UINT64_MAX - 1;
    const bool has_result = kind == OperationKind::kLoad ||
                            kind == OperationKind::kLoadAndDelete ||
                            kind == OperationKind::kSwap;
    if (kind == OperationKind::kLoadOrStore) operation.result = operation.value;
    all.push_back(operation);
    if (has_result || kind == OperationKind::kLoadOrStore) operation.result = 0;
    operation.ok = has_result || ComparesValue(kind) ||
                   kind == OperationKind::kLoadOrStore ||
                   kind == OperationKind::kRange;
    all.push_back(operation);
    if (kind == OperationKind::kRange) {
      operation.entries = {{0, 1}, {UINT64_MAX, UINT64_MAX}, {0, 1}};
      all.push_back(operation);
    }
  }
  return all;
}

TEST(ParseJsonLineTest, ReadsBackWhateverIsWritten) {
  for (const HistoryOperation& operation : OneOfEach()) {
    std::string line = ToJsonLines(History{{operation}});
    line.pop_back();
    HistoryOperation read;
    EXPECT_TRUE(ParseJsonLine(line, read).ok()) << line;
    EXPECT_EQ(read, operation) << line;
    const std::string spaced = absl::StrReplaceAll(line, {{",", " , "}});
    EXPECT_TRUE(ParseJsonLine(spaced, read).ok()) << spaced;
    EXPECT_EQ(read, operation) << spaced;
  }
}

TEST(ParseJsonLineTest, NothingStaysFromTheLineBefore) {
  HistoryOperation operation;
  for (const HistoryOperation& before : OneOfEach()) {
    for (const HistoryOperation& after : OneOfEach()) {
      for (const HistoryOperation& written : {before, after}) {
        std::string line = ToJsonLines(History{{written}});
        line.pop_back();
        ASSERT_TRUE(ParseJsonLine(line, operation).ok());
      }
      ASSERT_EQ(operation, after);
    }
  }
}

TEST(ParseJsonLineTest, MembersComeInAnyOrder) {
  EXPECT_EQ(
      Parse(R"("return":2,"call":1,"value":7,"key":4,"op":"store","client":3)"),
      Parse(kStore));
}

TEST(ParseJsonLineTest, MembersOfOtherNamesAreIgnored) {
  for (const absl::string_view other :
       {R"("comment":"a \"quoted\" one")", R"("Key":5)", R"("":-1)",
        R"("x":{"key":9,"op":[1,{"call":null}]})", R"("x":1e300,"x":true)",
        R"("x":123456789012345678901234567890)", R"("x":[[1,2],[3]])",
        R"("é":"\u00e9")"}) {
    EXPECT_EQ(Parse(absl::StrCat(kStore, ",", other)), Parse(kStore));
    EXPECT_EQ(Parse(absl::StrCat(other, ",", kStore)), Parse(kStore));
  }
}

TEST(ParseJsonLineTest, ANameMayBeEscaped) {
  EXPECT_EQ(
      Parse(
          R"("client":3,"op":"st\u006fre","\u006bey":4,"value":7,"call":1,"return":2)"),
      Parse(kStore));
}

TEST(ParseJsonLineTest, AMissingReturnIsAPendingOperation) {
  const HistoryOperation operation =
      Parse(R"("client":3,"op":"swap","key":4,"value":7,"call":1)");
  EXPECT_EQ(operation.return_time, kPending);
}

TEST(ParseJsonLineTest, ResultsOfAPendingOperationMeanNothing) {
  EXPECT_EQ(
      Parse(
          R"("client":3,"op":"swap","key":4,"value":7,"call":1,"result":5,"ok":false)"),
      Parse(R"("client":3,"op":"swap","key":4,"value":7,"call":1)"));
  EXPECT_EQ(
      Parse(R"("client":3,"op":"range","call":1,"entries":[[1,2]],"ok":true)"),
      Parse(R"("client":3,"op":"range","call":1)"));
}

TEST(ParseJsonLineTest, ARangeListsPairs) {
  EXPECT_THAT(
      Parse(
          R"("client":0,"op":"range","ok":false,"entries":[[1,2],[0,3]],"call":1,"return":1)")
          .entries,
      ElementsAre(Pair(1, 2), Pair(0, 3)));
}

TEST(ParseJsonLineTest, WhatIsNoJsonIsAnError) {
  for (const absl::string_view line :
       {"", "{", "}", "{\"client\":0", "{\"client\":0,}", "{'client':0}",
        "{\"x\":tru}", "{\"x\":01}", "{\"x\":+1}", "{\"x\":1.}", "{\"x\":NaN}",
        "{\"x\":\"\t\"}", "{\"x\":\"\\q\"}", "{\"x\":\"\xff\"}", "{\"x\"}",
        "{\"x\":1 \"y\":2}", "{\"x\":[1,,2]}", "{\"x\":[1}", "{\"x\":1}]"}) {
    EXPECT_THAT(Error(line),
                StartsWith("expected JSON, found something else at column "))
        << line;
  }
  EXPECT_THAT(Error(absl::StrCat("{", kStore, "} {", kStore, "}")),
              StartsWith("expected JSON, found something else at column 65"));
}

TEST(ParseJsonLineTest, AnotherValueThanAnObjectIsAnError) {
  EXPECT_EQ(Error("[]"), "expected an object, found an array");
  EXPECT_EQ(Error("17"), "expected an object, found 17");
  EXPECT_EQ(Error("null"), "expected an object, found null");
  EXPECT_EQ(Error("\"x\""), "expected an object, found a string");
}

TEST(ParseJsonLineTest, ALineCutShortAnywhereIsAnError) {
  const std::string line = absl::StrCat("{", kStore, "}");
  for (size_t size = 0; size < line.size(); ++size) {
    EXPECT_NE(Error(line.substr(0, size)), "") << size;
  }
}

TEST(ParseJsonLineTest, AMissingMemberIsAnErrorThatNamesIt) {
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"client", R"("op":"store","key":4,"value":7,"call":1,"return":2)"},
      {"op", R"("client":3,"key":4,"value":7,"call":1,"return":2)"},
      {"key", R"("client":3,"op":"store","value":7,"call":1,"return":2)"},
      {"value", R"("client":3,"op":"swap","key":4,"call":1)"},
      {"old",
       R"("client":3,"op":"compare_and_swap","key":4,"value":1,"call":1)"},
      {"call", R"("client":3,"op":"store","key":4,"value":7,"return":2)"},
      {"result",
       R"("client":3,"op":"load","key":4,"ok":false,"call":1,"return":2)"},
      {"ok",
       R"("client":3,"op":"load","key":4,"result":null,"call":1,"return":2)"},
      {"ok",
       R"("client":3,"op":"compare_and_delete","key":4,"old":1,"call":1,"return":2)"},
      {"entries", R"("client":3,"op":"range","ok":true,"call":1,"return":2)"},
      {"ok", R"("client":3,"op":"range","entries":[],"call":1,"return":2)"},
  };
  for (const auto& [member, line] : lines) {
    const std::string error = ErrorOf(line);
    EXPECT_THAT(error, HasSubstr(absl::StrCat("as member \"", member, "\"")));
    EXPECT_THAT(error, HasSubstr("found no such member"));
  }
  EXPECT_EQ(ErrorOf(lines[2].second),
            "expected an integer from 0 to 2^64-1 as member \"key\" of a "
            "store, found no such member");
}

TEST(ParseJsonLineTest, AMemberOfAnotherTypeIsAnErrorThatNamesIt) {
  const std::vector<std::string> integers = {
      "-1",
      "-0",
      "1.0",
      "1e3",
      "18446744073709551616",
      "1e999",
      "\"1\"",
      "true",
      "null",
      "[]",
      "{}",
      "99999999999999999999999999999999999999999999"};
  for (const absl::string_view member :
       {"client", "key", "value", "call", "return"}) {
    for (const std::string& wrong : integers) {
      // No double is that large: the library gives up before the member.
      if (wrong == "1e999") continue;
      const std::string name = absl::StrCat("\"", member, "\":");
      std::string line(kStore);
      const size_t at = line.find(name) + name.size();
      line.replace(at, 1, wrong);
      EXPECT_THAT(ErrorOf(line),
                  HasSubstr(absl::StrCat("as member \"", member, "\"")))
          << line;
    }
  }
  EXPECT_THAT(
      ErrorOf(R"("key":-3)"),
      "expected an integer from 0 to 2^64-1 as member \"key\", found -3");
  EXPECT_THAT(ErrorOf(R"("key":123456789012345678901234567890)"),
              HasSubstr("found 123456789012345678901234567890"));
  EXPECT_THAT(ErrorOf(R"("ok":1)"),
              "expected true or false as member \"ok\", found 1");
  EXPECT_THAT(ErrorOf(R"("op":1)"),
              "expected the name of an operation as member \"op\", found 1");
  EXPECT_THAT(ErrorOf(R"("result":"5")"),
              "expected an integer from 0 to 2^64-1 or null as member "
              "\"result\", found a string");
}

TEST(ParseJsonLineTest, AClientIsBelow32Bits) {
  EXPECT_EQ(ErrorOf(R"("client":4294967296)"),
            "expected an integer from 0 to 2^32-1 as member \"client\", found "
            "4294967296");
}

TEST(ParseJsonLineTest, TheLargestNumberIsNoTime) {
  EXPECT_EQ(ErrorOf(R"("return":18446744073709551615)"),
            "expected an integer from 0 to 2^64-2 as member \"return\", found "
            "18446744073709551615");
  EXPECT_THAT(ErrorOf(R"("call":18446744073709551615)"),
              HasSubstr("as member \"call\""));
}

TEST(ParseJsonLineTest, EntriesAreArraysOfTwoIntegers) {
  for (const absl::string_view wrong :
       {"1", "[1]", "[1,2]", "[[1]]", "[[]]", "[[1,2,3]]", "[[1,2],3]",
        "[[1,-2]]", "[[1,null]]", "[[1,[2]]]", "[{}]", "[[1,2.0]]", "{}",
        "\"\"", "[[1,\"2\"]]"}) {
    EXPECT_THAT(ErrorOf(absl::StrCat("\"entries\":", wrong)),
                StartsWith("expected pairs [key,value] of integers from 0 to "
                           "2^64-1 as member \"entries\", found "))
        << wrong;
  }
}

TEST(ParseJsonLineTest, AnUnknownOperationIsAnErrorThatListsWhatThereIs) {
  EXPECT_EQ(ErrorOf(R"("client":3,"op":"put","key":4)"),
            "expected as member \"op\" one of load, store, load_or_store, "
            "load_and_delete, delete, swap, compare_and_swap, "
            "compare_and_delete, range, clear; found \"put\"");
  EXPECT_THAT(ErrorOf(absl::StrCat(R"("op":")", std::string(100, 'x'), "\"")),
              HasSubstr("found \"" + std::string(40, 'x') + "...\""));
  EXPECT_THAT(Error(R"({"op":"a\nb"})"), HasSubstr(R"(found "a\nb")"));
}

TEST(ParseJsonLineTest, AMemberTwiceIsAnError) {
  EXPECT_EQ(ErrorOf(absl::StrCat(kStore, ",\"value\":7")),
            "expected member \"value\" once, found it again");
}

TEST(ParseJsonLineTest, AMemberThatTheOperationHasNotIsAnErrorUnlessNull) {
  EXPECT_EQ(ErrorOf(R"("client":0,"op":"clear","key":4,"call":1,"return":2)"),
            "expected no member \"key\" of a clear");
  EXPECT_EQ(ErrorOf(absl::StrCat(kStore, ",\"ok\":false")),
            "expected no member \"ok\" of a store");
  EXPECT_EQ(Parse(absl::StrCat(kStore, R"(,"result":null,"old":null)")),
            Parse(kStore));
}

TEST(ParseJsonLineTest, AReturnBeforeTheCallIsAnError) {
  EXPECT_EQ(
      ErrorOf(
          R"("client":3,"op":"store","key":4,"value":7,"call":5,"return":4)"),
      "expected member \"return\" to be at least \"call\", 5, found 4");
}

TEST(ParseJsonLineTest, OkAndResultMayNotContradictEachOther) {
  for (const absl::string_view op : {"load", "load_and_delete", "swap"}) {
    const std::string start =
        absl::StrCat(R"("client":3,"key":4,"call":1,"return":2,"op":")", op,
                     "\"", op == "swap" ? ",\"value\":1" : "");
    EXPECT_EQ(ErrorOf(absl::StrCat(start, R"(,"ok":true,"result":null)")),
              absl::StrCat("expected member \"result\" of a ", op,
                           " to be an integer where \"ok\" is true, found "
                           "null"));
    EXPECT_EQ(ErrorOf(absl::StrCat(start, R"(,"ok":false,"result":5)")),
              absl::StrCat("expected member \"result\" of a ", op,
                           " to be null where \"ok\" is false, found an "
                           "integer"));
  }
}

TEST(ParseJsonLineTest, ALoadOrStoreThatStoredHasItsOwnValueAsResult) {
  constexpr absl::string_view kStart =
      R"("client":3,"key":4,"call":1,"return":2,"op":"load_or_store","value":7)";
  EXPECT_EQ(Parse(absl::StrCat(kStart, R"(,"ok":false,"result":7)")).result, 7);
  EXPECT_EQ(ErrorOf(absl::StrCat(kStart, R"(,"ok":false,"result":5)")),
            "expected \"result\" of a load_or_store that stored (\"ok\" is "
            "false) to be its \"value\", 7, found 5");
  EXPECT_EQ(ErrorOf(absl::StrCat(kStart, R"(,"ok":true,"result":null)")),
            "expected an integer as member \"result\" of a load_or_store, "
            "found null");
}

TEST(ParseJsonLineTest, NestingIsBounded) {
  const auto nested = [](int depth) {
    return absl::StrCat("{", kStore, ",\"x\":", std::string(depth, '['),
                        std::string(depth, ']'), "}");
  };
  EXPECT_EQ(Error(nested(kMaxJsonDepth - 1)), "");
  EXPECT_EQ(Error(nested(kMaxJsonDepth)),
            "expected at most 32 levels of objects and arrays");
  EXPECT_EQ(Error(nested(500'000)),
            "expected at most 32 levels of objects and arrays");
  EXPECT_NE(Error(std::string(500'000, '[')), "");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"x\":";
  EXPECT_EQ(Error(objects), "expected at most 32 levels of objects and arrays");
}

}  // namespace
}  // namespace mortsafe
