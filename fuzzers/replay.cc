#include "fuzzers/replay.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace mortsafe {
namespace {

absl::Status Unreadable(const std::filesystem::path& path,
                        const std::error_code& error) {
  return absl::NotFoundError(
      absl::StrCat(path.string(), ": cannot be read: ", error.message()));
}

// The files below `folder`, sorted, because folders are listed in any order.
absl::StatusOr<std::vector<std::filesystem::path>> FilesBelow(
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(folder, error);
  const std::filesystem::recursive_directory_iterator end;
  while (!error && entry != end) {
    if (entry->is_regular_file(error)) files.push_back(entry->path());
    if (!error) entry.increment(error);
  }
  if (error) return Unreadable(folder, error);
  if (files.empty()) {
    return absl::NotFoundError(
        absl::StrCat(folder.string(),
                     ": expected a folder with inputs in it, "
                     "found an empty one"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::vector<std::filesystem::path>> FilesAt(
    const std::string& path) {
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (error) return Unreadable(path, error);
  if (is_folder) return FilesBelow(path);
  return std::vector<std::filesystem::path>{path};
}

absl::StatusOr<std::vector<uint8_t>> ReadBytes(
    const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return Unreadable(path, std::make_error_code(std::errc::io_error));
  }
  return bytes;
}

}  // namespace

absl::StatusOr<int> ReplayInputs(
    absl::Span<const std::string> paths,
    absl::FunctionRef<void(absl::Span<const uint8_t>)> run_input) {
  int inputs = 0;
  for (const std::string& path : paths) {
    const auto files = FilesAt(path);
    if (!files.ok()) return files.status();
    for (const std::filesystem::path& file : *files) {
      const auto bytes = ReadBytes(file);
      if (!bytes.ok()) return bytes.status();
      run_input(*bytes);
      ++inputs;
    }
  }
  return inputs;
}

}  // namespace mortsafe
