// Numbers that stand for keys and values of histories in which they may be
// anything: one thing has one number, and no number stands for two.

#ifndef MORTSAFE_HARNESS_HISTORY_VALUE_NAMES_H_
#define MORTSAFE_HARNESS_HISTORY_VALUE_NAMES_H_

#include <cstdint>
#include <string>
#include <unordered_map>

#include "absl/strings/string_view.h"
#include "harness/history/edn.h"

namespace mortsafe {

// In a history that begins with an integer from 0 to 2^63-1 those stand for
// themselves, and nothing is kept of them. In any other, numbers are small: the
// digits of a string such as "7" where possible, or else the next that is free.
class ValueNames {
 public:
  // REQUIRES: `value` is no collection.
  uint64_t NumberOf(const EdnValue& value);

  // How the history writes what `number` stands for.
  std::string TextOf(uint64_t number) const;

 private:
  enum class Mode : uint8_t { kUnknown, kIntegers, kNames };

  uint64_t NewNumber(const EdnValue& value);

  Mode mode_ = Mode::kUnknown;
  std::unordered_map<std::string, uint64_t> numbers_;
  std::unordered_map<uint64_t, std::string> names_;
  uint64_t next_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_VALUE_NAMES_H_
