// What the commands that look for faults (hunt, explore, verify) have in
// common: progress, and what becomes of a finding.

#ifndef MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_
#define MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

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

// Adds --memory to `command`; `memory` must outlive it.
void AddMemoryOption(CLI::App& command, std::string& memory);

// The memory model of that name. Fails if this build does not offer it.
absl::StatusOr<MemoryModel> OfferedMemory(const std::string& memory);

// "under sequentially consistent memory", "under C11's memory model (RC11)"
absl::string_view MemoryText(MemoryModel memory);

// Minimises what was observed until `stop` is true, and tells where it came
// from as far as `program` and `observation` say. Calls `on_smaller` with each
// step on the way: no more than ReadFinding() would read of it.
Finding MakeMinimizedFinding(
    const SubjectChoice& subject, const Program& program,
    const Observation& observation, const std::atomic<bool>* stop,
    absl::FunctionRef<void(const Finding&)> on_smaller = [](const Finding&) {});

// The document of a driver, without findings so far.
nlohmann::ordered_json DriverDocument(const SubjectChoice& subject,
                                      MemoryModel memory, uint64_t executions,
                                      double seconds, bool complete);

// Saves `finding` below `out_directory`, and tells people. Where it cannot be
// written they are told all that it takes to replay it. Returns the folder.
absl::StatusOr<std::string> SaveAndTell(Finding& finding,
                                        const std::string& out_directory,
                                        std::FILE* people);

// The same; adds the finding to `document`, too.
void TellFinding(Finding& finding, const std::string& out_directory,
                 std::FILE* people, nlohmann::ordered_json& document);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_DRIVER_OUTPUT_H_
