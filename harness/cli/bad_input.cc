#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"

namespace mortsafe {

int ReportBadInput(const absl::Status& error) {
  std::string line = "mortsafe: ";
  for (const char c : error.message()) {
    line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  std::fprintf(stderr, "%s\n", line.c_str());
  return kBadInput;
}

}  // namespace mortsafe
