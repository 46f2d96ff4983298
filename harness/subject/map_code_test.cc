// Inputs name maps by codes that mean the same in every version.

#include "harness/subject/map_code.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

// Corpora hold them.
TEST(MapCodeTest, CodesAreStable) {
  EXPECT_EQ(MapCode("a"), 0xe40c292cU) << "the hash's published test vector";
  EXPECT_EQ(MapCode(""), 0x811c9dc5U);
}

TEST(MapCodeTest, EveryScheduledMapAndDefectIsNamedByItsOwnCode) {
  std::set<uint32_t> codes;
  for (const SubjectInfo& subject : Subjects()) {
    if (!subject.can_be_scheduled) continue;
    const SubjectChoice faithful{&subject, nullptr};
    EXPECT_EQ(MapOfCode(MapCode(faithful.Name())).Name(), faithful.Name());
    EXPECT_TRUE(codes.insert(MapCode(faithful.Name())).second);
    for (const DefectInfo& defect : subject.defects) {
      const SubjectChoice broken{&subject, &defect};
      EXPECT_EQ(MapOfCode(MapCode(broken.Name())).Name(), broken.Name());
      EXPECT_TRUE(codes.insert(MapCode(broken.Name())).second);
    }
  }
  EXPECT_GT(codes.size(), 100U);
}

TEST(MapCodeTest, AnyOtherCodeMeansAFaithfulMap) {
  constexpr int kCodes = 8000;
  std::map<std::string, int> seen;
  Random random(5);
  for (int i = 0; i < kCodes; ++i) {
    const auto code = static_cast<uint32_t>(random.Next() | 1);
    const SubjectChoice choice = MapOfCode(code);
    ASSERT_EQ(choice.defect, nullptr) << choice.Name();
    ASSERT_TRUE(choice.subject->can_be_scheduled) << choice.Name();
    ++seen[choice.Name()];
  }
  int scheduled = 0;
  for (const SubjectInfo& subject : Subjects()) {
    scheduled += subject.can_be_scheduled ? 1 : 0;
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(scheduled));
  for (const auto& [name, times] : seen) {
    EXPECT_GT(times, kCodes / scheduled * 3 / 4) << name;
    EXPECT_LT(times, kCodes / scheduled * 5 / 4) << name;
  }
}

TEST(MapCodeDeathTest, NoCodeIsNoMap) {
  EXPECT_EXIT(MapOfCode(0), testing::ExitedWithCode(3), "is not 0");
}

}  // namespace
}  // namespace mortsafe
