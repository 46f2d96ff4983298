// Recorded histories as findings that the report room can tell.

#ifndef MORTSAFE_HARNESS_CLI_RECORDING_H_
#define MORTSAFE_HARNESS_CLI_RECORDING_H_

#include <string>

#include "absl/status/statusor.h"
#include "harness/linearize/judge.h"
#include "harness/report/finding.h"

namespace mortsafe {

// Whether `path` is named as recordings are (.jsonl, .log, .edn, …, or these
// compressed) and not a file in a finding's folder.
bool IsNamedAsRecording(const std::string& path);

// The witness and the calls that ran at the same time, some of them if they are
// many. REQUIRES: there is a violation that can be told.
Finding RecordingFinding(const std::string& file, const Judgement& judgement);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_RECORDING_H_
