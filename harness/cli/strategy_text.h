// What `mortsafe hunt` tells people of strategies.

#ifndef MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_
#define MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_

#include <optional>
#include <string>

#include "harness/hunt/hunt.h"
#include "harness/program/input.h"

namespace mortsafe {

// What a hunt with `strategy` does, in a line; with the portfolio if nothing.
std::string StrategyText(std::optional<ScheduleMode> strategy);

// "exhaustive 90, random 205, pct 1,409", without those that ran nothing.
std::string CountsText(const HuntProgress& progress);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_
