// The clients of a stress test, each on a thread of its own that lives as long
// as this object: they work on one map after the other.
//
//   ClientThreads clients(options);
//   clients.Begin(map);
//   … take from clients.queues() what they do …
//   clients.End();
//   … until every queue is over …

#ifndef MORTSAFE_HARNESS_STRESS_CLIENT_THREADS_H_
#define MORTSAFE_HARNESS_STRESS_CLIENT_THREADS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "harness/stress/client.h"
#include "harness/stress/history_clock.h"
#include "harness/stress/record_queue.h"
#include "harness/subject/any_map.h"

namespace mortsafe {

class ClientThreads {
 public:
  explicit ClientThreads(const std::vector<ClientOptions>& options);
  // REQUIRES: every queue is over.
  ~ClientThreads();
  ClientThreads(const ClientThreads&) = delete;
  ClientThreads& operator=(const ClientThreads&) = delete;

  // The calling thread is the consumer of each.
  const std::vector<std::unique_ptr<RecordQueue>>& queues() const {
    return queues_;
  }

  // What the clock shows.
  uint64_t Now() const { return clock_.Call(); }

  // Lets all clients loose on `map`, which must outlive what they do with it.
  // REQUIRES: the queues are open, and were over.
  void Begin(AnyMap& map);
  // Asks the clients to end; each closes its queue when it has.
  void End() { is_over_.store(true, std::memory_order_relaxed); }

  // When every queue is over: whether no client has anything left to do, and
  // when the last one ended.
  bool AreExhausted() const;
  std::chrono::steady_clock::time_point ended() const;
  // Of each client that is timed.
  std::vector<Timeline> timelines() const;

 private:
  void Work(Client& client);

  HistoryClock clock_;
  std::vector<std::unique_ptr<RecordQueue>> queues_;
  std::vector<std::unique_ptr<Client>> clients_;
  AnyMap* map_ = nullptr;  // Null: the threads end. Guarded by `maps_begun_`.
  std::atomic<uint32_t> maps_begun_{0};
  std::atomic<bool> is_over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_CLIENT_THREADS_H_
