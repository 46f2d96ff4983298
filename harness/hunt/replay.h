// Replaying what was found, for regression tests that findings come with.

#ifndef MORTSAFE_HARNESS_HUNT_REPLAY_H_
#define MORTSAFE_HARNESS_HUNT_REPLAY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace mortsafe {

struct ReplayResult {
  // The violation's slug, "" for none, or "error" where a text could not be
  // read.
  std::string violation;
  // What happened, in words.
  std::string report;
};

// Runs `program` on `map` ("NAME" or "NAME:DEFECT") under `schedule`, both in
// their text forms, in a process of its own. The schedule names threads of the
// program and, after these, up to `own_threads` that the map starts.
ReplayResult ReplayText(absl::string_view map, absl::string_view program,
                        absl::string_view schedule, uint32_t own_threads = 0);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_REPLAY_H_
