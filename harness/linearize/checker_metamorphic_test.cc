// Changes to a history of which it is known what they do to its verdict.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/history_generator.h"
#include "harness/linearize/workload.h"

namespace mortsafe {
namespace {

constexpr int kHistories = 5'000;

class CheckerMetamorphicTest : public ::testing::Test {
 protected:
  // A small history, linearizable or not.
  History Any() { return GenerateHistory(HistoryBounds(), random_); }

  // A linearizable one of a hundred operations.
  History Legal() {
    WorkloadOptions options;
    options.operations = 100;
    options.clients = 1 + static_cast<uint32_t>(random_.Below(8));
    options.keys = 1 + static_cast<uint32_t>(random_.Below(3));
    options.mix = AllMix();
    options.values = random_.OneIn(2) ? 0 : 4;
    options.seed = random_.Below(1 << 30);
    return GenerateWorkload(options);
  }

  HistoryOperation& OneOf(History& history) {
    return history.operations[static_cast<size_t>(
        random_.Below(history.operations.size()))];
  }

  Random random_{11};
  Checker checker_;
};

TEST_F(CheckerMetamorphicTest, WhenItHappenedDoesNotMatter) {
  for (int i = 0; i < kHistories; ++i) {
    const History history = Any();
    History later = history;
    for (HistoryOperation& operation : later.operations) {
      operation.call_time = 3 * operation.call_time + 1'000;
      if (operation.return_time != kPending) {
        operation.return_time = 3 * operation.return_time + 1'000;
      }
    }
    ASSERT_EQ(checker_.Judge(later), checker_.Judge(history)) << i;
  }
}

TEST_F(CheckerMetamorphicTest, WhoDidItDoesNotMatter) {
  for (int i = 0; i < kHistories; ++i) {
    const History history = Any();
    History renamed = history;
    for (HistoryOperation& operation : renamed.operations) {
      operation.client = 77 - operation.client;
    }
    std::reverse(renamed.operations.begin(), renamed.operations.end());
    ASSERT_EQ(checker_.Judge(renamed), checker_.Judge(history)) << i;
  }
}

TEST_F(CheckerMetamorphicTest, WhatValuesAreCalledDoesNotMatter) {
  const auto rename = [](Value& value) { value = value * 1'000 + 5; };
  for (int i = 0; i < kHistories; ++i) {
    const History history = Any();
    History renamed = history;
    for (HistoryOperation& operation : renamed.operations) {
      rename(operation.value);
      rename(operation.old_value);
      if (operation.result.has_value()) rename(*operation.result);
      for (auto& entry : operation.entries) rename(entry.second);
    }
    ASSERT_EQ(checker_.Judge(renamed), checker_.Judge(history)) << i;
  }
}

TEST_F(CheckerMetamorphicTest, WhatIsLegalStaysSoWithMoreTime) {
  for (int i = 0; i < kHistories / 5; ++i) {
    History history = Legal();
    ASSERT_EQ(checker_.Judge(history), Verdict::kLinearizable) << i;
    for (int changes = 0; changes < 10; ++changes) {
      HistoryOperation& wider = OneOf(history);
      wider.call_time -= std::min<uint64_t>(wider.call_time, random_.Below(9));
      if (wider.return_time != kPending) {
        wider.return_time += random_.Below(9);
      }
    }
    ASSERT_EQ(checker_.Judge(history), Verdict::kLinearizable) << i;
  }
}

TEST_F(CheckerMetamorphicTest, WhatIsLegalStaysSoWithAReadOfWhatWasSeen) {
  for (int i = 0; i < kHistories / 5; ++i) {
    History history = Legal();
    const HistoryOperation seen = OneOf(history);
    if (seen.kind != OperationKind::kLoad) continue;
    HistoryOperation again = seen;
    again.client = 99;
    history.operations.push_back(again);
    ASSERT_EQ(checker_.Judge(history), Verdict::kLinearizable) << i;
  }
}

TEST_F(CheckerMetamorphicTest, WhatIsWrongStaysSoWhateverFollows) {
  int violations = 0;
  for (int i = 0; i < kHistories; ++i) {
    History history = Any();
    if (checker_.Judge(history) != Verdict::kViolation) continue;
    ++violations;
    HistoryOperation later;
    later.kind = OperationKind::kStore;
    later.value = 3;
    later.client = 9;
    for (const HistoryOperation& operation : history.operations) {
      later.call_time = std::max(later.call_time, operation.call_time);
      if (operation.return_time != kPending) {
        later.call_time = std::max(later.call_time, operation.return_time);
      }
    }
    ++later.call_time;
    later.return_time = later.call_time + 1;
    history.operations.push_back(later);
    ASSERT_EQ(checker_.Judge(history), Verdict::kViolation) << i;
  }
  EXPECT_GT(violations, kHistories / 10);
}

}  // namespace
}  // namespace mortsafe
