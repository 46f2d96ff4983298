#include "harness/cli/driver_output.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/violation_kind.h"
#include "harness/cli/finding_builder.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/shrink.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"
#include "harness/report/finding_folder.h"
#include "harness/report/terminal.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

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

void AddMemoryOption(CLI::App& command, std::string& memory) {
  command
      .add_option("--memory", memory,
                  "Memory model: sequential consistency, or what the memory "
                  "orders of the map's code allow (RC11); not under sanitizers")
      ->check(CLI::IsMember({"sc", "c11"}))
      ->capture_default_str();
}

absl::StatusOr<MemoryModel> OfferedMemory(const std::string& memory) {
  const std::optional<MemoryModel> named = MemoryModelFromName(memory);
  Check(named.has_value(), "the options know what memory models there are");
  absl::Status offered = IsOffered(*named);
  if (!offered.ok()) return offered;
  return *named;
}

absl::string_view MemoryText(MemoryModel memory) {
  return memory == MemoryModel::kSc ? "under sequentially consistent memory"
                                    : "under C11's memory model (RC11)";
}

Finding MakeMinimizedFinding(
    const SubjectChoice& subject, const Program& program,
    const Observation& observation, const std::atomic<bool>* stop,
    absl::FunctionRef<void(const Finding&)> on_smaller) {
  std::fputs(
      "Making what was found smaller (Ctrl-C: as small as it is by then).\n",
      stderr);
  const auto keep_sizes = [&](Finding& finding) {
    finding.original_operations = OperationCount(program);
    finding.original_switches = observation.schedule.switches.size();
  };
  const Shrunk shrunk =
      Shrink(subject, program, observation, stop,
             [&](const Program& smaller, const Schedule& schedule) {
               Finding finding =
                   BriefFinding(subject, smaller, observation.kind, schedule);
               keep_sizes(finding);
               on_smaller(finding);
             });
  Finding finding =
      BuildFinding(subject, shrunk.minimized.program, shrunk.observation);
  keep_sizes(finding);
  return finding;
}

nlohmann::ordered_json DriverDocument(const SubjectChoice& subject,
                                      MemoryModel memory, uint64_t executions,
                                      double seconds, bool complete) {
  return {{"map", subject.Name()},
          {"memory", std::string(Name(memory))},
          {"executions", executions},
          {"seconds", seconds},
          {"complete", complete},
          {"findings", nlohmann::ordered_json::array()}};
}

absl::StatusOr<std::string> SaveAndTell(Finding& finding,
                                        const std::string& out_directory,
                                        std::FILE* people) {
  absl::StatusOr<std::string> folder = SaveFinding(out_directory, finding);
  // That would replay what is not there.
  if (!folder.ok()) finding.replay_command.clear();
  std::fputs(
      TerminalReport(finding, {.color = isatty(fileno(people)) != 0}).c_str(),
      people);
  if (folder.ok()) return folder;
  std::fprintf(people,
               "\nThe finding could not be written. To replay it, make these "
               "three files in\na folder of their own, and give that folder to "
               "mortsafe replay.\n\n%s\n",
               FindingText(finding).c_str());
  std::fflush(people);
  std::fprintf(stderr, "mortsafe: the finding could not be written: %s\n",
               std::string(folder.status().message()).c_str());
  return folder;
}

void TellFinding(Finding& finding, const std::string& out_directory,
                 std::FILE* people, nlohmann::ordered_json& document) {
  const absl::StatusOr<std::string> folder =
      SaveAndTell(finding, out_directory, people);
  document["findings"].push_back(
      {{"kind", std::string(Slug(finding.kind))},
       {"folder", folder.ok() ? nlohmann::ordered_json(*folder) : nullptr},
       {"executions_to_find", finding.executions_to_find},
       {"strategy", finding.strategy},
       {"threads", finding.input.program.threads.size()},
       {"operations", OperationCount(finding.input.program)},
       {"sentence", finding.sentence}});
}

}  // namespace mortsafe
