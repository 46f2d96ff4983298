// Values in EDN, the notation of Clojure's data, as Jepsen writes them. All of
// it is read but `#_`, `##` and comments inside a value.

#ifndef MORTSAFE_HARNESS_HISTORY_EDN_H_
#define MORTSAFE_HARNESS_HISTORY_EDN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

// A value inside another one is one level deeper.
inline constexpr int kMaxEdnDepth = 32;

struct EdnValue {
  enum class Kind : uint8_t {
    kNil,
    kBoolean,
    kInteger,
    kFloat,
    kString,
    kCharacter,
    kKeyword,
    kSymbol,
    kVector,
    kList,
    kSet,
    kMap,
    kTagged,
  };

  Kind kind = Kind::kNil;
  // What is not a collection: as it is written, keywords with their colon,
  // integers without plus and suffix, strings without quotes and escapes. A
  // tagged value: the tag.
  std::string text;
  // What is in a collection; of a map, keys and values in turn; the value that
  // is tagged.
  std::vector<EdnValue> elements;

  friend bool operator==(const EdnValue&, const EdnValue&) = default;
};

// Takes one value, and the blanks around it, from the front of `text`. An error
// says what was expected, without a place.
absl::StatusOr<EdnValue> TakeEdn(absl::string_view& text);

// The value as it could have been written, on one line.
std::string EdnText(const EdnValue& value);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_EDN_H_
