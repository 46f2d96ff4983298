// How violations are named, proved and told.

#include "harness/linearize/explain.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/history/text.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_builder.h"
#include "harness/linearize/history_generator.h"

namespace mortsafe {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

Violation Explain(const HistoryBuilder& builder) {
  const std::optional<Violation> violation =
      Checker().Explain(builder.history());
  EXPECT_TRUE(violation.has_value());
  return violation.value_or(Violation());
}

TEST(ExplainTest, HasNothingToSayOfALinearizableHistory) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Load(0, 1);
  EXPECT_EQ(Checker().Explain(h.history()), std::nullopt);
}

TEST(ExplainTest, StaleValueAfterDelete) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(2).Delete(0);
  h.At(4, 5).By(1).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_EQ(violation.culprit, 2u);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 2));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) returned 1, although thread 2's Delete(0) had "
            "finished before that Load began and nothing stored 1 again.");
  using Relation = Constraint::Relation;
  EXPECT_THAT(violation.constraints,
              ElementsAre(Constraint{0, 1, Relation::kFinishedBefore},
                          Constraint{1, 2, Relation::kFinishedBefore},
                          Constraint{0, 2, Relation::kReadFrom},
                          Constraint{0, 1, Relation::kOverwrote}));
}

TEST(ExplainTest, OfTwoThatFoundNothingEachMustComeFirst) {
  HistoryBuilder h;
  h.At(0, 3).By(1).Swap(0, 1);
  h.At(1, 4).By(2).LoadOrStoreStored(0, 2);
  const Violation violation = Explain(h);
  using Relation = Constraint::Relation;
  EXPECT_THAT(violation.constraints,
              ElementsAre(Constraint{0, 1, Relation::kMissed},
                          Constraint{1, 0, Relation::kMissed}));
}

TEST(ExplainTest, WhatWasTakenAwayWasNotMissed) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Delete(0);
  h.At(4, 5).Load(0);
  h.At(6, 7).Store(0, 2);
  h.At(8, 9).By(1).Load(0, 1);
  for (const Constraint& constraint : Explain(h).constraints) {
    EXPECT_NE(constraint.relation, Constraint::Relation::kMissed);
  }
}

TEST(ExplainTest, WhoStoresWhatItSawIsNoSourceOfIt) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(2).Delete(0);
  h.At(4, 9).By(1).CompareAndSwap(0, 1, 1, true);
  h.At(5, 8).By(3).Swap(0, 1, 1);
  EXPECT_THAT(Explain(h).witness, Contains(0));
}

TEST(ExplainTest, StaleValueAfterClear) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.At(4, 5).By(2).Clear();
  h.At(6, 7).By(1).Range({{0, 1}});
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(violation.witness, ElementsAre(0, 2, 3));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Range() showed 0: 1, although thread 2's Clear() had "
            "finished before that Range began and nothing stored 1 again.");
}

TEST(ExplainTest, StaleValueAfterOverwrite) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(2).Store(0, 2);
  h.At(4, 5).By(1).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterOverwrite);
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) returned 1, although thread 2's Store(0, 2) "
            "had finished before that Load began and nothing stored 1 again.");
}

TEST(ExplainTest, StaleValueAfterAnOverwriteThatWasOnlySeen) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 9).By(2).Store(0, 2);
  h.At(3, 4).By(3).Load(0, 2);
  h.At(5, 6).By(1).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterOverwrite);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) returned 1, although thread 2's Store(0, 2) "
            "had taken effect before that Load began, as thread 3's Load(0) "
            "returned 2, and nothing stored 1 again.");
}

TEST(ExplainTest, WhatWasRemovedMeanwhileWasNotMissed) {
  HistoryBuilder h;
  h.At(1, 2).Store(0, 1);
  h.At(3, 5).By(1).Delete(0);
  h.At(4, 8).By(2).LoadOrStoreStored(0, 4);
  h.At(6, 9).By(1).Swap(0, 3);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kLostStore);
  EXPECT_EQ(violation.sentence,
            "Thread 1's Swap(0, 3) found key 0 absent, although thread 2's "
            "LoadOrStore(0, 4) must have taken effect before that Swap and "
            "nothing can have removed 4 in between.");
}

TEST(ExplainTest, ValueFromNowhere) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Load(0, 7);
  h.At(4, 5).By(2).Store(0, 7);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kValueFromNowhere);
  EXPECT_THAT(violation.witness, ElementsAre(1));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) returned 7, although no operation that had "
            "begun by then could store 7 under key 0.");
}

TEST(ExplainTest, LostStore) {
  HistoryBuilder h;
  h.At(0, 1).By(2).Store(0, 1);
  h.At(2, 3).By(1).Load(0);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kLostStore);
  EXPECT_EQ(violation.culprit, 1u);
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) found key 0 absent, although thread 2's "
            "Store(0, 1) had finished before that Load began and nothing can "
            "have removed 1 in between.");
}

TEST(ExplainTest, FalseAbsence) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(2).Load(0, 1);
  h.At(4, 5).By(1).CompareAndDelete(0, 1, false);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kFalseAbsence);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 2));
  EXPECT_EQ(violation.sentence,
            "Thread 1's CompareAndDelete(0, 1) did not find 1, although "
            "initial Store(0, 1) had finished before that CompareAndDelete "
            "began, thread 2's Load(0) had seen 1, and nothing can have "
            "removed or replaced 1 in between.");
}

TEST(ExplainTest, AbsenceIsFalseAlsoWhenTheValueIsSeenLater) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Load(0);
  h.At(4, 5).By(2).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kFalseAbsence);
  EXPECT_EQ(violation.culprit, 1u);
}

TEST(ExplainTest, ResurrectedKey) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 9).By(2).Delete(0);
  h.At(3, 4).By(3).Load(0);
  h.At(5, 6).By(1).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kResurrectedKey);
  EXPECT_EQ(violation.culprit, 3u);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(0) returned 1, although thread 3's Load(0) had "
            "already found key 0 absent after thread 2's Delete(0) and nothing "
            "stored 1 again.");
}

TEST(ExplainTest, DoubleTake) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 5).By(1).LoadAndDelete(0, 1);
  h.At(3, 6).By(2).LoadAndDelete(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kDoubleTake);
  EXPECT_EQ(violation.sentence,
            "Thread 1's LoadAndDelete(0) and thread 2's LoadAndDelete(0) both "
            "took 1, although 1 was stored only once.");
}

TEST(ExplainTest, TornRange) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.At(4, 5).By(1).Range({{1, 2}});
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kTornOrDuplicatedRange);
  EXPECT_THAT(violation.witness, ElementsAre(0, 2));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Range() did not show key 0, although initial "
            "Store(0, 1) had finished before that Range began and nothing can "
            "have removed 1 in between.");
}

TEST(ExplainTest, DuplicatedRange) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Range({{0, 1}, {0, 1}});
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kTornOrDuplicatedRange);
  EXPECT_THAT(violation.witness, ElementsAre(1));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Range() showed key 0 twice, although a Range visits no "
            "key more than once.");
}

TEST(ExplainTest, NonAtomicClear) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).Store(1, 2);
  h.At(4, 9).By(2).Clear();
  h.At(5, 6).By(3).Load(0);
  h.At(7, 8).By(1).Load(1, 2);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kNonAtomicClear);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(violation.sentence,
            "Thread 1's Load(1) returned 2, although thread 2's Clear() "
            "empties all keys in one step: what the calls saw fits only if it "
            "emptied some keys before others.");
}

TEST(ExplainTest, AContradictoryAnswerIsFromNowhere) {
  HistoryBuilder h;
  h.At(0, 1).By(1).LoadOrStoreStored(0, 1);
  History history = h.history();
  history.operations[0].result = 2;
  const std::optional<Violation> violation = Checker().Explain(history);
  ASSERT_TRUE(violation.has_value());
  EXPECT_EQ(violation->kind, ViolationKind::kValueFromNowhere);
  EXPECT_EQ(violation->sentence,
            "Thread 1's LoadOrStore(0, 1) answered stored 2, which contradicts "
            "itself.");
}

TEST(ExplainTest, DoesNotInventAViolationByLeavingAStoreOut) {
  // The Load of 1 is fine: 1 was stored again. Only the Load of 3 is wrong.
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Delete(0);
  h.At(4, 5).By(1).Store(0, 1);
  h.At(6, 7).By(2).Load(0, 1);
  h.At(8, 9).By(2).Swap(0, 3, 1);
  h.At(10, 11).By(1).Delete(0);
  h.At(12, 13).By(2).Load(0, 3);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_EQ(violation.culprit, 6u);
  EXPECT_THAT(violation.witness, Not(Contains(3)));
  EXPECT_THAT(violation.witness, Contains(5));
}

TEST(ExplainTest, OfSeveralRemovalsTheOneNextToTheStoreTellsTheKind) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Delete(0);
  h.At(4, 5).By(1).Store(0, 2);
  h.At(6, 7).By(2).Load(0, 1);
  EXPECT_EQ(Explain(h).kind, ViolationKind::kStaleValueAfterDelete);
}

TEST(ExplainTest, TheFirstContradictionIsNamed) {
  HistoryBuilder h;
  h.At(0, 1).Store(5, 1);
  h.At(0, 1).Store(6, 2);
  h.At(4, 5).By(1).Load(6);
  h.At(6, 7).By(2).Load(5);
  EXPECT_EQ(Explain(h).culprit, 2u);
}

TEST(ExplainTest, AWitnessBecomesContradictoryNoSoonerThanTheHistory) {
  // The first two that stored are fine: a LoadAndDelete came between. Without
  // it, the second would look wrong.
  HistoryBuilder h;
  h.At(0, 1).By(1).LoadOrStoreStored(0, 1);
  h.At(0, 9).By(2).LoadAndDelete(0, 1);
  h.At(2, 3).By(1).LoadOrStoreStored(0, 2);
  h.At(4, 5).By(1).LoadOrStoreStored(0, 3);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.culprit, 3u);
  EXPECT_EQ(violation.kind, ViolationKind::kLostStore);
  const History alone = Restricted(h.history(), violation.witness);
  const std::optional<Violation> again = Checker().Explain(alone);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(violation.witness[again->culprit], violation.culprit);
}

TEST(ExplainTest, ALongHistoryShrinksToAFewOperations) {
  HistoryBounds bounds;
  bounds.operations = 1500;
  bounds.kinds = OperationKindSet();
  for (OperationKind kind :
       {OperationKind::kLoad, OperationKind::kStore, OperationKind::kDelete}) {
    bounds.kinds.Add(kind);
  }
  bounds.values = 1000;
  Random random(7);
  History history;
  do {
    history = GenerateLinearizableHistory(bounds, random);
  } while (history.operations.back().return_time == kPending);
  uint64_t end = 0;
  for (const HistoryOperation& operation : history.operations) {
    if (operation.return_time != kPending) {
      end = std::max(end, operation.return_time);
    }
  }
  HistoryBuilder tail;
  tail.At(end + 1, end + 2).By(1).Store(0, 5000);
  tail.At(end + 3, end + 4).By(2).Delete(0);
  tail.At(end + 5, end + 6).By(3).Load(0, 5000);
  for (const HistoryOperation& operation : tail.history().operations) {
    history.operations.push_back(operation);
  }
  const std::optional<Violation> violation = Checker().Explain(history);
  ASSERT_TRUE(violation.has_value());
  const size_t first = history.operations.size() - 3;
  EXPECT_EQ(violation->kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(violation->witness, ElementsAre(first, first + 1, first + 2));
}

TEST(ExplainTest, OfLongHistoriesTooTheFirstRemovalIsNamed) {
  HistoryBuilder h;
  h.At(0, 1).Store(0, 1);
  h.At(2, 3).By(1).Delete(0);
  for (Value value = 2; value < 100; ++value) {
    h.At(2 * value, 2 * value + 1).By(1).Store(0, value);
  }
  h.At(300, 301).By(2).Load(0, 1);
  const Violation violation = Explain(h);
  EXPECT_EQ(violation.kind, ViolationKind::kStaleValueAfterDelete);
  EXPECT_THAT(violation.witness, ElementsAre(0, 1, 100));
}

// Whether the operation changed something, by its own account.
bool Changed(const HistoryOperation& operation) {
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kRange:
      return false;
    case OperationKind::kLoadOrStore:
      return !operation.ok;
    case OperationKind::kLoadAndDelete:
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      return operation.ok;
    default:
      return true;
  }
}

// Some other history in which only the operations of `witness` must be the
// same: others may be missing, and what changed something may have found
// something else.
History WithOtherSurroundings(const History& history,
                              const std::vector<size_t>& witness,
                              Random& random) {
  History other;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    HistoryOperation operation = history.operations[i];
    if (std::count(witness.begin(), witness.end(), i) == 0) {
      if (random.OneIn(3)) continue;
      if (!Changed(operation)) {
        other.operations.push_back(operation);
        continue;
      }
      const HistoryOperation& model =
          history.operations[random.Below(history.operations.size())];
      const Value value =
          model.result.has_value() ? *model.result : model.value;
      operation.ok = random.OneIn(2);
      if (operation.kind == OperationKind::kLoadOrStore && !operation.ok) {
        operation.result = operation.value;
      } else if (operation.ok) {
        operation.result = value;
      } else {
        operation.result.reset();
      }
    }
    other.operations.push_back(operation);
  }
  return other;
}

TEST(ExplainTest, AWitnessProvesItsPointWhateverTheOthersDid) {
  Random random(8);
  HistoryBounds bounds;
  bounds.keys = 1;
  bounds.values = 1 << 20;  // Hardly ever stored twice.
  bounds.kinds = OperationKindSet();
  for (OperationKind kind : kAllOperationKinds) {
    if (kind != OperationKind::kRange) bounds.kinds.Add(kind);
  }
  Checker checker;
  int violations = 0;
  for (int i = 0; i < 10'000; ++i) {
    const History history = GenerateFaultyHistory(bounds, random);
    const std::optional<Violation> violation = checker.Explain(history);
    if (!violation.has_value()) continue;
    ++violations;
    for (int j = 0; j < 20; ++j) {
      const History other =
          WithOtherSurroundings(history, violation->witness, random);
      ASSERT_FALSE(checker.IsLinearizable(other))
          << ToJsonLines(history) << violation->sentence << "\n"
          << ToJsonLines(Restricted(history, violation->witness)) << "\n"
          << ToJsonLines(other);
    }
  }
  EXPECT_GT(violations, 1000);
}

TEST(ExplainTest, ConstraintsNameOnlyTheWitness) {
  Random random(9);
  Checker checker;
  for (int i = 0; i < 2000; ++i) {
    const History history = GenerateHistory(HistoryBounds(), random);
    const std::optional<Violation> violation = checker.Explain(history);
    if (!violation.has_value()) continue;
    EXPECT_THAT(violation->witness, Not(IsEmpty()));
    EXPECT_TRUE(violation->sentence.ends_with("."));
    for (const Constraint& constraint : violation->constraints) {
      EXPECT_THAT(violation->witness, Contains(constraint.first));
      EXPECT_THAT(violation->witness, Contains(constraint.second));
    }
  }
}

}  // namespace
}  // namespace mortsafe
