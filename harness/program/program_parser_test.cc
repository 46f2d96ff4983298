// The text form of programs: what is read, and what errors say where.

#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/program/generator.h"
#include "harness/program/input.h"
#include "harness/program/program.h"

namespace mortsafe {
namespace {

// The program as read, written on one line.
std::string Reading(absl::string_view text) {
  const absl::StatusOr<Program> parsed = ParseProgram(text, "p");
  return parsed.ok() ? ToOneLine(*parsed) : parsed.status().ToString();
}

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<Program> parsed = ParseProgram(text, "p");
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(parsed.status().message());
}

TEST(ParseProgramTest, ReadsEveryOperation) {
  constexpr absl::string_view kText =
      "initial: Store(0, 1) | thread 1: Load(1); LoadOrStore(2, 3); "
      "LoadAndDelete(3); Delete(4); Swap(5, 18446744073709551615); "
      "CompareAndSwap(6, 0, 7); CompareAndDelete(7, 18446744073709551615); "
      "Range(); Range(stop 8); Clear()";
  EXPECT_EQ(Reading(kText), kText);
}

TEST(ParseProgramTest, TakesBlanksCommentsAndTrailingSemicolons) {
  EXPECT_EQ(Reading("# The key is promoted | thread 9:\r\n"
                    "\n"
                    "  initial:Store( 0 ,1 );Load(1) ; # done\n"
                    "\tthread 1 :\n"
                    "thread 02: Range( stop 2 ) ;|"),
            "initial: Store(0, 1); Load(1) | thread 1: | thread 2: "
            "Range(stop 2)");
}

TEST(ParseProgramTest, SectionsMayBeEmpty) {
  EXPECT_EQ(Reading("initial: | thread 1:"), "thread 1:");
  EXPECT_EQ(Reading("|| thread 1: ||| thread 2: Load(0) |"),
            "thread 1: | thread 2: Load(0)");
  EXPECT_EQ(Reading("initial: Load(0)"), "initial: Load(0)");
}

TEST(ParseProgramTest, NamesWhatMayStandAtTheStart) {
  EXPECT_EQ(ErrorOf(""),
            "p:1:1: expected 'initial:' or 'thread 1:', found end of text");
  EXPECT_EQ(ErrorOf(" \n # nothing"),
            "p:2:11: expected 'initial:' or 'thread 1:', found end of text");
  EXPECT_EQ(ErrorOf("Load(0)"),
            "p:1:1: expected 'initial:' or 'thread 1:', found 'Load'");
  EXPECT_EQ(ErrorOf("initial:"),
            "p:1:9: expected an initial operation or 'thread 1:', found end of "
            "text");
}

TEST(ParseProgramTest, InitialComesOnceAndFirst) {
  EXPECT_EQ(ErrorOf("initial:\ninitial:"),
            "p:2:1: expected 'thread 1:', found 'initial'");
  EXPECT_EQ(ErrorOf("thread 1:\ninitial:"),
            "p:2:1: expected 'thread 2:', found 'initial'");
}

TEST(ParseProgramTest, ThreadsCountUpFromOne) {
  EXPECT_EQ(ErrorOf("thread 0:"), "p:1:8: expected thread number 1, found '0'");
  EXPECT_EQ(ErrorOf("thread 1: | thread 3:"),
            "p:1:20: expected thread number 2, found '3'");
  EXPECT_EQ(ErrorOf("thread 1 Load(0)"), "p:1:10: expected ':', found 'Load'");
}

TEST(ParseProgramTest, ThreadsAndOperationsAreBounded) {
  std::string text;
  for (int i = 1; i <= kMaxThreads; ++i) {
    absl::StrAppend(&text, "thread ", i, ":\n");
  }
  EXPECT_TRUE(ParseProgram(text, "p").ok());
  EXPECT_EQ(ErrorOf(text + " thread 9:"),
            "p:9:2: expected at most 8 threads, found 'thread'");

  std::string full = "thread 1:";
  for (int i = 0; i < kMaxOperationsPerThread; ++i) {
    absl::StrAppend(&full, "Clear();");
  }
  EXPECT_TRUE(ParseProgram(full, "p").ok());
  EXPECT_EQ(ErrorOf(full + "Load(0)"),
            "p:1:130: expected at most 15 operations in a thread, found "
            "'Load'");
  full.replace(0, 8, "initial");
  EXPECT_TRUE(ParseProgram(full, "p").ok());
  EXPECT_EQ(ErrorOf(full + "Load(0)"),
            "p:1:129: expected at most 15 initial operations, found 'Load'");
}

TEST(ParseProgramTest, UnknownOperationsSuggestTheNearest) {
  EXPECT_EQ(ErrorOf("thread 1: load(0)"),
            "p:1:11: expected an operation, found 'load' (did you mean "
            "'Load'?)");
  EXPECT_EQ(ErrorOf("thread 1: LoadAndDelet(0)"),
            "p:1:11: expected an operation, found 'LoadAndDelet' (did you mean "
            "'LoadAndDelete'?)");
  EXPECT_EQ(ErrorOf("thread 1: CompareSwap(0, 1, 2)"),
            "p:1:11: expected an operation, found 'CompareSwap' (did you mean "
            "'CompareAndSwap'?)");
  EXPECT_EQ(ErrorOf("thread 1: Frobnicate(0)"),
            "p:1:11: expected an operation, found 'Frobnicate' (operations are "
            "Load, Store, LoadOrStore, LoadAndDelete, Delete, Swap, "
            "CompareAndSwap, CompareAndDelete, Range, Clear)");
  EXPECT_EQ(ErrorOf("thread 1: ;"), "p:1:11: expected an operation, found ';'");
}

TEST(ParseProgramTest, ArgumentsAreCheckedWhereTheyStand) {
  EXPECT_EQ(ErrorOf("thread 1: Load()"),
            "p:1:16: expected a key from 0 to 7, found ')'");
  EXPECT_EQ(ErrorOf("thread 1: Load(8)"),
            "p:1:16: expected a key from 0 to 7, found '8'");
  EXPECT_EQ(ErrorOf("thread 1: Load(-1)"),
            "p:1:16: expected a key from 0 to 7, found '-1'");
  EXPECT_EQ(ErrorOf("thread 1: Load(0, 1)"), "p:1:17: expected ')', found ','");
  EXPECT_EQ(ErrorOf("thread 1: Store(0)"), "p:1:18: expected ',', found ')'");
  EXPECT_EQ(ErrorOf("thread 1: Store(0, 0)"),
            "p:1:20: expected a value from 1 to 18446744073709551615, found "
            "'0'");
  EXPECT_EQ(ErrorOf("thread 1: Store(0, 18446744073709551616)"),
            "p:1:20: expected a value from 1 to 18446744073709551615, found "
            "'18446744073709551616'");
  EXPECT_EQ(ErrorOf("thread 1: CompareAndDelete(0, x)"),
            "p:1:31: expected an old value from 0 to 18446744073709551615, "
            "found 'x'");
  EXPECT_EQ(ErrorOf("thread 1: Range(1)"),
            "p:1:17: expected 'stop' or ')', found '1'");
  EXPECT_EQ(ErrorOf("thread 1: Range(stop 0)"),
            "p:1:22: expected a stop from 1 to 8, found '0'");
  EXPECT_EQ(ErrorOf("thread 1: Clear(0)"), "p:1:17: expected ')', found '0'");
}

TEST(ParseProgramTest, OperationsArePartedBySemicolons) {
  EXPECT_EQ(ErrorOf("thread 1: Load(0), Load(0)"),
            "p:1:18: expected ';', '|' or end of line, found ','");
  EXPECT_EQ(ErrorOf("thread 1: Load(0\n)"),
            "p:1:17: expected ')', found end of line");
  EXPECT_EQ(ErrorOf("thread 1: Load(0 | thread 2:"),
            "p:1:18: expected ')', found '|'");
}

TEST(ParseProgramTest, AValueStoredTwiceNamesBothPlaces) {
  EXPECT_EQ(ErrorOf("initial: Store(0, 5)\nthread 1: Load(0); Swap(1, 5)"),
            "p:2:28: expected a value that no other operation stores, found "
            "'5' (also stored at 1:19)");
}

TEST(ParseProgramTest, ColumnsCountBytes) {
  EXPECT_EQ(ErrorOf("thread 1: \xc3\xb6"),
            "p:1:11: expected an operation, found '\\xc3\\xb6'");
  EXPECT_EQ(ErrorOf("\tthread 1: Load(9)"),
            "p:1:17: expected a key from 0 to 7, found '9'");
}

TEST(ParseProgramTest, ErrorsStayShortAndPrintable) {
  EXPECT_EQ(ErrorOf(absl::string_view("thread 1: \0\x1b\x7f'", 14)),
            "p:1:11: expected an operation, found '\\x00\\x1b\\x7f'");
  EXPECT_EQ(ErrorOf("thread 1: '"),
            "p:1:11: expected an operation, found '\\''");
  EXPECT_EQ(ErrorOf(absl::StrCat("thread 1: Load(", std::string(1 << 20, '7'))),
            "p:1:16: expected a key from 0 to 7, found "
            "'77777777777777777777777777777777...'");
}

TEST(ParseProgramTest, LargeTextsAreReadInOneGo) {
  constexpr size_t kSize = 1 << 20;
  for (const char filler : {'\n', '|', ' ', '#', '\0', '(', 'x', '\xff'}) {
    const std::string text(kSize, filler);
    EXPECT_LT(ErrorOf(text).size(), 200u);
    const bool ends_sections = filler == '\n' || filler == '|' || filler == ' ';
    EXPECT_EQ(ParseProgram(text + "thread 1:", "p").ok(), ends_sections);
  }
}

TEST(ParseProgramTest, AnyTextIsReadOrRefused) {
  constexpr absl::string_view kPieces[] = {
      "initial", "thread", ":",    "1",       "2",
      "Load",    "Store",  "(",    ")",       ",",
      ";",       "Range",  "stop", "|",       "\n",
      " ",       "#",      "0",    "Clear()", absl::string_view("\0", 1)};
  Random random(3);
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = round % 2 == 0 ? "thread 1:" : "";
    for (uint64_t i = random.Below(12); i > 0; --i) {
      absl::StrAppend(&text, kPieces[random.Below(std::size(kPieces))]);
    }
    const absl::StatusOr<Program> parsed = ParseProgram(text, "p");
    if (parsed.ok()) {
      ++read;
      EXPECT_TRUE(Validate(*parsed).ok()) << text;
    } else {
      EXPECT_EQ(parsed.status().message().find('\n'), absl::string_view::npos);
    }
  }
  EXPECT_GT(read, 100);
}

TEST(ProgramTextTest, GeneratedProgramsReadBack) {
  const ProgramBounds bounds = {
      .threads = 8, .operations = 15, .keys = 8, .initial = 15};
  Random random(11);
  for (int round = 0; round < 1000; ++round) {
    Program program;
    GenerateProgram(bounds, random, program);
    EXPECT_EQ(ParseProgram(ToText(program), "p").value(), program);
    EXPECT_EQ(ParseProgram(ToOneLine(program), "p").value(), program);
  }
}

TEST(ProgramTextTest, DecodedProgramsReadBack) {
  Random random(12);
  for (int round = 0; round < 2000; ++round) {
    std::vector<uint8_t> bytes(random.Below(64));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Next());
    const Program program = DecodeInput(bytes).program;
    EXPECT_EQ(ParseProgram(ToText(program), "p").value(), program);
    EXPECT_EQ(ParseProgram(ToOneLine(program), "p").value(), program);
  }
}

}  // namespace
}  // namespace mortsafe
