// Where bytes come from, and what becomes of them on the way: files, pipes,
// standard input, gzip, zstd, and everything that can be wrong with these.

#include "harness/history/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/compressed_test_data.h"

namespace mortsafe {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<std::string> ReadAll(ByteSource& source, size_t at_once) {
  std::string all;
  std::string buffer(at_once, '\0');
  while (true) {
    const absl::StatusOr<size_t> size = source.Read(absl::MakeSpan(buffer));
    if (!size.ok()) return size.status();
    if (*size == 0) return all;
    all.append(buffer, 0, *size);
  }
}

absl::StatusOr<std::string> ReadPath(const std::string& path) {
  absl::StatusOr<std::unique_ptr<ByteSource>> file = OpenFile(path);
  if (!file.ok()) return file.status();
  return ReadAll(**file, 4096);
}

// The bytes come, and are asked for, so many at once.
absl::StatusOr<std::string> Decompressed(std::string bytes,
                                         size_t at_once = 4096) {
  absl::StatusOr<std::unique_ptr<ByteSource>> source =
      Decompress(BytesInMemory(std::move(bytes), at_once), "run");
  if (!source.ok()) return source.status();
  return ReadAll(**source, at_once);
}

std::string Message(const absl::StatusOr<std::string>& result) {
  return std::string(result.status().message());
}

class OpenFileTest : public testing::Test {
 protected:
  OpenFileTest() { std::filesystem::create_directories(folder_); }
  ~OpenFileTest() override { std::filesystem::remove_all(folder_); }

  // Named after the test, because ctest runs several at once.
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(OpenFileTest, GivesTheBytesOfAFile) {
  const std::string bytes("a\0\r\n\xff", 5);
  std::ofstream(folder_ / "file", std::ios::binary) << bytes;
  EXPECT_EQ(ReadPath(folder_ / "file").value(), bytes);
}

TEST_F(OpenFileTest, GivesWhatComesThroughANamedPipe) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << "through a pipe"; });
  EXPECT_EQ(ReadPath(path).value(), "through a pipe");
  writer.join();
}

TEST_F(OpenFileTest, ADashIsStandardInput) {
  std::array<int, 2> pipe_ends = {};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  ASSERT_EQ(write(pipe_ends[1], "in", 2), 2);
  close(pipe_ends[1]);
  const int kept = dup(STDIN_FILENO);
  ASSERT_EQ(dup2(pipe_ends[0], STDIN_FILENO), STDIN_FILENO);
  EXPECT_EQ(ReadPath("-").value(), "in");
  dup2(kept, STDIN_FILENO);
}

TEST_F(OpenFileTest, NothingThereIsAnError) {
  const std::string path = folder_ / "nothing";
  const absl::StatusOr<std::string> result = ReadPath(path);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(result), path + ": expected a file, found nothing there");
}

TEST_F(OpenFileTest, AFolderIsAnError) {
  EXPECT_EQ(Message(ReadPath(folder_)),
            folder_.string() + ": expected a file, found a folder");
}

TEST_F(OpenFileTest, WhatCannotBeOpenedOrReadIsAnError) {
  std::ofstream(folder_ / "file") << "text";
  const std::string below_a_file = folder_ / "file" / "x";
  EXPECT_EQ(Message(ReadPath(below_a_file)),
            below_a_file + ": cannot be read: Not a directory");
  // Opens, but has nothing at its start.
  EXPECT_EQ(Message(ReadPath("/proc/self/mem")),
            "/proc/self/mem: cannot be read: Input/output error");
}

TEST(DecompressTest, PlainBytesStayAsTheyAre) {
  for (const std::string text :
       {"", "{", "plain text", "\x1f", "\x28\xb5\x2f"}) {
    EXPECT_EQ(Decompressed(text).value(), text);
    EXPECT_EQ(Decompressed(text, 1).value(), text);
  }
}

TEST(DecompressTest, GzipAndZstdAreUndone) {
  const std::string text(100'000, 'x');
  for (const size_t at_once : {1, 7, 4096}) {
    EXPECT_EQ(Decompressed(Gzip(text), at_once).value(), text);
    EXPECT_EQ(Decompressed(Zstd(text), at_once).value(), text);
    EXPECT_EQ(Decompressed(Gzip(""), at_once).value(), "");
    EXPECT_EQ(Decompressed(Zstd(""), at_once).value(), "");
  }
}

TEST(DecompressTest, MembersThatFollowEachOtherAreOneStream) {
  EXPECT_EQ(Decompressed(Gzip("a") + Gzip("") + Gzip("b")).value(), "ab");
  EXPECT_EQ(Decompressed(Zstd("a") + Zstd("") + Zstd("b")).value(), "ab");
}

TEST(DecompressTest, FramesThatZstdSkipsAreSkipped) {
  const std::string skipped("\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(Decompressed(skipped + Zstd("a") + skipped).value(), "a");
}

TEST(DecompressTest, AStreamCutShortAnywhereIsAnErrorThatNamesTheSource) {
  const std::string text = "{\"client\":0}\n{\"client\":1}\n";
  for (const std::string& whole : {Gzip(text), Zstd(text)}) {
    const bool is_gzip = whole[0] == '\x1f';
    // Less than its magic number is no stream.
    for (size_t size = is_gzip ? 2 : 4; size < whole.size(); ++size) {
      for (const size_t at_once : {size_t{1}, size_t{4096}}) {
        const auto result = Decompressed(whole.substr(0, size), at_once);
        EXPECT_EQ(Message(result), std::string("run: expected a whole ") +
                                       (is_gzip ? "gzip" : "zstd") +
                                       " stream, found its end: cut short")
            << size;
      }
    }
  }
}

TEST(DecompressTest, AChangedByteIsAnErrorOrChangesNothing) {
  const std::string text = "{\"client\":0}\n{\"client\":1}\n";
  // Without a checksum zstd cannot tell.
  const std::string whole = Gzip(text);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
    const absl::StatusOr<std::string> result = Decompressed(bytes);
    if (result.ok()) {
      // Not gzip any more, or a byte of the header that means nothing.
      EXPECT_THAT(*result, AnyOf(text, bytes)) << i;
    } else {
      EXPECT_THAT(Message(result),
                  StartsWith("run: expected a whole gzip stream, found "));
    }
  }
}

TEST(DecompressTest, SomethingElseBehindAStreamIsAnError) {
  EXPECT_EQ(Message(Decompressed(Gzip("a") + "garbage")),
            "run: expected a whole gzip stream, found something else");
  EXPECT_EQ(Message(Decompressed(Zstd("a") + "garbage")),
            "run: expected a whole zstd stream, found something else");
  EXPECT_EQ(Message(Decompressed(Gzip("a") + Zstd("b"))),
            "run: expected a whole gzip stream, found something else");
}

TEST(DecompressTest, CorruptDataIsAnErrorThatSaysHow) {
  std::string bytes = Gzip("some text");
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] + 1);
  EXPECT_THAT(Message(Decompressed(bytes)), HasSubstr("incorrect data check"));
  EXPECT_THAT(
      Message(Decompressed(std::string("\x28\xb5\x2f\xfd\xff\xff\xff\xff"
                                       "\xff\xff\xff\xff\xff\xff",
                                       14))),
      StartsWith("run: expected a whole zstd stream, found "));
}

}  // namespace
}  // namespace mortsafe
