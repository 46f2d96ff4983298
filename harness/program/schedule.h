// Who runs when: a value type that knows nothing of maps.
//
// A schedule is a small function (thread, its step) -> next thread, over a
// default that never pre-empts: the running thread goes on until it blocks or
// ends, then the enabled thread with the lowest number runs. Keyed by a
// thread's own steps, a schedule survives edits of the program better than a
// string of thread numbers would.
//
// The text form has a switch a line: "T1@5 -> T2" reads: when thread 1 is about
// to perform its step 5 (counted from 0), or ends or blocks there, run thread 2
// instead, if it can run. Thread 0 is the one that starts the others. `#`
// starts a comment.

#ifndef MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_
#define MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

struct Switch {
  uint32_t thread = 0;
  uint32_t step = 0;
  uint32_t next = 0;

  friend bool operator==(const Switch&, const Switch&) = default;
  friend auto operator<=>(const Switch&, const Switch&) = default;
};

// A thread comes by each of its steps once, so one switch per (thread, step)
// can take effect: the first. The order is free otherwise.
struct Schedule {
  std::vector<Switch> switches;

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// The text form, a switch a line, with a final newline unless empty.
std::string ToText(const Schedule& schedule);

// Reads the text form; errors read "SOURCE:LINE:COLUMN: expected …, found …".
absl::StatusOr<Schedule> ParseSchedule(absl::string_view text,
                                       absl::string_view source);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_
