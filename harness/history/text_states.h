// Appends to a text as operations of a map.
//
// A map cannot append: what an append leaves depends on what it finds. But a
// text that somebody got tells which appends made it, and in which order, if it
// can be put together from what was put and appended in one way only. So an
// append that was seen swaps one known text for another: it is a CompareAndSwap
// that succeeded (a LoadOrStore that stored, on the empty text, which stands
// for no value). An append that nobody saw until the next put, or the end,
// leaves a text that nobody got and that no append that was seen was made to:
// it is a Store of a value that nobody loads. In every order of the operations
// the texts are what was got if and only if the map's values are:
//   - From the texts to the map. At each get the text is made of the last put
//     and the appends since; as there is one way only, these are the ones that
//     the get tells. So each append that was seen took place on the text that
//     it is said to swap, and after one that was not seen comes no get, and no
//     append that was seen, before the next put.
//   - From the map to the texts. As long as the map's value is a known text,
//     that is the text: puts make it so, and what swaps it appends to it. From
//     the value that nobody loads, only a put leads back.
// A text that cannot be put together is one from nowhere. Where there are two
// ways to, nothing is claimed: that is an error.

#ifndef MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_
#define MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"

namespace mortsafe {

// The texts of all keys, each with the number that stands for it. A text that
// extends another one shares its memory.
class TextTable {
 public:
  // The empty text, no value of the map.
  static constexpr Value kEmpty = 0;

  // The text `before` and, behind it, `piece`, which must live as long.
  Value Add(Value before, absl::string_view piece);

  // The text in full.
  std::string TextOf(Value value) const;

 private:
  struct Text {
    Value before = kEmpty;
    absl::string_view piece;
  };
  std::vector<Text> texts_ = {Text()};
};

// The texts of one key. Calls are told in the order in which operations are
// invoked and gets return.
class TextStates {
 public:
  // `table` must outlive this.
  explicit TextStates(TextTable* table) : table_(*table) {}

  // The number of a text that is put. REQUIRES: not empty.
  Value Put(std::string text);

  // Takes note of an append and gives it a name. REQUIRES: not empty.
  size_t Append(std::string piece);

  // The number of a text that a get returned, kEmpty if it is empty. An error
  // says what was expected, without a place.
  absl::StatusOr<Value> Get(absl::string_view text);

  // The texts before and after an append, once a get has seen it.
  std::optional<std::pair<Value, Value>> SeenSwap(size_t append) const;

  // A number for the text after an append that no get has seen.
  Value UnseenText(size_t append);

 private:
  struct AppendCall {
    absl::string_view piece;
    std::optional<std::pair<Value, Value>> swap;
    // The last get whose text was found to have it, counted from 1.
    uint64_t last_get = 0;
  };
  // Strings that something was made of, and how long they are.
  struct Pieces {
    // Where in appends_ or, for puts, what the text is.
    absl::flat_hash_map<absl::string_view, std::vector<uint64_t>> makers;
    absl::btree_set<size_t> lengths;

    const std::vector<uint64_t>* Find(absl::string_view piece) const;
  };
  // A text is a put, kEmpty where there was none, and appends.
  struct Parts {
    Value put = TextTable::kEmpty;
    std::vector<size_t> appends;
  };

  absl::string_view Keep(std::string text);
  Value FromNowhere(absl::string_view text);
  Value Assemble(const Parts& parts);
  absl::StatusOr<std::optional<Parts>> Split(absl::string_view text);

  TextTable& table_;
  std::deque<std::string> kept_;
  Pieces puts_;
  Pieces appended_;
  std::vector<AppendCall> appends_;
  // What an append makes of a text.
  absl::flat_hash_map<std::pair<Value, size_t>, Value> extended_;
  absl::flat_hash_map<std::string, Value> from_nowhere_;
  uint64_t gets_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_
