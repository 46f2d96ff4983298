// Usage: checker_trial [HISTORIES [SEED]]
//
// Tries the verdicts of all checkers on random histories of up to eight
// operations, as many as one likes (differential.h). Prints the first
// disagreement and ends with status 1, or says how many histories there were.

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "harness/base/random.h"
#include "harness/linearize/differential.h"
#include "harness/linearize/history_generator.h"

namespace mortsafe {
namespace {

// Bounds that differ from history to history.
HistoryBounds DrawBounds(Random& random) {
  HistoryBounds bounds;
  bounds.operations = 3 + static_cast<int>(random.Below(6));
  bounds.clients = 2 + static_cast<int>(random.Below(6));
  bounds.keys = random.OneIn(2) ? 1 : 2 + static_cast<int>(random.Below(2));
  bounds.values = random.OneIn(2) ? 3 : 40;
  return bounds;
}

int Main(int argc, char** argv) {
  uint64_t histories = 1'000'000;
  uint64_t seed = 1;
  if (argc > 3 || (argc > 1 && !absl::SimpleAtoi(argv[1], &histories)) ||
      (argc > 2 && !absl::SimpleAtoi(argv[2], &seed))) {
    std::fputs("usage: checker_trial [HISTORIES [SEED]]\n", stderr);
    return 2;
  }
  Random random(seed);
  Differential differential;
  for (uint64_t i = 0; i < histories; ++i) {
    const History history = GenerateHistory(DrawBounds(random), random);
    const std::optional<std::string> wrong = differential.WrongVerdict(history);
    if (wrong.has_value()) {
      std::printf("history %llu: %s", static_cast<unsigned long long>(i),
                  wrong->c_str());
      return 1;
    }
  }
  std::printf(
      "%llu histories, %llu of them not linearizable, %llu decided fast: no "
      "disagreement\n",
      static_cast<unsigned long long>(histories),
      static_cast<unsigned long long>(differential.violations()),
      static_cast<unsigned long long>(differential.decided_fast()));
  return 0;
}

}  // namespace
}  // namespace mortsafe

int main(int argc, char** argv) { return mortsafe::Main(argc, argv); }
