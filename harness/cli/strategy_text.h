// What `mortsafe hunt` tells people of strategies.

#ifndef MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_
#define MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "harness/hunt/portfolio.h"
#include "harness/program/input.h"

namespace mortsafe {

// What a hunt with `strategy` does, in a line; with the portfolio if nothing.
std::string StrategyText(std::optional<ScheduleMode> strategy);

// "random 205, pct 1,409, pos 205, surw 205", without those that ran nothing.
std::string CountsText(const PerStrategy<uint64_t>& executions);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_STRATEGY_TEXT_H_
