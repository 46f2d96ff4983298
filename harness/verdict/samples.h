// Samples of one quantity for several things, and which of these is best: no
// more is said than the samples' ranges allow.

#ifndef MORTSAFE_HARNESS_VERDICT_SAMPLES_H_
#define MORTSAFE_HARNESS_VERDICT_SAMPLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace mortsafe {

struct Samples {
  std::string name;  // Whose they are.
  std::vector<double> values;

  // REQUIRES of all three: there are values.
  double Median() const;
  double Least() const;
  double Most() const;
};

// What of two values is the better one.
enum class Better : uint8_t { kLess, kMore };

// Who has the best median, and those whose ranges overlap the range of that
// one: nobody knows which of them is better. In order of `all`; what has no
// samples is none of them.
std::vector<std::string> Best(absl::Span<const Samples> all, Better better);

// Those each of whose samples is better than every one of `name`; none if that
// has none.
std::vector<std::string> BetterThan(absl::string_view name,
                                    absl::Span<const Samples> all,
                                    Better better);

// "4.7 (4.5 to 5.1)", or "not run".
std::string RangeText(const Samples& samples);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_SAMPLES_H_
