// A finding on disk: a folder with the input, the program and schedule in text,
// the history, the reports and a regression test.

#ifndef MORTSAFE_HARNESS_REPORT_FINDING_FOLDER_H_
#define MORTSAFE_HARNESS_REPORT_FINDING_FOLDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/report/finding.h"

namespace mortsafe {

// The name of the finding's folder: map, defect, kind and a hash of the input,
// "read-dirty-c3-promotion-copies-lost-store-1b2c3d4e".
std::string FindingName(const Finding& finding);

// The same for a finding that `bytes` tell apart from others, not its input.
std::string FindingName(const Finding& finding,
                        absl::Span<const uint8_t> bytes);

// Writes the folder into `out_directory`, which is made if it is missing, and
// returns its path. A folder of the same name is replaced. The folder appears
// at once and complete: it is written under a hidden name and renamed, and
// nothing of it stays after an error. A switch at a step above 65,535, which
// `input` cannot hold, is an error. REQUIRES: the finding's program is valid,
// and its violation's indices, if any, are within the history.
absl::StatusOr<std::string> WriteFinding(const Finding& finding,
                                         absl::string_view out_directory);

// The files that ReadFinding() needs, one after the other under their names,
// for a finding that cannot be written. Without the crash report.
std::string FindingText(const Finding& finding);

// Writes a folder `path` of no more than ReadFinding() needs, at once and
// complete, in place of what was there: for a finding that is not made yet.
absl::Status WriteBriefFinding(const Finding& finding, absl::string_view path);

// The strategy of a finding whose schedule nobody drew; its folder has neither
// program nor schedule.
inline constexpr absl::string_view kStressStrategy = "stress";

struct FindingFile {
  std::string name;
  std::string content;
};

// Writes a folder `name` of these files into `out_directory`, as WriteFinding()
// does, for a finding that is not one of a program.
absl::StatusOr<std::string> WriteFindingFiles(
    absl::string_view name, const std::vector<FindingFile>& files,
    absl::string_view out_directory);

// Reads a finding back, without its history, trace and violation, which a
// replay restores. `path` is such a folder or any file in it. Errors are one
// line that names the file and what was expected.
absl::StatusOr<Finding> ReadFinding(absl::string_view path);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_FINDING_FOLDER_H_
