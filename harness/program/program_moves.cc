// Moves that change what clients do.

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "harness/program/mutation_move.h"

namespace mortsafe {
namespace {

using Section = std::vector<Operation>;
using Sections = absl::InlinedVector<Section*, kMaxThreads + 1>;

// The sections with at least `least` and at most `most` operations, except
// `excluded`.
Sections SectionsOfSize(Program& program, size_t least, size_t most,
                        const Section* excluded = nullptr) {
  Sections sections;
  const auto consider = [&](Section& section) {
    const bool fits = least <= section.size() && section.size() <= most;
    if (fits && &section != excluded) sections.push_back(&section);
  };
  consider(program.initial);
  for (Section& thread : program.threads) consider(thread);
  return sections;
}

Sections SectionsWithRoom(Program& program, const Section* excluded = nullptr) {
  return SectionsOfSize(program, 0, kMutationMaxOperations - 1, excluded);
}

Sections NonEmptySections(Program& program) {
  return SectionsOfSize(program, 1, kMaxOperationsPerThread);
}

template <typename Container>
auto& Pick(Container& container, Random& random) {
  return container[random.Below(container.size())];
}

// `extra` positions are allowed behind the last operation.
Section::iterator PickPosition(Section& section, size_t extra, Random& random) {
  return section.begin() +
         static_cast<std::ptrdiff_t>(random.Below(section.size() + extra));
}

bool InsertOperation(Random& random, Input& input) {
  const Sections sections = SectionsWithRoom(input.program);
  if (sections.empty()) return false;
  Section& section = *Pick(sections, random);
  const Operation operation = DrawOperation(input.program, random);
  section.insert(PickPosition(section, 1, random), operation);
  return true;
}

bool DropOperation(Random& random, Input& input) {
  if (OperationCount(input.program) < 2) return false;
  const Sections sections = NonEmptySections(input.program);
  Section& section = *Pick(sections, random);
  section.erase(PickPosition(section, 0, random));
  return true;
}

bool SwapOperations(Random& random, Input& input) {
  const Sections sections =
      SectionsOfSize(input.program, 2, kMaxOperationsPerThread);
  if (sections.empty()) return false;
  Section& section = *Pick(sections, random);
  const size_t first = random.Below(section.size() - 1);
  std::swap(section[first], section[first + 1]);
  return true;
}

// The key and the value, where both kinds have them, stay as they were.
bool ReplaceOperation(Random& random, Input& input) {
  const Sections sections = NonEmptySections(input.program);
  if (sections.empty()) return false;
  Operation& replaced = Pick(*Pick(sections, random), random);
  Operation operation = DrawOperation(input.program, random);
  if (operation.kind == replaced.kind) return false;
  if (HasKey(operation.kind) && HasKey(replaced.kind)) {
    operation.key = replaced.key;
  }
  if (StoresValue(operation.kind) && StoresValue(replaced.kind)) {
    operation.value = replaced.value;
  }
  if (ComparesValue(operation.kind)) {
    operation.old_value = DrawOldValue(input.program, operation.key, random);
  }
  replaced = operation;
  return true;
}

bool RetargetOperation(Random& random, Input& input) {
  const Sections sections = NonEmptySections(input.program);
  if (sections.empty()) return false;
  Operation& operation = Pick(*Pick(sections, random), random);
  const Operation before = operation;
  if (operation.kind == OperationKind::kRange) {
    operation.stop_after = operation.stop_after == 0 ? 1 : 0;
  } else if (ComparesValue(operation.kind) && random.OneIn(2)) {
    operation.old_value = DrawOldValue(input.program, operation.key, random);
  } else if (HasKey(operation.kind)) {
    operation.key = DrawKey(input.program, random);
  }
  return operation != before;
}

bool MoveOperation(Random& random, Input& input) {
  const Sections sources = NonEmptySections(input.program);
  if (sources.empty()) return false;
  Section& source = *Pick(sources, random);
  const Sections targets = SectionsWithRoom(input.program, &source);
  if (targets.empty()) return false;
  Section& target = *Pick(targets, random);
  const auto moved = PickPosition(source, 0, random);
  target.insert(PickPosition(target, 1, random), *moved);
  source.erase(moved);
  return true;
}

bool AddThread(Random& random, Input& input) {
  if (input.program.threads.size() >= kMutationMaxThreads) return false;
  const Operation operation = DrawOperation(input.program, random);
  input.program.threads.push_back({operation});
  return true;
}

// Threads behind the dropped one get the number before theirs.
void ForgetThread(uint32_t dropped, Schedule& schedule) {
  std::erase_if(schedule.switches, [=](const Switch& s) {
    return s.thread == dropped || s.next == dropped;
  });
  for (Switch& s : schedule.switches) {
    if (s.thread > dropped) --s.thread;
    if (s.next > dropped) --s.next;
  }
}

bool DropThread(Random& random, Input& input) {
  std::vector<Section>& threads = input.program.threads;
  if (threads.size() < 2) return false;
  const size_t dropped = random.Below(threads.size());
  threads.erase(threads.begin() + static_cast<std::ptrdiff_t>(dropped));
  ForgetThread(static_cast<uint32_t>(dropped + 1), input.schedule.schedule);
  return true;
}

constexpr std::array<MutationMove, 8> kProgramMoves = {{
    {"insert operation", InsertOperation},
    {"drop operation", DropOperation},
    {"swap operations", SwapOperations},
    {"replace operation", ReplaceOperation},
    {"retarget operation", RetargetOperation},
    {"move operation", MoveOperation},
    {"add thread", AddThread},
    {"drop thread", DropThread},
}};

}  // namespace

absl::Span<const MutationMove> ProgramMoves() { return kProgramMoves; }

}  // namespace mortsafe
