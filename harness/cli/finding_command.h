// What `mortsafe replay`, `minimize` and `show` share: a finding from disk, or
// a fuzzer's input, run again.

#ifndef MORTSAFE_HARNESS_CLI_FINDING_COMMAND_H_
#define MORTSAFE_HARNESS_CLI_FINDING_COMMAND_H_

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/hunt/observer.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// Which finding or input, and of which map, if it does not say or shall be
// tried on another.
struct FindingSource {
  std::string path;
  std::string map;
};

// Adds a command that takes a finding or an input into `source`, which must
// live as long as `app`.
CLI::App* AddFindingCommand(CLI::App& app, const char* name,
                            const char* description, FindingSource& source);

// A finding from disk, and what its input shows today.
struct Replayed {
  Finding finding;
  SubjectChoice subject;
  std::optional<Observation> observation;
  // The finding says what is to be seen: it was saved, and of this map.
  bool promises_kind = false;
};

// Reads and runs it. An error names the file and what was expected.
absl::StatusOr<Replayed> Replay(const FindingSource& source);

// Whether it shows what it promises or, where it promises nothing, anything.
bool Reproduces(const Replayed& replayed);

// What `replayed` shows now, told with what its finding says of its origin.
// REQUIRES: it shows something.
Finding Retell(const Replayed& replayed);

// Gives `finding` the origin of the saved one: where that comes from, and how
// large it was at first.
void KeepOrigin(const Finding& saved, Finding& finding);

// Says so where the saved finding does not show itself any more. `out` is for
// people.
void SayWhatIsMissing(const Replayed& replayed, std::FILE* out);

// The last word on what shows nothing. Returns the exit status.
int SayNothingWrong(const Replayed& replayed, std::FILE* out);

// Explains it on standard output, in colour on a terminal.
void PrintReport(const Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_FINDING_COMMAND_H_
