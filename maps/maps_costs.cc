// What a map costs beside the time of its operations:
//
//   maps_costs MAP MEASURE     prints one number
//   maps_costs                 lists the maps, a line each
//
//   start-up   nanoseconds to make an empty map, store a key and destroy the
//   map writes     overwrites of 1,024 keys by two threads, a second memory
//   bytes that the process grows by for each of a million keys, once
//              they are stored and were looked up
//   garbage    bytes that it grows by for each of two million overwrites of
//   1,024
//              keys by two threads
//
// Each is measured in a process of its own, as what one leaves in the heap
// would count for the next; and as the process' size, because some maps bring
// their own allocators. scripts/maps makes a table of them, beside those of the
// real sync.Map, which maps/go/benchmark measures alike.

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "maps/native_maps.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kThreads = 2;
constexpr uint64_t kFewKeys = 1024;
constexpr uint64_t kManyKeys = 1'000'000;
constexpr uint64_t kOverwrites = 2'000'000;  // Of all threads.
constexpr int kStarts = 2'000;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The process' resident size in bytes.
double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

template <class Map>
void Fill(Map& map, uint64_t keys) {
  for (uint64_t key = 0; key < keys; ++key) map.Store(key, key);
  for (uint64_t key = 0; key < 2 * keys; ++key) map.Load(key % keys);
}

template <class Map>
void Overwrite(Map& map) {
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&map, i] {
      for (uint64_t n = i; n < kOverwrites; n += kThreads) {
        map.Store(n * 7 % kFewKeys, n);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

template <class Map>
double StartUp() {
  const auto start = Clock::now();
  for (int i = 0; i < kStarts; ++i) {
    Map map;
    map.Store(1, 1);
  }
  return SecondsSince(start) * 1e9 / kStarts;
}

template <class Map>
double Writes() {
  Map map;
  Fill(map, kFewKeys);
  const auto start = Clock::now();
  Overwrite(map);
  return static_cast<double>(kOverwrites) / SecondsSince(start);
}

template <class Map>
double Memory() {
  const double before = ResidentBytes();
  Map map;
  Fill(map, kManyKeys);
  return (ResidentBytes() - before) / static_cast<double>(kManyKeys);
}

template <class Map>
double Garbage() {
  Map map;
  Fill(map, kFewKeys);
  const double before = ResidentBytes();
  Overwrite(map);
  return (ResidentBytes() - before) / static_cast<double>(kOverwrites);
}

template <class Map>
std::optional<double> Measure(std::string_view measure) {
  if (measure == "start-up") return StartUp<Map>();
  if (measure == "writes") return Writes<Map>();
  if (measure == "memory") return Memory<Map>();
  if (measure == "garbage") return Garbage<Map>();
  return std::nullopt;
}

int Main(const std::vector<std::string_view>& arguments) {
  std::optional<double> measured;
  ForEachNativeMap(
      [&]<class Map>(std::string_view name, std::type_identity<Map>) {
        if (arguments.empty()) std::cout << name << '\n';
        if (arguments.size() == 2 && arguments[0] == name) {
          measured = Measure<Map>(arguments[1]);
        }
      });
  if (arguments.empty()) return 0;
  if (!measured.has_value()) {
    std::cerr << "usage: maps_costs [MAP start-up|writes|memory|garbage]\n";
    return 2;
  }
  std::cout << *measured << '\n';
  return 0;
}

}  // namespace
}  // namespace mortsafe

// Running out of memory may end the program.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  return mortsafe::Main({argv + 1, argv + argc});
}
