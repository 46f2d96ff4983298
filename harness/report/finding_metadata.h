// meta.json of a finding's folder: everything about a finding but its program,
// schedule and execution.

#ifndef MORTSAFE_HARNESS_REPORT_FINDING_METADATA_H_
#define MORTSAFE_HARNESS_REPORT_FINDING_METADATA_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "harness/report/finding.h"

namespace mortsafe {

// The version of meta.json that is written, and the only one that is read.
inline constexpr int kFindingFormatVersion = 1;

// The document, with a final newline.
std::string FindingMetadata(const Finding& finding);

// What the document says of the program and the schedule beside it; documents
// of earlier versions say less.
struct InputSizes {
  uint64_t operations = 0;
  uint64_t switches = 0;
  std::optional<uint64_t> stale_accesses;
  // The highest that the schedule names: a map's own come after the program's.
  uint32_t highest_thread = 0;
};

// Fills the members of `finding` that FindingMetadata writes, and `sizes`.
// Unknown members of the document are ignored. Errors are one line, "SOURCE:
// expected …".
absl::Status ReadFindingMetadata(absl::string_view text,
                                 absl::string_view source, Finding& finding,
                                 InputSizes& sizes);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_FINDING_METADATA_H_
