// Moves that change who runs when.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/program/mutation_move.h"

namespace mortsafe {
namespace {

// ScheduleMode::kSticky: a choice from here on leaves the running thread.
constexpr uint8_t kLeastSwitchingChoice = 192;

constexpr uint32_t kLastEncodableStep = 0xffff;

uint8_t DrawStayingChoice(Random& random) {
  return static_cast<uint8_t>(random.Below(kLeastSwitchingChoice));
}

uint8_t DrawSwitchingChoice(Random& random) {
  return static_cast<uint8_t>(kLeastSwitchingChoice +
                              random.Below(256 - kLeastSwitchingChoice));
}

// Below 128, with small steps more frequent.
uint32_t DrawStep(Random& random) {
  return static_cast<uint32_t>(random.Below(uint64_t{2} << random.Below(7)));
}

uint32_t DrawThreadOtherThan(uint32_t thread, size_t threads, Random& random) {
  const auto other = static_cast<uint32_t>(random.Below(threads));
  return other < thread ? other : other + 1;
}

// REQUIRES: threads > 0.
Switch DrawSwitch(size_t threads, Random& random) {
  const auto thread = static_cast<uint32_t>(random.Below(threads + 1));
  return {.thread = thread,
          .step = DrawStep(random),
          .next = DrawThreadOtherThan(thread, threads, random)};
}

std::vector<Switch>* SwitchesOf(Input& input) {
  return input.schedule.mode == ScheduleMode::kSwitches
             ? &input.schedule.schedule.switches
             : nullptr;
}

bool AddSwitch(Random& random, Input& input) {
  std::vector<Switch>* switches = SwitchesOf(input);
  const size_t threads = input.program.threads.size();
  if (switches == nullptr || threads == 0 ||
      switches->size() >= kMutationMaxSwitches) {
    return false;
  }
  const auto place = random.Below(switches->size() + 1);
  switches->insert(switches->begin() + static_cast<std::ptrdiff_t>(place),
                   DrawSwitch(threads, random));
  return true;
}

bool DropSwitch(Random& random, Input& input) {
  std::vector<Switch>* switches = SwitchesOf(input);
  if (switches == nullptr || switches->empty()) return false;
  const auto place = random.Below(switches->size());
  switches->erase(switches->begin() + static_cast<std::ptrdiff_t>(place));
  return true;
}

// By one to four steps, earlier or later.
void ShiftStep(Random& random, Switch& moved) {
  const auto distance = static_cast<uint32_t>(1 + random.Below(4));
  if (random.OneIn(2) && moved.step >= distance) {
    moved.step -= distance;
  } else {
    moved.step = std::min(moved.step + distance, kLastEncodableStep);
  }
}

bool MoveSwitch(Random& random, Input& input) {
  std::vector<Switch>* switches = SwitchesOf(input);
  const size_t threads = input.program.threads.size();
  if (switches == nullptr || switches->empty() || threads == 0) return false;
  Switch& moved = (*switches)[random.Below(switches->size())];
  const Switch before = moved;
  if (random.OneIn(3)) {
    moved.next = DrawThreadOtherThan(moved.thread, threads, random);
  } else {
    ShiftStep(random, moved);
  }
  return moved != before;
}

// Missing choices read as staying, so a flip may fall behind the last one.
bool FlipChoice(Random& random, Input& input) {
  if (input.schedule.mode != ScheduleMode::kSticky) return false;
  std::vector<uint8_t>& choices = input.schedule.choices;
  const size_t reach = std::max(
      choices.size(), std::min(choices.size() + 8, kMutationMaxChoices));
  const size_t place = random.Below(reach);
  if (place >= choices.size()) choices.resize(place + 1);
  choices[place] = choices[place] < kLeastSwitchingChoice
                       ? DrawSwitchingChoice(random)
                       : DrawStayingChoice(random);
  return true;
}

bool DrawSeed(Random& random, Input& input) {
  if (!IsSeeded(input.schedule.mode)) return false;
  input.schedule.seed = random.Next();
  return true;
}

bool ChangeMode(Random& random, Input& input) {
  const auto mode = static_cast<uint64_t>(input.schedule.mode);
  const uint64_t other =
      (mode + 1 + random.Below(kScheduleModeCount - 1)) % kScheduleModeCount;
  input.schedule = DrawSchedule(static_cast<ScheduleMode>(other),
                                input.program.threads.size(), random);
  return true;
}

constexpr std::array<MutationMove, 6> kScheduleMoves = {{
    {"add switch", AddSwitch},
    {"drop switch", DropSwitch},
    {"move switch", MoveSwitch},
    {"flip choice", FlipChoice},
    {"draw seed", DrawSeed},
    {"change mode", ChangeMode},
}};

std::vector<Switch> DrawSwitches(size_t threads, Random& random) {
  std::vector<Switch> switches;
  if (threads == 0) return switches;
  switches.resize(1 + random.Below(3));
  for (Switch& s : switches) s = DrawSwitch(threads, random);
  return switches;
}

std::vector<uint8_t> DrawChoices(Random& random) {
  std::vector<uint8_t> choices(8 + random.Below(25));
  for (uint8_t& choice : choices) {
    choice = static_cast<uint8_t>(random.Below(256));
  }
  return choices;
}

}  // namespace

absl::Span<const MutationMove> ScheduleMoves() { return kScheduleMoves; }

ScheduleSpec DrawSchedule(ScheduleMode mode, size_t threads, Random& random) {
  ScheduleSpec spec;
  spec.mode = mode;
  switch (mode) {
    case ScheduleMode::kSwitches:
      spec.schedule.switches = DrawSwitches(threads, random);
      break;
    case ScheduleMode::kSticky:
      spec.choices = DrawChoices(random);
      break;
    default:
      spec.seed = random.Next();
      break;
  }
  return spec;
}

}  // namespace mortsafe
