// Who runs when, and what is seen where memory is weak: a value type that knows
// nothing of maps.
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
//
// Under C11 a load may be stale and a store need not come last. By default none
// is, and each does; "T1@5 overlooks 2" reads: what thread 1 does in its step 5
// takes no notice of the latest two writes to that object, as far as coherence
// lets it: a load reads what was there before them, a store stands before them
// in modification order. The first line of such a schedule is "memory c11".

#ifndef MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_
#define MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

struct Switch {
  uint32_t thread = 0;
  uint32_t step = 0;
  uint32_t next = 0;

  friend bool operator==(const Switch&, const Switch&) = default;
  friend auto operator<=>(const Switch&, const Switch&) = default;
};

// An access that takes no notice of so many of the latest writes to its object,
// of those that the execution has come to.
struct StaleAccess {
  uint32_t thread = 0;
  uint32_t step = 0;
  uint32_t overlooked = 0;

  friend bool operator==(const StaleAccess&, const StaleAccess&) = default;
  friend auto operator<=>(const StaleAccess&, const StaleAccess&) = default;
};

// A thread comes by each of its steps once, so one switch and one stale access
// per (thread, step) can take effect: the first. The order is free otherwise.
struct Schedule {
  std::vector<Switch> switches;
  MemoryModel memory = MemoryModel::kSc;
  // Under kC11 alone. Initialized so that compilers let designated initializers
  // skip it. NOLINTNEXTLINE(readability-redundant-member-init)
  std::vector<StaleAccess> stale = {};

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// The highest thread that it names; 0 if it names none.
uint32_t HighestThread(const Schedule& schedule);

// The text form, a switch or a stale access a line, with a final newline unless
// empty.
std::string ToText(const Schedule& schedule);

// Reads the text form, in which no thread is above `highest_thread`; errors
// read "SOURCE:LINE:COLUMN: expected …, found …".
absl::StatusOr<Schedule> ParseSchedule(
    absl::string_view text, absl::string_view source,
    uint32_t highest_thread = std::numeric_limits<uint32_t>::max());

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_SCHEDULE_H_
