#include "harness/cli/program_identity.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"

namespace mortsafe {
namespace {

// FNV-1a.
uint64_t DigestOfThisProgram() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  Check(file.is_open(), "the program cannot read its own file");
  uint64_t digest = 0xcbf29ce484222325;
  for (std::istreambuf_iterator<char> byte(file), end; byte != end; ++byte) {
    digest = (digest ^ static_cast<unsigned char>(*byte)) * 0x100000001b3;
  }
  return digest;
}

}  // namespace

std::string ProgramIdentity() {
  return absl::StrCat("mortsafe " MORTSAFE_VERSION " (" MORTSAFE_BUILD
                      "), digest ",
                      absl::Hex(DigestOfThisProgram(), absl::kZeroPad16));
}

}  // namespace mortsafe
