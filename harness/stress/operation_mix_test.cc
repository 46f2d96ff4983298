#include "harness/stress/operation_mix.h"

#include <set>

#include "gtest/gtest.h"

namespace mortsafe {
namespace {

MixOptions Everything() {
  MixOptions options;
  options.operations = AllOperations();
  options.keys = 3;
  options.seed = 1;
  options.first_value = 2;
  options.value_step = 4;
  return options;
}

TEST(OperationMixTest, AllThatIsOfferedComesUpAndValuesAreUnique) {
  OperationMix mix(Everything());
  OperationKindSet seen;
  std::set<Key> keys;
  std::set<Value> values;
  for (int i = 0; i < 20'000; ++i) {
    const Operation operation = mix.Next();
    seen.Add(operation.kind);
    if (HasKey(operation.kind)) keys.insert(operation.key);
    if (!StoresValue(operation.kind)) continue;
    EXPECT_TRUE(values.insert(operation.value).second);
    EXPECT_EQ(operation.value % 4, 2);
    if (i % 1000 == 0) mix.Restart();
  }
  EXPECT_EQ(seen, AllOperations());
  EXPECT_EQ(keys, (std::set<Key>{0, 1, 2}));
}

TEST(OperationMixTest, WhatIsNotOfferedIsNotCalled) {
  MixOptions options = Everything();
  options.operations = OperationKindSet();
  options.operations.Add(OperationKind::kLoad);
  options.operations.Add(OperationKind::kDelete);
  OperationMix mix(options);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(options.operations.Has(mix.Next().kind));
  }
}

TEST(OperationMixTest, ComparesWithWhatWasSeenLast) {
  MixOptions options = Everything();
  options.keys = 1;
  OperationMix mix(options);
  HistoryOperation swap;
  swap.kind = OperationKind::kSwap;
  swap.value = 77;
  mix.Learn(swap);
  Operation operation;
  while (!ComparesValue(operation.kind)) operation = mix.Next();
  EXPECT_EQ(operation.old_value, 77);
}

}  // namespace
}  // namespace mortsafe
