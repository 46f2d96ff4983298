#include "harness/program/text_cursor.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace mortsafe {
namespace {

// Longer tokens are cut in errors.
constexpr size_t kLongestQuote = 32;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool IsWord(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// Neither printable nor one of the characters that part tokens.
bool IsForeign(char c) {
  return !absl::ascii_isprint(static_cast<unsigned char>(c)) && !IsBlank(c) &&
         c != '\n';
}

template <typename Predicate>
size_t RunLength(absl::string_view text, size_t from, Predicate predicate) {
  size_t end = from;
  while (end < text.size() && predicate(text[end])) ++end;
  return end;
}

// The length of the token at the start of `text`, which is not empty.
size_t TokenLength(absl::string_view text) {
  const char first = text[0];
  const char second = text.size() > 1 ? text[1] : '\0';
  if (IsWord(first)) return RunLength(text, 1, IsWord);
  if (first == '-' && IsDigit(second)) return RunLength(text, 1, IsWord);
  if (first == '-' && second == '>') return 2;
  if (IsForeign(first)) return RunLength(text, 1, IsForeign);
  return 1;
}

std::string Quote(absl::string_view token) {
  if (token.empty()) return "end of text";
  if (token == "\n") return "end of line";
  return absl::StrCat("'", absl::CHexEscape(token.substr(0, kLongestQuote)),
                      token.size() > kLongestQuote ? "...'" : "'");
}

}  // namespace

void TextCursor::SkipBlanks() {
  position_ = RunLength(text_, position_, IsBlank);
  if (position_ < text_.size() && text_[position_] == '#') {
    position_ = RunLength(text_, position_, [](char c) { return c != '\n'; });
  }
}

absl::string_view TextCursor::Peek() {
  SkipBlanks();
  const absl::string_view rest = text_.substr(position_);
  return rest.empty() ? rest : rest.substr(0, TokenLength(rest));
}

void TextCursor::Advance() {
  const absl::string_view token = Peek();
  position_ += token.size();
  if (token == "\n") {
    ++line_;
    line_start_ = position_;
  }
}

bool TextCursor::Take(absl::string_view token) {
  if (Peek() != token) return false;
  Advance();
  return true;
}

TextPlace TextCursor::Place() {
  SkipBlanks();
  return {line_, position_ - line_start_ + 1};
}

absl::Status TextCursor::Expected(absl::string_view what) {
  const TextPlace place = Place();
  return absl::InvalidArgumentError(
      absl::StrCat(source_, ":", place.line, ":", place.column, ": expected ",
                   what, ", found ", Quote(Peek())));
}

std::optional<uint64_t> ParseNumber(absl::string_view token, uint64_t lowest,
                                    uint64_t highest) {
  uint64_t number = 0;
  // SimpleAtoi would take signs and blanks too, but no such token starts with
  // a digit.
  if (token.empty() || !IsDigit(token[0])) return std::nullopt;
  if (!absl::SimpleAtoi(token, &number)) return std::nullopt;
  if (number < lowest || number > highest) return std::nullopt;
  return number;
}

}  // namespace mortsafe
