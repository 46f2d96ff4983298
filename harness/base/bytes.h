// Plain data as bytes, for another process of the same program: written one
// after the other, and read back in the same order.
//
//   ByteWriter writer;
//   writer.Put(count);
//   writer.PutAll(steps);           // A vector of plain data.
//   ByteReader reader(writer.bytes());
//   reader.Get(count);
//   reader.GetAll(steps);

#ifndef MORTSAFE_HARNESS_BASE_BYTES_H_
#define MORTSAFE_HARNESS_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/check.h"

namespace mortsafe {

template <class T>
concept PlainData = std::is_trivially_copyable_v<T>;

class ByteWriter {
 public:
  template <PlainData T>
  void Put(const T& value) {
    Append(&value, sizeof(T));
  }
  template <PlainData T>
  void PutAll(const std::vector<T>& values) {
    Put(uint64_t{values.size()});
    Append(values.data(), values.size() * sizeof(T));
  }
  void PutText(absl::string_view text) {
    Put(uint64_t{text.size()});
    Append(text.data(), text.size());
  }

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  void Append(const void* data, size_t size) {
    if (size > 0) bytes_.append(static_cast<const char*>(data), size);
  }

  std::string bytes_;
};

// CHECKs that what it is asked for is there: whoever takes bytes from elsewhere
// sees first that they are whole.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : bytes_(bytes) {}

  template <PlainData T>
  void Get(T& value) {
    Copy(&value, sizeof(T));
  }
  template <PlainData T>
  T Get() {
    T value;
    Get(value);
    return value;
  }
  template <PlainData T>
  void GetAll(std::vector<T>& values) {
    const auto size = Get<uint64_t>();
    Check(size <= bytes_.size() / sizeof(T), kTooShort);
    values.resize(size);
    Copy(values.data(), size * sizeof(T));
  }
  std::string GetText() {
    const auto size = Get<uint64_t>();
    Check(size <= bytes_.size(), kTooShort);
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

  bool AtEnd() const { return bytes_.empty(); }

 private:
  static constexpr char kTooShort[] = "what was written is longer than that";

  void Copy(void* to, size_t size) {
    Check(size <= bytes_.size(), kTooShort);
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }

  absl::string_view bytes_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_BYTES_H_
