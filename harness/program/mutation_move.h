// The moves that mutation is made of, for the mutator and its tests.

#ifndef MORTSAFE_HARNESS_PROGRAM_MUTATION_MOVE_H_
#define MORTSAFE_HARNESS_PROGRAM_MUTATION_MOVE_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "harness/base/random.h"
#include "harness/program/input.h"

namespace mortsafe {

// Mutation grows no input beyond these sizes; larger inputs stay as large as
// they are. Defects show in small programs, and small ones run fast.
inline constexpr size_t kMutationMaxThreads = 4;
inline constexpr size_t kMutationMaxOperations = 5;  // Per thread, and initial.
inline constexpr Key kMutationMaxKeys = 4;
inline constexpr size_t kMutationMaxSwitches = 16;
inline constexpr size_t kMutationMaxChoices = 256;

// One small change.
struct MutationMove {
  absl::string_view name;
  // Performs the move and says so, or leaves the input alone where it does not
  // apply. REQUIRES: the program is valid and its values are numbered as
  // RenumberValues does; afterwards it is valid and they may need renumbering.
  bool (*apply)(Random& random, Input& input);
};

// "insert operation", "drop operation", "swap operations",
// "replace operation", "retarget operation" (another key, old value or stop),
// "move operation" (to another section), "add thread", "drop thread" (the
// schedule follows the threads' new numbers).
absl::Span<const MutationMove> ProgramMoves();

// "add switch", "drop switch", "move switch", "flip choice", "draw seed",
// "change mode".
absl::Span<const MutationMove> ScheduleMoves();

// A schedule in `mode` for a program of `threads` threads.
ScheduleSpec DrawSchedule(ScheduleMode mode, size_t threads, Random& random);

// A random operation for `program`: its key is one that the program uses or
// the next one, and its value is new. REQUIRES: values are numbered.
Operation DrawOperation(const Program& program, Random& random);

// What a compare under `key` may expect: mostly a value that the program stores
// there, or else 0.
Value DrawOldValue(const Program& program, Key key, Random& random);

// A key that the program uses, or one more.
Key DrawKey(const Program& program, Random& random);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_MUTATION_MOVE_H_
