// What the commands that look for faults (hunt, explore, verify) have in
// common: progress, and what becomes of a finding.

#ifndef MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_
#define MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// Prints progress to standard error: in place on a terminal, else now and then.
class ProgressPrinter {
 public:
  ProgressPrinter();

  // `text` is what stands `seconds` after the start.
  void Print(double seconds, const std::string& text);
  void Finish() const;

 private:
  const bool in_place_;
  double last_ = 0;
};

// As many workers as there are processors, within reason.
int DefaultWorkers();

// Minimises what was observed, and tells where it came from as far as
// `program` and `observation` say.
Finding MakeMinimizedFinding(const SubjectChoice& subject,
                             const Program& program,
                             const Observation& observation);

// The document of a driver, without findings so far.
nlohmann::ordered_json DriverDocument(const SubjectChoice& subject,
                                      uint64_t executions, double seconds,
                                      bool complete);

// Saves `finding` below `out_directory`, tells people, and adds it to
// `document`. Returns the exit status.
int TellFinding(Finding& finding, const std::string& out_directory,
                std::FILE* people, nlohmann::ordered_json& document);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_
