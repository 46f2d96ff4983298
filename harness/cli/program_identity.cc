#include "harness/cli/program_identity.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/fnv1a.h"

namespace mortsafe {
namespace {

uint64_t DigestOfThisProgram() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  Check(file.is_open(), "the program cannot read its own file");
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  return Fnv1a(bytes);
}

}  // namespace

std::string ProgramIdentity() {
  return absl::StrCat("mortsafe " MORTSAFE_VERSION " (" MORTSAFE_BUILD
                      "), digest ",
                      absl::Hex(DigestOfThisProgram(), absl::kZeroPad16));
}

}  // namespace mortsafe
