// What a fuzzer mutates: a program together with the way it is scheduled, and
// its byte form, in which every byte string is a valid input.

#ifndef MORTSAFE_HARNESS_PROGRAM_INPUT_H_
#define MORTSAFE_HARNESS_PROGRAM_INPUT_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"

namespace mortsafe {

// How the next thread is picked.
enum class ScheduleMode : uint8_t {
  kSwitches,  // The schedule's switches, else no pre-emption.
  kSticky,    // A byte a choice: below 192 the thread keeps running.
  kRandom,    // A uniform random walk from `seed`.
  kPct,       // Probabilistic concurrency testing from `seed`.
  kPos,       // Partial order sampling from `seed`.
  kSurw,      // A selectively uniform random walk from `seed`.
};
inline constexpr int kScheduleModeCount = 6;

// Those whose schedules are drawn from a seed, while they run.
inline constexpr std::array<ScheduleMode, 4> kSeededModes = {
    ScheduleMode::kRandom, ScheduleMode::kPct, ScheduleMode::kPos,
    ScheduleMode::kSurw};

// Whether schedules in `mode` are drawn from a seed, while they run.
constexpr bool IsSeeded(ScheduleMode mode) {
  return mode != ScheduleMode::kSwitches && mode != ScheduleMode::kSticky;
}

// Members that the mode does not use are empty or 0; the byte form has none.
struct ScheduleSpec {
  ScheduleMode mode = ScheduleMode::kSwitches;
  // For kSwitches. Its memory model counts in all modes: under kC11 what loads
  // read is drawn, too, from `seed`. The byte form has switches alone, as
  // fuzzers know sequential consistency alone.
  Schedule schedule = {};
  // For kSticky. Initialized so that compilers let designated initializers skip
  // it. NOLINTNEXTLINE(readability-redundant-member-init)
  std::vector<uint8_t> choices = {};
  // For the modes that are seeded.
  uint64_t seed = 0;

  friend bool operator==(const ScheduleSpec&, const ScheduleSpec&) = default;
};

// A fuzzer's input whose mode is seeded stands for that many schedules: to draw
// one more takes less time than to come up with another input.
inline constexpr uint32_t kSchedulesPerSeed = 16;

// How many schedules `spec` stands for, and each of them. The first is `spec`.
// REQUIRES: index < ScheduleCount(spec).
constexpr uint32_t ScheduleCount(const ScheduleSpec& spec) {
  return IsSeeded(spec.mode) ? kSchedulesPerSeed : 1;
}
ScheduleSpec NthSchedule(const ScheduleSpec& spec, uint32_t index);

struct Input {
  Program program;
  ScheduleSpec schedule;
  // Which map it is for (harness/subject/map_code.h); 0: it does not say.
  uint32_t map_code = 0;

  friend bool operator==(const Input&, const Input&) = default;
};

// Decodes any byte string; missing bytes read as zero, and bytes that mean
// nothing are ignored. Values are numbered as RenumberValues does.
Input DecodeInput(absl::Span<const uint8_t> bytes);

// The bytes that decode to `input`, once its values are renumbered. REQUIRES:
// Validate(input.program) is OK, steps in switches are below 65,536 and threads
// at most kMaxThreads.
std::vector<uint8_t> EncodeInput(const Input& input);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_INPUT_H_
