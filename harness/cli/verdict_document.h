// The trial as JSON, for programs: what `mortsafe verdict --json` prints, and
// the evidence of other builds that `--evidence` reads.

#ifndef MORTSAFE_HARNESS_CLI_VERDICT_DOCUMENT_H_
#define MORTSAFE_HARNESS_CLI_VERDICT_DOCUMENT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/trial.h"

namespace mortsafe {

// {"claims":[{"id","claim","verdict","reason","evidence":[…],"plots":[…]}],
//  "maps":[EVIDENCE…]}; an EVIDENCE has "leg", "map", "bounds", "outcome",
// "not_run", "found", "programs", "executions", "operations", "seconds",
// "note", "counterexample".
nlohmann::ordered_json VerdictDocument(const Trial& trial);

// Reads a list of such EVIDENCE, each with the "claim" that it is for ("" for
// all) and, of a mechanism, whether it "happens". `source` names the text in
// errors.
absl::StatusOr<std::vector<std::pair<std::string, Evidence>>> ReadEvidence(
    absl::string_view text, absl::string_view source);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_CLI_VERDICT_DOCUMENT_H_
