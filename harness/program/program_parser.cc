// ParseProgram: a recursive-descent reader of the grammar in program.h.

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/program.h"
#include "harness/program/text_cursor.h"

namespace mortsafe {
namespace {

// Names longer than this resemble no operation.
constexpr size_t kLongestName = 32;

// The least number of letters to insert, drop or replace that turns one name
// into the other, capital or not. REQUIRES: both are at most kLongestName long.
size_t EditDistance(absl::string_view first, absl::string_view second) {
  std::array<size_t, kLongestName + 1> row;
  for (size_t j = 0; j <= second.size(); ++j) row[j] = j;
  for (size_t i = 0; i < first.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < second.size(); ++j) {
      const bool same =
          absl::ascii_tolower(static_cast<unsigned char>(first[i])) ==
          absl::ascii_tolower(static_cast<unsigned char>(second[j]));
      const size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[second.size()];
}

// The operation a misspelt name may stand for, if any is near enough.
std::optional<OperationKind> NearestOperation(absl::string_view name) {
  if (name.size() > kLongestName) return std::nullopt;
  std::optional<OperationKind> nearest;
  size_t least = std::max<size_t>(2, name.size() / 2) + 1;
  for (OperationKind kind : kAllOperationKinds) {
    const size_t distance = EditDistance(name, ApiName(kind));
    if (distance < least) {
      least = distance;
      nearest = kind;
    }
  }
  return nearest;
}

std::string OperationHint(absl::string_view name) {
  if (const auto nearest = NearestOperation(name); nearest.has_value()) {
    return absl::StrCat(" (did you mean '", ApiName(*nearest), "'?)");
  }
  return absl::StrCat(" (operations are ",
                      absl::StrJoin(kAllOperationKinds, ", ",
                                    [](std::string* out, OperationKind kind) {
                                      absl::StrAppend(out, ApiName(kind));
                                    }),
                      ")");
}

// Every Parse… and Expect… says whether the text was as it should be; the first
// that says no has set `error_`.
class ProgramParser {
 public:
  ProgramParser(absl::string_view text, absl::string_view source)
      : cursor_(text, source) {}

  absl::StatusOr<Program> Parse() {
    if (!ParseInitial()) return error_;
    while (SkipEmptySections()) {
      if (!ParseThread()) return error_;
    }
    if (program_.threads.empty() && program_.initial.empty()) {
      return cursor_.Expected(seen_initial_
                                  ? "an initial operation or 'thread 1:'"
                                  : "'initial:' or 'thread 1:'");
    }
    return std::move(program_);
  }

 private:
  // False at the end of the text.
  bool SkipEmptySections() {
    while (cursor_.Take("\n") || cursor_.Take("|")) {
    }
    return !cursor_.Peek().empty();
  }

  bool AtSectionEnd() {
    const absl::string_view token = cursor_.Peek();
    return token.empty() || token == "\n" || token == "|";
  }

  bool ParseInitial() {
    SkipEmptySections();
    seen_initial_ = cursor_.Take("initial");
    return !seen_initial_ ||
           (Expect(":") &&
            ParseOperations(program_.initial, kMaxInitialOperations,
                            "initial operations"));
  }

  bool ParseThread() {
    const size_t number = program_.threads.size() + 1;
    if (cursor_.Peek() == "thread" && number > kMaxThreads) {
      return Fail(absl::StrCat("at most ", kMaxThreads, " threads"));
    }
    if (!cursor_.Take("thread")) {
      return Fail(
          absl::StrCat(number == 1 && !seen_initial_ ? "'initial:' or " : "",
                       "'thread ", number, ":'"));
    }
    if (!ParseNumber(cursor_.Peek(), number, number).has_value()) {
      return Fail(absl::StrCat("thread number ", number));
    }
    cursor_.Advance();
    program_.threads.emplace_back();
    return Expect(":") &&
           ParseOperations(program_.threads.back(), kMaxOperationsPerThread,
                           "operations in a thread");
  }

  bool ParseOperations(std::vector<Operation>& operations, int most,
                       absl::string_view what) {
    while (!AtSectionEnd()) {
      if (operations.size() == static_cast<size_t>(most)) {
        return Fail(absl::StrCat("at most ", most, " ", what));
      }
      Operation& operation = operations.emplace_back();
      if (!ParseOperation(operation)) return false;
      if (!AtSectionEnd() && !cursor_.Take(";")) {
        return Fail("';', '|' or end of line");
      }
    }
    return true;
  }

  bool ParseOperation(Operation& operation) {
    const absl::string_view name = cursor_.Peek();
    const std::optional<OperationKind> kind = OperationKindFromApiName(name);
    if (!kind.has_value()) {
      const bool is_word =
          absl::ascii_isalnum(static_cast<unsigned char>(name[0]));
      return Fail("an operation", is_word ? OperationHint(name) : "");
    }
    operation.kind = *kind;
    cursor_.Advance();
    return Expect("(") && ParseArguments(operation) && Expect(")");
  }

  bool ParseArguments(Operation& operation) {
    if (operation.kind == OperationKind::kRange) return ParseStop(operation);
    if (!HasKey(operation.kind)) return true;
    return ParseKey(operation) &&
           (!ComparesValue(operation.kind) ||
            (Expect(",") && ParseOldValue(operation))) &&
           (!StoresValue(operation.kind) ||
            (Expect(",") && ParseNewValue(operation)));
  }

  bool ParseStop(Operation& operation) {
    if (cursor_.Peek() == ")") return true;
    if (!cursor_.Take("stop")) return Fail("'stop' or ')'");
    uint64_t stop = 0;
    if (!ParseInteger(absl::StrCat("a stop from 1 to ", kMaxStop), 1, kMaxStop,
                      stop)) {
      return false;
    }
    operation.stop_after = static_cast<uint32_t>(stop);
    return true;
  }

  bool ParseKey(Operation& operation) {
    return ParseInteger(absl::StrCat("a key from 0 to ", kMaxKeys - 1), 0,
                        kMaxKeys - 1, operation.key);
  }

  bool ParseOldValue(Operation& operation) {
    return ParseInteger("an old value from 0 to 18446744073709551615", 0,
                        kHighest, operation.old_value);
  }

  bool ParseNewValue(Operation& operation) {
    const std::optional<uint64_t> value =
        ParseNumber(cursor_.Peek(), 1, kHighest);
    if (!value.has_value()) {
      return Fail("a value from 1 to 18446744073709551615");
    }
    for (const auto& [earlier, place] : stored_) {
      if (earlier == *value) {
        return Fail("a value that no other operation stores",
                    absl::StrCat(" (also stored at ", place.line, ":",
                                 place.column, ")"));
      }
    }
    stored_.emplace_back(*value, cursor_.Place());
    operation.value = *value;
    cursor_.Advance();
    return true;
  }

  bool ParseInteger(absl::string_view what, uint64_t lowest, uint64_t highest,
                    uint64_t& result) {
    const std::optional<uint64_t> number =
        ParseNumber(cursor_.Peek(), lowest, highest);
    if (!number.has_value()) return Fail(what);
    result = *number;
    cursor_.Advance();
    return true;
  }

  bool Expect(absl::string_view token) {
    return cursor_.Take(token) || Fail(absl::StrCat("'", token, "'"));
  }

  bool Fail(absl::string_view expected, absl::string_view hint = "") {
    error_ = absl::InvalidArgumentError(
        absl::StrCat(cursor_.Expected(expected).message(), hint));
    return false;
  }

  static constexpr uint64_t kHighest = std::numeric_limits<uint64_t>::max();

  TextCursor cursor_;
  Program program_;
  bool seen_initial_ = false;
  std::vector<std::pair<Value, TextPlace>> stored_;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<Program> ParseProgram(absl::string_view text,
                                     absl::string_view source) {
  return ProgramParser(text, source).Parse();
}

}  // namespace mortsafe
