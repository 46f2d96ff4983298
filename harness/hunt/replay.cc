#include "harness/hunt/replay.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/observer.h"
#include "harness/program/input.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

ReplayResult Error(const absl::Status& status) {
  return {"error", std::string(status.message())};
}

}  // namespace

ReplayResult ReplayText(absl::string_view map, absl::string_view program_text,
                        absl::string_view schedule_text, uint32_t own_threads) {
  const absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(map);
  if (!subject.ok()) return Error(subject.status());
  const absl::StatusOr<Program> program = ParseProgram(program_text, "program");
  if (!program.ok()) return Error(program.status());
  const absl::Status offered = CheckOffered(*program, *subject->subject);
  if (!offered.ok()) return Error(offered);
  const absl::StatusOr<Schedule> schedule = ParseSchedule(
      schedule_text, "schedule",
      static_cast<uint32_t>(program->threads.size()) + own_threads);
  if (!schedule.ok()) return Error(schedule.status());
  const absl::Status memory = IsOffered(schedule->memory);
  if (!memory.ok()) return Error(memory);

  ScheduleSpec spec;
  spec.schedule = *schedule;
  const std::optional<Observation> observation =
      Observer(*subject).FindFirst(*program, {&spec, 1}, std::nullopt);
  if (!observation.has_value()) return {};
  return {std::string(Slug(observation->kind)), observation->crash.has_value()
                                                    ? observation->crash->report
                                                    : observation->sentence};
}

}  // namespace mortsafe
