// Bounded verification: every client program within bounds, from every initial
// state, in every execution, shared out among worker processes.
//
// The enumeration's positions are visited in a fixed shuffled order, so that
// what is done says how much is left, and in chunks, so that they can be shared
// out and taken up again. The result depends on the options alone, whatever the
// number of workers.

#ifndef MORTSAFE_HARNESS_HUNT_VERIFY_H_
#define MORTSAFE_HARNESS_HUNT_VERIFY_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/hunt/checkpoint.h"
#include "harness/hunt/observer.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

struct VerifyProgress {
  VerifyCounts counts;
  double done = 0;     // From 0 to 1,
  double resumed = 0;  // of which before this run.
  double seconds = 0;  // Of this run.
};

struct VerifyOptions {
  SubjectChoice subject;
  int threads = 2;
  int operations = 1;
  int keys = 1;
  MemoryModel memory = MemoryModel::kSc;
  // Whether to leave to stronger operations what the subject says they cover.
  bool use_covered = true;
  // Of `shard_count` equal parts, the one with this number, from 0.
  uint64_t shard = 0;
  uint64_t shard_count = 1;
  int workers = 1;
  std::chrono::milliseconds patience{10'000};  // As HuntOptions has it.
  // Stop after so many executions; which ones, one worker alone determines.
  uint64_t max_executions = std::numeric_limits<uint64_t>::max();
  // Where progress is kept, and taken up if the file exists. Empty: nowhere.
  std::string checkpoint;
  // The program that verifies, and its version, in one line: what another one
  // kept is not taken up.
  std::string program;
  // Ends the verification soon once it is true, if not null: for signal
  // handlers.
  const std::atomic<bool>* stop = nullptr;
  // Called about ten times a second.
  std::function<void(const VerifyProgress&)> on_progress;
};

struct VerifyFinding {
  Program program;
  Observation observation;
};

struct VerifyResult {
  // With a finding, up to it.
  VerifyCounts counts;
  double seconds = 0;         // Of this and all resumed runs.
  size_t states = 0;          // Initial states,
  size_t state_classes = 0;   // up to renaming of keys.
  bool states_known = false;  // They are all that there are.
  // SubjectInfo::keys_are_alike; otherwise programs that differ in their keys
  // are others.
  bool keys_are_alike = false;
  OperationKindSet kinds;  // Those that programs were made of.
  // What these cover; empty if `use_covered` was not set.
  std::vector<CoveredOperation> covered;
  // Every start was explored, in every interleaving.
  bool complete = false;
  double done = 0;           // What part was, from 0 to 1.
  bool interrupted = false;  // By VerifyOptions::stop.
  std::optional<VerifyFinding> finding;
};

// The operations of `subject` that programs are made of.
OperationKindSet VerifiedKinds(const SubjectInfo& subject, bool use_covered);

// Fails if the bounds are too wide, the checkpoint cannot be read or written or
// is of another verification, or the map does what cannot be done under that
// memory model. REQUIRES: what `options` says is in range and offered.
absl::StatusOr<VerifyResult> Verify(const VerifyOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_VERIFY_H_
