#include "harness/report/finding_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/read_file.h"
#include "harness/base/violation_kind.h"
#include "harness/history/text.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/finding_metadata.h"
#include "harness/report/html.h"
#include "harness/report/regression_test_writer.h"
#include "harness/report/terminal.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxNamePart = 60;

absl::Status FileError(absl::string_view what, const fs::path& path,
                       const std::error_code& error) {
  return absl::UnavailableError(
      absl::StrCat(path.string(), ": cannot ", what, ": ", error.message()));
}

std::error_code LastError() {
  return std::error_code(errno, std::generic_category());
}

// FNV-1a, folded to 32 bits.
uint32_t Hash(absl::Span<const uint8_t> bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

// `text` with only what is safe in a file's name everywhere.
std::string NamePart(absl::string_view text) {
  std::string part(text.substr(0, kMaxNamePart));
  std::replace_if(
      part.begin(), part.end(),
      [](char c) {
        return !absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
               c != '-' && c != '_';
      },
      '_');
  return part;
}

absl::Status WriteFile(const fs::path& path, absl::string_view content) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "wb"), &std::fclose);
  if (file == nullptr) return FileError("write", path, LastError());
  if (std::fwrite(content.data(), 1, content.size(), file.get()) !=
          content.size() ||
      std::fflush(file.get()) != 0) {
    return FileError("write", path, LastError());
  }
  return absl::OkStatus();
}

// A new folder with a hidden name, gone again when this is.
class HiddenFolder {
 public:
  static absl::StatusOr<HiddenFolder> Make(const fs::path& beside) {
    std::string path =
        (beside.parent_path() /
         absl::StrCat(".", beside.filename().string(), ".XXXXXX"))
            .string();
    if (mkdtemp(path.data()) == nullptr) {
      return FileError("make", path, LastError());
    }
    HiddenFolder folder(path);
    std::error_code error;
    fs::permissions(path,
                    fs::perms::owner_all | fs::perms::group_read |
                        fs::perms::group_exec | fs::perms::others_read |
                        fs::perms::others_exec,
                    error);
    if (error) return FileError("make", path, error);
    return folder;
  }

  HiddenFolder(HiddenFolder&& other) noexcept
      : path_(std::exchange(other.path_, fs::path())) {}
  HiddenFolder& operator=(HiddenFolder&&) = delete;
  ~HiddenFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

  // Gives the folder the name `target`. A folder of that name takes the hidden
  // name instead, and goes with it; no moment sees neither.
  absl::Status Publish(const fs::path& target) {
    std::error_code error;
    if (!fs::is_directory(target, error)) {
      fs::rename(path_, target, error);
      return error ? FileError("make", target, error) : absl::OkStatus();
    }
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(),
                  RENAME_EXCHANGE) == 0) {
      return absl::OkStatus();
    }
    return ReplaceInTwoSteps(target);
  }

 private:
  explicit HiddenFolder(fs::path path) : path_(std::move(path)) {}

  // For file systems that cannot exchange names.
  absl::Status ReplaceInTwoSteps(const fs::path& target) {
    absl::StatusOr<HiddenFolder> old = Make(target);
    if (!old.ok()) return old.status();
    std::error_code error;
    fs::rename(target, old->path_, error);
    if (error) return FileError("replace", target, error);
    fs::rename(path_, target, error);
    if (!error) return absl::OkStatus();
    std::error_code ignored;
    fs::rename(old->path_, target, ignored);
    return FileError("replace", target, error);
  }

  fs::path path_;
};

std::vector<FindingFile> FilesOf(const Finding& finding) {
  const std::vector<uint8_t> input = EncodeInput(finding.input);
  return {
      {"input", std::string(input.begin(), input.end())},
      {"program.txt", ToText(finding.input.program)},
      {"schedule.txt", ToText(finding.input.schedule.schedule)},
      {"history.jsonl", ToJsonLines(finding.history)},
      {"report.txt", TerminalReport(finding, TerminalOptions())},
      {"report.html", HtmlReport(finding)},
      {"regression_test.cc", RegressionTest(finding)},
      {"meta.json", FindingMetadata(finding)},
  };
}

absl::Status WriteFiles(const std::vector<FindingFile>& files,
                        const fs::path& folder) {
  for (const auto& [name, content] : files) {
    absl::Status status = WriteFile(folder / name, content);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// The byte form of an input has two bytes for a step.
absl::Status CheckSteps(const Finding& finding) {
  for (const Switch& entry : finding.input.schedule.schedule.switches) {
    if (entry.step > 0xffff) {
      return absl::OutOfRangeError(absl::StrCat(
          "cannot write the finding: a switch at step ", entry.step,
          " of thread ", entry.thread, "; expected steps below 65536"));
    }
  }
  return absl::OkStatus();
}

// A file that was cut short would be read as another program or schedule.
absl::Status CheckSize(const fs::path& path, absl::string_view what,
                       uint64_t expected, uint64_t found) {
  if (found == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path.string(), ": expected ", expected, " ", what,
                   ", as in meta.json, found ", found,
                   found < expected ? " (cut short?)" : ""));
}

// Less of a number in the last line would be another number.
absl::Status CheckLastLine(const fs::path& path, absl::string_view text) {
  if (text.empty() || text.back() == '\n') return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path.string(), ": expected the end of the last line (cut short?)"));
}

// The folder that `path` names, or that holds the file that it names.
absl::StatusOr<fs::path> FolderOf(absl::string_view path) {
  fs::path given{std::string(path)};
  std::error_code error;
  const fs::file_status status = fs::status(given, error);
  if (!fs::exists(status)) {
    return absl::NotFoundError(absl::StrCat(
        path, ": expected a finding's folder or a file in it, found nothing"));
  }
  if (fs::is_directory(status)) return given;
  return given.has_parent_path() ? given.parent_path() : fs::path(".");
}

}  // namespace

std::string FindingName(const Finding& finding,
                        absl::Span<const uint8_t> bytes) {
  std::string name = NamePart(finding.map);
  if (!finding.defect.empty()) {
    absl::StrAppend(&name, "-", NamePart(finding.defect));
  }
  return absl::StrCat(name, "-", Slug(finding.kind), "-",
                      absl::Hex(Hash(bytes), absl::kZeroPad8));
}

std::string FindingName(const Finding& finding) {
  std::vector<uint8_t> bytes = EncodeInput(finding.input);
  const Schedule& schedule = finding.input.schedule.schedule;
  if (schedule.memory != MemoryModel::kSc) {
    // The bytes do not have all of it.
    const std::string text = ToText(schedule);
    bytes.insert(bytes.end(), text.begin(), text.end());
  }
  return FindingName(finding, bytes);
}

absl::StatusOr<std::string> WriteFinding(const Finding& finding,
                                         absl::string_view out_directory) {
  absl::Status representable = CheckSteps(finding);
  if (!representable.ok()) return representable;
  return WriteFindingFiles(FindingName(finding), FilesOf(finding),
                           out_directory);
}

absl::StatusOr<std::string> WriteFindingFiles(
    absl::string_view name, const std::vector<FindingFile>& files,
    absl::string_view out_directory) {
  const fs::path directory{std::string(out_directory)};
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return FileError("make", directory, error);
  const fs::path target = directory / std::string(name);
  absl::StatusOr<HiddenFolder> folder = HiddenFolder::Make(target);
  if (!folder.ok()) return folder.status();
  absl::Status status = WriteFiles(files, folder->path());
  if (status.ok()) status = folder->Publish(target);
  if (!status.ok()) return status;
  return target.string();
}

absl::Status WriteBriefFinding(const Finding& finding, absl::string_view path) {
  const fs::path folder{std::string(path)};
  return WriteFindingFiles(
             folder.filename().string(),
             {{"program.txt", ToText(finding.input.program)},
              {"schedule.txt", ToText(finding.input.schedule.schedule)},
              {"meta.json", FindingMetadata(finding)}},
             folder.has_parent_path() ? folder.parent_path().string() : ".")
      .status();
}

std::string FindingText(const Finding& finding) {
  Finding brief = finding;
  brief.crash_report.clear();
  return absl::StrCat("program.txt:\n", ToText(finding.input.program),
                      "\nschedule.txt:\n",
                      ToText(finding.input.schedule.schedule), "\nmeta.json:\n",
                      FindingMetadata(brief));
}

absl::StatusOr<Finding> ReadFinding(absl::string_view path) {
  const absl::StatusOr<fs::path> folder = FolderOf(path);
  if (!folder.ok()) return folder.status();
  Finding finding;

  const fs::path metadata_path = *folder / "meta.json";
  std::error_code error;
  if (!fs::exists(metadata_path, error)) {
    return absl::NotFoundError(absl::StrCat(
        path, ": expected a finding's folder or a file in it; there is no ",
        metadata_path.string()));
  }
  const absl::StatusOr<std::string> metadata = ReadFile(metadata_path.string());
  if (!metadata.ok()) return metadata.status();
  InputSizes sizes;
  absl::Status status =
      ReadFindingMetadata(*metadata, metadata_path.string(), finding, sizes);
  if (!status.ok()) return status;
  if (finding.strategy == kStressStrategy) {
    return absl::InvalidArgumentError(absl::StrCat(
        path,
        ": expected a finding of a program, found one of a stress test, "
        "which can only be looked for again: ",
        PrintableLine(finding.replay_command)));
  }

  const fs::path program_path = *folder / "program.txt";
  const absl::StatusOr<std::string> program_text =
      ReadFile(program_path.string());
  if (!program_text.ok()) return program_text.status();
  absl::StatusOr<Program> program =
      ParseProgram(*program_text, program_path.string());
  if (!program.ok()) return program.status();
  finding.input.program = *std::move(program);
  status = CheckSize(program_path, "operations", sizes.operations,
                     OperationCount(finding.input.program));
  if (!status.ok()) return status;

  const fs::path schedule_path = *folder / "schedule.txt";
  const absl::StatusOr<std::string> schedule_text =
      ReadFile(schedule_path.string());
  if (!schedule_text.ok()) return schedule_text.status();
  status = CheckLastLine(schedule_path, *schedule_text);
  if (!status.ok()) return status;
  absl::StatusOr<Schedule> schedule = ParseSchedule(
      *schedule_text, schedule_path.string(),
      std::max(sizes.highest_thread,
               static_cast<uint32_t>(finding.input.program.threads.size())));
  if (!schedule.ok()) return schedule.status();
  if (Name(schedule->memory) != finding.memory) {
    return absl::InvalidArgumentError(absl::StrCat(
        schedule_path.string(), ": expected memory ",
        PrintableLine(finding.memory), ", as in ", metadata_path.string(),
        ", found memory ", Name(schedule->memory)));
  }
  status = CheckSize(schedule_path, "switches", sizes.switches,
                     schedule->switches.size());
  if (!status.ok()) return status;
  status = CheckSize(schedule_path, "stale accesses",
                     sizes.stale_accesses.value_or(schedule->stale.size()),
                     schedule->stale.size());
  if (!status.ok()) return status;
  finding.input.schedule.schedule = *std::move(schedule);
  return finding;
}

}  // namespace mortsafe
