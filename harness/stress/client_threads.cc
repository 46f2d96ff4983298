#include "harness/stress/client_threads.h"

#include <algorithm>

namespace mortsafe {
namespace {

// All clients together may be ahead of the checker by so many cells, which it
// catches up with in a fraction of a second; or each by two Ranges.
constexpr size_t kCellsOfAll = 1 << 14;
constexpr size_t kFewestCells = 1 << 6;

size_t CapacityFor(size_t threads, uint64_t keys) {
  size_t capacity = kFewestCells;
  while (capacity * 2 * threads <= kCellsOfAll) capacity *= 2;
  const size_t range = MostEntries(keys) / kEntriesPerCell + 2;
  while (capacity < 2 * range) capacity *= 2;
  return capacity;
}

}  // namespace

ClientThreads::ClientThreads(const std::vector<ClientOptions>& options) {
  for (const ClientOptions& each : options) {
    queues_.push_back(std::make_unique<RecordQueue>(
        CapacityFor(options.size(), each.mix.keys)));
    clients_.push_back(std::make_unique<Client>(each, clock_, *queues_.back()));
  }
  for (const auto& client : clients_) {
    threads_.emplace_back([this, &client] { Work(*client); });
  }
}

ClientThreads::~ClientThreads() {
  map_ = nullptr;
  ++maps_begun_;
  maps_begun_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ClientThreads::Begin(AnyMap& map) {
  is_over_.store(false, std::memory_order_relaxed);
  map_ = &map;
  ++maps_begun_;
  maps_begun_.notify_all();
}

void ClientThreads::Work(Client& client) {
  for (uint32_t begun = 0;; ++begun) {
    maps_begun_.wait(begun);
    if (map_ == nullptr) return;
    client.Run(*map_, is_over_);
  }
}

bool ClientThreads::AreExhausted() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const auto& client) {
    return client->operations_left() == 0;
  });
}

std::vector<Timeline> ClientThreads::timelines() const {
  std::vector<Timeline> timelines;
  for (const auto& client : clients_) {
    if (client->timeline().operations.empty()) continue;
    timelines.push_back(client->timeline());
  }
  return timelines;
}

std::chrono::steady_clock::time_point ClientThreads::ended() const {
  auto latest = clients_.front()->ended();
  for (const auto& client : clients_) {
    latest = std::max(latest, client->ended());
  }
  return latest;
}

}  // namespace mortsafe
