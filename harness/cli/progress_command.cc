#include "harness/cli/progress_command.h"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/cli/commands.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/interruption.h"
#include "harness/cli/numbers.h"
#include "harness/cli/progress_report.h"
#include "harness/hunt/isolated_exploration.h"
#include "harness/hunt/progress.h"
#include "harness/hunt/verify.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// Tells of a program on which the map fails, as a verification would.
void TellFailure(const ProgressOptions& options, const Program& program,
                 const std::string& out, std::FILE* people,
                 nlohmann::ordered_json& document) {
  const IsolatedExploration exploration =
      ExploreInChildren(options.subject, program);
  Check(exploration.observation.has_value(),
        "a map failed while it was probed and did not when that was repeated");
  Finding finding = MakeMinimizedFinding(
      options.subject, program, *exploration.observation, options.stop);
  finding.executions_to_find = exploration.executions_to_find;
  finding.strategy = "exhaustive";
  TellFinding(finding, out, people, document);
}

void PrintHeadline(const ProgressOptions& options, std::FILE* out) {
  std::fprintf(
      out,
      "Probing %s: each operation beside %d other thread%s of up to %d "
      "operation%s on up to %d key%s, build %s\n",
      options.subject.Name().c_str(), options.others,
      options.others == 1 ? "" : "s", options.operations,
      options.operations == 1 ? "" : "s", options.keys,
      options.keys == 1 ? "" : "s", MORTSAFE_BUILD);
  std::fflush(out);
}

}  // namespace

int RunProgress(const VerifyOptions& options, const std::string& out,
                bool json) {
  if (options.threads < 2) {
    return ReportBadInput(absl::InvalidArgumentError(
        absl::StrCat("--progress: expected --threads of at least 2, found ",
                     options.threads)));
  }
  if (options.memory != MemoryModel::kSc) {
    return ReportBadInput(absl::InvalidArgumentError(absl::StrCat(
        "--progress: expected --memory sc, found ", Name(options.memory))));
  }
  ProgressOptions probe;
  probe.subject = options.subject;
  probe.others = options.threads - 1;
  probe.operations = options.operations;
  probe.keys = options.keys;
  probe.use_covered = options.use_covered;
  probe.workers = options.workers;
  const Interruption interruption;
  probe.stop = interruption.flag();
  std::FILE* const people = json ? stderr : stdout;
  PrintHeadline(probe, people);
  ProgressPrinter printer;
  probe.on_progress = [&](uint64_t executions, double seconds) {
    printer.Print(seconds, absl::StrFormat("%5.1f s  %s executions", seconds,
                                           WithCommas(executions)));
  };
  const ProgressResult result = ProbeProgress(probe);
  printer.Finish();

  nlohmann::ordered_json document =
      DriverDocument(probe.subject, options.memory, result.executions,
                     result.seconds, result.complete);
  int status = kNothingFound;
  if (result.failing.has_value()) {
    TellFailure(probe, *result.failing, out, people, document);
    status = kFound;
  } else {
    const std::string summary = ProgressSummary(probe, result);
    document["initial_states"] = result.states;
    document["progress"] = ProgressJson(result);
    document["shown"] = result.complete ? summary : "";
    std::fprintf(people, "%s%s\n", ProgressTable(result).c_str(),
                 summary.c_str());
  }
  if (json) std::fprintf(stdout, "%s\n", document.dump(2).c_str());
  return status;
}

}  // namespace mortsafe
