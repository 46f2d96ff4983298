// From what the hunt observed to all there is to tell about it.

#ifndef MORTSAFE_HARNESS_CLI_FINDING_BUILDER_H_
#define MORTSAFE_HARNESS_CLI_FINDING_BUILDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/program/schedule.h"
#include "harness/report/finding.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// Runs `program` once more, as `observation` saw it, and gathers history, trace
// and explanation. Of an execution that crashes they reach up to the step that
// did; of what does not happen again, to what `observation` itself has. Members
// that tell how the finding came about are left to the caller.
Finding BuildFinding(const SubjectChoice& subject, const Program& program,
                     const Observation& observation);

// Of a finding what its map, program and schedule say, without running it.
Finding BriefFinding(const SubjectChoice& subject, const Program& program,
                     ViolationKind kind, const Schedule& schedule);

// How this program was started, for commands that people can copy.
void SetProgramPath(absl::string_view path);
const std::string& ProgramPath();

// Fills in the replay command, and writes the finding below `out_directory`.
// Returns the folder.
absl::StatusOr<std::string> SaveFinding(absl::string_view out_directory,
                                        Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_FINDING_BUILDER_H_
