#include "fuzzers/map_target.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fuzzers/map_flag.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/program_runner.h"
#include "harness/hunt/schedule_strategy.h"
#include "harness/program/input.h"
#include "harness/program/mutator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// The map if no flag names one.
constexpr const char* kDefaultMap = "read-dirty-epoch";

const std::string& MapName() {
  static const auto* const name =
      new std::string(MapFlag().empty() ? kDefaultMap : MapFlag());
  return *name;
}

}  // namespace

ProgramRunner& MapRunner() {
  static ProgramRunner* const runner = [] {
    const absl::StatusOr<SubjectChoice> subject =
        FindScheduledSubject(MapName());
    if (!subject.ok()) {
      std::fprintf(stderr, "--map: %s\n",
                   std::string(subject.status().message()).c_str());
      std::_Exit(2);
    }
    return new ProgramRunner(*subject);
  }();
  return *runner;
}

void RunProgramSchedule(const uint8_t* data, size_t size) {
  const Input input = DecodeBytes(data, size);
  const RunResult result =
      WithStrategy(input.schedule, [&](SchedulingStrategy& strategy) {
        return MapRunner().Run(input.program, strategy);
      });
  if (result.kind.has_value()) {
    TellAndAbort(result, input.program, "mortsafe replay INPUT");
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

void TellAndAbort(const RunResult& result, const Program& program,
                  const char* how_to_see) {
  std::fprintf(stderr, "%s\n%s\n%sSee it with\n  %s --map %s\n",
               std::string(Title(*result.kind)).c_str(),
               result.sentence.c_str(), ToText(program).c_str(), how_to_see,
               MapName().c_str());
  std::abort();
}

size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed);
  Input input = DecodeBytes(data, size);
  Mutate(random, input);
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
