#include "fuzzers/map_flag.h"

#include <string>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace mortsafe {
namespace {

std::string& Flag() {
  static auto* const flag = new std::string();
  return *flag;
}

}  // namespace

void ReadMapFlag(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, "--map="))
      Flag() = std::string(argument);
  }
}

void SetMapFlag(const char* name) { Flag() = name; }

const std::string& MapFlag() { return Flag(); }

}  // namespace mortsafe
