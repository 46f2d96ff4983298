// What a map costs beside the time of its operations:
//
//   maps_costs MAP MEASURE [PARTS]   prints one number; with PARTS, of a
//                                    PARTS-th of the work
//   maps_costs                       lists the maps, a line each
//
//   start-up, nanoseconds: to make an empty map, store a key and destroy it
//
//   writes, a second: overwrites of 1,024 keys by two threads
//
//   reads, a second: Loads of as many, by as many
//
//   memory, bytes: what the process grows by for each of a million keys, once
//   they are stored and were looked up
//
//   garbage, bytes: what it grows by for each of two million overwrites of
//   1,024 keys by two threads
//
// Each is measured in a process of its own, as what one leaves in the heap
// would count for the next; and as the process' size, because some maps bring
// their own allocators. scripts/maps makes a table of them, beside those of the
// real sync.Map, which maps/go/benchmark measures alike.

#include <unistd.h>

#include <atomic>
#include <charconv>
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
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

#include "maps/native_maps.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kThreads = 2;
constexpr uint64_t kFewKeys = 1024;

// How much is done.
struct Work {
  explicit Work(uint64_t parts)
      : keys(1'000'000 / parts),
        calls(2'000'000 / parts),
        starts(2'000 / parts) {}

  const uint64_t keys;
  const uint64_t calls;  // Of all threads.
  const uint64_t starts;
};
constexpr uint64_t kMostParts = 1'000;

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

// Threads call call(n) for each n below `calls`.
template <class Call>
void OnThreads(uint64_t calls, Call call) {
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([=] {
      for (uint64_t n = i; n < calls; n += kThreads) call(n);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

template <class Map>
void Overwrite(Map& map, uint64_t calls) {
  OnThreads(calls, [&map](uint64_t n) { map.Store(n * 7 % kFewKeys, n); });
}

template <class Map>
double StartUp(const Work& work) {
  const auto start = Clock::now();
  for (uint64_t i = 0; i < work.starts; ++i) {
    Map map;
    map.Store(1, 1);
  }
  return SecondsSince(start) * 1e9 / static_cast<double>(work.starts);
}

template <class Map>
double Writes(const Work& work) {
  Map map;
  Fill(map, kFewKeys);
  const auto start = Clock::now();
  Overwrite(map, work.calls);
  return static_cast<double>(work.calls) / SecondsSince(start);
}

template <class Map>
double Reads(const Work& work) {
  Map map;
  Fill(map, kFewKeys);
  std::atomic<uint64_t> found{0};
  const auto start = Clock::now();
  OnThreads(work.calls, [&](uint64_t n) {
    // What is found is used, so that it is looked for.
    if (!map.Load(n * 7 % kFewKeys)) found = n;
  });
  return static_cast<double>(work.calls) / SecondsSince(start);
}

template <class Map>
double Memory(const Work& work) {
  const double before = ResidentBytes();
  Map map;
  Fill(map, work.keys);
  return (ResidentBytes() - before) / static_cast<double>(work.keys);
}

template <class Map>
double Garbage(const Work& work) {
  Map map;
  Fill(map, kFewKeys);
  // What threads themselves need is there then.
  Overwrite(map, kFewKeys);
  const double before = ResidentBytes();
  Overwrite(map, work.calls);
  return (ResidentBytes() - before) / static_cast<double>(work.calls);
}

template <class Map>
std::optional<double> Measure(std::string_view measure, const Work& work) {
  if (measure == "start-up") return StartUp<Map>(work);
  if (measure == "writes") return Writes<Map>(work);
  if (measure == "reads") return Reads<Map>(work);
  if (measure == "memory") return Memory<Map>(work);
  if (measure == "garbage") return Garbage<Map>(work);
  return std::nullopt;
}

// The third argument, or 1 where there is none; nothing if it is no number that
// can be.
std::optional<uint64_t> PartsOf(
    const std::vector<std::string_view>& arguments) {
  if (arguments.size() < 3) return 1;
  uint64_t parts = 0;
  const std::string_view text = arguments[2];
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), parts);
  if (error != std::errc() || end != text.data() + text.size() || parts < 1 ||
      parts > kMostParts) {
    return std::nullopt;
  }
  return parts;
}

int Main(const std::vector<std::string_view>& arguments) {
  std::optional<double> measured;
  const std::optional<uint64_t> parts = PartsOf(arguments);
  ForEachNativeMap(
      [&]<class Map>(std::string_view name, std::type_identity<Map>) {
        if (arguments.empty()) std::cout << name << '\n';
        if ((arguments.size() == 2 || arguments.size() == 3) &&
            arguments[0] == name && parts.has_value()) {
          measured = Measure<Map>(arguments[1], Work(*parts));
        }
      });
  if (arguments.empty()) return 0;
  if (!measured.has_value()) {
    std::cerr << "usage: maps_costs [MAP start-up|writes|reads|memory|garbage "
                 "[PARTS]], PARTS from 1 to "
              << kMostParts << '\n';
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
