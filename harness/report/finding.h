// All there is to tell about one finding, gathered by the driver that made it.

#ifndef MORTSAFE_HARNESS_REPORT_FINDING_H_
#define MORTSAFE_HARNESS_REPORT_FINDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/violation_kind.h"
#include "harness/history/history.h"
#include "harness/linearize/violation.h"
#include "harness/model/trace.h"
#include "harness/program/input.h"

namespace mortsafe {

struct Finding {
  std::string map;     // "read-dirty"
  std::string defect;  // "c3-promotion-copies", or empty.
  // Declares the class `map`, if that is a user's; else empty.
  std::string map_header;
  ViolationKind kind = ViolationKind::kCrash;
  // One sentence: the checker's, or what the model or sanitizer said.
  std::string sentence;
  // The minimised program, and the switches of its schedule (kSwitches).
  Input input;
  // Operations and switches before minimising.
  uint64_t original_operations = 0;
  uint64_t original_switches = 0;
  // Empty where the execution crashed.
  History history;
  Trace trace;
  // Set where the history is not linearizable.
  std::optional<Violation> violation;
  // The sanitizer's or the signal's own words; empty where there are none.
  std::string crash_report;
  // How it came about.
  uint64_t seed = 0;
  uint64_t executions_to_find = 0;
  std::string strategy;       // "random"
  std::string memory = "sc";  // Memory model.
  std::string build;          // "release", "asan", "tsan", …
  std::string version;        // Of Mortsafe.
  std::string replay_command;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_FINDING_H_
