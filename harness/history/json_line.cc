#include "harness/history/json_line.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "nlohmann/json.hpp"

namespace mortsafe {
namespace {

using absl::string_view;

enum class Member : uint8_t {
  kClient,
  kOp,
  kKey,
  kValue,
  kOld,
  kResult,
  kOk,
  kEntries,
  kCall,
  kReturn,
};
constexpr size_t kMemberCount = 10;
constexpr std::array<string_view, kMemberCount> kMemberNames = {
    "client", "op", "key",     "value", "old",
    "result", "ok", "entries", "call",  "return"};

string_view NameOf(Member member) {
  return kMemberNames[static_cast<size_t>(member)];
}

std::optional<Member> MemberOf(string_view name) {
  for (size_t i = 0; i < kMemberCount; ++i) {
    if (kMemberNames[i] == name) return static_cast<Member>(i);
  }
  return std::nullopt;
}

class MemberSet {
 public:
  constexpr MemberSet() = default;
  constexpr MemberSet(std::initializer_list<Member> members) {
    for (const Member member : members) Add(member);
  }
  constexpr void Add(Member member) {
    bits_ = static_cast<uint16_t>(bits_ | 1u << static_cast<int>(member));
  }
  constexpr bool Has(Member member) const {
    return (bits_ >> static_cast<int>(member) & 1u) != 0;
  }
  constexpr MemberSet operator|(MemberSet other) const {
    return MemberSet(bits_ | other.bits_);
  }
  constexpr MemberSet operator-(MemberSet other) const {
    return MemberSet(bits_ & ~other.bits_);
  }
  constexpr MemberSet operator&(MemberSet other) const {
    return MemberSet(bits_ & other.bits_);
  }
  constexpr bool IsEmpty() const { return bits_ == 0; }

  // REQUIRES: not empty.
  Member First() const {
    size_t i = 0;
    while (!Has(static_cast<Member>(i))) ++i;
    return static_cast<Member>(i);
  }

 private:
  constexpr explicit MemberSet(int bits) : bits_(static_cast<uint16_t>(bits)) {}

  uint16_t bits_ = 0;
};

constexpr MemberSet kAnswers = {Member::kResult, Member::kOk, Member::kEntries};

constexpr bool AnswersWithValue(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kLoadOrStore ||
         kind == OperationKind::kLoadAndDelete || kind == OperationKind::kSwap;
}

// The members of an operation of a kind that has returned.
constexpr MemberSet MembersOf(OperationKind kind) {
  MemberSet members = {Member::kClient, Member::kOp, Member::kCall,
                       Member::kReturn};
  if (HasKey(kind)) members.Add(Member::kKey);
  if (StoresValue(kind)) members.Add(Member::kValue);
  if (ComparesValue(kind))
    members = members | MemberSet{Member::kOld, Member::kOk};
  if (AnswersWithValue(kind))
    members = members | MemberSet{Member::kResult, Member::kOk};
  if (kind == OperationKind::kRange) {
    members = members | MemberSet{Member::kOk, Member::kEntries};
  }
  return members;
}

string_view TypeOf(Member member) {
  switch (member) {
    case Member::kClient:
      return "an integer from 0 to 2^32-1";
    case Member::kOp:
      return "the name of an operation";
    case Member::kResult:
      return "an integer from 0 to 2^64-1 or null";
    case Member::kOk:
      return "true or false";
    case Member::kEntries:
      return "pairs [key,value] of integers from 0 to 2^64-1";
    case Member::kCall:
    case Member::kReturn:
      return "an integer from 0 to 2^64-2";
    case Member::kKey:
    case Member::kValue:
    case Member::kOld:
      break;
  }
  return "an integer from 0 to 2^64-1";
}

std::string NamesOfOperations() {
  const auto append = [](std::string* names, OperationKind kind) {
    absl::StrAppend(names, HistoryName(kind));
  };
  return absl::StrJoin(kAllOperationKinds, ", ", append);
}

// What a message shows of a file: one line, not too long, and harmless.
std::string Excerpt(string_view text) {
  constexpr size_t kMost = 40;
  const bool is_short = text.size() <= kMost;
  return absl::StrCat(absl::CHexEscape(text.substr(0, kMost)),
                      is_short ? "" : "...");
}

// What tells of a line piece by piece calls this for each, as the JSON library
// does; the functions say whether all is well so far, and what is wrong stays
// in error().
class LineHandler {
 public:
  // Begins a line. The results go to `operation`.
  void Start(HistoryOperation& operation) {
    std::vector<std::pair<Key, Value>> entries = std::move(operation.entries);
    entries.clear();
    operation = HistoryOperation();
    operation.entries = std::move(entries);
    operation_ = &operation;
    depth_ = 0;
    member_.reset();
    seen_ = {};
    nulls_ = {};
    error_.clear();
  }

  // Ends it: whether the members make an operation.
  bool Finish() { return CheckMembers() && CheckMeaning(); }

  const std::string& error() const { return error_; }

  bool null() {
    if (IsIgnored()) return true;
    if (depth_ != 1) return Wrong("null");
    nulls_.Add(*member_);
    return true;
  }

  bool boolean(bool value) {
    if (IsIgnored()) return true;
    if (!IsMember(Member::kOk)) return Wrong(value ? "true" : "false");
    operation_->ok = value;
    return true;
  }

  bool number_unsigned(uint64_t number) {
    if (IsIgnored()) return true;
    if (depth_ != 1) return AddToEntry(number);
    return SetNumber(number) || Wrong(absl::StrCat(number));
  }

  bool number_integer(int64_t number) {
    return IsIgnored() || Wrong(absl::StrCat(number));
  }

  bool number_float(double /*number*/, string_view text) {
    return IsIgnored() || Wrong(Excerpt(text));
  }

  bool string(string_view text) {
    if (IsIgnored()) return true;
    if (!IsMember(Member::kOp)) return Wrong("a string");
    const std::optional<OperationKind> kind =
        OperationKindFromHistoryName(text);
    if (!kind.has_value()) {
      return Fail(absl::StrCat("expected as member \"op\" one of ",
                               NamesOfOperations(), "; found \"", Excerpt(text),
                               "\""));
    }
    operation_->kind = *kind;
    return true;
  }

  bool key(string_view name) {
    if (depth_ != 1) return true;
    member_ = MemberOf(name);
    if (!member_.has_value()) return true;
    if (seen_.Has(*member_)) {
      return Fail(
          absl::StrCat("expected member \"", name, "\" once, found it again"));
    }
    seen_.Add(*member_);
    return true;
  }

  bool start_object(size_t /*size*/) {
    if (depth_ != 0 && !IsIgnored()) return Wrong("an object");
    return Deeper();
  }

  bool start_array(size_t /*size*/) {
    if (IsIgnored()) return Deeper();
    const bool may_be_here =
        depth_ > 0 && depth_ < kInEntry && *member_ == Member::kEntries;
    if (!may_be_here) return Wrong("an array");
    entry_size_ = 0;
    return Deeper();
  }

  bool end_object() {
    --depth_;
    return true;
  }

  bool end_array() {
    if (!IsIgnored() && depth_ == kInEntry && entry_size_ != 2) {
      return Wrong(absl::StrCat("an array of ", entry_size_));
    }
    --depth_;
    return true;
  }

  bool binary(std::vector<uint8_t>& /*bytes*/) { return Wrong("bytes"); }

  bool parse_error(size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) {
    return Fail(absl::StrCat("expected JSON, found something else at column ",
                             position));
  }

 private:
  // The object of the line is the first level, `entries` the second.
  static constexpr int kInEntry = 3;

  // Whether this is part of a member of another name.
  bool IsIgnored() const { return depth_ > 0 && !member_.has_value(); }
  bool IsMember(Member member) const {
    return depth_ == 1 && *member_ == member;
  }

  bool Deeper() {
    if (++depth_ <= kMaxJsonDepth) return true;
    return Fail(absl::StrCat("expected at most ", kMaxJsonDepth,
                             " levels of objects and arrays"));
  }

  // False if the member is no number, or not this one.
  bool SetNumber(uint64_t number) {
    switch (*member_) {
      case Member::kClient:
        operation_->client = static_cast<uint32_t>(number);
        return number <= std::numeric_limits<uint32_t>::max();
      case Member::kKey:
        operation_->key = number;
        return true;
      case Member::kValue:
        operation_->value = number;
        return true;
      case Member::kOld:
        operation_->old_value = number;
        return true;
      case Member::kResult:
        operation_->result = number;
        return true;
      case Member::kCall:
        operation_->call_time = number;
        return number != kPending;
      case Member::kReturn:
        operation_->return_time = number;
        return number != kPending;
      case Member::kOp:
      case Member::kOk:
      case Member::kEntries:
        break;
    }
    return false;
  }

  bool AddToEntry(uint64_t number) {
    if (depth_ != kInEntry || ++entry_size_ > 2) {
      return Wrong(absl::StrCat(number));
    }
    if (entry_size_ == 1) {
      operation_->entries.emplace_back(number, 0);
    } else {
      operation_->entries.back().second = number;
    }
    return true;
  }

  bool CheckMembers() {
    if (!seen_.Has(Member::kOp) || nulls_.Has(Member::kOp)) {
      return Missing(Member::kOp, "");
    }
    const OperationKind kind = operation_->kind;
    MemberSet needed = MembersOf(kind);
    MemberSet allowed = needed | nulls_;
    if (!seen_.Has(Member::kReturn)) {
      needed = needed - kAnswers - MemberSet{Member::kReturn};
      allowed = allowed | kAnswers;
    }
    const std::string of = absl::StrCat(" of a ", HistoryName(kind));
    if (const MemberSet missing =
            needed - (seen_ - (nulls_ - MemberSet{Member::kResult}));
        !missing.IsEmpty()) {
      return Missing(missing.First(), of);
    }
    if (const MemberSet excess = seen_ - allowed; !excess.IsEmpty()) {
      return Fail(absl::StrCat("expected no member \"", NameOf(excess.First()),
                               "\"", of));
    }
    return true;
  }

  bool Missing(Member member, string_view of) {
    return Fail(absl::StrCat("expected ", TypeOf(member), " as member \"",
                             NameOf(member), "\"", of, ", found ",
                             nulls_.Has(member) ? "null" : "no such member"));
  }

  bool CheckMeaning() {
    HistoryOperation& operation = *operation_;
    if (!seen_.Has(Member::kReturn)) {
      operation.result.reset();
      operation.ok = false;
      operation.entries.clear();
      return true;
    }
    if (operation.return_time < operation.call_time) {
      return Fail(
          absl::StrCat("expected member \"return\" to be at least \"call\", ",
                       operation.call_time, ", found ", operation.return_time));
    }
    return CheckResult();
  }

  bool CheckResult() {
    const HistoryOperation& operation = *operation_;
    if (operation.kind == OperationKind::kLoadOrStore) {
      if (!operation.result.has_value()) {
        return Fail(
            "expected an integer as member \"result\" of a load_or_store, "
            "found null");
      }
      if (!operation.ok && *operation.result != operation.value) {
        return Fail(absl::StrCat(
            "expected \"result\" of a load_or_store that stored (\"ok\" is "
            "false) to be its \"value\", ",
            operation.value, ", found ", *operation.result));
      }
    } else if (AnswersWithValue(operation.kind) &&
               operation.ok != operation.result.has_value()) {
      return Fail(absl::StrCat(
          "expected member \"result\" of a ", HistoryName(operation.kind),
          operation.ok
              ? " to be an integer where \"ok\" is true, found null"
              : " to be null where \"ok\" is false, found an integer"));
    }
    return true;
  }

  bool Wrong(string_view found) {
    if (depth_ == 0)
      return Fail(absl::StrCat("expected an object, found ", found));
    return Fail(absl::StrCat("expected ", TypeOf(*member_), " as member \"",
                             NameOf(*member_), "\", found ", found));
  }

  bool Fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  HistoryOperation* operation_ = nullptr;
  int depth_ = 0;
  // The member of the line's object that is being told; none if it has another
  // name.
  std::optional<Member> member_;
  MemberSet seen_;
  MemberSet nulls_;
  int entry_size_ = 0;
  std::string error_;
};

// Lines that look as programs write them: an object without blanks, of members
// that are plain integers, plain strings, true, false, null, or arrays of such.
// Nearly every line is, and takes a fraction of the time that the library
// needs.
class PlainLine {
 public:
  PlainLine(string_view line, LineHandler& handler)
      : next_(line.data()), end_(next_ + line.size()), handler_(handler) {}

  // Whether the line is plain and the handler content. If not, the library has
  // to look at it.
  bool Tell() {
    if (!Take('{') || !handler_.start_object(0)) return false;
    do {
      string_view name;
      if (!String(name) || !handler_.key(name)) return false;
      if (!Take(':') || !Tell(0)) return false;
    } while (Take(','));
    return Take('}') && handler_.end_object() && next_ == end_;
  }

 private:
  bool Tell(int depth) {
    if (next_ == end_) return false;
    switch (*next_) {
      case '"': {
        string_view text;
        return String(text) && handler_.string(text);
      }
      case '[':
        return Array(depth);
      case 't':
        return Word("true") && handler_.boolean(true);
      case 'f':
        return Word("false") && handler_.boolean(false);
      case 'n':
        return Word("null") && handler_.null();
      default:
        return Integer();
    }
  }

  bool Array(int depth) {
    constexpr int kMostNested = 2;
    ++next_;
    if (depth == kMostNested || !handler_.start_array(0)) return false;
    if (!Take(']')) {
      do {
        if (!Tell(depth + 1)) return false;
      } while (Take(','));
      if (!Take(']')) return false;
    }
    return handler_.end_array();
  }

  bool Integer() {
    constexpr int kMostDigits = 19;  // With one more it may be too large.
    const char* const start = next_;
    uint64_t number = 0;
    while (next_ != end_ && *next_ >= '0' && *next_ <= '9') {
      number = number * 10 + static_cast<uint64_t>(*next_++ - '0');
    }
    const ptrdiff_t digits = next_ - start;
    if (digits == 0 || digits > kMostDigits) return false;
    if (*start == '0' && digits > 1) return false;
    return handler_.number_unsigned(number);
  }

  // Printable ASCII without escapes.
  bool String(string_view& text) {
    if (!Take('"')) return false;
    const char* const start = next_;
    while (next_ != end_ && *next_ != '"') {
      if (*next_ < ' ' || *next_ > '~' || *next_ == '\\') return false;
      ++next_;
    }
    text = string_view(start, static_cast<size_t>(next_ - start));
    return Take('"');
  }

  bool Word(string_view word) {
    if (!absl::StartsWith(string_view(next_, static_cast<size_t>(end_ - next_)),
                          word)) {
      return false;
    }
    next_ += word.size();
    return true;
  }

  bool Take(char c) {
    if (next_ == end_ || *next_ != c) return false;
    ++next_;
    return true;
  }

  const char* next_;
  const char* const end_;
  LineHandler& handler_;
};

}  // namespace

absl::Status ParseJsonLine(string_view line, HistoryOperation& operation) {
  LineHandler handler;
  handler.Start(operation);
  if (PlainLine(line, handler).Tell() && handler.Finish()) {
    return absl::OkStatus();
  }
  handler.Start(operation);
  if (nlohmann::json::sax_parse(line.begin(), line.end(), &handler) &&
      handler.Finish()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(handler.error());
}

}  // namespace mortsafe
