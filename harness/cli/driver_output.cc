#include "harness/cli/driver_output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/finding_builder.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/shrink.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/terminal.h"
#include "harness/subject/registry.h"

namespace mortsafe {

ProgressPrinter::ProgressPrinter() : in_place_(isatty(STDERR_FILENO) != 0) {}

void ProgressPrinter::Print(double seconds, const std::string& text) {
  const double interval = in_place_ ? 0.2 : 10;
  if (seconds - last_ < interval) return;
  last_ = seconds;
  std::fprintf(stderr, in_place_ ? "\r\x1b[K  %s" : "  %s\n", text.c_str());
  std::fflush(stderr);
}

void ProgressPrinter::Finish() const {
  if (in_place_) std::fputs("\r\x1b[K", stderr);
}

int DefaultWorkers() {
  return static_cast<int>(
      std::min(8u, std::max(1u, std::thread::hardware_concurrency())));
}

Finding MakeMinimizedFinding(const SubjectChoice& subject,
                             const Program& program,
                             const Observation& observation) {
  const Shrunk shrunk = Shrink(subject, program, observation);
  Finding finding =
      BuildFinding(subject, shrunk.minimized.program, shrunk.observation);
  finding.original_operations = OperationCount(program);
  finding.original_switches = observation.schedule.switches.size();
  return finding;
}

nlohmann::ordered_json DriverDocument(const SubjectChoice& subject,
                                      uint64_t executions, double seconds,
                                      bool complete) {
  return {{"map", subject.Name()},
          {"executions", executions},
          {"seconds", seconds},
          {"complete", complete},
          {"findings", nlohmann::ordered_json::array()}};
}

int TellFinding(Finding& finding, const std::string& out_directory,
                std::FILE* people, nlohmann::ordered_json& document) {
  const absl::StatusOr<std::string> folder =
      SaveFinding(out_directory, finding);
  // Told in any case: a finding must not be lost for want of a folder.
  std::fputs(
      TerminalReport(finding, {.color = isatty(fileno(people)) != 0}).c_str(),
      people);
  if (!folder.ok()) return ReportBadInput(folder.status());
  document["findings"].push_back(
      {{"kind", std::string(Slug(finding.kind))},
       {"folder", *folder},
       {"executions_to_find", finding.executions_to_find},
       {"strategy", finding.strategy},
       {"threads", finding.input.program.threads.size()},
       {"operations", OperationCount(finding.input.program)},
       {"sentence", finding.sentence}});
  return kFound;
}

}  // namespace mortsafe
