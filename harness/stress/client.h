// One thread that stresses a map: it calls random operations, delays itself,
// and records what it saw.

#ifndef MORTSAFE_HARNESS_STRESS_CLIENT_H_
#define MORTSAFE_HARNESS_STRESS_CLIENT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "harness/history/history.h"
#include "harness/stress/delays.h"
#include "harness/stress/history_clock.h"
#include "harness/stress/operation_mix.h"
#include "harness/stress/record_queue.h"
#include "harness/subject/any_map.h"

namespace mortsafe {

struct ClientOptions {
  uint32_t number = 1;
  MixOptions mix;
  uint64_t delay = 0;       // delays.h
  uint64_t operations = 0;  // On all maps together.
  bool is_timed = false;    // Keeps a Timeline.
};

// What a client did, by std::chrono::steady_clock: all calls and returns are in
// nanoseconds, and outside of those that HistoryClock orders.
struct Timeline {
  int64_t thread = 0;  // As the system numbers it.
  std::vector<HistoryOperation> operations;
};

// How many entries of a Range are recorded: all that there can be, and a few
// more that there cannot.
inline size_t MostEntries(uint64_t keys) { return keys + 4; }

class Client {
 public:
  // `clock` and `queue` must outlive this object.
  Client(const ClientOptions& options, HistoryClock& clock, RecordQueue& queue);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Calls operations on `map`, which is new, until `is_over`, or until there
  // are no more to call; closes the queue.
  void Run(AnyMap& map, const std::atomic<bool>& is_over);

  // For the consumer, when the queue is over: how many operations are left to
  // call, and when the latest Run() was.
  uint64_t operations_left() const { return operations_; }
  std::chrono::steady_clock::time_point ended() const { return ended_; }
  const Timeline& timeline() const { return timeline_; }

 private:
  void Perform(AnyMap& map);
  void PerformTimed(AnyMap& map);

  HistoryClock& clock_;
  RecordQueue& queue_;
  OperationMix mix_;
  Delays delays_;
  uint64_t operations_;
  const bool is_timed_;
  Timeline timeline_;
  HistoryOperation record_;
  std::chrono::steady_clock::time_point ended_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_CLIENT_H_
