// Numbers as people read them.

#ifndef MORTSAFE_HARNESS_CLI_NUMBERS_H_
#define MORTSAFE_HARNESS_CLI_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace mortsafe {

// "1,234,567"
inline std::string WithCommas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3;) {
    i -= 3;
    text.insert(i, 1, ',');
  }
  return text;
}

// How many a second, rounded down; 0 where no time has passed.
inline uint64_t PerSecond(uint64_t count, double seconds) {
  if (seconds <= 0) return 0;
  return static_cast<uint64_t>(static_cast<double>(count) / seconds);
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_NUMBERS_H_
