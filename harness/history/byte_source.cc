#include "harness/history/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace mortsafe {
namespace {

// REQUIRES: a system call has just failed.
absl::Status CannotBeRead(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
}

// A file descriptor, closed at the end unless it is standard input.
class FileBytes : public ByteSource {
 public:
  FileBytes(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override {
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    ssize_t size = 0;
    do {
      size = read(descriptor_, buffer.data(), buffer.size());
    } while (size < 0 && errno == EINTR);
    if (size < 0) return CannotBeRead(path_);
    return static_cast<size_t>(size);
  }

 private:
  std::string path_;
  int descriptor_;
};

class MemoryBytes : public ByteSource {
 public:
  MemoryBytes(std::string bytes, size_t most_at_once)
      : bytes_(std::move(bytes)), most_at_once_(most_at_once) {}

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const size_t size =
        std::min({buffer.size(), most_at_once_, bytes_.size() - position_});
    std::memcpy(buffer.data(), bytes_.data() + position_, size);
    position_ += size;
    return size;
  }

 private:
  std::string bytes_;
  size_t most_at_once_;
  size_t position_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  if (path == "-") return std::make_unique<FileBytes>(path, STDIN_FILENO);
  int descriptor = -1;
  do {
    descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) {
    if (errno != ENOENT) return CannotBeRead(path);
    return absl::NotFoundError(
        absl::StrCat(path, ": expected a file, found nothing there"));
  }
  auto file = std::make_unique<FileBytes>(path, descriptor);
  struct stat status{};
  if (fstat(descriptor, &status) != 0) return CannotBeRead(path);
  if (S_ISDIR(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected a file, found a folder"));
  }
  return file;
}

std::unique_ptr<ByteSource> BytesInMemory(std::string bytes,
                                          size_t most_at_once) {
  return std::make_unique<MemoryBytes>(std::move(bytes), most_at_once);
}

}  // namespace mortsafe
