#include "harness/history/recorded_event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "harness/history/edn.h"

namespace mortsafe {
namespace {

using absl::string_view;
using Type = RecordedEvent::Type;
using Function = RecordedEvent::Function;

// In the order of the enumerations.
constexpr std::array<string_view, 4> kTypes = {":invoke", ":ok", ":fail",
                                               ":info"};
constexpr std::array<string_view, 6> kFunctions = {
    ":read", ":write", ":cas", ":get", ":put", ":append"};

absl::Status Expected(string_view expected, const EdnValue& found) {
  constexpr size_t kMost = 60;
  std::string text = EdnText(found);
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", expected, ", found ", text));
}

// What an event is made of, wherever it came from.
struct Parts {
  EdnValue process;
  EdnValue type;
  EdnValue function;
  EdnValue key;
  EdnValue value;
};

bool IsKeyword(const EdnValue& value) {
  return value.kind == EdnValue::Kind::kKeyword;
}

bool IsPair(const EdnValue& value) {
  return value.kind == EdnValue::Kind::kVector && value.elements.size() == 2;
}

absl::StatusOr<Type> TypeOf(const EdnValue& value) {
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (IsKeyword(value) && value.text == kTypes[i])
      return static_cast<Type>(i);
  }
  return Expected("one of the types :invoke, :ok, :fail and :info", value);
}

absl::StatusOr<Function> FunctionOf(const EdnValue& value) {
  for (size_t i = 0; i < kFunctions.size(); ++i) {
    if (IsKeyword(value) && value.text == kFunctions[i]) {
      return static_cast<Function>(i);
    }
  }
  return Expected(
      "one of the functions :read, :write, :cas, :get, :put and :append",
      value);
}

absl::StatusOr<uint32_t> ProcessOf(const EdnValue& value) {
  uint32_t process = 0;
  if (value.kind == EdnValue::Kind::kInteger &&
      absl::SimpleAtoi(value.text, &process)) {
    return process;
  }
  return Expected("a process from 0 to 2^32-1", value);
}

// Takes the key out of a value of jepsen.independent.
void TakeKey(RecordedEvent& event) {
  if (event.key != EdnValue() || !IsPair(event.value)) return;
  // The pair of a cas without a key is of scalars.
  if (event.function == Function::kCas && !IsPair(event.value.elements[1])) {
    return;
  }
  EdnValue value = std::move(event.value.elements[1]);
  event.key = std::move(event.value.elements[0]);
  event.value = std::move(value);
}

absl::StatusOr<std::optional<RecordedEvent>> ToEvent(Parts parts) {
  // The nemesis is no client.
  if (IsKeyword(parts.process)) return std::nullopt;
  RecordedEvent event;
  const absl::StatusOr<uint32_t> process = ProcessOf(parts.process);
  if (!process.ok()) return process.status();
  event.process = *process;
  const absl::StatusOr<Type> type = TypeOf(parts.type);
  if (!type.ok()) return type.status();
  event.type = *type;
  const absl::StatusOr<Function> function = FunctionOf(parts.function);
  if (!function.ok()) return function.status();
  event.function = *function;
  if (event.type == Type::kInvoke || event.type == Type::kOk) {
    event.key = std::move(parts.key);
    event.value = std::move(parts.value);
    TakeKey(event);
  }
  return event;
}

// Where the name of the logger ends in "LEVEL logger - text" and in
// "DATE LEVEL [thread] logger: text"; npos in what is neither.
size_t EndOfLogger(string_view line) {
  constexpr std::array<string_view, 5> kLevels = {"INFO", "WARN", "ERROR",
                                                  "DEBUG", "TRACE"};
  for (const string_view level : kLevels) {
    const size_t at = line.find(level);
    if (at == string_view::npos) continue;
    const size_t dash = line.find(" - ", at);
    if (dash != string_view::npos) return dash;
    return line.find(": ", at);
  }
  return string_view::npos;
}

// The text of a line of jepsen.util; nothing in one of another logger.
absl::StatusOr<std::optional<string_view>> LoggedText(string_view line) {
  const size_t end = EndOfLogger(line);
  if (end == string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a line such as \"INFO  jepsen.util - 3 :invoke :read nil\", "
        "found \"",
        absl::CHexEscape(line.substr(0, 40)), "\""));
  }
  if (!absl::EndsWith(line.substr(0, end), "jepsen.util")) return std::nullopt;
  line.remove_prefix(end + (line[end] == ':' ? 2 : 3));
  return line;
}

}  // namespace

string_view Name(Type type) { return kTypes[static_cast<size_t>(type)]; }

string_view Name(Function function) {
  return kFunctions[static_cast<size_t>(function)];
}

bool IsLogLine(string_view line) {
  return EndOfLogger(line) != string_view::npos;
}

absl::StatusOr<std::optional<RecordedEvent>> ParseJepsenLine(string_view line) {
  const absl::StatusOr<std::optional<string_view>> text = LoggedText(line);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return std::nullopt;
  string_view rest = **text;
  Parts parts;
  for (EdnValue* part : {&parts.process, &parts.type, &parts.function}) {
    absl::StatusOr<EdnValue> value = TakeEdn(rest);
    if (!value.ok()) return value.status();
    *part = *std::move(value);
    // What the nemesis says may be anything.
    if (IsKeyword(parts.process)) return std::nullopt;
  }
  // So may the reason why an operation failed.
  if (parts.type.text == ":invoke" || parts.type.text == ":ok") {
    absl::StatusOr<EdnValue> value = TakeEdn(rest);
    if (!value.ok()) return value.status();
    parts.value = *std::move(value);
    if (!rest.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "expected the end of the line after ", EdnText(parts.value),
          ", found \"", absl::CHexEscape(rest.substr(0, 40)), "\""));
    }
  }
  return ToEvent(std::move(parts));
}

absl::StatusOr<std::optional<RecordedEvent>> ParseEdnLine(string_view line) {
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), ";")) {
    return std::nullopt;
  }
  absl::StatusOr<EdnValue> value = TakeEdn(line);
  if (!value.ok()) return value.status();
  EdnValue* map = &*value;
  // Newer versions of Jepsen write #jepsen.history.Op{...}.
  if (map->kind == EdnValue::Kind::kTagged) map = map->elements.data();
  if (map->kind != EdnValue::Kind::kMap || !line.empty()) {
    return absl::InvalidArgumentError(
        "expected one EDN map on the line, such as {:process 3, :type :invoke, "
        ":f :read, :value nil}");
  }
  Parts parts;
  for (const auto& [name, part] :
       {std::pair(":process", &parts.process), std::pair(":type", &parts.type),
        std::pair(":f", &parts.function), std::pair(":key", &parts.key),
        std::pair(":value", &parts.value)}) {
    bool is_found = false;
    for (size_t i = 0; i < map->elements.size(); i += 2) {
      const EdnValue& key = map->elements[i];
      if (!IsKeyword(key) || key.text != name) continue;
      if (is_found) return Expected(absl::StrCat(name, " once"), *map);
      is_found = true;
      *part = std::move(map->elements[i + 1]);
    }
  }
  return ToEvent(std::move(parts));
}

}  // namespace mortsafe
