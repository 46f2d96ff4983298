#include "harness/report/text_layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace mortsafe {
namespace {

bool StartsCodePoint(char c) {
  return (static_cast<uint8_t>(c) & 0xc0) != 0x80;
}

// The bytes that the first `width` columns of `text` take.
size_t PrefixBytes(absl::string_view text, size_t width) {
  size_t columns = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (StartsCodePoint(text[i]) && columns++ == width) return i;
  }
  return text.size();
}

}  // namespace

size_t DisplayWidth(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), StartsCodePoint));
}

std::string PadRight(absl::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  return absl::StrCat(text, std::string(width > used ? width - used : 0, ' '));
}

std::string Cut(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  return absl::StrCat(text.substr(0, PrefixBytes(text, width - 3)), "...");
}

std::vector<std::string> Wrap(absl::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t used = DisplayWidth(lines.back());
    if (used > 0 && used + 1 + DisplayWidth(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    while (DisplayWidth(word) > width) {
      const size_t bytes = PrefixBytes(word, width);
      absl::StrAppend(&lines.back(), word.substr(0, bytes));
      lines.emplace_back();
      word.remove_prefix(bytes);
    }
    absl::StrAppend(&lines.back(), word);
  }
  return lines;
}

std::string Grouped(uint64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string Counted(uint64_t count, absl::string_view noun) {
  const absl::string_view plural = absl::EndsWith(noun, "ch") ? "es" : "s";
  return absl::StrCat(Grouped(count), " ", noun, count == 1 ? "" : plural);
}

std::string Painter::Paint(absl::string_view style,
                           absl::string_view text) const {
  if (!color_ || text.empty()) return std::string(text);
  return absl::StrCat("\x1b[", style, "m", text, "\x1b[0m");
}

}  // namespace mortsafe
