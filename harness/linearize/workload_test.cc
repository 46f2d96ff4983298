// Whether generated workloads are what they claim to be. The oracle judges
// thousands of short ones, in every combination of options; long ones are
// looked at for their shape.

#include "harness/linearize/workload.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/linearize/brute_force.h"

namespace mortsafe {
namespace {

#if defined(MORTSAFE_ASAN) || defined(MORTSAFE_TSAN) || !defined(NDEBUG)
constexpr uint64_t kSeeds = 30;
#else
constexpr uint64_t kSeeds = 300;
#endif

// Ranges and Clears as common as anything else.
constexpr OperationMix kEqualMix = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// Short ones in every combination of mix, timing, values and lost clients.
std::vector<WorkloadOptions> ShortWorkloads(uint64_t seed) {
  std::vector<WorkloadOptions> all;
  for (const OperationMix& mix :
       {RegisterMix(), MapMix(), ReadModifyWriteMix(), AllMix(), kEqualMix}) {
    for (WorkloadTiming timing :
         {WorkloadTiming::kTight, WorkloadTiming::kStall}) {
      for (uint32_t values : {0u, 2u}) {
        for (uint32_t pending_per_million : {0u, 200'000u}) {
          WorkloadOptions options;
          options.operations = 3 + seed % 8;
          options.clients = 1 + static_cast<uint32_t>(seed % 5);
          options.keys = 1 + static_cast<uint32_t>(seed % 2);
          options.seed = seed;
          options.mix = mix;
          options.timing = timing;
          options.values = values;
          options.pending_per_million = pending_per_million;
          all.push_back(options);
        }
      }
    }
  }
  return all;
}

WorkloadOptions Long() {
  WorkloadOptions options;
  options.operations = 20'000;
  options.clients = 8;
  options.keys = 16;
  options.mix = AllMix();
  return options;
}

// How many operations are open at the same time, from when every client has
// called until the last call.
struct OpenOperations {
  int most = 0;
  int fewest = 0;
  double average = 0;
};

OpenOperations CountOpen(const History& history, uint32_t clients) {
  std::vector<std::pair<uint64_t, int>> changes;
  for (const HistoryOperation& operation : history.operations) {
    changes.emplace_back(operation.call_time, 1);
    changes.emplace_back(operation.return_time, -1);
  }
  std::sort(changes.begin(), changes.end());
  const int all = static_cast<int>(clients);
  OpenOperations count;
  count.fewest = all;
  int open = 0;
  double sum = 0;
  int counted = 0;
  for (const auto& [time, change] : changes) {
    open += change;
    if (time >= history.operations.back().call_time) break;
    if (counted == 0 && open < all) continue;
    count.most = std::max(count.most, open);
    count.fewest = std::min(count.fewest, open);
    sum += open;
    ++counted;
  }
  count.average = sum / counted;
  return count;
}

TEST(WorkloadTest, IsLinearizable) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    for (const WorkloadOptions& options : ShortWorkloads(seed)) {
      const History history = GenerateWorkload(options);
      ASSERT_EQ(history.operations.size(), options.operations);
      ASSERT_TRUE(BruteForceIsLinearizable(history)) << "seed " << seed;
    }
  }
}

TEST(WorkloadTest, IsNotLinearizableWithAStaleLoad) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    for (WorkloadOptions options : ShortWorkloads(seed)) {
      options.plant_stale_load = true;
      const History history = GenerateWorkload(options);
      ASSERT_EQ(history.operations.size(), options.operations);
      ASSERT_FALSE(BruteForceIsLinearizable(history)) << "seed " << seed;
    }
  }
}

TEST(WorkloadTest, PlantsTheStaleLoadHalfway) {
  WorkloadOptions options = Long();
  const History legal = GenerateWorkload(options);
  options.plant_stale_load = true;
  const History stale = GenerateWorkload(options);
  const auto [first, ignored] =
      std::mismatch(legal.operations.begin(), legal.operations.end(),
                    stale.operations.begin(), stale.operations.end());
  const auto same = static_cast<size_t>(first - legal.operations.begin());
  EXPECT_GE(same, options.operations / 2 - uint64_t{4} * options.clients);
  EXPECT_LE(same, options.operations / 2);
}

TEST(WorkloadTest, DependsOnTheSeedAlone) {
  WorkloadOptions options = Long();
  const History history = GenerateWorkload(options);
  EXPECT_EQ(GenerateWorkload(options), history);
  options.seed = 2;
  EXPECT_NE(GenerateWorkload(options), history);
}

TEST(WorkloadTest, ComesInOrderOfCallsWithoutEqualTimes) {
  WorkloadOptions options = Long();
  options.pending_per_million = 1'000;
  const History history = GenerateWorkload(options);
  EXPECT_TRUE(
      std::is_sorted(history.operations.begin(), history.operations.end(),
                     [](const HistoryOperation& a, const HistoryOperation& b) {
                       return a.call_time < b.call_time;
                     }));
  std::set<uint64_t> times;
  for (const HistoryOperation& operation : history.operations) {
    EXPECT_TRUE(times.insert(operation.call_time).second);
    if (operation.return_time == kPending) continue;
    EXPECT_LT(operation.call_time, operation.return_time);
    EXPECT_TRUE(times.insert(operation.return_time).second);
  }
}

TEST(WorkloadTest, TightClientsAreNearlyAlwaysInsideAnOperation) {
  const WorkloadOptions options = Long();
  const OpenOperations open =
      CountOpen(GenerateWorkload(options), options.clients);
  EXPECT_EQ(open.most, 8);
  EXPECT_GE(open.fewest, 3);
  EXPECT_GT(open.average, 7);
}

TEST(WorkloadTest, StalledOperationsOverlapAboutAHundredOthers) {
  WorkloadOptions options = Long();
  options.timing = WorkloadTiming::kStall;
  const History history = GenerateWorkload(options);
  EXPECT_EQ(CountOpen(history, options.clients).most, 8);
  int stalled = 0;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    size_t next = i + 1;
    while (next < history.operations.size() &&
           !Precedes(history.operations[i], history.operations[next])) {
      ++next;
    }
    stalled += next - i > 60 ? 1 : 0;
    EXPECT_LT(next - i, 160u);
  }
  EXPECT_GT(stalled, 50);
  EXPECT_LT(stalled, 200);
}

TEST(WorkloadTest, LostClientsAreReplaced) {
  WorkloadOptions options = Long();
  options.pending_per_million = 1'000;
  const History history = GenerateWorkload(options);
  std::set<uint32_t> lost;
  for (const HistoryOperation& operation : history.operations) {
    EXPECT_FALSE(lost.contains(operation.client));
    if (operation.return_time == kPending) lost.insert(operation.client);
  }
  EXPECT_GT(lost.size(), 5u);
  EXPECT_LT(lost.size(), 60u);
}

TEST(WorkloadTest, ComparesSucceedAndFail) {
  WorkloadOptions options = Long();
  options.keys = 1;
  options.mix = ReadModifyWriteMix();
  int done = 0;
  int failed = 0;
  for (const HistoryOperation& operation :
       GenerateWorkload(options).operations) {
    if (!ComparesValue(operation.kind)) continue;
    ++(operation.ok ? done : failed);
  }
  EXPECT_GT(done, 200);
  EXPECT_GT(failed, 200);
}

TEST(WorkloadTest, StoresDistinctOrFewValues) {
  WorkloadOptions options = Long();
  std::set<Value> stored;
  for (const HistoryOperation& operation :
       GenerateWorkload(options).operations) {
    if (!StoresValue(operation.kind)) continue;
    EXPECT_TRUE(stored.insert(operation.value).second);
  }
  options.values = 3;
  stored.clear();
  for (const HistoryOperation& operation :
       GenerateWorkload(options).operations) {
    if (StoresValue(operation.kind)) stored.insert(operation.value);
  }
  EXPECT_EQ(stored, (std::set<Value>{1, 2, 3}));
}

TEST(WorkloadTest, KeepsFewOperationsInMemory) {
  for (WorkloadTiming timing :
       {WorkloadTiming::kTight, WorkloadTiming::kStall}) {
    WorkloadOptions options = Long();
    options.operations = 200'000;
    options.timing = timing;
    options.pending_per_million = 1'000;
    const size_t bound = timing == WorkloadTiming::kTight ? 32 : 320;
    Workload workload(options);
    size_t most = 0;
    while (workload.Next().has_value()) most = std::max(most, workload.kept());
    EXPECT_LT(most, bound);
  }
}

TEST(WorkloadTest, NamesItsMixes) {
  EXPECT_EQ(OperationMixFromName("register"), RegisterMix());
  EXPECT_EQ(OperationMixFromName("map"), MapMix());
  EXPECT_EQ(OperationMixFromName("rmw"), ReadModifyWriteMix());
  EXPECT_EQ(OperationMixFromName("all"), AllMix());
  EXPECT_EQ(OperationMixFromName("everything"), std::nullopt);
}

}  // namespace
}  // namespace mortsafe
