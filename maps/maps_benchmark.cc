// What the operations of every map cost: the cases by which Go's developers
// measure sync.Map, re-created from what is said of them, on two threads that
// work at once. maps/go/benchmark measures the real sync.Map by the same cases;
// scripts/maps puts them beside each other.
//
// Calls are numbered: a thread's first number is as far from another's as there
// are calls, and a call's number is its key wherever keys are to be new. A time
// is wall-clock time by calls of both threads together.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "maps/native_maps.h"

namespace mortsafe {
namespace {

template <class Map>
concept HasSwap = requires(Map& map) { map.Swap(0, 0); };
template <class Map>
concept HasCompareAndSwap = requires(Map& map) { map.CompareAndSwap(0, 0, 0); };
template <class Map>
concept HasCompareAndDelete =
    requires(Map& map) { map.CompareAndDelete(0, 0); };
template <class Map>
concept HasRange =
    requires(Map& map) { map.Range([](uint64_t, uint64_t) { return true; }); };
template <class Map>
concept HasClear = requires(Map& map) { map.Clear(); };

// A case has SetUp(map), which one thread calls first, and operator()(map,
// call), which does the call of that number; each thread has an object of it.
// Maps without the operations that it needs are left out.

// Keys 0 … keys - 1, each as its own value, where the map finds them fastest.
template <class Map>
void Fill(Map& map, uint64_t keys) {
  for (uint64_t key = 0; key < keys; ++key) map.LoadOrStore(key, key);
  for (uint64_t key = 0; key < 2 * keys; ++key) map.Load(key % keys);
}

template <uint64_t kHits, uint64_t kMisses>
struct Mixed {
  static constexpr uint64_t kAll = kHits + kMisses;

  template <class Map>
  static void SetUp(Map& map) {
    Fill(map, kHits);
  }
  // The key of a call: one that is there, or one that is not.
  static uint64_t KeyOf(uint64_t call) {
    return call % kAll < kHits ? call % kAll : call;
  }
  static bool IsHit(uint64_t call) { return call % kAll < kHits; }
};
using MostlyHits = Mixed<1023, 1>;
using MostlyMisses = Mixed<1, 1023>;
using Balanced = Mixed<128, 128>;

struct Empty {
  template <class Map>
  static void SetUp(Map&) {}
};

// Everybody has the same key.
struct Collision {
  template <class Map>
  static void SetUp(Map& map) {
    map.LoadOrStore(0, 0);
  }
};

template <class Mix>
struct LoadCase : Mix {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.Load(call % Mix::kAll));
  }
};

struct LoadOrStoreBalanced : Balanced {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.LoadOrStore(KeyOf(call), call));
  }
};
struct LoadOrStoreUnique : Empty {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.LoadOrStore(call, call));
  }
};
struct LoadOrStoreCollision : Collision {
  template <class Map>
  void operator()(Map& map, uint64_t) {
    benchmark::DoNotOptimize(map.LoadOrStore(0, 0));
  }
};

struct LoadAndDeleteBalanced : Balanced {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.LoadAndDelete(KeyOf(call)));
  }
};
struct LoadAndDeleteUnique : Empty {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.LoadAndDelete(call));
  }
};
struct LoadAndDeleteCollision : Collision {
  template <class Map>
  void operator()(Map& map, uint64_t) {
    if (map.LoadAndDelete(0).has_value()) map.Store(0, 0);
  }
};

struct RangeCase {
  template <class Map>
  static void SetUp(Map& map) {
    Fill(map, 1024);
  }
  template <HasRange Map>
  void operator()(Map& map, uint64_t) {
    uint64_t sum = 0;
    map.Range([&](uint64_t, uint64_t value) {
      sum += value;
      return true;
    });
    benchmark::DoNotOptimize(sum);
  }
};

struct DeleteCollision : Collision {
  template <class Map>
  void operator()(Map& map, uint64_t) {
    map.Delete(0);
  }
};

// Stores a new key just after the misses have promoted the last one.
struct AdversarialAlloc : Empty {
  template <class Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.Load(call));
    if (++loads_since_store <= stores) return;
    map.LoadOrStore(call, stores);
    loads_since_store = 0;
    ++stores;
  }
  uint64_t stores = 0;
  uint64_t loads_since_store = 0;
};

// Deletes some key and adds another, every 1,024 calls.
struct AdversarialDelete {
  static constexpr uint64_t kKeys = 1024;

  template <class Map>
  static void SetUp(Map& map) {
    Fill(map, kKeys);
  }
  template <HasRange Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.Load(call));
    if (call % kKeys != 0) return;
    map.Range([&](uint64_t key, uint64_t) {
      map.Delete(key);
      return false;
    });
    map.Store(call, call);
  }
};

struct SwapCollision : Collision {
  template <HasSwap Map>
  void operator()(Map& map, uint64_t) {
    benchmark::DoNotOptimize(map.Swap(0, 0));
  }
};
template <class Mix>
struct SwapCase : Mix {
  template <HasSwap Map>
  void operator()(Map& map, uint64_t call) {
    const uint64_t key = Mix::KeyOf(call);
    benchmark::DoNotOptimize(map.Swap(key, call));
    if (!Mix::IsHit(call)) map.Delete(key);
  }
};

struct CompareAndSwapCollision : Collision {
  template <HasCompareAndSwap Map>
  void operator()(Map& map, uint64_t) {
    if (map.CompareAndSwap(0, 0, 42)) map.CompareAndSwap(0, 42, 0);
  }
};
struct CompareAndSwapNoExistingKey : Empty {
  template <HasCompareAndSwap Map>
  void operator()(Map& map, uint64_t call) {
    benchmark::DoNotOptimize(map.CompareAndSwap(call, 0, 0));
  }
};
struct CompareAndSwapValueNotEqual : Collision {
  template <HasCompareAndSwap Map>
  void operator()(Map& map, uint64_t) {
    benchmark::DoNotOptimize(map.CompareAndSwap(0, 1, 2));
  }
};
template <class Mix>
struct CompareAndSwapCase : Mix {
  template <HasCompareAndSwap Map>
  void operator()(Map& map, uint64_t call) {
    const uint64_t key = Mix::KeyOf(call);
    benchmark::DoNotOptimize(map.CompareAndSwap(key, key, key));
  }
};

struct CompareAndDeleteCollision : Collision {
  template <HasCompareAndDelete Map>
  void operator()(Map& map, uint64_t) {
    if (map.CompareAndDelete(0, 0)) map.Store(0, 0);
  }
};
template <class Mix>
struct CompareAndDeleteCase : Mix {
  template <HasCompareAndDelete Map>
  void operator()(Map& map, uint64_t call) {
    const uint64_t key = Mix::KeyOf(call);
    if (map.CompareAndDelete(key, key)) map.Store(key, key);
  }
};

struct ClearCase : Empty {
  template <HasClear Map>
  void operator()(Map& map, uint64_t call) {
    map.Clear();
    map.Store(call % 256, call % 256);
  }
};

// The map of one benchmark, which its threads share while they measure.
template <class Map, class Case>
void Measure(benchmark::State& state, std::unique_ptr<Map>& map) {
  if (state.thread_index() == 0) {
    map = std::make_unique<Map>();
    Case::SetUp(*map);
  }
  Case own;
  uint64_t call = static_cast<uint64_t>(state.thread_index()) *
                  static_cast<uint64_t>(state.max_iterations);
  // The loop begins and ends when all threads are there.
  for (auto _ : state) own(*map, call++);
  if (state.thread_index() == 0) map.reset();
}

constexpr int kThreads = 2;

template <class Case, class Map>
void Register(const std::string& case_name, const std::string& map_name,
              std::type_identity<Map>) {
  if constexpr (requires(Case own, Map& map) { own(map, uint64_t{0}); }) {
    const auto map = std::make_shared<std::unique_ptr<Map>>();
    benchmark::RegisterBenchmark(
        (case_name + "/" + map_name).c_str(),
        [map](benchmark::State& state) { Measure<Map, Case>(state, *map); })
        ->Threads(kThreads)
        ->UseRealTime();
  }
}

template <class Case>
void Register(const std::string& name) {
  ForEachNativeMap([&](const std::string& map_name, auto map) {
    Register<Case>(name, map_name, map);
  });
}

// Runs before benchmark_main's main().
[[maybe_unused]] const bool kRegistered = [] {
  Register<LoadCase<MostlyHits>>("LoadMostlyHits");
  Register<LoadCase<MostlyMisses>>("LoadMostlyMisses");
  Register<LoadOrStoreBalanced>("LoadOrStoreBalanced");
  Register<LoadOrStoreUnique>("LoadOrStoreUnique");
  Register<LoadOrStoreCollision>("LoadOrStoreCollision");
  Register<LoadAndDeleteBalanced>("LoadAndDeleteBalanced");
  Register<LoadAndDeleteUnique>("LoadAndDeleteUnique");
  Register<LoadAndDeleteCollision>("LoadAndDeleteCollision");
  Register<RangeCase>("Range");
  Register<DeleteCollision>("DeleteCollision");
  Register<AdversarialAlloc>("AdversarialAlloc");
  Register<AdversarialDelete>("AdversarialDelete");
  Register<SwapCollision>("SwapCollision");
  Register<SwapCase<MostlyHits>>("SwapMostlyHits");
  Register<SwapCase<MostlyMisses>>("SwapMostlyMisses");
  Register<CompareAndSwapCollision>("CompareAndSwapCollision");
  Register<CompareAndSwapNoExistingKey>("CompareAndSwapNoExistingKey");
  Register<CompareAndSwapValueNotEqual>("CompareAndSwapValueNotEqual");
  Register<CompareAndSwapCase<MostlyHits>>("CompareAndSwapMostlyHits");
  Register<CompareAndSwapCase<MostlyMisses>>("CompareAndSwapMostlyMisses");
  Register<CompareAndDeleteCollision>("CompareAndDeleteCollision");
  Register<CompareAndDeleteCase<MostlyHits>>("CompareAndDeleteMostlyHits");
  Register<CompareAndDeleteCase<MostlyMisses>>("CompareAndDeleteMostlyMisses");
  Register<ClearCase>("Clear");
  return true;
}();

}  // namespace
}  // namespace mortsafe
