// The entries of a map at rest, as text.

#ifndef MORTSAFE_MAPS_ENTRIES_TEXT_H_
#define MORTSAFE_MAPS_ENTRIES_TEXT_H_

#include <algorithm>
#include <string>
#include <vector>

namespace mortsafe {

// Lists entries, in the order in which they come, with values numbered in order
// of appearance: "1=v0 0=v1 2=v0". REQUIRES: keys are integers.
template <class Value>
class EntriesText {
 public:
  template <class Entries>
  void Add(const Entries& entries) {
    for (const auto& [key, value] : entries) {
      if (!text_.empty()) text_ += " ";
      text_ += std::to_string(key) + "=v" + std::to_string(NumberOf(value));
    }
  }

  const std::string& text() const { return text_; }

 private:
  auto NumberOf(const Value& value) {
    const auto found = std::find(values_.begin(), values_.end(), value);
    const auto number = found - values_.begin();
    if (found == values_.end()) values_.push_back(value);
    return number;
  }

  std::string text_;
  std::vector<Value> values_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_ENTRIES_TEXT_H_
