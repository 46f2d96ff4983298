// Names are contracts: every kind has one, they differ, and they read back.

#include <optional>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "harness/base/memory_model_name.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

TEST(OperationKindTest, NamesReadBack) {
  std::set<std::string> names;
  for (OperationKind kind : kAllOperationKinds) {
    EXPECT_EQ(OperationKindFromApiName(ApiName(kind)), kind);
    EXPECT_EQ(OperationKindFromHistoryName(HistoryName(kind)), kind);
    names.insert(std::string(ApiName(kind)));
    names.insert(std::string(HistoryName(kind)));
  }
  EXPECT_EQ(names.size(), 2u * kOperationKindCount);
  EXPECT_EQ(OperationKindFromApiName("load"), std::nullopt);
  EXPECT_EQ(OperationKindFromHistoryName("Load"), std::nullopt);
}

TEST(ViolationKindTest, SlugsReadBack) {
  std::set<std::string> slugs;
  for (int i = 0; i < kViolationKindCount; ++i) {
    const auto kind = static_cast<ViolationKind>(i);
    EXPECT_EQ(ViolationKindFromSlug(Slug(kind)), kind);
    EXPECT_FALSE(Title(kind).empty());
    slugs.insert(std::string(Slug(kind)));
  }
  EXPECT_EQ(slugs.size(), static_cast<size_t>(kViolationKindCount));
  EXPECT_EQ(ViolationKindFromSlug("stale"), std::nullopt);
}

TEST(MemoryModelTest, NamesReadBack) {
  EXPECT_EQ(Name(MemoryModel::kSc), "sc");
  EXPECT_EQ(Name(MemoryModel::kC11), "c11");
  for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
    EXPECT_EQ(MemoryModelFromName(Name(memory)), memory);
  }
  EXPECT_EQ(MemoryModelFromName("C11"), std::nullopt);
}

}  // namespace
}  // namespace mortsafe
