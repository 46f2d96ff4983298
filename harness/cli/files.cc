#include "harness/cli/files.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/base/read_file.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/subject/map_code.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

bool IsFinding(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return true;
  return std::filesystem::exists(path.parent_path() / "meta.json", error);
}

absl::Status CannotWrite(absl::string_view path) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be written"));
}

absl::Status WriteFile(const std::string& path, absl::string_view contents) {
  std::ofstream stream{path, std::ios::binary};
  stream.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  stream.close();
  return stream ? absl::OkStatus() : CannotWrite(path);
}

// A file beside the one that it is to become; gone again if it does not.
class StagedFile {
 public:
  StagedFile() = default;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile() {
    std::error_code ignored;
    if (!staged_.empty()) std::filesystem::remove(staged_, ignored);
  }

  // `file` must outlive this.
  absl::Status Stage(const NewFile& file) {
    file_ = &file;
    std::error_code error;
    // A terminal or a pipe cannot be replaced, only written to.
    if (std::filesystem::exists(file.path, error) &&
        !std::filesystem::is_regular_file(file.path, error)) {
      return std::filesystem::is_directory(file.path, error)
                 ? CannotWrite(file.path)
                 : absl::OkStatus();
    }
    staged_ = file.path + ".part";
    return WriteFile(staged_, file.contents).ok() ? absl::OkStatus()
                                                  : CannotWrite(file.path);
  }

  // What is written to a device or to a pipe stays written.
  bool IsFinal() const { return staged_.empty(); }

  absl::Status Publish() {
    if (staged_.empty()) return WriteFile(file_->path, file_->contents);
    std::error_code error;
    std::filesystem::rename(staged_, file_->path, error);
    if (error) return CannotWrite(file_->path);
    staged_.clear();
    return absl::OkStatus();
  }

 private:
  const NewFile* file_ = nullptr;
  std::string staged_;
};

}  // namespace

absl::Status WriteFiles(const std::vector<NewFile>& files) {
  std::vector<StagedFile> staged(files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    absl::Status status = staged[i].Stage(files[i]);
    if (!status.ok()) return status;
  }
  // What may still fail comes first.
  for (const bool final : {true, false}) {
    for (StagedFile& file : staged) {
      if (file.IsFinal() != final) continue;
      absl::Status status = file.Publish();
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFolderCanBeWritten(absl::string_view path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path folder = fs::absolute(std::string(path), error);
  while (folder.has_parent_path() && folder != folder.root_path() &&
         !fs::exists(folder, error)) {
    folder = folder.parent_path();
  }
  if (!fs::is_directory(folder, error)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": expected a folder; ", folder.string(), " is none"));
  }
  std::string trial = (folder / ".mortsafe.XXXXXX").string();
  if (mkdtemp(trial.data()) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
  }
  fs::remove(trial, error);
  return absl::OkStatus();
}

absl::StatusOr<Program> ReadProgramArgument(absl::string_view argument) {
  std::error_code error;
  if (!std::filesystem::exists(std::string(argument), error)) {
    absl::StatusOr<Program> program = ParseProgram(argument, "--program");
    if (program.ok() || absl::StrContains(argument, '(')) return program;
    return absl::InvalidArgumentError(
        absl::StrCat(program.status().message(), "; nor is there such a file"));
  }
  const absl::StatusOr<std::string> text = ReadFile(argument);
  if (!text.ok()) return text.status();
  return ParseProgram(*text, argument);
}

absl::StatusOr<Finding> ReadFindingOrInput(absl::string_view path,
                                           absl::string_view map) {
  absl::StatusOr<Finding> finding = Finding();
  if (IsFinding(std::string(path))) {
    finding = ReadFinding(path);
    if (!finding.ok() || map.empty()) return finding;
  } else {
    const absl::StatusOr<std::string> bytes = ReadFile(path);
    if (!bytes.ok()) return bytes.status();
    finding->input = DecodeInput(absl::MakeConstSpan(
        reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size()));
    if (map.empty() && finding->input.map_code == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path,
                       ": a fuzzer's input does not say which map it is for; "
                       "expected --map NAME"));
    }
  }
  const absl::StatusOr<SubjectChoice> subject =
      map.empty() ? MapOfCode(finding->input.map_code)
                  : FindScheduledSubject(map);
  if (!subject.ok()) return subject.status();
  finding->map = subject->subject->name;
  finding->defect = subject->defect == nullptr ? "" : subject->defect->name;
  return finding;
}

}  // namespace mortsafe
