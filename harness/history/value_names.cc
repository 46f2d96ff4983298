#include "harness/history/value_names.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "harness/history/edn.h"

namespace mortsafe {
namespace {

constexpr uint64_t kFirstBehindIntegers = uint64_t{1} << 63;

// The number that `value` writes in digits, as an integer or a string.
std::optional<uint64_t> Digits(const EdnValue& value) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(value.text, &number) ||
      number >= kFirstBehindIntegers || absl::StrCat(number) != value.text) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

uint64_t ValueNames::NumberOf(const EdnValue& value) {
  const std::optional<uint64_t> integer =
      value.kind == EdnValue::Kind::kInteger ? Digits(value) : std::nullopt;
  if (mode_ == Mode::kUnknown) {
    mode_ = integer.has_value() ? Mode::kIntegers : Mode::kNames;
    if (integer.has_value()) next_ = kFirstBehindIntegers;
  }
  if (mode_ == Mode::kIntegers && integer.has_value()) return *integer;
  std::string name = EdnText(value);
  const auto known = numbers_.find(name);
  if (known != numbers_.end()) return known->second;
  const uint64_t number = NewNumber(value);
  numbers_.emplace(name, number);
  names_.emplace(number, std::move(name));
  return number;
}

uint64_t ValueNames::NewNumber(const EdnValue& value) {
  const std::optional<uint64_t> digits = Digits(value);
  if (mode_ == Mode::kNames && digits.has_value() &&
      !names_.contains(*digits)) {
    return *digits;
  }
  while (names_.contains(next_)) ++next_;
  return next_++;
}

std::string ValueNames::TextOf(uint64_t number) const {
  const auto name = names_.find(number);
  return name == names_.end() ? absl::StrCat(number) : name->second;
}

}  // namespace mortsafe
