// What put, get and append become, and that it is exact: on small random
// histories the texts can be explained if and only if the map's operations can.

#include "harness/history/text_states.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Event(int process, absl::string_view type,
                  absl::string_view function, absl::string_view value) {
  return absl::StrCat("{:process ", process, ", :type :", type,
                      ", :f :", function, ", :key \"0\", :value ", value,
                      "}\n");
}

// One call and its return, with nobody beside it.
std::string Alone(absl::string_view function, absl::string_view text) {
  const std::string value = absl::StrCat("\"", text, "\"");
  return absl::StrCat(
      Event(0, "invoke", function, function == "get" ? "nil" : value),
      Event(0, "ok", function, value));
}

struct ReadResult {
  History history;
  std::vector<std::string> texts;
  std::string error;
};

// The operation with the texts that its numbers stand for.
std::string Text(const HistoryReader& reader,
                 const HistoryOperation& operation) {
  std::string text(ApiName(operation.kind));
  if (ComparesValue(operation.kind)) {
    absl::StrAppend(&text, " ", reader.ValueText(operation.old_value));
  }
  if (StoresValue(operation.kind)) {
    absl::StrAppend(&text, " ", reader.ValueText(operation.value));
  }
  if (operation.return_time == kPending) {
    absl::StrAppend(&text, " pending");
  } else if (operation.kind == OperationKind::kLoad) {
    absl::StrAppend(&text, " ",
                    operation.result.has_value()
                        ? reader.ValueText(*operation.result)
                        : "absent");
  } else if (operation.kind == OperationKind::kLoadOrStore ||
             operation.kind == OperationKind::kCompareAndSwap) {
    absl::StrAppend(&text, " ", operation.ok ? "true" : "false");
  }
  return text;
}

ReadResult Read(std::string text) {
  ReadResult result;
  const auto reader =
      OpenHistoryInMemory(std::move(text), "run", HistoryFormat::kEdn);
  HistoryOperation operation;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next(operation);
    if (!more.ok()) result.error = std::string(more.status().message());
    if (!more.ok() || !*more) break;
    result.history.operations.push_back(operation);
  }
  for (const HistoryOperation& read : result.history.operations) {
    result.texts.push_back(Text(**reader, read));
  }
  return result;
}

TEST(TextStatesTest, PutsAndGetsAreStoresAndLoads) {
  EXPECT_THAT(Read(Alone("get", "") + Alone("put", "a") + Alone("get", "a") +
                   Alone("put", "") + Alone("get", ""))
                  .texts,
              ElementsAre("Load absent", "Store \"a\"", "Load \"a\"", "Delete",
                          "Load absent"));
}

TEST(TextStatesTest, AnAppendThatSomebodySawSwapsOneTextForAnother) {
  EXPECT_THAT(
      Read(Alone("append", "a") + Alone("append", "b") + Alone("get", "ab") +
           Alone("put", "p") + Alone("append", "c") + Alone("get", "pc"))
          .texts,
      ElementsAre("LoadOrStore \"a\" false", "CompareAndSwap \"a\" \"ab\" true",
                  "Load \"ab\"", "Store \"p\"",
                  "CompareAndSwap \"p\" \"pc\" true", "Load \"pc\""));
}

TEST(TextStatesTest, AnAppendThatNobodySawStoresWhatNobodyLoads) {
  EXPECT_THAT(Read(Alone("append", "a") + Alone("append", "b") +
                   Alone("put", "p") + Alone("get", "p"))
                  .texts,
              ElementsAre("Store \"...a\"", "Store \"...b\"", "Store \"p\"",
                          "Load \"p\""));
}

TEST(TextStatesTest, AnAppendOfNothingIsLeftOut) {
  EXPECT_THAT(Read(Alone("append", "")).texts, IsEmpty());
}

TEST(TextStatesTest, AnAppendThatFailedIsLeftOutAndAnUnknownOneIsPending) {
  EXPECT_THAT(Read(Event(0, "invoke", "append", "\"a\"") +
                   Event(0, "fail", "append", "\"a\"") +
                   Event(1, "invoke", "append", "\"b\"") +
                   Event(1, "info", "append", "\"b\"") +
                   Event(2, "invoke", "append", "\"c\"") + Alone("get", "b"))
                  .texts,
              ElementsAre("LoadOrStore \"b\" pending", "Store \"...c\" pending",
                          "Load \"b\""));
}

TEST(TextStatesTest, ATextThatNothingMakesIsOneFromNowhere) {
  EXPECT_THAT(Read(Alone("append", "a") + Alone("get", "b")).texts,
              ElementsAre("Store \"...a\"", "Load \"b\""));
  EXPECT_THAT(Read(Alone("append", "a") + Alone("get", "aa")).texts,
              ElementsAre("Store \"...a\"", "Load \"aa\""));
  // It comes too late.
  EXPECT_THAT(Read(Alone("get", "a") + Alone("append", "a")).texts,
              ElementsAre("Load \"a\"", "Store \"...a\""));
}

TEST(TextStatesTest, AnAppendSeenInTwoPlacesMakesOneOfTheTextsOnly) {
  EXPECT_THAT(
      Read(Alone("append", "a") + Alone("append", "b") + Alone("get", "ab") +
           Alone("get", "ba"))
          .texts,
      ElementsAre("LoadOrStore \"a\" false", "CompareAndSwap \"a\" \"ab\" true",
                  "Load \"ab\"", "Load \"ba\""));
}

TEST(TextStatesTest, ATextThatCanBeMadeInTwoWaysIsAnError) {
  EXPECT_EQ(Read(Alone("append", "a") + Alone("append", "ab") +
                 Alone("append", "b") + Alone("get", "ab"))
                .error,
            "run:8: expected a text that tells which appends made it, found "
            "one that can be made in more than one way: \"ab\"");
  EXPECT_THAT(
      Read(Alone("append", "a") + Alone("append", "a") + Alone("get", "a"))
          .error,
      HasSubstr("more than one way"));
  EXPECT_THAT(
      Read(Event(0, "invoke", "put", "\"a\"") +
           Event(1, "invoke", "append", "\"a\"") +
           Event(2, "invoke", "get", "nil") + Event(2, "ok", "get", "\"a\""))
          .error,
      HasSubstr("more than one way"));
}

TEST(TextStatesTest, OneTextAppendedTwiceIsToldApartByWhatIsKnown) {
  // The first one is known to have come before "b".
  EXPECT_THAT(
      Read(Alone("append", "a") + Alone("get", "a") + Alone("append", "b") +
           Alone("append", "a") + Alone("get", "aba"))
          .texts,
      ElementsAre("LoadOrStore \"a\" false", "Load \"a\"",
                  "CompareAndSwap \"a\" \"ab\" true",
                  "CompareAndSwap \"ab\" \"aba\" true", "Load \"aba\""));
  // The first one is overwritten.
  EXPECT_THAT(Read(Alone("append", "a") + Alone("put", "p") +
                   Alone("append", "a") + Alone("get", "pa"))
                  .texts,
              ElementsAre("Store \"...a\"", "Store \"p\"",
                          "CompareAndSwap \"p\" \"pa\" true", "Load \"pa\""));
}

TEST(TextStatesTest, WhatTakesTooLongToTakeApartIsAnError) {
  std::string history;
  const std::string piece(30'000, 'a');
  history += Alone("append", piece);
  history += Alone("append", "a");
  for (int i = 1; i < 300; ++i) {
    history += Alone("append", piece.substr(0, piece.size() - i));
  }
  history += Alone("get", piece + piece);
  EXPECT_THAT(Read(history).error, HasSubstr("takes too long"));
}

TEST(TextStatesTest, OtherValuesThanStringsAreErrors) {
  for (const absl::string_view function : {"put", "append"}) {
    EXPECT_THAT(Read(Event(0, "invoke", function, "7")).error,
                absl::StrCat("run:1: expected a string as value of a :",
                             function, ", found 7"));
  }
  EXPECT_THAT(
      Read(Event(0, "invoke", "get", "nil") + Event(0, "ok", "get", "7")).error,
      "run:2: expected a string or nil as value of a :get, found 7");
}

TEST(TextStatesTest, TextsAndRegistersDoNotMix) {
  EXPECT_EQ(Read(Alone("put", "a") + Event(1, "invoke", "read", "nil")).error,
            "run:3: expected :get, :put or :append in a history that began "
            "with :put, found :read");
}

// What the differential test knows of an operation: what was recorded.
struct TextOperation {
  char function = 'g';  // get, put, append
  std::string text;
  uint64_t call = 0;
  uint64_t ret = kPending;
  bool has_failed = false;
};

// Whether some order of `count` operations that respects time explains all,
// where `step` says which state an operation leads to, if it can take place.
template <typename State>
bool HasOrder(
    size_t count, const std::function<uint64_t(size_t)>& call,
    const std::function<uint64_t(size_t)>& ret,
    const std::function<std::optional<State>(size_t, const State&)>& step,
    const State& state, unsigned done) {
  uint64_t earliest_return = kPending;
  for (size_t i = 0; i < count; ++i) {
    if ((done >> i & 1u) == 0) {
      earliest_return = std::min(earliest_return, ret(i));
    }
  }
  if (earliest_return == kPending) return true;
  for (size_t i = 0; i < count; ++i) {
    if ((done >> i & 1u) != 0 || call(i) > earliest_return) continue;
    const std::optional<State> next = step(i, state);
    if (next.has_value() &&
        HasOrder<State>(count, call, ret, step, *next, done | 1u << i)) {
      return true;
    }
  }
  return false;
}

bool TextsHaveOrder(const std::vector<TextOperation>& operations) {
  return HasOrder<std::string>(
      operations.size(), [&](size_t i) { return operations[i].call; },
      [&](size_t i) { return operations[i].ret; },
      [&](size_t i, const std::string& state) -> std::optional<std::string> {
        const TextOperation& operation = operations[i];
        if (operation.has_failed) return state;
        if (operation.function == 'p') return operation.text;
        if (operation.function == 'a') return state + operation.text;
        if (operation.ret != kPending && operation.text != state) {
          return std::nullopt;
        }
        return state;
      },
      "", 0);
}

using Cell = std::optional<Value>;

std::optional<Cell> Perform(const HistoryOperation& operation,
                            const Cell& cell) {
  const bool returned = operation.return_time != kPending;
  switch (operation.kind) {
    case OperationKind::kLoad:
      if (returned && operation.result != cell) return std::nullopt;
      return cell;
    case OperationKind::kStore:
      return operation.value;
    case OperationKind::kDelete:
      return Cell();
    case OperationKind::kLoadOrStore:
      if (!cell.has_value()) return operation.value;
      return returned ? std::nullopt : std::optional(cell);
    case OperationKind::kCompareAndSwap:
      if (cell == operation.old_value) return operation.value;
      return returned ? std::nullopt : std::optional(cell);
    default:
      ADD_FAILURE() << ApiName(operation.kind);
      return std::nullopt;
  }
}

bool MapHasOrder(const std::vector<HistoryOperation>& operations) {
  return HasOrder<Cell>(
      operations.size(), [&](size_t i) { return operations[i].call_time; },
      [&](size_t i) { return operations[i].return_time; },
      [&](size_t i, const Cell& cell) { return Perform(operations[i], cell); },
      Cell(), 0);
}

// A history of a store that may answer a get with a text that it had before, or
// never.
class RandomHistory {
 public:
  explicit RandomHistory(uint64_t seed) : random_(seed) {
    const uint64_t events = 6 + random_.Below(12);
    for (uint64_t i = 0; i < events; ++i) Act(random_.Below(kProcesses));
  }

  const std::vector<TextOperation>& operations() const { return operations_; }
  const std::string& edn() const { return edn_; }

 private:
  static constexpr int kProcesses = 3;

  void Act(size_t process) {
    std::optional<size_t>& open = open_[process];
    if (!open.has_value()) {
      open = operations_.size();
      took_place_.push_back(false);
      operations_.push_back(Call());
      Log(process, "invoke", operations_.back());
    } else if (!took_place_[*open] && random_.OneIn(12)) {
      ++lines_;
      operations_[*open].has_failed = true;
      Log(process, "fail", operations_[*open]);
      open.reset();
    } else if (random_.OneIn(16)) {
      ++lines_;
      Log(process, "info", operations_[*open]);
      names_[process] += kProcesses;
      open.reset();
    } else if (!took_place_[*open]) {
      TakePlace(operations_[*open]);
      took_place_[*open] = true;
    } else {
      operations_[*open].ret = ++lines_;
      Log(process, "ok", operations_[*open]);
      open.reset();
    }
  }

  TextOperation Call() {
    TextOperation operation;
    operation.call = ++lines_;
    operation.function = "ggppaaaa"[random_.Below(8)];
    if (operation.function == 'p') operation.text = Piece();
    // Most appends are unique.
    if (operation.function == 'a') {
      operation.text = random_.OneIn(2) ? Piece() : absl::StrCat(lines_, ";");
    }
    return operation;
  }

  std::string Piece() {
    constexpr std::array<const char*, 5> kPieces = {"", "p", "q", "pq", "r"};
    return kPieces[random_.Below(kPieces.size())];
  }

  void TakePlace(TextOperation& operation) {
    if (operation.function == 'p') state_ = operation.text;
    if (operation.function == 'a') state_ += operation.text;
    if (operation.function == 'g') {
      operation.text = state_;
      if (random_.OneIn(6)) operation.text = before_;
      if (random_.OneIn(12)) operation.text += Piece();
    }
    if (random_.OneIn(3)) before_ = state_;
  }

  void Log(size_t process, absl::string_view type,
           const TextOperation& operation) {
    edn_ += Event(names_[process], type, NameOf(operation.function),
                  absl::StrCat("\"", operation.text, "\""));
  }

  static absl::string_view NameOf(char function) {
    if (function == 'g') return "get";
    return function == 'p' ? "put" : "append";
  }

  Random random_;
  uint64_t lines_ = 0;
  std::string state_;
  std::string before_;
  std::vector<TextOperation> operations_;
  std::vector<bool> took_place_;
  std::array<std::optional<size_t>, kProcesses> open_;
  std::array<int, kProcesses> names_ = {0, 1, 2};
  std::string edn_;
};

TEST(TextStatesTest, TextsCanBeExplainedIfAndOnlyIfTheMapCan) {
  constexpr int kHistories = 5'000;
  int wrong_histories = 0;
  int right_histories = 0;
  for (int seed = 0; seed < kHistories; ++seed) {
    const RandomHistory random(static_cast<uint64_t>(seed));
    const ReadResult read = Read(random.edn());
    if (!read.error.empty()) {
      ASSERT_THAT(read.error, HasSubstr("more than one way"));
      continue;
    }
    const bool is_right = TextsHaveOrder(random.operations());
    ASSERT_EQ(MapHasOrder(read.history.operations), is_right)
        << random.edn() << ToJsonLines(read.history);
    ++(is_right ? right_histories : wrong_histories);
  }
  // Few are left out, and there are enough of both.
  EXPECT_GT(right_histories + wrong_histories, kHistories * 9 / 10);
  EXPECT_GT(wrong_histories, kHistories / 40);
}

}  // namespace
}  // namespace mortsafe
