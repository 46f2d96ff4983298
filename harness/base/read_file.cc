#include "harness/base/read_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

absl::StatusOr<std::string> ReadFile(absl::string_view path, uint64_t most) {
  const std::filesystem::path file{std::string(path)};
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return absl::NotFoundError(
        absl::StrCat(path, ": expected a file, found nothing there"));
  }
  if (std::filesystem::is_directory(file, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a file, found a folder"));
  }
  if (!std::filesystem::is_regular_file(file, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a file, found a pipe or a device"));
  }
  std::ifstream stream(file, std::ios::binary);
  std::string contents;
  constexpr size_t kBlock = size_t{1} << 16;
  while (stream && contents.size() <= most) {
    const size_t size = contents.size();
    contents.resize(size + kBlock);
    stream.read(contents.data() + size, kBlock);
    contents.resize(size + static_cast<size_t>(stream.gcount()));
  }
  if (contents.size() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected at most ", most >> 20, " MiB"));
  }
  if (!stream.eof()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  return contents;
}

}  // namespace mortsafe
