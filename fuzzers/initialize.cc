// What each fuzz target does first: it reads its flags, and starts libFuzzer
// with MORTSAFE_ENGINE_FLAGS (cmake/MortsafeTargets.cmake), which is empty
// where another engine runs it.
//
// An object of each target: from an archive the linker would never take it, as
// engines do without it where it is not.

#include <vector>

#include "fuzzers/arguments.h"

// The engine's name and signature.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  // The engine reads them for as long as it runs.
  static auto* const arguments = new std::vector<char*>(mortsafe::WithFlags(
      MORTSAFE_ENGINE_FLAGS, std::vector<char*>(*argv, *argv + *argc)));
  mortsafe::ReadMapFlag(*arguments);
  *argc = static_cast<int>(arguments->size());
  arguments->push_back(nullptr);
  *argv = arguments->data();
  return 0;
}
