// What a fuzz target would do with an input, in words: for `mortsafe show`.

#ifndef MORTSAFE_HARNESS_CLI_SHOW_INPUT_H_
#define MORTSAFE_HARNESS_CLI_SHOW_INPUT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/program/input.h"

namespace mortsafe {

// The fuzz targets whose inputs can be shown: each of them.
const std::vector<std::string>& ShownTargets();

// The target whose corpus `path` lies in: the name of its folder; empty if no
// target has that name.
std::string TargetOfFolder(const std::string& path);

// Whether inputs of `target` are a program and a schedule.
bool HasProgram(absl::string_view target);

// The map, if the input names one, and the text of its program and its
// schedule. Where `target` is not empty, it says what that makes of them.
std::string ProgramInputText(const Input& input, absl::string_view target);

// Prints what `target` would do with the input in the file `path`. `map`, if
// not empty, names the map that is tried. REQUIRES: !HasProgram(target).
absl::Status PrintTargetInput(absl::string_view target, const std::string& path,
                              const std::string& map);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_SHOW_INPUT_H_
