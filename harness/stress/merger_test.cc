// The way from the clients to the checker: queues and their merger.

#include "harness/stress/merger.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/stress/history_clock.h"
#include "harness/stress/record.h"
#include "harness/stress/record_queue.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using Queues = std::vector<std::unique_ptr<RecordQueue>>;

Queues MakeQueues(size_t count, size_t capacity) {
  Queues queues;
  for (size_t i = 0; i < count; ++i) {
    queues.push_back(std::make_unique<RecordQueue>(capacity));
  }
  return queues;
}

HistoryOperation Store(uint64_t call, uint64_t returned) {
  HistoryOperation operation;
  operation.kind = OperationKind::kStore;
  operation.call_time = call;
  operation.return_time = returned;
  return operation;
}

// Takes all that can be taken, by call.
std::vector<uint64_t> TakeAll(Merger& merger) {
  std::vector<uint64_t> calls;
  HistoryOperation operation;
  while (merger.Look() == Merger::State::kReady) {
    merger.Take(operation, [](const RecordCell&) {});
    calls.push_back(operation.call_time);
  }
  return calls;
}

TEST(MergerTest, NothingIsHandedOnThatASilentClientMayHavePreceded) {
  const Queues queues = MakeQueues(2, 16);
  Merger merger(queues);
  merger.Open(0);
  queues[0]->Push(Store(0, 5));
  queues[0]->Push(Store(7, 9));
  // The other one may have begun at 0, and an equal time is early enough.
  EXPECT_THAT(TakeAll(merger), ElementsAre(0));
  EXPECT_EQ(merger.Look(), Merger::State::kNotYet);
  queues[1]->Push(Store(3, 8));
  // It goes on at 9 or later.
  EXPECT_THAT(TakeAll(merger), ElementsAre(3, 7));
  queues[0]->Close();
  queues[1]->Push(Store(20, 21));
  EXPECT_THAT(TakeAll(merger), ElementsAre(20));
  EXPECT_EQ(merger.Look(), Merger::State::kNotYet);
  queues[1]->Close();
  EXPECT_EQ(merger.Look(), Merger::State::kOver);
  merger.Open(30);
  EXPECT_EQ(merger.Look(), Merger::State::kNotYet);
  queues[0]->Push(Store(30, 31));
  EXPECT_THAT(TakeAll(merger), ElementsAre(30));
}

// Queues that are always full, and operations that take different room.
TEST(MergerTest, EverythingArrivesInOrderOfCall) {
  constexpr uint64_t kOperations = 5'000;
  constexpr uint32_t kClients = 3;
  HistoryClock clock;
  const Queues queues = MakeQueues(kClients, 8);
  Merger merger(queues);
  for (int map = 0; map < 2; ++map) {
    merger.Open(clock.Call());
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < kClients; ++i) {
      threads.emplace_back([&clock, &queue = *queues[i], i] {
        HistoryOperation operation;
        operation.kind = OperationKind::kRange;
        operation.client = i;
        for (uint64_t number = 0; number < kOperations; ++number) {
          operation.entries.assign(number % 7, {number, i});
          operation.value = number;
          operation.call_time = clock.Call();
          operation.return_time = clock.Return();
          queue.Push(operation);
        }
        queue.Close();
      });
    }
    std::vector<uint64_t> numbers(kClients, 0);
    uint64_t latest = 0;
    HistoryOperation operation;
    Merger::State state = Merger::State::kNotYet;
    while (state != Merger::State::kOver) {
      state = merger.Look();
      if (state == Merger::State::kReady) {
        merger.Take(operation, [](const RecordCell&) {});
        ASSERT_GE(operation.call_time, latest);
        latest = operation.call_time;
        const uint64_t number = numbers[operation.client]++;
        ASSERT_EQ(operation.value, number);
        ASSERT_EQ(operation.entries.size(), number % 7);
        for (const auto& [key, value] : operation.entries) {
          ASSERT_EQ(key, number);
          ASSERT_EQ(value, operation.client);
        }
      } else {
        std::this_thread::yield();
      }
    }
    EXPECT_THAT(numbers, ElementsAre(kOperations, kOperations, kOperations));
    EXPECT_EQ(merger.waiting(), 0);
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace mortsafe
