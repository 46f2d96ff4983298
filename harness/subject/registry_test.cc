#include "harness/subject/registry.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"

namespace mortsafe {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

class TinyMap {
 public:
  std::optional<uint64_t> Load(uint64_t key) {
    const auto found = map_.find(key);
    if (found == map_.end()) return std::nullopt;
    return found->second;
  }
  void Store(uint64_t key, uint64_t value) { map_[key] = value; }
  void Delete(uint64_t key) { map_.erase(key); }
  void Clear() { map_.clear(); }

 private:
  std::map<uint64_t, uint64_t> map_;
};

TEST(ConcurrentMapTest, OperationsAreFoundByTheirSignatures) {
  OperationKindSet expected;
  expected.Add(OperationKind::kLoad);
  expected.Add(OperationKind::kStore);
  expected.Add(OperationKind::kDelete);
  expected.Add(OperationKind::kClear);
  EXPECT_EQ(OperationsOf<TinyMap>(), expected);
}

TEST(RegistryTest, EveryMapWithEveryDefectCanBeMadeAndUsed) {
  for (const SubjectInfo& subject : Subjects()) {
    EXPECT_THAT(subject.summary, Not(IsEmpty()));
    if (subject.can_be_scheduled) {
      EXPECT_EQ(subject.operations, AllOperations()) << subject.name;
    } else {
      EXPECT_THAT(subject.version, Not(IsEmpty())) << subject.name;
    }
    std::set<std::string> names;
    for (const DefectInfo& defect : subject.defects) {
      EXPECT_TRUE(names.insert(defect.name).second) << defect.name;
      EXPECT_THAT(defect.summary, Not(IsEmpty())) << defect.name;
      EXPECT_THAT(defect.origin, Not(IsEmpty())) << defect.name;
      EXPECT_EQ(defect.seen_by.empty(), defect.equivalent) << defect.name;
      const auto choice = FindSubject(subject.name + ":" + defect.name);
      ASSERT_TRUE(choice.ok());
      EXPECT_EQ(choice->defect, &defect);
      choice->Create();
    }
    const auto map = subject.create(nullptr);
    HistoryOperation record;
    map->Perform({OperationKind::kStore, 1, 7}, record);
    map->Perform({OperationKind::kLoad, 1}, record);
    EXPECT_EQ(record.result, 7u);
    EXPECT_TRUE(record.ok);
    EXPECT_EQ(map->CheckInvariants(), std::nullopt);
    if (!subject.operations.Has(OperationKind::kRange)) continue;
    HistoryOperation range;
    range.entries.reserve(4);
    map->Perform({OperationKind::kRange}, range);
    EXPECT_THAT(range.entries, ElementsAre(Pair(1, 7))) << subject.name;
    EXPECT_TRUE(range.ok);
  }
}

TEST(RegistryTest, ADefectMayBeCutShortWhereUnambiguous) {
  EXPECT_EQ(FindSubject("read-dirty:c3")->Name(),
            "read-dirty:c3-promotion-copies");
  EXPECT_EQ(FindSubject("read-dirty:c1")->Name(),
            "read-dirty:c1-value-before-mark");
  EXPECT_THAT(FindSubject("read-dirty-epoch:c8").status().message(),
              HasSubstr("ambiguous: c8-free, c8-reuse"));
}

TEST(RegistryTest, ErrorsNameWhatThereIs) {
  EXPECT_THAT(FindSubject("nope").status().message(),
              HasSubstr("unknown map 'nope'; expected one of read-dirty, "
                        "read-dirty-epoch"));
  EXPECT_THAT(FindSubject("read-dirty:").status().message(),
              HasSubstr("unknown defect '' of read-dirty; expected one of c1"));
}

TEST(RegistryTest, ProgramsMayUseOnlyWhatTheMapOffers) {
  SubjectInfo tiny;
  tiny.name = "tiny";
  tiny.operations = OperationsOf<TinyMap>();
  const auto program = ParseProgram("thread 1: Load(0); Swap(0, 1)", "test");
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(CheckOffered(*program, tiny).message(),
            "the program uses Swap(0, 1), which tiny does not offer");
  EXPECT_TRUE(CheckOffered(*program, Subjects().front()).ok());
}

TEST(RegistryTest, OnlyMapsThatCanBeScheduledAre) {
  for (const SubjectInfo& subject : Subjects()) {
    const auto choice = FindScheduledSubject(subject.name);
    EXPECT_EQ(choice.ok(), subject.can_be_scheduled) << subject.name;
    if (choice.ok()) continue;
    EXPECT_THAT(choice.status().message(),
                AllOf(HasSubstr("real threads alone"),
                      HasSubstr("mortsafe stress --map " + subject.name)));
  }
}

TEST(RegistryTest, UsersMapsAreAdded) {
  ASSERT_TRUE(RegisterMap<TinyMap>("acme::TinyMap"));
  const auto choice = FindSubject("acme::TinyMap");
  ASSERT_TRUE(choice.ok()) << choice.status();
  EXPECT_EQ(choice->Name(), "acme::TinyMap");
  EXPECT_THAT(FindSubject("acme::TinyMap:x").status().message(),
              HasSubstr("it has none"));
}

TEST(RegistryTest, SaysWhyAMapCannotBeUsed) {
  ASSERT_TRUE(RegisterMap<TinyMap>("tiny"));
  SubjectInfo incomplete = *FindSubject("tiny")->subject;
  incomplete.name = "incomplete";
  incomplete.version = "1";
  incomplete.can_be_scheduled = false;
  incomplete.usable = [] {
    return absl::FailedPreconditionError("its library is not there");
  };
  ASSERT_TRUE(RegisterSubject(incomplete));
  EXPECT_EQ(FindSubject("incomplete").status().message(),
            "its library is not there");
  // That it cannot be scheduled is said first: a library would not help.
  EXPECT_THAT(
      std::string(FindScheduledSubject("incomplete").status().message()),
      HasSubstr("runs on real threads alone"));
}

}  // namespace
}  // namespace mortsafe
