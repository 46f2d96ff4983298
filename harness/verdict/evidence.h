// One thing that was tried for a claim, and what came of it.

#ifndef MORTSAFE_HARNESS_VERDICT_EVIDENCE_H_
#define MORTSAFE_HARNESS_VERDICT_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace mortsafe {

enum class Leg : uint8_t {
  kPrograms,   // Every program within bounds, in every execution.
  kScenario,   // The claim's own programs, in every execution.
  kSampled,    // Generated programs under generated schedules.
  kThreads,    // Real threads.
  kGo,         // The real sync.Map, on real threads.
  kDefect,     // A map that is broken as the claim says.
  kMechanism,  // Whether what the claim describes happens inside the map.
  kMeasured,   // Figures alone.
};

// "every program", "the claim's programs", …
absl::string_view LegName(Leg leg);

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.

// A program that shows what was found, and how to see it again.
struct Counterexample {
  std::string program = {};  // On one line.
  // Of `mortsafe explore`, without which it comes upon something else first.
  std::string options = {};
  std::string found = {};     // What that comes upon: "lost Store",
  std::string sentence = {};  // and in a sentence, if there is one.
  size_t clients = 0;         // So many have operations of their own.
  bool smallest = false;      // Nothing smaller shows it.
};

struct Evidence {
  Leg leg = Leg::kMeasured;
  std::string map = {};     // "read-dirty", "go-sync-map (go1.19.8)".
  std::string bounds = {};  // What was tried, without a figure that may change.
  // Why it could not be tried here; empty if it was.
  std::string not_run = {};
  // A full trial alone has it, and no verdict waits for it.
  bool left_out = false;
  // All that there is within the bounds was tried.
  bool complete = false;
  // What clients or sanitizers saw go wrong: "stale value after Delete".
  std::string found = {};
  // Of a mechanism: whether it happens; what the bounds say counts for that.
  std::optional<bool> happens = std::nullopt;

  // Figures, which differ from run to run and from machine to machine; 0 where
  // there is none.
  uint64_t programs = 0;
  uint64_t executions = 0;
  uint64_t operations = 0;
  double seconds = 0;
  // Of a mechanism: in how many of the executions it happened, where counted.
  std::optional<uint64_t> times = std::nullopt;
  // It differs from run to run, or from build to build: what is drawn, or left
  // to the operating system, decides and bounds no verdict.
  bool varies = false;
  // What else there is to say, in one line.
  std::string note = {};
  // Of a defect.
  std::optional<Counterexample> counterexample = std::nullopt;

  // What was seen counts, whatever kept the rest from being tried.
  bool ran() const { return not_run.empty() || !found.empty(); }
};
// NOLINTEND(readability-redundant-member-init)

// What the evidence shows, without figures: "nothing wrong in any execution",
// "found: lost Store", "happens", "not run".
std::string OutcomeText(const Evidence& evidence);

// "12,480 programs, 3,041,882 executions, 2.6 s"
std::string FiguresText(const Evidence& evidence);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_EVIDENCE_H_
