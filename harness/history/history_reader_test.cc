// Histories from files: which format a file is taken to be in, and what all
// formats have in common.

#include "harness/history/history_reader.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/compressed_test_data.h"
#include "harness/history/history.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kJson =
    R"({"client":0,"op":"store","key":4,"value":7,"call":1,"return":2})"
    "\n"
    R"({"client":1,"op":"load","key":4,"result":7,"ok":true,"call":0,"return":3})"
    "\n";
constexpr absl::string_view kJepsen =
    "INFO  jepsen.util - 0\t:invoke\t:write\t7\n"
    "INFO  jepsen.util - 0\t:ok\t:write\t7\n";
constexpr absl::string_view kEdn =
    "{:process 0, :type :invoke, :f :write, :value 7}\n"
    "{:process 0, :type :ok, :f :write, :value 7}\n";

// "LINE Call()" of each operation, and last the error if there is one.
std::vector<std::string> ReadAll(
    absl::StatusOr<std::unique_ptr<HistoryReader>> reader) {
  std::vector<std::string> all;
  if (!reader.ok()) return {std::string(reader.status().message())};
  HistoryOperation operation;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(operation);
    if (!more.ok()) all.emplace_back(more.status().message());
    if (!more.ok() || !*more) return all;
    all.push_back(absl::StrCat((*reader)->line(), " ", CallText(operation)));
  }
}

std::vector<std::string> Read(absl::string_view bytes,
                              HistoryFormat format = HistoryFormat::kDetect) {
  return ReadAll(OpenHistoryInMemory(std::string(bytes), "run", format));
}

TEST(HistoryReaderTest, JsonLinesComeInTheOrderOfTheFile) {
  EXPECT_THAT(Read(kJson), ElementsAre("1 Store(4, 7)", "2 Load(4)"));
  EXPECT_FALSE(
      (*OpenHistoryInMemory(std::string(kJson), "run", HistoryFormat::kDetect))
          ->IsInCallOrder());
}

TEST(HistoryReaderTest, TheFirstLineThatIsNotBlankTellsTheFormat) {
  EXPECT_THAT(Read(kJepsen), ElementsAre("1 Store(0, 7)"));
  EXPECT_THAT(Read(kEdn), ElementsAre("1 Store(0, 7)"));
  EXPECT_THAT(Read(absl::StrCat("\r\n \n ", kEdn)),
              ElementsAre("3 Store(0, 7)"));
  EXPECT_THAT(Read(absl::StrCat("\n", kJson)),
              ElementsAre("2 Store(4, 7)", "3 Load(4)"));
  EXPECT_THAT(Read("{ }"), ElementsAre(HasSubstr("member \"op\"")));
}

TEST(HistoryReaderTest, OtherTextsAreErrors) {
  for (const std::string text :
       {"hello\n", "[1]\n", "\"x\"\n", "1\n", "<xml>"}) {
    EXPECT_THAT(Read(text),
                ElementsAre("run:1: expected an operation in JSON Lines, as "
                            "Jepsen logs them or in EDN"));
  }
}

TEST(HistoryReaderTest, AFormatThatIsNamedIsNotDoubted) {
  EXPECT_THAT(Read(kEdn, HistoryFormat::kJsonLines),
              ElementsAre(HasSubstr("run:1: expected JSON")));
  EXPECT_THAT(Read(kJson, HistoryFormat::kJepsen),
              ElementsAre(HasSubstr("run:1: expected a line such as")));
  EXPECT_THAT(Read(kJepsen, HistoryFormat::kEdn),
              ElementsAre(HasSubstr("run:1: expected one EDN map")));
}

TEST(HistoryReaderTest, AFileWithoutOperationsIsAnEmptyHistory) {
  for (const HistoryFormat format :
       {HistoryFormat::kDetect, HistoryFormat::kJsonLines,
        HistoryFormat::kJepsen, HistoryFormat::kEdn}) {
    EXPECT_THAT(Read("", format), ElementsAre());
    EXPECT_THAT(Read("\n\n", format), ElementsAre());
    EXPECT_THAT(Read(Gzip(""), format), ElementsAre());
  }
}

TEST(HistoryReaderTest, EveryFormatMayBeCompressed) {
  for (const absl::string_view text : {kJson, kJepsen, kEdn}) {
    EXPECT_THAT(Read(Gzip(text)), Read(text));
    EXPECT_THAT(Read(Zstd(text)), Read(text));
    // Members may end anywhere.
    EXPECT_THAT(Read(Gzip(text.substr(0, 30)) + Gzip(text.substr(30))),
                Read(text));
  }
}

TEST(HistoryReaderTest, AnErrorComesAfterTheOperationsBeforeIt) {
  EXPECT_THAT(Read(absl::StrCat(kJson, "{\"client\":-1}\n")),
              ElementsAre("1 Store(4, 7)", "2 Load(4)",
                          "run:3: expected an integer from 0 to 2^32-1 as "
                          "member \"client\", found -1"));
}

TEST(HistoryReaderTest, ATextCutShortAnywhereIsAnErrorUnlessALineEndsThere) {
  for (size_t size = 1; size < kJson.size(); ++size) {
    const bool ends_line = kJson[size] == '\n' || kJson[size - 1] == '\n';
    const std::string last = Read(kJson.substr(0, size)).back();
    EXPECT_EQ(last.find("run:") == std::string::npos, ends_line) << size;
  }
}

TEST(HistoryReaderTest, AStreamCutShortAnywhereIsAnError) {
  for (const std::string& bytes : {Gzip(kJson), Zstd(kJson)}) {
    for (size_t size = 4; size < bytes.size(); ++size) {
      EXPECT_THAT(Read(bytes.substr(0, size)).back(),
                  HasSubstr("run: expected a whole"))
          << size;
    }
  }
}

TEST(HistoryReaderTest, NulsAndLinesWithoutEndAreErrors) {
  EXPECT_THAT(Read(absl::string_view("\0\0\0", 3)),
              ElementsAre("run:1: expected text, found a NUL byte"));
  EXPECT_THAT(Read(std::string(3'000'000, ' ')),
              ElementsAre("run:1: expected a line of at most 1048576 bytes"));
}

TEST(HistoryReaderTest, ErrorsOfFilesNameThePathAsGiven) {
  const std::string folder = testing::TempDir();
  EXPECT_THAT(ReadAll(OpenHistory(folder, HistoryFormat::kDetect)),
              ElementsAre(folder + ": expected a file, found a folder"));
  const std::string path =
      (std::filesystem::path(folder) / "history_reader_test.jsonl").string();
  EXPECT_THAT(ReadAll(OpenHistory(path, HistoryFormat::kDetect)),
              ElementsAre(path + ": expected a file, found nothing there"));
  std::ofstream(path) << kJson << "x\n";
  EXPECT_THAT(ReadAll(OpenHistory(path, HistoryFormat::kDetect)),
              ElementsAre("1 Store(4, 7)", "2 Load(4)",
                          HasSubstr(path + ":3: expected JSON")));
  std::filesystem::remove(path);
}

TEST(HistoryReaderTest, ReadsAHistoryInMemoryWholeOrNotAtAll) {
  const auto history =
      ReadHistoryInMemory(std::string(kJson), "run", HistoryFormat::kJsonLines);
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->operations.size(), 2);
  EXPECT_EQ(CallText(history->operations[0]), "Store(4, 7)");
  EXPECT_EQ(CallText(history->operations[1]), "Load(4)");

  const auto refused = ReadHistoryInMemory(absl::StrCat(kJson, "x\n"), "run",
                                           HistoryFormat::kJsonLines);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("run:3: expected JSON"));
}

}  // namespace
}  // namespace mortsafe
