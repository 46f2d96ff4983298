#include "harness/hunt/shrink.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/portfolio.h"
#include "harness/minimize/minimizer.h"
#include "harness/model/sanitizers.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// How many schedules to try for a smaller program. Sanitizers make each dearer.
constexpr uint64_t kSearches =
    kAddressSanitizer || kThreadSanitizer ? 300 : 1000;

// How many pairs of switches to try.
constexpr size_t kMostPairs =
    kAddressSanitizer || kThreadSanitizer ? 6'000 : 50'000;

// `hint`, then the portfolio's strategies in turn if `search` is set.
std::vector<ScheduleSpec> SchedulesToTry(const Schedule& hint, bool search) {
  std::vector<ScheduleSpec> schedules;
  schedules.emplace_back().schedule = hint;
  for (uint64_t seed = 0; search && seed < kSearches; ++seed) {
    ScheduleSpec& spec = schedules.emplace_back();
    spec.mode = kPortfolio[seed % kPortfolio.size()];
    spec.seed = seed;
    spec.schedule.memory = hint.memory;
  }
  return schedules;
}

// Every schedule with one switch, then every one with two, while there are not
// too many: what the search found by chance often takes fewer switches than
// dropping them one by one can tell ("iterative context bounding", Musuvathi
// and Qadeer, PLDI 2007). What is stale stays as `hint` has it.
std::vector<ScheduleSpec> SchedulesWithFewSwitches(const Program& program,
                                                   const Schedule& hint,
                                                   size_t most_switches) {
  constexpr uint32_t kStepsPerThread = 48;
  std::vector<Switch> all;
  const auto threads = static_cast<uint32_t>(program.threads.size());
  for (uint32_t thread = 1; thread <= threads; ++thread) {
    for (uint32_t step = 0; step < kStepsPerThread; ++step) {
      for (uint32_t next = 1; next <= threads; ++next) {
        if (next != thread) all.push_back({thread, step, next});
      }
    }
  }
  std::vector<ScheduleSpec> schedules;
  const auto add = [&](std::initializer_list<Switch> switches) {
    Schedule& schedule = schedules.emplace_back().schedule;
    schedule = {switches, hint.memory, hint.stale};
  };
  if (most_switches < 1) return schedules;
  for (const Switch& each : all) add({each});
  if (most_switches < 2 || all.size() * all.size() / 2 > kMostPairs) {
    return schedules;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = i + 1; j < all.size(); ++j) {
      add({all[i], all[j]});
    }
  }
  return schedules;
}

}  // namespace

Shrunk Shrink(
    const SubjectChoice& subject, const Program& program,
    const Observation& observation, const std::atomic<bool>* stop,
    absl::FunctionRef<void(const Program&, const Schedule&)> on_smaller) {
  if (!observation.repeats)
    return {{program, observation.schedule}, observation};
  Observer observer(subject, stop);
  const ViolationKind kind = observation.kind;
  Shrunk shrunk;
  shrunk.minimized =
      Minimize(program, observation.schedule, subject.subject->operations,
               [&](const Program& candidate, const Schedule& hint,
                   bool search) -> std::optional<Schedule> {
                 // Of a map that cannot even be made nothing would be left.
                 if (!Validate(candidate).ok()) return std::nullopt;
                 const auto found = observer.FindFirst(
                     candidate, SchedulesToTry(hint, search), kind);
                 if (!found.has_value()) return std::nullopt;
                 // Of a schedule made smaller, what took effect may be more.
                 on_smaller(candidate, search ? found->schedule : hint);
                 return found->schedule;
               });
  Schedule& schedule = shrunk.minimized.schedule;
  if (schedule.switches.size() > 1) {
    const auto fewer = observer.FindFirst(
        shrunk.minimized.program,
        SchedulesWithFewSwitches(shrunk.minimized.program, schedule,
                                 schedule.switches.size() - 1),
        kind);
    if (fewer.has_value()) schedule = fewer->schedule;
  }
  // Whether it was stopped or not.
  const std::optional<Observation> final_observation =
      Observer(subject).FindFirst(shrunk.minimized.program,
                                  SchedulesToTry(schedule, false), kind);
  if (final_observation.has_value()) {
    shrunk.observation = *final_observation;
    return shrunk;
  }
  // A map that is not deterministic: what was seen is all there is to tell.
  shrunk.minimized.program = program;
  shrunk.minimized.schedule = observation.schedule;
  shrunk.observation = observation;
  shrunk.observation.repeats = false;
  return shrunk;
}

}  // namespace mortsafe
