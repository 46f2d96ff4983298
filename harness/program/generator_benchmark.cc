// What a program costs to generate, and an input to decode, encode and mutate.

#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "harness/base/random.h"
#include "harness/program/generator.h"
#include "harness/program/input.h"
#include "harness/program/mutator.h"

namespace mortsafe {
namespace {

// Arguments: threads, operations, keys, exact.
void BM_GenerateProgram(benchmark::State& state) {
  const ProgramBounds bounds = {.threads = static_cast<int>(state.range(0)),
                                .operations = static_cast<int>(state.range(1)),
                                .keys = static_cast<int>(state.range(2)),
                                .exact = state.range(3) != 0};
  Random random(1);
  Program program;
  for (auto _ : state) {
    GenerateProgram(bounds, random, program);
    benchmark::DoNotOptimize(program.threads.data());
  }
}
BENCHMARK(BM_GenerateProgram)
    ->ArgNames({"threads", "operations", "keys", "exact"})
    ->Args({3, 3, 2, 0})
    ->Args({3, 3, 2, 1})
    ->Args({8, 15, 8, 1});

// Encoded programs of the hunt's default bounds with short schedules.
std::vector<std::vector<uint8_t>> EncodedInputs() {
  std::vector<std::vector<uint8_t>> encoded;
  Random random(1);
  for (int i = 0; i < 256; ++i) {
    Input input;
    GenerateProgram({}, random, input.program);
    input.schedule.schedule.switches = {{1, 5, 2}, {2, 3, 1}};
    encoded.push_back(EncodeInput(input));
  }
  return encoded;
}

void BM_DecodeInput(benchmark::State& state) {
  const std::vector<std::vector<uint8_t>> inputs = EncodedInputs();
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(DecodeInput(inputs[i++ % inputs.size()]));
  }
}
BENCHMARK(BM_DecodeInput);

void BM_EncodeInput(benchmark::State& state) {
  std::vector<Input> inputs;
  for (const auto& bytes : EncodedInputs())
    inputs.push_back(DecodeInput(bytes));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(EncodeInput(inputs[i++ % inputs.size()]));
  }
}
BENCHMARK(BM_EncodeInput);

void BM_Mutate(benchmark::State& state) {
  Random random(1);
  Input input = DecodeInput({});
  for (auto _ : state) {
    Mutate(random, input);
    benchmark::DoNotOptimize(input.program.threads.data());
  }
}
BENCHMARK(BM_Mutate);

}  // namespace
}  // namespace mortsafe
