#include "harness/program/mutator.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "harness/program/for_each_operation.h"
#include "harness/program/mutation_move.h"

namespace mortsafe {
namespace {

// A move that does not apply is drawn again, but not for ever.
constexpr int kMostDraws = 32;

// Changing the mode forgets a schedule that may have been long in the making,
// so it is drawn less often than the other moves.
constexpr uint64_t kModeChangesOneIn = 4;

void ApplyOneMove(Random& random, Input& input) {
  for (int i = 0; i < kMostDraws; ++i) {
    const absl::Span<const MutationMove> moves =
        random.OneIn(2) ? ProgramMoves() : ScheduleMoves();
    const size_t drawn = random.Below(moves.size());
    const bool forgets = moves[drawn].name == "change mode";
    if (forgets && !random.OneIn(kModeChangesOneIn)) continue;
    if (moves[drawn].apply(random, input)) return;
  }
}

size_t StoredValueCount(const Program& program) {
  size_t count = 0;
  ForEachOperation(program, [&](const Operation& operation) {
    if (StoresValue(operation.kind)) ++count;
  });
  return count;
}

// Moves the program's numbered values beyond `offset`.
void ShiftValues(Value offset, Program& program) {
  ForEachOperation(program, [=](Operation& operation) {
    if (operation.value != 0) operation.value += offset;
    if (operation.old_value != 0) operation.old_value += offset;
  });
}

bool Stores(const Program& program, Value value) {
  bool found = false;
  ForEachOperation(program, [&](const Operation& operation) {
    found |= StoresValue(operation.kind) && operation.value == value;
  });
  return found;
}

// Gives compares whose old value came from a section that was not taken an old
// value of the child's own.
void ReplaceLostOldValues(Program& child, Random& random) {
  ForEachOperation(child, [&](Operation& operation) {
    if (operation.old_value == 0 || Stores(child, operation.old_value)) return;
    operation.old_value = DrawOldValue(child, operation.key, random);
  });
}

// Each section from one parent. REQUIRES: the parents share no values.
Program CrossPrograms(const Program& first, const Program& second,
                      Random& random) {
  Program child;
  child.initial = (random.OneIn(2) ? first : second).initial;
  child.threads.resize((random.OneIn(2) ? first : second).threads.size());
  for (size_t i = 0; i < child.threads.size(); ++i) {
    const bool only_second = i >= first.threads.size();
    const bool only_first = i >= second.threads.size();
    const bool from_first = only_first || (!only_second && random.OneIn(2));
    child.threads[i] = (from_first ? first : second).threads[i];
  }
  return child;
}

}  // namespace

void Mutate(Random& random, Input& input) {
  RenumberValues(input.program);
  const uint64_t moves = 1 + random.Below(3);
  for (uint64_t i = 0; i < moves; ++i) {
    ApplyOneMove(random, input);
    RenumberValues(input.program);
  }
}

Input CrossOver(const Input& first, const Input& second, Random& random) {
  Program first_program = first.program;
  Program second_program = second.program;
  RenumberValues(first_program);
  RenumberValues(second_program);
  ShiftValues(StoredValueCount(first_program), second_program);

  Input child;
  child.program = CrossPrograms(first_program, second_program, random);
  // Parents of which one has no threads and one no initial operations can have
  // an empty child.
  if (!Validate(child.program).ok()) child.program = std::move(first_program);
  ReplaceLostOldValues(child.program, random);
  RenumberValues(child.program);
  child.schedule = (random.OneIn(2) ? first : second).schedule;
  child.map_code = (random.OneIn(2) ? first : second).map_code;
  return child;
}

}  // namespace mortsafe
