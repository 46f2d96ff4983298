#include "fuzzers/arguments.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;

// A command line, as main() has it.
class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> words)
      : words_(std::move(words)) {
    for (std::string& word : words_) arguments_.push_back(word.data());
  }
  const std::vector<char*>& arguments() const { return arguments_; }

 private:
  std::vector<std::string> words_;
  std::vector<char*> arguments_;
};

std::vector<std::string> Words(const std::vector<char*>& arguments) {
  return {arguments.begin(), arguments.end()};
}

TEST(ArgumentsTest, FlagsComeBeforeThoseThatAreGiven) {
  const CommandLine given({"target", "-reload=1", "corpus"});
  EXPECT_THAT(Words(WithFlags("-reload=0 -detect_leaks=0", given.arguments())),
              ElementsAre("target", "-reload=0", "-detect_leaks=0", "-reload=1",
                          "corpus"));
}

TEST(ArgumentsTest, WithoutFlagsNothingChanges) {
  const CommandLine given({"target", "corpus"});
  EXPECT_EQ(WithFlags("", given.arguments()), given.arguments());
}

TEST(ArgumentsTest, TheLastMapCounts) {
  ReadMapFlag(
      CommandLine({"target", "--map=locked", "-map=sharded"}).arguments());
  EXPECT_EQ(MapFlag(), "locked");
  ReadMapFlag(CommandLine({"target", "--map=locked", "--map=read-dirty:c1"})
                  .arguments());
  EXPECT_EQ(MapFlag(), "read-dirty:c1");
  ReadMapFlag(CommandLine({"target"}).arguments());
  EXPECT_EQ(MapFlag(), "read-dirty:c1");
  SetMapFlag("");
}

TEST(ArgumentsTest, AMapThatIsSetCountsWhateverIsGiven) {
  SetMapFlag("locked");
  ReadMapFlag(CommandLine({"target", "--map=sharded"}).arguments());
  EXPECT_EQ(MapFlag(), "locked");
  SetMapFlag("");
}

}  // namespace
}  // namespace mortsafe
