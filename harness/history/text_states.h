// Appends to a text as operations of a map.
//
// A map cannot append: what an append leaves depends on what it finds. But a
// text that somebody got tells which put and which appends made it, and in
// which order, where there is one way only to make it. So an append that was
// seen swaps one known text for another: it is a CompareAndSwap that succeeded
// (a LoadOrStore that stored, on the empty text, which stands for no value). An
// append that nobody saw before the next put, or the end, leaves a text that
// nobody got, and that no append that was seen was made to: it is a Store of a
// value that nobody loads. Some order of the operations explains the texts if
// and only if one explains the map's values:
//   - From the texts to the map. At each get the text is what the last put and
//     the appends since have made. As there is one way only, these are the ones
//     that the get tells. So each append that was seen took place on the text
//     that it is said to swap, and after one that was not seen there is no get,
//     and no append that was seen, before the next put.
//   - From the map to the texts. While the map's value is a known text, that is
//     the text: puts make it so, and what swaps it appends to it. From a value
//     that nobody loads only a put leads back.
// A text that cannot be made is one from nowhere. Where there may be two ways
// nothing is claimed: that is an error.
//
// A way is ruled out only by what holds in every order of the operations that
// respects real time: an operation takes place once; it cannot be part of a
// text that was got after a later put had returned; and if an append that was
// seen follows another one, nothing else does.

#ifndef MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_
#define MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/hash/hash.h"
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

// The texts of one key. Everything is told in order of time; each call and each
// return has a time of its own, from 1 on.
class TextStates {
 public:
  // `table` must outlive this.
  explicit TextStates(TextTable* table);

  // A put, or an append, was called at `time`; the names of both are numbers
  // from one sequence.
  size_t Put(std::string text, uint64_t time);
  size_t Append(std::string piece, uint64_t time);

  // It returned, or did not take place after all.
  void Return(size_t maker, uint64_t time);
  void Fail(size_t maker);

  // The number of the text that a put makes.
  Value TextOfPut(size_t put) const { return makers_[put].text; }

  // The number of a text that a get, called at `call_time`, has returned. An
  // error says what was expected, without a place.
  absl::StatusOr<Value> Get(absl::string_view text, uint64_t call_time);

  // The texts before and after an append, once a get has seen it.
  std::optional<std::pair<Value, Value>> SeenSwap(size_t append) const {
    return makers_[append].swap;
  }

  // A new number for the text after an append that no get has seen.
  Value UnseenText(size_t append);

 private:
  // A put or an append. The first of all is a put of the empty text: the start.
  struct Maker {
    absl::string_view piece;
    uint64_t call_time = 0;
    uint64_t return_time = std::numeric_limits<uint64_t>::max();
    bool is_put = false;
    bool has_failed = false;
    Value text = TextTable::kEmpty;               // Of a put.
    std::optional<std::pair<Value, Value>> swap;  // Of an append.
    uint64_t last_get = 0;  // The last get that found it, counted from 1.
  };
  using Makers = std::vector<size_t>;
  struct Pieces {
    std::unordered_map<absl::string_view, Makers, absl::Hash<absl::string_view>>
        makers;
    absl::btree_set<size_t> lengths;

    void Add(absl::string_view piece, size_t maker);
    const Makers* Find(absl::string_view piece) const;
  };
  // Where in a text a piece may begin.
  struct Place {
    // In how many ways what is before it can be made; 2 are 2 or more.
    int ways = 0;
    // If there is one: whether it is a put alone, and which append came last
    // and where that began.
    bool is_put = false;
    bool is_known_put = false;  // There is no other put of that text.
    size_t append = 0;
    size_t append_start = 0;
    // The number of the text, if it has one.
    std::optional<Value> text;
  };
  // At most 2 ways to go on, and the append of the first.
  struct Choice {
    int ways = 0;
    size_t append = 0;
  };
  // What a text is made of.
  struct Parts {
    Value put = TextTable::kEmpty;
    std::vector<size_t> appends;
  };

  absl::string_view Keep(std::string text);
  size_t AddMaker(absl::string_view piece, bool is_put, uint64_t time);
  uint64_t LastOverwrite(uint64_t call_time) const;
  bool IsOut(const Maker& maker, uint64_t overwrite) const;
  Choice Choose(const Place& place, const Makers& makers,
                uint64_t overwrite) const;
  void PlacePuts(absl::string_view text, uint64_t overwrite,
                 std::vector<Place>& places) const;
  bool PlaceAppends(absl::string_view text, uint64_t overwrite,
                    std::vector<Place>& places) const;
  void GoOn(const std::vector<Place>& places, size_t start, Choice choice,
            Place& next) const;
  std::optional<Parts> PartsOf(const std::vector<Place>& places);
  Value Assemble(const Parts& parts);
  Value FromNowhere(absl::string_view text);

  TextTable& table_;
  std::deque<std::string> kept_;
  std::vector<Maker> makers_;
  Pieces puts_;
  Pieces appends_;
  // When puts returned, in order, and the latest call of one of these so far.
  std::vector<std::pair<uint64_t, uint64_t>> returned_puts_;
  // What an append makes of a text.
  std::unordered_map<std::pair<Value, size_t>, Value,
                     absl::Hash<std::pair<Value, size_t>>>
      extended_;
  std::unordered_map<std::string, Value> from_nowhere_;
  uint64_t gets_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_TEXT_STATES_H_
