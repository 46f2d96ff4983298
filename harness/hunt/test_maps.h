// What tests of this room share: a correct map under a lock, from which broken
// ones are made, some that show what real time or waiting does, and a way to
// choose a map that is in no registry.

#ifndef MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_
#define MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/program/program.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "mortsafe/sync.h"

namespace mortsafe {

class LockedMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    return Find(key);
  }
  void Store(Key key, Value value) {
    const std::lock_guard<mutex> lock(mutex_);
    entries_[key] = value;
  }
  void Delete(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    entries_.erase(key);
  }

 protected:
  // REQUIRES: mutex_ is held.
  std::optional<Value> Find(Key key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
  }

  mutex mutex_;
  std::map<Key, Value> entries_;
};

// A subject that makes `Map`s.
template <class Map>
SubjectChoice ChoiceOf() {
  static const SubjectInfo* const subject = [] {
    auto* const made = new SubjectInfo;
    made->name = "test";
    made->operations = OperationsOf<Map>();
    made->create = [](const DefectInfo*) {
      return std::make_unique<MapAdapter<Map>>();
    };
    return made;
  }();
  return {subject, nullptr};
}

inline std::optional<Value> Present(Value value) {
  if (value == 0) return std::nullopt;
  return value;
}

// Odd values lie in one cell, even ones in another, and odd ones are preferred.
// Two stores never touch the same cell if one value is odd and one even: only
// real time tells which was the later one.
class TwoCellMap {
 public:
  std::optional<Value> Load(Key) {
    if (const Value odd = odd_.load(); odd != 0) return odd;
    return Present(even_.load());
  }
  void Store(Key, Value value) { (value % 2 == 0 ? even_ : odd_).store(value); }
  void Delete(Key) {}

 private:
  atomic<Value> even_{0};
  atomic<Value> odd_{0};
};

// `Map`, whose Load waits for somebody to store, for ever if there is nobody.
template <class Map>
class SpinningMap : public Map {
 public:
  std::optional<Value> Load(Key key) {
    while (!Map::Load(key).has_value()) this_thread::yield();
    return Map::Load(key);
  }
};

// The same, but no two rounds are alike.
template <class Map>
class CountingMap : public Map {
 public:
  std::optional<Value> Load(Key key) {
    while (!Map::Load(key).has_value()) rounds_.fetch_add(1);
    return Map::Load(key);
  }

 private:
  atomic<int> rounds_{0};
};

// Store takes 1,000 steps of a millisecond each.
class SlowMap : public LockedMap {
 public:
  void Store(Key key, Value value) {
    for (int i = 0; i < 1'000; ++i) {
      steps_.fetch_add(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    LockedMap::Store(key, value);
  }

 private:
  atomic<int> steps_{0};
};

// Store takes more than a second in which nobody sees it do anything.
class StuckMap : public LockedMap {
 public:
  void Store(Key key, Value value) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
    LockedMap::Store(key, value);
  }
};

inline Program MustParse(absl::string_view text) {
  const auto program = ParseProgram(text, "test");
  EXPECT_TRUE(program.ok()) << program.status();
  return *program;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_
