#include "harness/cli/strategy_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/cli/numbers.h"
#include "harness/hunt/hunt.h"
#include "harness/hunt/portfolio.h"
#include "harness/program/input.h"

namespace mortsafe {

std::string StrategyText(std::optional<ScheduleMode> strategy) {
  if (!strategy.has_value()) {
    return "the portfolio of random, pct, pos and surw, whose shares follow "
           "what each finds new";
  }
  switch (*strategy) {
    case ScheduleMode::kRandom:
      return "random, a random walk: each thread that can run is equally "
             "likely to";
    case ScheduleMode::kPct:
      return "pct, probabilistic concurrency testing: a bug of depth d shows "
             "with probability at least 1/(n*k^(d-1)), for n threads and k "
             "choices";
    case ScheduleMode::kPos:
      return "pos, partial order sampling: priorities of steps, drawn anew "
             "where steps conflict";
    case ScheduleMode::kSurw:
      return "surw, a selectively uniform random walk: threads are as likely "
             "to run as they have steps left";
    default:
      return std::string(StrategyName(*strategy));
  }
}

std::string CountsText(const PerStrategy<uint64_t>& executions) {
  std::string text;
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    if (executions[i] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    StrategyName(kPortfolio[i]), " ",
                    WithCommas(executions[i]));
  }
  return text;
}

}  // namespace mortsafe
