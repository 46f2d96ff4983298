// Usage: checker_trial [HISTORIES [SEED]]
//
// Tries the checkers on random histories of up to eight operations, for as many
// as one likes: the search, the stream, and the decision for distinct values,
// each against the oracle that tries every order. Prints the first disagreement
// and ends with status 1, or says how many histories there were.

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/numbers.h"
#include "harness/base/random.h"
#include "harness/history/text.h"
#include "harness/linearize/brute_force.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_generator.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/unambiguous.h"

namespace mortsafe {
namespace {

class Trial {
 public:
  // What judged `history` wrongly; nullptr if nothing did.
  const char* Wrong(History history) {
    const bool right = BruteForceIsLinearizable(history);
    violations_ += right ? 0 : 1;
    if (checker_.IsLinearizable(history) != right) return "checker";
    steps_.Assign(history);
    if (!steps_.duplicated_range().has_value() &&
        (search_.Judge(steps_.steps()) == Verdict::kLinearizable) != right) {
      return "search";
    }
    if (!FastDecisionAgrees(right)) return "decision for distinct values";
    SortByCall(history);
    stream_.Reset();
    for (const HistoryOperation& operation : history.operations) {
      stream_.Add(operation);
    }
    if ((stream_.Finish() == Verdict::kLinearizable) != right) return "stream";
    return nullptr;
  }

  uint64_t violations() const { return violations_; }
  uint64_t decided_fast() const { return decided_fast_; }

 private:
  // Of a history of one key; others are not asked.
  bool FastDecisionAgrees(bool right) {
    if (steps_.key_count() != 1 || steps_.duplicated_range().has_value()) {
      return true;
    }
    const UnambiguousVerdict verdict =
        unambiguous_.Judge(steps_.steps_of(0), steps_.state_count());
    if (verdict == UnambiguousVerdict::kUndecided) return true;
    ++decided_fast_;
    return (verdict == UnambiguousVerdict::kLinearizable) == right;
  }

  Checker checker_;
  MapSearch search_;
  StreamChecker stream_;
  UnambiguousChecker unambiguous_;
  StepList steps_;
  uint64_t violations_ = 0;
  uint64_t decided_fast_ = 0;
};

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
  Trial trial;
  for (uint64_t i = 0; i < histories; ++i) {
    const History history = GenerateHistory(DrawBounds(random), random);
    if (const char* const wrong = trial.Wrong(history); wrong != nullptr) {
      std::printf("history %llu: the %s is wrong:\n%s",
                  static_cast<unsigned long long>(i), wrong,
                  ToJsonLines(history).c_str());
      return 1;
    }
  }
  std::printf(
      "%llu histories, %llu of them not linearizable, %llu decided fast: no "
      "disagreement\n",
      static_cast<unsigned long long>(histories),
      static_cast<unsigned long long>(trial.violations()),
      static_cast<unsigned long long>(trial.decided_fast()));
  return 0;
}

}  // namespace
}  // namespace mortsafe

int main(int argc, char** argv) { return mortsafe::Main(argc, argv); }
