#include "fuzzers/replay.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() { std::filesystem::create_directories(folder_); }
  ~ReplayTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  void Write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(Path(name), std::ios::binary) << bytes;
  }

  absl::StatusOr<int> Replay(const std::vector<std::string>& paths) {
    return ReplayInputs(paths, [this](absl::Span<const uint8_t> input) {
      seen_.emplace_back(input.begin(), input.end());
    });
  }

  const std::vector<std::string>& seen() const { return seen_; }

 private:
  // Named after the test, because ctest runs several at once.
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
  std::vector<std::string> seen_;
};

TEST_F(ReplayTest, RunsEveryFileOfAFolderInOrderOfPath) {
  Write("corpus/b", "second");
  Write("corpus/c/d", "third");
  Write("corpus/a", "first");

  EXPECT_EQ(Replay({Path("corpus")}).value(), 3);
  EXPECT_THAT(seen(), ElementsAre("first", "second", "third"));
}

TEST_F(ReplayTest, RunsPathsInTheOrderGiven) {
  Write("a", "first");
  Write("b", "second");

  EXPECT_EQ(Replay({Path("b"), Path("a")}).value(), 2);
  EXPECT_THAT(seen(), ElementsAre("second", "first"));
}

TEST_F(ReplayTest, PassesBytesUnchanged) {
  const std::string bytes("\0\r\n\xff", 4);
  Write("binary", bytes);
  Write("empty", "");

  EXPECT_EQ(Replay({Path("binary"), Path("empty")}).value(), 2);
  EXPECT_THAT(seen(), ElementsAre(bytes, ""));
}

TEST_F(ReplayTest, RefusesAPathThatDoesNotExist) {
  const absl::Status status = Replay({Path("nowhere")}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("nowhere")));
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(ReplayTest, RefusesAFolderWithoutInputs) {
  std::filesystem::create_directories(Path("empty"));

  const absl::Status status = Replay({Path("empty")}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("empty")));
}

}  // namespace
}  // namespace mortsafe
