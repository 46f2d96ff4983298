// What a line is, and which texts are refused.

#include "harness/history/line_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/byte_source.h"
#include "harness/history/compressed_test_data.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Lines = std::vector<std::pair<uint64_t, std::string>>;

// The lines with their numbers, and last the error, if there is one.
Lines Read(LineReader lines) {
  Lines all;
  while (true) {
    const absl::StatusOr<bool> more = lines.Next();
    if (!more.ok()) {
      all.emplace_back(0, std::string(more.status().message()));
      return all;
    }
    if (!*more) return all;
    all.emplace_back(lines.number(), std::string(lines.text()));
  }
}

Lines LinesOf(std::string text, size_t at_once = 4096) {
  return Read(LineReader(BytesInMemory(std::move(text), at_once), "run"));
}

TEST(LineReaderTest, LinesHaveNumbersFromOne) {
  EXPECT_THAT(LinesOf("a\nb\n"), ElementsAre(Pair(1, "a"), Pair(2, "b")));
  EXPECT_THAT(LinesOf("a\nb\n", 1), ElementsAre(Pair(1, "a"), Pair(2, "b")));
}

TEST(LineReaderTest, TheLastLineNeedsNoEnd) {
  EXPECT_THAT(LinesOf("a\nb"), ElementsAre(Pair(1, "a"), Pair(2, "b")));
}

TEST(LineReaderTest, ALineMayEndWithCrLf) {
  EXPECT_THAT(LinesOf("a\r\nb\r\n\r\nc\rd\r"),
              ElementsAre(Pair(1, "a"), Pair(2, "b"), Pair(4, "c\rd")));
}

TEST(LineReaderTest, BlankLinesAreCountedAndNotGiven) {
  EXPECT_THAT(LinesOf("\n \t \na\n\n\nb\n\n"),
              ElementsAre(Pair(3, "a"), Pair(6, "b")));
  EXPECT_THAT(LinesOf(""), IsEmpty());
  EXPECT_THAT(LinesOf("\n\n"), IsEmpty());
}

TEST(LineReaderTest, ALineCanBeRepeated) {
  LineReader lines(BytesInMemory("a\nb\n"), "run");
  ASSERT_TRUE(lines.Next().value());
  lines.Repeat();
  EXPECT_THAT(Read(std::move(lines)), ElementsAre(Pair(1, "a"), Pair(2, "b")));
}

TEST(LineReaderTest, ANulIsAnErrorThatNamesTheLine) {
  EXPECT_THAT(LinesOf(std::string("a\nb\0c\nd\n", 8)),
              ElementsAre(Pair(1, "a"),
                          Pair(0, "run:2: expected text, found a NUL byte")));
  EXPECT_THAT(LinesOf(std::string("\0", 1)),
              ElementsAre(Pair(0, "run:1: expected text, found a NUL byte")));
}

TEST(LineReaderTest, TheLongestLineIsRead) {
  const std::string longest(kMaxLineBytes, 'x');
  EXPECT_THAT(LinesOf("a\n" + longest + "\r\n" + longest + "\n" + longest),
              ElementsAre(Pair(1, "a"), Pair(2, longest), Pair(3, longest),
                          Pair(4, longest)));
}

TEST(LineReaderTest, ALongerLineIsAnErrorThatNamesTheLine) {
  const std::string longer(kMaxLineBytes + 1, 'x');
  const auto is_error =
      Pair(0, "run:2: expected a line of at most 1048576 bytes");
  EXPECT_THAT(LinesOf("a\n" + longer + "\n"),
              ElementsAre(Pair(1, "a"), is_error));
  EXPECT_THAT(LinesOf("a\n" + longer + "\r\n"),
              ElementsAre(Pair(1, "a"), is_error));
  EXPECT_THAT(LinesOf("a\n" + longer), ElementsAre(Pair(1, "a"), is_error));
}

// A line without end.
class Endless : public ByteSource {
 public:
  explicit Endless(size_t& read) : read_(read) {}
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    std::fill(buffer.begin(), buffer.end(), 'x');
    read_ += buffer.size();
    return buffer.size();
  }

 private:
  size_t& read_;
};

TEST(LineReaderTest, ALineWithoutEndIsNotReadMuchFurtherThanTheBound) {
  size_t read = 0;
  EXPECT_THAT(
      Read(LineReader(std::make_unique<Endless>(read), "run")),
      ElementsAre(Pair(0, "run:1: expected a line of at most 1048576 bytes")));
  EXPECT_LE(read, kMaxLineBytes + kMaxLineBytes / 2);
}

TEST(LineReaderTest, AnErrorOfTheSourceComesAfterTheWholeLines) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source =
      Decompress(BytesInMemory(Gzip("a\nb\nc") + "garbage"), "run");
  ASSERT_TRUE(source.ok());
  EXPECT_THAT(
      Read(LineReader(*std::move(source), "run")),
      ElementsAre(
          Pair(1, "a"), Pair(2, "b"),
          Pair(0, "run: expected a whole gzip stream, found something else")));
}

}  // namespace
}  // namespace mortsafe
