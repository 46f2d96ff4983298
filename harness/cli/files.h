// Reading what users name on the command line. Errors are one line that names
// the file, and the place in it where there is one.

#ifndef MORTSAFE_HARNESS_CLI_FILES_H_
#define MORTSAFE_HARNESS_CLI_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/program/program.h"
#include "harness/report/finding.h"

namespace mortsafe {

struct NewFile {
  std::string path;
  std::string contents;
};

// Writes all of the files or, on an error, none. REQUIRES: no two are the same.
absl::Status WriteFiles(const std::vector<NewFile>& files);

// OK if a folder `path` is there, or can be made, and can be written to. Leaves
// nothing behind.
absl::Status CheckFolderCanBeWritten(absl::string_view path);

// A program in a file or, if there is no such file, in the argument itself.
absl::StatusOr<Program> ReadProgramArgument(absl::string_view argument);

// A finding folder or any file in it; or a fuzzer's input, whose map `map` says
// then, unless the input does. `map`, if not empty, overrides what they say.
// Only the members that ReadFinding() fills are.
absl::StatusOr<Finding> ReadFindingOrInput(absl::string_view path,
                                           absl::string_view map);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_FILES_H_
