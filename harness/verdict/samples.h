// Samples of one quantity for several things, taken in rounds, and which of
// them is best: compared with what was sampled in the same round.

#ifndef MORTSAFE_HARNESS_VERDICT_SAMPLES_H_
#define MORTSAFE_HARNESS_VERDICT_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace mortsafe {

struct Samples {
  std::string name;            // Whose they are.
  std::vector<double> values;  // By round.

  // REQUIRES of all three: there are values.
  double Median() const;
  double Least() const;
  double Most() const;
};

// What of two values is the better one.
enum class Better : uint8_t { kLess, kMore };

// In how many rounds each was best, beside its name: those that ever were, the
// most often first. What lacks a round is left out.
std::vector<std::pair<std::string, size_t>> RoundsWon(
    absl::Span<const Samples> all, Better better);

// Those that are better than `name` in every round; none if that lacks a round.
std::vector<std::string> AlwaysBetterThan(absl::string_view name,
                                          absl::Span<const Samples> all,
                                          Better better);

// "4.7 (4.5 to 5.1)", or "not run".
std::string RangeText(const Samples& samples);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_SAMPLES_H_
