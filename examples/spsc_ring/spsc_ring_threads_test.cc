// The ring as a product uses it: real threads, and types that are std's own.

#include <mortsafe/sync.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>

#include "spsc_ring.h"

static_assert(std::is_same_v<mortsafe::atomic<int>, std::atomic<int>>);
static_assert(std::is_same_v<mortsafe::mutex, std::mutex>);
static_assert(std::is_same_v<mortsafe::thread, std::thread>);
static_assert(sizeof(mortsafe::plain<int>) == sizeof(int));

int main() {
  constexpr int kValues = 100'000;
  SpscRing<int, 64> ring;
  mortsafe::thread producer([&] {
    for (int value = 1; value <= kValues; ++value) {
      while (!ring.TryPush(value)) mortsafe::this_thread::yield();
    }
  });
  bool in_order = true;
  for (int expected = 1; expected <= kValues;) {
    const std::optional<int> value = ring.TryPop();
    if (!value.has_value()) {
      mortsafe::this_thread::yield();
      continue;
    }
    in_order = in_order && *value == expected++;
  }
  producer.join();
  return in_order ? 0 : 1;
}
