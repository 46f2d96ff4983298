#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/history/byte_source.h"

namespace mortsafe {
namespace {

using absl::string_view;

constexpr string_view kGzipMagic = "\x1f\x8b";
constexpr string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr size_t kLongestMagic = 4;

bool IsGzip(string_view start) { return absl::StartsWith(start, kGzipMagic); }

// Parallel compressors begin with a frame to be skipped: 50 to 5f 2a 4d 18.
bool IsZstd(string_view start) {
  return absl::StartsWith(start, kZstdMagic) ||
         (start.size() >= kLongestMagic && (start[0] & 0xf0) == 0x50 &&
          start.substr(1, 3) == "\x2a\x4d\x18");
}

// A source whose next bytes can be looked at.
class BufferedBytes : public ByteSource {
 public:
  explicit BufferedBytes(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)) {}

  // The bytes that are in the buffer, at least `size` of them but at the end.
  // REQUIRES: size <= kLongestMagic.
  absl::StatusOr<string_view> Peek(size_t size) {
    if (end_ - begin_ < size) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    while (end_ - begin_ < size && !at_end_) {
      const absl::StatusOr<size_t> read =
          source_->Read(absl::MakeSpan(buffer_).subspan(end_));
      if (!read.ok()) return read.status();
      at_end_ = *read == 0;
      end_ += *read;
    }
    return string_view(buffer_.data() + begin_, end_ - begin_);
  }

  // REQUIRES: Peek() has just given at least `size` bytes.
  void Skip(size_t size) { begin_ += size; }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    const absl::StatusOr<string_view> bytes = Peek(1);
    if (!bytes.ok()) return bytes.status();
    const size_t size = std::min(bytes->size(), buffer.size());
    std::memcpy(buffer.data(), bytes->data(), size);
    Skip(size);
    return size;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::array<char, size_t{1} << 16> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
};

// What a decoder did with the bytes it was shown.
struct Progress {
  size_t taken = 0;
  size_t given = 0;
  // The last byte of a member has been taken and all that it holds given.
  bool member_ended = false;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual string_view Format() const = 0;
  // Whether a member begins like this.
  virtual bool Begins(string_view start) const = 0;
  // Begins the next member by itself. An error is what is wrong with the bytes,
  // without the name of their source.
  virtual absl::StatusOr<Progress> Decode(string_view bytes,
                                          absl::Span<char> buffer) = 0;
};

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    is_ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  string_view Format() const override { return "gzip"; }
  bool Begins(string_view start) const override { return IsGzip(start); }

  absl::StatusOr<Progress> Decode(string_view bytes,
                                  absl::Span<char> buffer) override {
    if (!is_ready_) return absl::ResourceExhaustedError("no memory for it");
    // zlib takes what it does not change as not const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    // Z_BUF_ERROR only says that there is nothing to be done yet.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return absl::InvalidArgumentError(
          stream_.msg != nullptr ? stream_.msg : "corrupt data");
    }
    if (result == Z_STREAM_END) inflateReset(&stream_);
    return Progress{bytes.size() - stream_.avail_in,
                    buffer.size() - stream_.avail_out, result == Z_STREAM_END};
  }

 private:
  z_stream stream_{};
  bool is_ready_ = false;
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {}
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  string_view Format() const override { return "zstd"; }
  bool Begins(string_view start) const override { return IsZstd(start); }

  absl::StatusOr<Progress> Decode(string_view bytes,
                                  absl::Span<char> buffer) override {
    if (stream_ == nullptr) {
      return absl::ResourceExhaustedError("no memory for it");
    }
    ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out = {buffer.data(), buffer.size(), 0};
    const size_t result = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(result) != 0) {
      return absl::InvalidArgumentError(ZSTD_getErrorName(result));
    }
    return Progress{in.pos, out.pos, result == 0};
  }

 private:
  ZSTD_DStream* stream_;
};

class DecompressedBytes : public ByteSource {
 public:
  DecompressedBytes(std::unique_ptr<BufferedBytes> source, std::string name,
                    std::unique_ptr<Decoder> decoder)
      : source_(std::move(source)),
        name_(std::move(name)),
        decoder_(std::move(decoder)) {}

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    while (true) {
      const absl::StatusOr<string_view> bytes =
          source_->Peek(in_member_ ? 1 : kLongestMagic);
      if (!bytes.ok()) return bytes.status();
      if (!in_member_) {
        if (bytes->empty()) return 0;
        if (!decoder_->Begins(*bytes)) return Error("found something else");
        in_member_ = true;
      }
      const absl::StatusOr<Progress> progress =
          decoder_->Decode(*bytes, buffer);
      if (!progress.ok()) {
        return Error(absl::StrCat("found ", progress.status().message()));
      }
      source_->Skip(progress->taken);
      in_member_ = !progress->member_ended;
      if (progress->given > 0) return progress->given;
      if (bytes->empty() && in_member_)
        return Error("found its end: cut short");
    }
  }

 private:
  absl::Status Error(string_view found) const {
    return absl::InvalidArgumentError(absl::StrCat(
        name_, ": expected a whole ", decoder_->Format(), " stream, ", found));
  }

  std::unique_ptr<BufferedBytes> source_;
  std::string name_;
  std::unique_ptr<Decoder> decoder_;
  bool in_member_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> Decompress(
    std::unique_ptr<ByteSource> source, std::string name) {
  auto buffered = std::make_unique<BufferedBytes>(std::move(source));
  const absl::StatusOr<string_view> start = buffered->Peek(kLongestMagic);
  if (!start.ok()) return start.status();
  std::unique_ptr<Decoder> decoder;
  if (IsGzip(*start)) {
    decoder = std::make_unique<GzipDecoder>();
  } else if (IsZstd(*start)) {
    decoder = std::make_unique<ZstdDecoder>();
  } else {
    return buffered;
  }
  return std::make_unique<DecompressedBytes>(
      std::move(buffered), std::move(name), std::move(decoder));
}

}  // namespace mortsafe
