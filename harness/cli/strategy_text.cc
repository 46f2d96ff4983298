#include "harness/cli/strategy_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

std::string CountsText(const HuntProgress& progress) {
  std::string text;
  const auto append = [&](absl::string_view name, uint64_t executions) {
    if (executions == 0) return;
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " ",
                    WithCommas(executions));
  };
  append("exhaustive", progress.swept);
  for (size_t i = 0; i < kPortfolio.size(); ++i) {
    append(StrategyName(kPortfolio[i]), progress.by_strategy[i]);
  }
  return text;
}

}  // namespace mortsafe
