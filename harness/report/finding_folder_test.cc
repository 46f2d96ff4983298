// Findings on disk: complete or not there, and readable again.

#include "harness/report/finding_folder.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/history/text.h"
#include "harness/program/input.h"
#include "harness/report/example_finding.h"
#include "harness/report/finding.h"
#include "harness/report/html.h"
#include "harness/report/terminal.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteAll(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// Names in a folder, hidden ones too, sorted.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class FindingFolderTest : public ::testing::Test {
 protected:
  FindingFolderTest() {
    std::string path = ::testing::TempDir() + "findingXXXXXX";
    directory_ = mkdtemp(path.data());
  }
  ~FindingFolderTest() override { fs::remove_all(directory_); }

  // The folder of a finding that is written without error.
  fs::path Written(const Finding& finding) {
    const absl::StatusOr<std::string> folder =
        WriteFinding(finding, directory_.string());
    EXPECT_TRUE(folder.ok()) << folder.status();
    return folder.value_or("");
  }

  // The one line that ReadFinding says instead of reading `path`.
  static std::string ErrorOf(const fs::path& path) {
    const absl::StatusOr<Finding> finding = ReadFinding(path.string());
    EXPECT_FALSE(finding.ok());
    const std::string message(finding.status().message());
    EXPECT_THAT(message, Not(HasSubstr("\n")));
    return message;
  }

  // The file at `path`, cut to any length from `shortest` on, is noticed.
  static void ExpectTruncationsAreErrors(const fs::path& path,
                                         size_t shortest) {
    const std::string whole = ReadAll(path);
    for (size_t size = shortest; size + 2 < whole.size(); ++size) {
      WriteAll(path, whole.substr(0, size));
      EXPECT_THAT(ErrorOf(path), HasSubstr(path.filename().string())) << size;
    }
    WriteAll(path, whole);
  }

  fs::path directory_;
};

TEST_F(FindingFolderTest, HoldsEverythingThatThereIsToTell) {
  const Finding finding = StaleValueFinding();
  const fs::path folder = Written(finding);
  EXPECT_THAT(NamesIn(folder),
              ElementsAre("history.jsonl", "input", "meta.json", "program.txt",
                          "regression_test.cc", "report.html", "report.txt",
                          "schedule.txt"));
  EXPECT_EQ(ReadAll(folder / "history.jsonl"), ToJsonLines(finding.history));
  EXPECT_EQ(ReadAll(folder / "report.txt"),
            TerminalReport(finding, TerminalOptions()));
  EXPECT_EQ(ReadAll(folder / "report.html"), HtmlReport(finding));
  EXPECT_EQ(ReadAll(folder / "meta.json"), R"({
  "format_version": 1,
  "map": "read-dirty",
  "defect": "c3-promotion-copies",
  "kind": "stale-value-after-delete",
  "sentence": "Client 2's Load(0) returned 1, although client 2's Delete(0) had removed that value and finished before the Load was called.",
  "seed": 42,
  "executions_to_find": 1234,
  "strategy": "random",
  "memory": "sc",
  "build": "release",
  "version": "0.1.0",
  "operations": 4,
  "switches": 3,
  "stale_accesses": 0,
  "highest_thread": 2,
  "original_operations": 9,
  "original_switches": 7,
  "replay": "mortsafe replay findings/example",
  "crash_report": ""
}
)");
}

TEST_F(FindingFolderTest, TheInputDecodesToTheProgramAndItsSchedule) {
  const Finding finding = StaleValueFinding();
  const std::string bytes = ReadAll(Written(finding) / "input");
  EXPECT_EQ(DecodeInput(std::vector<uint8_t>(bytes.begin(), bytes.end())),
            finding.input);
}

TEST_F(FindingFolderTest, TheNameTellsMapDefectKindAndInput) {
  const std::string name = FindingName(StaleValueFinding());
  EXPECT_THAT(name, MatchesRegex("read-dirty-c3-promotion-copies-"
                                 "stale-value-after-delete-[0-9a-f]+"));
  EXPECT_EQ(name, Written(StaleValueFinding()).filename());
  Finding other = StaleValueFinding();
  other.input.schedule.schedule.switches.pop_back();
  EXPECT_NE(FindingName(other), name);
}

TEST_F(FindingFolderTest, AMapsNameCannotLeaveTheFolder) {
  Finding finding = StaleValueFinding();
  finding.map = "../acme::Map<int, " + std::string(400, 'x');
  finding.defect = "";
  EXPECT_EQ(Written(finding).parent_path(), directory_);
  EXPECT_THAT(NamesIn(directory_),
              ElementsAre(StartsWith("___acme__Map_int__xxx")));
}

TEST_F(FindingFolderTest, ReadsBackFromTheFolderOrAnyFileInIt) {
  const Finding finding = CrashFinding();
  const fs::path folder = Written(finding);
  for (const fs::path& path :
       {folder, folder / "report.html", folder / "input"}) {
    const absl::StatusOr<Finding> read = ReadFinding(path.string());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->map, finding.map);
    EXPECT_EQ(read->defect, finding.defect);
    EXPECT_EQ(read->kind, finding.kind);
    EXPECT_EQ(read->sentence, finding.sentence);
    EXPECT_EQ(read->input, finding.input);
    EXPECT_EQ(read->original_operations, finding.original_operations);
    EXPECT_EQ(read->original_switches, finding.original_switches);
    EXPECT_EQ(read->seed, finding.seed);
    EXPECT_EQ(read->executions_to_find, finding.executions_to_find);
    EXPECT_EQ(read->strategy, finding.strategy);
    EXPECT_EQ(read->memory, finding.memory);
    EXPECT_EQ(read->build, finding.build);
    EXPECT_EQ(read->version, finding.version);
    EXPECT_EQ(read->replay_command, finding.replay_command);
    EXPECT_THAT(read->crash_report, HasSubstr("\x1b[1mheap-use-after-free"));
  }
}

TEST_F(FindingFolderTest, WhatIsBriefReadsBackAndReplacesWhatWasThere) {
  Finding finding = StaleValueFinding();
  const std::string path = directory_ / "progress";
  for (const uint64_t operations : {9, 7}) {
    finding.original_operations = operations;
    ASSERT_TRUE(WriteBriefFinding(finding, path).ok());
    const absl::StatusOr<Finding> read = ReadFinding(path);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->input, finding.input);
    EXPECT_EQ(read->kind, finding.kind);
    EXPECT_EQ(read->original_operations, operations);
  }
  EXPECT_THAT(NamesIn(directory_), ElementsAre("progress"));
}

TEST_F(FindingFolderTest, TheLargestSeedSurvives) {
  Finding finding = StaleValueFinding();
  finding.seed = UINT64_MAX;
  const absl::StatusOr<Finding> read = ReadFinding(Written(finding).string());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->seed, UINT64_MAX);
}

TEST_F(FindingFolderTest, ReplacesAFolderOfTheSameName) {
  const fs::path folder = Written(StaleValueFinding());
  WriteAll(folder / "stale", "from before");
  Finding again = StaleValueFinding();
  again.executions_to_find = 7;
  EXPECT_EQ(Written(again), folder);
  EXPECT_FALSE(fs::exists(folder / "stale"));
  EXPECT_EQ(ReadFinding(folder.string())->executions_to_find, 7u);
  EXPECT_EQ(NamesIn(directory_).size(), 1u) << "nothing hidden stays";
}

TEST_F(FindingFolderTest, MakesTheDirectoryItIsGiven) {
  const absl::StatusOr<std::string> folder =
      WriteFinding(StaleValueFinding(), (directory_ / "a" / "b").string());
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ(fs::path(*folder).parent_path(), directory_ / "a" / "b");
}

TEST_F(FindingFolderTest, WhereNothingCanBeWrittenNothingIsLeft) {
  WriteAll(directory_ / "file", "content");
  const absl::StatusOr<std::string> folder =
      WriteFinding(StaleValueFinding(), (directory_ / "file").string());
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.status().message(), HasSubstr("file"));
  EXPECT_THAT(NamesIn(directory_), ElementsAre("file"));
  EXPECT_EQ(ReadAll(directory_ / "file"), "content");
}

TEST_F(FindingFolderTest, AnErrorAtTheLastMomentLeavesNothingHalfWritten) {
  const std::string name = FindingName(StaleValueFinding());
  WriteAll(directory_ / name, "a file has the folder's name");
  const absl::StatusOr<std::string> folder =
      WriteFinding(StaleValueFinding(), directory_.string());
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.status().message(), HasSubstr(name));
  EXPECT_THAT(NamesIn(directory_), ElementsAre(name));
}

TEST_F(FindingFolderTest, AStepThatBytesCannotHoldIsAnError) {
  Finding finding = StaleValueFinding();
  finding.input.schedule.schedule.switches = {{1, 65'536, 2}};
  const absl::StatusOr<std::string> folder =
      WriteFinding(finding, directory_.string());
  EXPECT_EQ(folder.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(NamesIn(directory_), IsEmpty());
}

TEST_F(FindingFolderTest, WeakSchedulesReadBackAndHaveNamesOfTheirOwn) {
  Finding finding = StaleValueFinding();
  const std::string strong = FindingName(finding);
  finding.memory = "c11";
  finding.input.schedule.schedule.memory = MemoryModel::kC11;
  const std::string none_stale = FindingName(finding);
  finding.input.schedule.schedule.stale = {{1, 4, 2}};
  EXPECT_NE(strong, none_stale);
  EXPECT_NE(FindingName(finding), none_stale);

  const fs::path folder = Written(finding);
  const absl::StatusOr<Finding> read = ReadFinding(folder.string());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->input, finding.input);
  WriteAll(folder / "schedule.txt", "T1@2 -> T2\n");
  EXPECT_THAT(ErrorOf(folder), AllOf(HasSubstr("schedule.txt: expected memory "
                                               "c11"),
                                     EndsWith("found memory sc")));
}

TEST_F(FindingFolderTest, AMissingFileIsNamed) {
  const fs::path folder = Written(StaleValueFinding());
  fs::remove(folder / "schedule.txt");
  EXPECT_THAT(ErrorOf(folder),
              EndsWith("schedule.txt: expected a file, found nothing there"));
  fs::remove(folder / "meta.json");
  EXPECT_THAT(ErrorOf(folder), AllOf(HasSubstr(": expected a finding's folder"),
                                     EndsWith("meta.json")));
  EXPECT_THAT(ErrorOf(directory_ / "nowhere"),
              HasSubstr("nowhere: expected a finding's folder"));
}

TEST_F(FindingFolderTest, ATruncatedMetadataFileIsAnErrorWithItsPlace) {
  const fs::path folder = Written(StaleValueFinding());
  const std::string whole = ReadAll(folder / "meta.json");
  WriteAll(folder / "meta.json", whole.substr(0, 60));
  EXPECT_THAT(ErrorOf(folder),
              AllOf(HasSubstr("meta.json:4:13: "), HasSubstr("expected JSON"),
                    HasSubstr("cut short")));
  // No truncation is read as something else.
  for (size_t size = 0; size + 2 < whole.size(); size += 7) {
    WriteAll(folder / "meta.json", whole.substr(0, size));
    EXPECT_FALSE(ReadFinding(folder.string()).ok()) << size;
  }
}

TEST_F(FindingFolderTest, ATruncatedProgramOrScheduleIsAnError) {
  const fs::path folder = Written(StaleValueFinding());
  ExpectTruncationsAreErrors(folder / "program.txt", 0);
  ExpectTruncationsAreErrors(folder / "schedule.txt", 0);
  EXPECT_TRUE(ReadFinding(folder.string()).ok());
}

TEST_F(FindingFolderTest, AWeakScheduleCutAmongItsStaleAccessesIsAnError) {
  Finding finding = StaleValueFinding();
  finding.memory = "c11";
  finding.input.schedule.schedule.memory = MemoryModel::kC11;
  finding.input.schedule.schedule.stale = {{1, 4, 2}, {2, 1, 345}};
  const fs::path schedule = Written(finding) / "schedule.txt";
  const size_t first = ReadAll(schedule).find("T1@4");
  ExpectTruncationsAreErrors(schedule, first);
  const std::string whole = ReadAll(schedule);
  WriteAll(schedule, whole.substr(0, whole.size() - 2));
  EXPECT_THAT(ErrorOf(schedule), HasSubstr("the end of the last line"));
  WriteAll(schedule, whole);
  EXPECT_TRUE(ReadFinding(schedule.string()).ok());

  // What earlier versions did not note is not missed.
  const fs::path metadata = Written(finding) / "meta.json";
  WriteAll(metadata, absl::StrReplaceAll(ReadAll(metadata),
                                         {{"  \"stale_accesses\": 2,\n", ""},
                                          {"  \"highest_thread\": 2,\n", ""}}));
  EXPECT_TRUE(ReadFinding(schedule.string()).ok());
}

TEST_F(FindingFolderTest, AThreadThatTheProgramDoesNotHaveIsAnError) {
  const fs::path schedule = Written(StaleValueFinding()) / "schedule.txt";
  const std::string whole = ReadAll(schedule);
  WriteAll(schedule, "T9" + whole.substr(2));
  EXPECT_THAT(ErrorOf(schedule), HasSubstr("schedule.txt:1:1: expected a "
                                           "thread from T0 to T2, found 'T9'"));
}

TEST_F(FindingFolderTest, ThreadsOfTheMapsOwnReadBack) {
  Finding finding = StaleValueFinding();
  finding.input.schedule.schedule.switches.back().next = 4;
  const absl::StatusOr<Finding> read = ReadFinding(Written(finding).string());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->input, finding.input);
}

TEST_F(FindingFolderTest, WrongMetadataIsAnErrorThatSaysWhatWasExpected) {
  const fs::path folder = Written(StaleValueFinding());
  const fs::path meta = folder / "meta.json";
  const std::string whole = ReadAll(meta);
  const auto error_with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    WriteAll(meta, text);
    return ErrorOf(folder);
  };
  EXPECT_THAT(error_with("\"map\": ", "\"map\" "),
              HasSubstr("meta.json:3:20: expected JSON"));
  EXPECT_THAT(error_with("\"format_version\": 1", "\"format_version\": 2"),
              HasSubstr("expected format_version 1, found 2"));
  EXPECT_THAT(error_with("stale-value-after-delete", "bad-luck"),
              HasSubstr("expected a kind of violation, found \"bad-luck\""));
  EXPECT_THAT(error_with("\"seed\": 42", "\"seed\": -1"),
              EndsWith("expected a whole number as member \"seed\""));
  EXPECT_THAT(error_with("\"strategy\"", "\"tragedy\""),
              EndsWith("expected a string as member \"strategy\""));
  WriteAll(meta, "[1]");
  EXPECT_THAT(ErrorOf(folder), HasSubstr("expected a JSON object"));
}

TEST_F(FindingFolderTest, AProgramThatDoesNotParseIsAnErrorWithItsPlace) {
  const fs::path folder = Written(StaleValueFinding());
  WriteAll(folder / "program.txt", "thread 1: Lode(0)\n");
  EXPECT_THAT(ErrorOf(folder), HasSubstr("program.txt:1:"));
}

}  // namespace
}  // namespace mortsafe
