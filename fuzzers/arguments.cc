#include "fuzzers/arguments.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace mortsafe {
namespace {

std::string& Flag() {
  static auto* const flag = new std::string();
  return *flag;
}

bool is_set = false;

}  // namespace

std::vector<char*> WithFlags(absl::string_view flags,
                             const std::vector<char*>& arguments) {
  std::vector<char*> all(arguments.begin(), arguments.begin() + 1);
  for (const absl::string_view flag :
       absl::StrSplit(flags, ' ', absl::SkipEmpty())) {
    all.push_back((new std::string(flag))->data());
  }
  all.insert(all.end(), arguments.begin() + 1, arguments.end());
  return all;
}

void ReadMapFlag(const std::vector<char*>& arguments) {
  if (is_set) return;
  for (absl::string_view argument : arguments) {
    if (absl::ConsumePrefix(&argument, "--map="))
      Flag() = std::string(argument);
  }
}

void SetMapFlag(const char* name) {
  Flag() = name;
  is_set = !Flag().empty();
}

const std::string& MapFlag() { return Flag(); }

}  // namespace mortsafe
