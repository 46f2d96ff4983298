// The `main` of a fuzz target in every build without libFuzzer: runs the target
// once on each file, and on each file of each folder, named on the command
// line. It takes the target's part of libFuzzer's interface and nothing else.
//
// Exit status 0 when every input ran, 2 when one could not be read; an input on
// which the target fails ends the process as the target decides.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "fuzzers/replay.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc,
                                                          char*** argv);

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    // Flags with two hyphens are the target's, as under libFuzzer.
    if (!absl::StartsWith(argv[i], "--")) paths.emplace_back(argv[i]);
  }
  if (paths.empty()) {
    std::cerr << "usage: " << argv[0] << " FILE|FOLDER...\n";
    return 2;
  }
  const absl::StatusOr<int> inputs =
      mortsafe::ReplayInputs(paths, [](absl::Span<const uint8_t> input) {
        LLVMFuzzerTestOneInput(input.data(), input.size());
      });
  if (!inputs.ok()) {
    std::cerr << inputs.status().message() << '\n';
    return 2;
  }
  std::cout << "replayed " << *inputs << " inputs\n";
  return 0;
}
