// The probe of a whole map says for each operation how many steps it takes and
// where it waits, and no more than its bounds cover.

#include "harness/hunt/progress.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/hunt/probe_programs.h"
#include "harness/hunt/progress_probe.h"
#include "harness/hunt/test_maps.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

// One atomic a key.
class CellMap {
 public:
  std::optional<Value> Load(Key key) {
    const Value value = cells_[key].load();
    if (value == 0) return std::nullopt;
    return value;
  }
  void Store(Key key, Value value) { cells_[key].store(value); }
  void Delete(Key key) { cells_[key].store(0); }

 protected:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};

// Load waits for the key to be there.
class SpinningMap : public CellMap {
 public:
  std::optional<Value> Load(Key key) {
    Value value = cells_[key].load();
    while (value == 0) value = cells_[key].load();
    return value;
  }
};

// Load crashes if the key changes meanwhile.
class CrashingMap : public CellMap {
 public:
  std::optional<Value> Load(Key key) {
    const auto value = CellMap::Load(key);
    if (value != CellMap::Load(key)) std::abort();
    return value;
  }
};

ProgressRow RowOf(const ProgressResult& result, OperationKind kind,
                  int operations) {
  for (const ProgressRow& row : result.rows) {
    if (row.kind == kind && row.operations == operations) return row;
  }
  ADD_FAILURE() << "there is no such row";
  return {};
}

std::set<std::string> ProgramsOf(const ProbeBounds& bounds) {
  std::set<std::string> texts;
  EXPECT_TRUE(VisitProbePrograms(bounds, [&](const EnumeratedProgram& program) {
    EXPECT_TRUE(texts.insert(ToOneLine(program.After({}, {}))).second);
    return true;
  }));
  return texts;
}

OperationKindSet Kinds(const std::vector<OperationKind>& kinds) {
  OperationKindSet set;
  for (const OperationKind kind : kinds) set.Add(kind);
  return set;
}

TEST(ProbeProgramsTest, AreAllProgramsOfTheOthers) {
  const OperationKindSet load_and_store =
      Kinds({OperationKind::kLoad, OperationKind::kStore});
  // Two kinds on two keys: four operations. Two threads of one are 4 * 5 / 2.
  EXPECT_EQ(
      ProgramsOf({.operations = 1, .keys = 2, .kinds = load_and_store}).size(),
      4u);
  EXPECT_EQ(
      ProgramsOf({.operations = 2, .keys = 2, .kinds = load_and_store}).size(),
      16u);
  EXPECT_EQ(
      ProgramsOf({.others = 2, .keys = 2, .kinds = load_and_store}).size(),
      10u);
  EXPECT_EQ(ProgramsOf({.others = 0, .operations = 0}).size(), 1u);
}

TEST(ProbeProgramsTest, CompareWithEveryValueThatCanBeThere) {
  // With what nobody stores, with what is there (nothing, so that both look
  // alike here) and with the other's value.
  int visited = 0;
  std::set<uint32_t> compared;
  VisitProbePrograms({.probed = OperationKind::kCompareAndDelete,
                      .kinds = Kinds({OperationKind::kStore})},
                     [&](const EnumeratedProgram& program) {
                       ++visited;
                       compared.insert(program.threads[0][0].compares);
                       return true;
                     });
  EXPECT_EQ(visited, 3);
  EXPECT_EQ(compared,
            (std::set<uint32_t>{EnumeratedOperation::kNever,
                                EnumeratedOperation::kInitial,
                                EnumeratedOperation::kFirstStore + 1}));
}

TEST(ProbeProgramsTest, VisitingCanBeEnded) {
  int visited = 0;
  EXPECT_FALSE(VisitProbePrograms(
      {.operations = 2},
      [&](const EnumeratedProgram&) { return ++visited < 3; }));
  EXPECT_EQ(visited, 3);
}

// What Load finds in `read` it returns after two steps, the load of `read` and
// that of the entry, whatever others do; otherwise it may need the lock.
TEST(ProgressTest, LoadOfReadDirtyIsWaitFreeWhereItNeedsNoLock) {
  ProgressOptions options;
  options.subject = *FindSubject("read-dirty");
  options.keys = 2;
  options.workers = 2;
  const ProgressResult result = ProbeProgress(options);
  EXPECT_TRUE(result.complete);
  EXPECT_TRUE(result.states_known);
  EXPECT_FALSE(result.failing.has_value());
  for (const int operations : {0, 1}) {
    const ProgressRow row = RowOf(result, OperationKind::kLoad, operations);
    EXPECT_EQ(row.most_steps_without_lock, 2u);
    EXPECT_GT(row.most_steps, 2u);
    EXPECT_TRUE(row.bounded);
    EXPECT_EQ(row.with_waits > 0, operations > 0);
  }
  const ProgressRow row = RowOf(result, OperationKind::kLoad, 1);
  ASSERT_TRUE(row.example.has_value());
  EXPECT_EQ(row.wait.kind, ProbedWait::Kind::kLock);
  EXPECT_EQ(row.wait.client, 2u);
  EXPECT_LT(row.with_waits, row.starts);
  // Attempts to exchange an entry fail as often as others let them.
  EXPECT_EQ(
      RowOf(result, OperationKind::kSwap, 1).most_steps_without_lock.value(),
      RowOf(result, OperationKind::kSwap, 0).most_steps_without_lock.value() +
          1);
}

TEST(ProgressTest, DependsNotOnTheNumberOfWorkers) {
  ProgressOptions options;
  options.subject = *FindSubject("read-dirty");
  const auto text = [&](int workers) {
    options.workers = workers;
    const ProgressResult result = ProbeProgress(options);
    std::string text = absl::StrCat(result.executions);
    for (const ProgressRow& row : result.rows) {
      for (const uint64_t number :
           {row.starts, row.with_waits, uint64_t{row.most_steps},
            uint64_t{row.most_steps_without_lock.value_or(99)},
            uint64_t{row.wait.own_steps}}) {
        absl::StrAppend(&text, " ", number);
      }
      if (row.example.has_value()) {
        absl::StrAppend(&text, " ", ToOneLine(*row.example));
      }
    }
    return text;
  };
  const std::string one = text(1);
  EXPECT_EQ(text(2), one);
  EXPECT_EQ(text(3), one);
}

TEST(ProgressTest, AllOfALockedMapWaits) {
  ProgressOptions options;
  options.subject = ChoiceOf<LockedMap>();
  const ProgressResult result = ProbeProgress(options);
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.states_known);
  for (const ProgressRow& row : result.rows) {
    EXPECT_EQ(row.most_steps, 2u);
    EXPECT_FALSE(row.most_steps_without_lock.has_value());
    EXPECT_EQ(row.with_waits, row.operations == 0 ? 0 : row.starts);
  }
}

TEST(ProgressTest, AReaderThatSpinsHasNoBound) {
  ProgressOptions options;
  options.subject = ChoiceOf<SpinningMap>();
  const ProgressResult result = ProbeProgress(options);
  EXPECT_TRUE(result.complete);
  const ProgressRow load = RowOf(result, OperationKind::kLoad, 1);
  EXPECT_FALSE(load.bounded);
  EXPECT_EQ(load.wait.kind, ProbedWait::Kind::kChange);
  EXPECT_TRUE(RowOf(result, OperationKind::kStore, 1).bounded);
  EXPECT_EQ(RowOf(result, OperationKind::kStore, 1).most_steps, 1u);
}

TEST(ProgressTest, AMapThatFailsIsNamed) {
  ProgressOptions options;
  options.subject = ChoiceOf<CrashingMap>();
  const ProgressResult result = ProbeProgress(options);
  EXPECT_FALSE(result.complete);
  ASSERT_TRUE(result.failing.has_value());
  EXPECT_EQ(result.failing->threads.size(), 2u);
}

TEST(ProgressTest, CanBeInterrupted) {
  const std::atomic<bool> stop{true};
  ProgressOptions options;
  options.subject = *FindSubject("read-dirty-epoch");
  options.others = 3;
  options.operations = 3;
  options.keys = 2;
  options.stop = &stop;
  const ProgressResult result = ProbeProgress(options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_FALSE(result.complete);
}

}  // namespace
}  // namespace mortsafe
