#include "fuzzers/map_target.h"

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fuzzers/arguments.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/program/input.h"
#include "harness/program/mutator.h"
#include "harness/program/program.h"
#include "harness/subject/map_code.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// The map if no flag names one.
constexpr const char* kDefaultMap = "read-dirty-epoch";

// A mutation gives an input another map so often.
constexpr uint64_t kMapChangesOneIn = 64;

SubjectChoice FindMap(const std::string& name) {
  const absl::StatusOr<SubjectChoice> subject = FindScheduledSubject(name);
  if (subject.ok()) return *subject;
  std::fprintf(stderr, "--map: %s\n",
               std::string(subject.status().message()).c_str());
  std::_Exit(2);
}

SubjectChoice MapOf(const Input& input) {
  static const SubjectChoice fixed =
      FindMap(MapFlag().empty() ? kDefaultMap : MapFlag());
  if (!MapFlag().empty() || input.map_code == 0) return fixed;
  return MapOfCode(input.map_code);
}

// Does as well for a mutator as naming the map would.
uint32_t DrawMapCode(Random& random) {
  return MapCode(MapOfCode(static_cast<uint32_t>(random.Next() | 1)).Name());
}

uint64_t executions = 0;

}  // namespace

ProgramRunner& RunnerFor(const Input& input) {
  using Key = std::pair<const SubjectInfo*, const DefectInfo*>;
  static auto* const runners =
      new absl::flat_hash_map<Key, std::unique_ptr<ProgramRunner>>();
  const SubjectChoice map = MapOf(input);
  std::unique_ptr<ProgramRunner>& runner =
      (*runners)[{map.subject, map.defect}];
  if (runner == nullptr) runner = std::make_unique<ProgramRunner>(map);
  return *runner;
}

void CountExecution() {
  if (executions++ != 0) return;
  std::atexit([] {
    std::fprintf(stderr, "mortsafe: %" PRIu64 " executions\n", executions);
  });
}

void RunProgramSchedule(const uint8_t* data, size_t size) {
  const Input input = DecodeBytes(data, size);
  ProgramRunner& runner = RunnerFor(input);
  for (uint32_t i = 0; i < ScheduleCount(input.schedule); ++i) {
    CountExecution();
    const RunResult result = WithStrategy(
        NthSchedule(input.schedule, i), [&](SchedulingStrategy& strategy) {
          return runner.Run(input.program, strategy, {.check_design = i == 0});
        });
    if (result.kind.has_value()) {
      TellAndAbort(result, input, "mortsafe replay INPUT");
    }
  }
}

Input DecodeBytes(const uint8_t* data, size_t size) {
  return DecodeInput(absl::MakeConstSpan(data, size));
}

size_t EncodeInto(const Input& input, uint8_t* data, size_t max_size,
                  size_t unchanged_size) {
  const std::vector<uint8_t> bytes = EncodeInput(input);
  if (bytes.size() > max_size) return unchanged_size;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

void TellAndAbort(const RunResult& result, const Input& input,
                  const char* how_to_see) {
  std::fprintf(stderr, "%s\n%s\n%sSee it with\n  %s --map %s\n",
               std::string(Title(*result.kind)).c_str(),
               result.sentence.c_str(), ToText(input.program).c_str(),
               how_to_see, MapOf(input).Name().c_str());
  std::abort();
}

size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed);
  Input input = DecodeBytes(data, size);
  Mutate(random, input);
  if (random.OneIn(kMapChangesOneIn)) input.map_code = DrawMapCode(random);
  // It would mean nothing.
  if (!MapFlag().empty()) input.map_code = 0;
  return EncodeInto(input, data, max_size, size);
}

size_t CrossOverInputs(const uint8_t* first, size_t first_size,
                       const uint8_t* second, size_t second_size, uint8_t* out,
                       size_t max_out_size, unsigned seed) {
  Random random(seed);
  const Input child = CrossOver(DecodeBytes(first, first_size),
                                DecodeBytes(second, second_size), random);
  return EncodeInto(child, out, max_out_size, 0);
}

}  // namespace mortsafe
