#include "harness/history/edn.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace mortsafe {
namespace {

using absl::string_view;
using Kind = EdnValue::Kind;

// Commas are blanks.
bool IsBlank(char c) { return c == ',' || absl::ascii_isspace(c); }

bool EndsToken(char c) {
  return IsBlank(c) || absl::StrContains("()[]{}\";", c);
}

bool IsDigits(string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == string_view::npos;
}

// "+007N" is no integer; "+7N" is 7.
std::optional<std::string> Integer(string_view token) {
  const bool is_negative = absl::ConsumePrefix(&token, "-");
  if (!is_negative) absl::ConsumePrefix(&token, "+");
  absl::ConsumeSuffix(&token, "N");
  if (!IsDigits(token) || (token.size() > 1 && token[0] == '0')) {
    return std::nullopt;
  }
  return absl::StrCat(is_negative && token != "0" ? "-" : "", token);
}

bool IsFloat(string_view token) {
  return token.find_first_of(".eEM") != string_view::npos &&
         token.find_first_not_of("0123456789.eE+-M") == string_view::npos;
}

bool IsNumberLike(string_view token) {
  if (token[0] == '-' || token[0] == '+') token.remove_prefix(1);
  return !token.empty() && absl::ascii_isdigit(token[0]);
}

class Parser {
 public:
  explicit Parser(string_view text) : text_(text) {}

  // False on an error, which error() tells.
  bool Parse(EdnValue& value, int depth) {
    if (depth > kMaxEdnDepth) {
      return Fail(absl::StrCat("expected at most ", kMaxEdnDepth,
                               " levels of EDN collections"));
    }
    SkipBlanks();
    if (text_.empty()) return Fail("expected an EDN value, found the end");
    switch (text_[0]) {
      case '"':
        return String(value);
      case '[':
        return Collection(Kind::kVector, "[", ']', value, depth);
      case '(':
        return Collection(Kind::kList, "(", ')', value, depth);
      case '{':
        return Collection(Kind::kMap, "{", '}', value, depth) &&
               (value.elements.size() % 2 == 0 ||
                Fail("expected an EDN map with a value for each key"));
      case '#':
        return Dispatch(value, depth);
      case '\\':
        return Character(value);
      default:
        return Token(value);
    }
  }

  void SkipBlanks() {
    while (!text_.empty() && IsBlank(text_[0])) text_.remove_prefix(1);
  }

  string_view rest() const { return text_; }
  const std::string& error() const { return error_; }

 private:
  bool Collection(Kind kind, string_view begin, char end, EdnValue& value,
                  int depth) {
    text_.remove_prefix(begin.size());
    value.kind = kind;
    while (true) {
      SkipBlanks();
      if (text_.empty()) {
        return Fail(absl::StrCat("expected EDN: \"", string_view(&end, 1),
                                 "\", found the end (cut short?)"));
      }
      if (text_[0] == end) break;
      if (!Parse(value.elements.emplace_back(), depth + 1)) return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  bool Dispatch(EdnValue& value, int depth) {
    if (absl::StartsWith(text_, "#{")) {
      return Collection(Kind::kSet, "#{", '}', value, depth);
    }
    text_.remove_prefix(1);
    value.kind = Kind::kTagged;
    value.text = std::string(TakeToken());
    if (value.text.empty() || !absl::ascii_isalpha(value.text[0])) {
      return Fail("expected EDN, found \"#\" before something else than a tag");
    }
    return Parse(value.elements.emplace_back(), depth + 1);
  }

  bool String(EdnValue& value) {
    value.kind = Kind::kString;
    text_.remove_prefix(1);
    while (!text_.empty()) {
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (c != '\\') {
        value.text += c;
      } else if (!Escape(value.text)) {
        return false;
      }
    }
    return Fail("expected EDN: a closing quote, found the end (cut short?)");
  }

  // After the backslash.
  bool Escape(std::string& text) {
    constexpr string_view kNames = "tnr\\\"bf";
    constexpr string_view kMeanings = "\t\n\r\\\"\b\f";
    const size_t index =
        text_.empty() ? string_view::npos : kNames.find(text_[0]);
    if (index != string_view::npos) {
      text += kMeanings[index];
    } else {
      return Fail(
          "expected an EDN string, found a backslash before another "
          "character than t, r, n, b, f, \\ or \"");
    }
    text_.remove_prefix(1);
    return true;
  }

  bool Character(EdnValue& value) {
    value.kind = Kind::kCharacter;
    // The character after the backslash may be one that ends a token.
    size_t size = 1;
    if (text_.size() > 1) ++size;
    while (size < text_.size() && !EndsToken(text_[size])) ++size;
    value.text = std::string(text_.substr(0, size));
    text_.remove_prefix(size);
    return true;
  }

  bool Token(EdnValue& value) {
    const string_view token = TakeToken();
    if (token.empty()) {
      return Fail(absl::StrCat("expected an EDN value, found \"",
                               text_.substr(0, 1), "\""));
    }
    value.text = std::string(token);
    if (token == "nil") {
      value = EdnValue();
    } else if (token == "true" || token == "false") {
      value.kind = Kind::kBoolean;
    } else if (token[0] == ':') {
      value.kind = Kind::kKeyword;
    } else if (IsNumberLike(token)) {
      return Number(token, value);
    } else {
      value.kind = Kind::kSymbol;
    }
    return true;
  }

  bool Number(string_view token, EdnValue& value) {
    if (std::optional<std::string> integer = Integer(token)) {
      value.kind = Kind::kInteger;
      value.text = *std::move(integer);
      return true;
    }
    value.kind = Kind::kFloat;
    if (IsFloat(token)) return true;
    return Fail(absl::StrCat("expected an EDN number, found ",
                             absl::CHexEscape(token.substr(0, 40))));
  }

  string_view TakeToken() {
    size_t size = 0;
    while (size < text_.size() && !EndsToken(text_[size])) ++size;
    const string_view token = text_.substr(0, size);
    text_.remove_prefix(size);
    return token;
  }

  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  string_view text_;
  std::string error_;
};

void AppendText(const EdnValue& value, std::string& text);

void AppendCollection(string_view begin, const EdnValue& value, string_view end,
                      std::string& text) {
  absl::StrAppend(&text, begin);
  string_view separator;
  for (const EdnValue& element : value.elements) {
    absl::StrAppend(&text, separator);
    AppendText(element, text);
    separator = " ";
  }
  absl::StrAppend(&text, end);
}

void AppendText(const EdnValue& value, std::string& text) {
  switch (value.kind) {
    case Kind::kNil:
      absl::StrAppend(&text, "nil");
      return;
    case Kind::kString:
      absl::StrAppend(&text, "\"", absl::CHexEscape(value.text), "\"");
      return;
    case Kind::kVector:
      return AppendCollection("[", value, "]", text);
    case Kind::kList:
      return AppendCollection("(", value, ")", text);
    case Kind::kSet:
      return AppendCollection("#{", value, "}", text);
    case Kind::kMap:
      return AppendCollection("{", value, "}", text);
    case Kind::kTagged:
      absl::StrAppend(&text, "#", value.text, " ");
      return AppendText(value.elements[0], text);
    default:
      absl::StrAppend(&text, absl::CHexEscape(value.text));
  }
}

}  // namespace

absl::StatusOr<EdnValue> TakeEdn(string_view& text) {
  Parser parser(text);
  EdnValue value;
  if (!parser.Parse(value, 1)) {
    return absl::InvalidArgumentError(parser.error());
  }
  parser.SkipBlanks();
  text = parser.rest();
  return value;
}

std::string EdnText(const EdnValue& value) {
  std::string text;
  AppendText(value, text);
  return text;
}

}  // namespace mortsafe
