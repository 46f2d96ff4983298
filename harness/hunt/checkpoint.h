// How far a verification has come, in a file: lines that people can read. It is
// replaced as a whole, so that it is never half written.

#ifndef MORTSAFE_HARNESS_HUNT_CHECKPOINT_H_
#define MORTSAFE_HARNESS_HUNT_CHECKPOINT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mortsafe {

// What was counted, in one chunk or in all.
struct VerifyCounts {
  uint64_t programs = 0;    // Up to renaming of threads, values and like keys,
  uint64_t starts = 0;      // times the initial states that differ for them.
  uint64_t executions = 0;  // Each of another trace of one of these.
  uint64_t blocked = 0;     // Given up half-way: they could only repeat.
  uint64_t endless = 0;     // Starts with no end to their interleavings.

  friend bool operator==(const VerifyCounts&, const VerifyCounts&) = default;
};

// Which verification it is, and who performs it: names, each with a value, in
// a fixed order. Neither has an end of line, nor a name a colon.
using VerificationName = std::vector<std::pair<std::string, std::string>>;

// What tells `found` from `expected`, in words; empty if they are the same.
std::string Difference(const VerificationName& expected,
                       const VerificationName& found);

struct Checkpoint {
  VerificationName verification;
  double seconds = 0;
  // The chunks that are done.
  std::map<uint64_t, VerifyCounts> chunks;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string ToText(const Checkpoint& checkpoint);

// Errors name the line of `source`, and what was expected there.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text,
                                           absl::string_view source);

// NotFoundError if there is no such file.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);
absl::Status WriteCheckpoint(const std::string& path,
                             const Checkpoint& checkpoint);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_CHECKPOINT_H_
