// Runs the program of the input under the schedule of the input, and looks for
// histories that are not linearizable, deadlocks, livelocks, broken invariants,
// leaks and, under a sanitizer, races and memory errors.
//
// The map is read-dirty-epoch unless --map=NAME[:DEFECT] names another one:
//
//   program_schedule corpus/program_schedule --map=read-dirty:c3
//
// An input that shows a violation is told on standard error and aborts. See it
// again with `mortsafe replay INPUT --map NAME`.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
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

constexpr absl::string_view kMapFlag = "--map=";

std::string& MapName() {
  static auto* const name = new std::string("read-dirty-epoch");
  return *name;
}

ProgramRunner& Runner() {
  static ProgramRunner* const runner = [] {
    const absl::StatusOr<SubjectChoice> subject = FindSubject(MapName());
    if (!subject.ok()) {
      std::fprintf(stderr, "program_schedule: %s\n",
                   std::string(subject.status().message()).c_str());
      std::_Exit(2);
    }
    return new ProgramRunner(*subject);
  }();
  return *runner;
}

Input Decode(const uint8_t* data, size_t size) {
  return DecodeInput(absl::MakeConstSpan(data, size));
}

size_t EncodeInto(const Input& input, uint8_t* data, size_t max_size,
                  size_t unchanged_size) {
  const std::vector<uint8_t> bytes = EncodeInput(input);
  if (bytes.size() > max_size) return unchanged_size;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace
}  // namespace mortsafe

// The signature is libFuzzer's. NOLINTNEXTLINE(readability-non-const-parameter)
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using mortsafe::kMapFlag;
  for (int i = 1; i < *argc; ++i) {
    const absl::string_view argument = (*argv)[i];
    if (argument.substr(0, kMapFlag.size()) == kMapFlag) {
      mortsafe::MapName() = std::string(argument.substr(kMapFlag.size()));
    }
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const mortsafe::Input input = mortsafe::Decode(data, size);
  const mortsafe::RunResult result = mortsafe::WithStrategy(
      input.schedule, [&](mortsafe::SchedulingStrategy& strategy) {
        return mortsafe::Runner().Run(input.program, strategy);
      });
  if (!result.kind.has_value()) return 0;
  std::fprintf(
      stderr, "%s\n%s\n%s", std::string(mortsafe::Title(*result.kind)).c_str(),
      result.sentence.c_str(), mortsafe::ToText(input.program).c_str());
  std::abort();
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  mortsafe::Random random(seed);
  mortsafe::Input input = mortsafe::Decode(data, size);
  mortsafe::Mutate(random, input);
  return mortsafe::EncodeInto(input, data, max_size, size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(
    const uint8_t* first, size_t first_size, const uint8_t* second,
    size_t second_size, uint8_t* out, size_t max_out_size, unsigned seed) {
  mortsafe::Random random(seed);
  const mortsafe::Input child =
      mortsafe::CrossOver(mortsafe::Decode(first, first_size),
                          mortsafe::Decode(second, second_size), random);
  return mortsafe::EncodeInto(child, out, max_out_size, 0);
}
