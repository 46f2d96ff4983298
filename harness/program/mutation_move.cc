// The draws that program moves share.

#include "harness/program/mutation_move.h"

#include <algorithm>
#include <array>

#include "absl/container/inlined_vector.h"
#include "harness/program/for_each_operation.h"

namespace mortsafe {
namespace {

constexpr std::array<OperationKind, 24> kWeightedKinds = {
    OperationKind::kLoad,
    OperationKind::kLoad,
    OperationKind::kLoad,
    OperationKind::kLoad,
    OperationKind::kStore,
    OperationKind::kStore,
    OperationKind::kStore,
    OperationKind::kStore,
    OperationKind::kDelete,
    OperationKind::kDelete,
    OperationKind::kDelete,
    OperationKind::kLoadAndDelete,
    OperationKind::kLoadAndDelete,
    OperationKind::kLoadAndDelete,
    OperationKind::kLoadOrStore,
    OperationKind::kLoadOrStore,
    OperationKind::kSwap,
    OperationKind::kSwap,
    OperationKind::kCompareAndSwap,
    OperationKind::kCompareAndSwap,
    OperationKind::kCompareAndDelete,
    OperationKind::kCompareAndDelete,
    OperationKind::kRange,
    OperationKind::kClear,
};

Value NextValue(const Program& program) {
  Value stored = 0;
  ForEachOperation(program, [&](const Operation& operation) {
    if (StoresValue(operation.kind)) ++stored;
  });
  return stored + 1;
}

}  // namespace

Key DrawKey(const Program& program, Random& random) {
  Key used = 0;
  ForEachOperation(program, [&](const Operation& operation) {
    if (HasKey(operation.kind)) used = std::max(used, operation.key + 1);
  });
  return random.Below(std::max(used, std::min(used + 1, kMutationMaxKeys)));
}

Value DrawOldValue(const Program& program, Key key, Random& random) {
  absl::InlinedVector<Value, 32> values;
  ForEachOperation(program, [&](const Operation& operation) {
    if (StoresValue(operation.kind) && operation.key == key) {
      values.push_back(operation.value);
    }
  });
  if (values.empty() || random.OneIn(8)) return 0;
  return values[random.Below(values.size())];
}

Operation DrawOperation(const Program& program, Random& random) {
  Operation operation;
  operation.kind = kWeightedKinds[random.Below(kWeightedKinds.size())];
  if (HasKey(operation.kind)) operation.key = DrawKey(program, random);
  if (StoresValue(operation.kind)) operation.value = NextValue(program);
  if (ComparesValue(operation.kind)) {
    operation.old_value = DrawOldValue(program, operation.key, random);
  }
  if (operation.kind == OperationKind::kRange && random.OneIn(4)) {
    operation.stop_after = 1;
  }
  return operation;
}

}  // namespace mortsafe
