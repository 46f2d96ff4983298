// The bytes of what a user names, as a stream: a file, a pipe or standard
// input, with gzip and zstd undone on the way. Memory is bounded however much
// there is to read: some 200 KiB, and for zstd what its frames ask for, at most
// 128 MiB.

#ifndef MORTSAFE_HARNESS_HISTORY_BYTE_SOURCE_H_
#define MORTSAFE_HARNESS_HISTORY_BYTE_SOURCE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace mortsafe {

// Errors are one line that begins with the name of the source.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Puts the next bytes into `buffer` and returns how many, at least one; 0 at
  // the end. Does not wait for more than are there. REQUIRES: `buffer` has
  // room, and the call before this one, if any, was neither an error nor 0.
  virtual absl::StatusOr<size_t> Read(absl::Span<char> buffer) = 0;
};

// What is at `path`, or comes from standard input if that is "-", as it is.
// Waits for the writer of a named pipe. NotFound if there is nothing;
// InvalidArgument if it is a folder or cannot be opened.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);

// `bytes`, at most `most_at_once` of them in each Read(), as a slow pipe would.
std::unique_ptr<ByteSource> BytesInMemory(std::string bytes,
                                          size_t most_at_once = 1 << 16);

// What `source` gives, decompressed if it begins like gzip or zstd; members
// that follow each other are one stream. A stream that is cut short, corrupt or
// followed by something else is an error of Read(), which may come after good
// bytes. `name` is what errors begin with.
absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(
    std::unique_ptr<ByteSource> source, std::string name);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_BYTE_SOURCE_H_
