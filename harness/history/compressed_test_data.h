// Compressed bytes for tests, made by the libraries that undo them.

#ifndef MORTSAFE_HARNESS_HISTORY_COMPRESSED_TEST_DATA_H_
#define MORTSAFE_HARNESS_HISTORY_COMPRESSED_TEST_DATA_H_

#include <zlib.h>
#include <zstd.h>

#include <string>

#include "absl/strings/string_view.h"
#include "harness/base/check.h"

namespace mortsafe {

// One gzip member.
inline std::string Gzip(absl::string_view text) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  Check(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8,
                     Z_DEFAULT_STRATEGY) == Z_OK,
        "zlib is there");
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  Check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib compresses");
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

// One zstd frame.
inline std::string Zstd(absl::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  const size_t size = ZSTD_compress(bytes.data(), bytes.size(), text.data(),
                                    text.size(), /*compressionLevel=*/1);
  Check(ZSTD_isError(size) == 0, "zstd compresses");
  bytes.resize(size);
  return bytes;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_COMPRESSED_TEST_DATA_H_
