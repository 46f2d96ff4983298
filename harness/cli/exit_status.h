// The exit statuses of `mortsafe`, the same for every subcommand.

#ifndef MORTSAFE_HARNESS_CLI_EXIT_STATUS_H_
#define MORTSAFE_HARNESS_CLI_EXIT_STATUS_H_

namespace mortsafe {

inline constexpr int kNothingFound = 0;
// A violation, race, deadlock or crash in the map.
inline constexpr int kFound = 1;
// Bad usage or unreadable input.
inline constexpr int kBadInput = 2;
// 3, an error of the harness itself: harness/base/check.h.

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_EXIT_STATUS_H_
