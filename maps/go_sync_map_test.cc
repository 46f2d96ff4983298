// Our read/dirty map beside the real sync.Map: the same operations, one after
// the other, must have the same results and leave the same state, entry for
// entry: what is expunged, what is in which table, how many misses there were.
// So each promotes and copies at exactly the same operations as the other.
//
// Go's map is looked into up to Go 1.23; since then it is a hash trie.

#include "maps/go_sync_map.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "maps/arena_reclaimer.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/read_dirty_map.h"
#include "maps/read_dirty_state.h"

namespace mortsafe {
namespace {

using ::testing::Eq;
using ::testing::Pair;

using Key = GoSyncMap::Key;
using Value = GoSyncMap::Value;
using State = GoSyncMap::State;

template <template <class> class Reclaimer, class Defects = NoDefects>
using PortWith = ReadDirtyMap<Key, Value, std::hash<Key>, std::equal_to<Key>,
                              Reclaimer, Defects>;
using Port = PortWith<EpochReclaimer>;
using Broken = PortWith<ArenaReclaimer, SelectedDefect<ReadDirtyDefect>>;

// What an operation answered, in words.
std::string Text(const std::optional<Value>& value) {
  return value.has_value() ? std::to_string(*value) : "nothing";
}

template <class Map>
std::string RangeText(Map& map, size_t stop_after) {
  std::map<Key, Value> visited;
  size_t visits = 0;
  map.Range([&](Key key, Value value) {
    visited[key] = value;
    return ++visits != stop_after;
  });
  // In which order keys come is up to the map.
  std::string text = std::to_string(visits) + " visits";
  if (stop_after > 0) return text;
  for (const auto& [key, value] : visited) {
    text += " " + std::to_string(key) + "=" + std::to_string(value);
  }
  return text;
}

// An operation with its arguments, and what it answers.
enum class Kind : uint8_t {
  kLoad,
  kStore,
  kLoadOrStore,
  kLoadAndDelete,
  kDelete,
  kRange,
  kStoppedRange,
  kSwap,
  kCompareAndSwap,
  kCompareAndDelete,
  kClear,
};
struct Call {
  Kind kind = Kind::kLoad;
  Key key = 0;
  Value value = 0;
  Value old_value = 0;
};

template <class Map>
std::string Perform(const Call& call, Map& map) {
  const auto& [kind, key, value, old_value] = call;
  switch (kind) {
    case Kind::kLoad:
      return Text(map.Load(key));
    case Kind::kStore:
      map.Store(key, value);
      return "";
    case Kind::kLoadOrStore: {
      const auto [actual, loaded] = map.LoadOrStore(key, value);
      return std::to_string(actual) + (loaded ? " loaded" : " stored");
    }
    case Kind::kLoadAndDelete:
      return Text(map.LoadAndDelete(key));
    case Kind::kDelete:
      map.Delete(key);
      return "";
    case Kind::kRange:
      return RangeText(map, 0);
    case Kind::kStoppedRange:
      return RangeText(map, 2);
    case Kind::kSwap:
      if constexpr (requires { map.Swap(key, value); }) {
        return Text(map.Swap(key, value));
      }
      break;
    case Kind::kCompareAndSwap:
      if constexpr (requires { map.CompareAndSwap(key, value, value); }) {
        return map.CompareAndSwap(key, old_value, value) ? "done" : "not done";
      }
      break;
    case Kind::kCompareAndDelete:
      if constexpr (requires { map.CompareAndDelete(key, value); }) {
        return map.CompareAndDelete(key, old_value) ? "done" : "not done";
      }
      break;
    case Kind::kClear:
      if constexpr (requires { map.Clear(); }) {
        map.Clear();
        return "";
      }
      break;
  }
  return "not offered";
}

// The calls that Go's map offers, in a mix that `weights` gives.
class Calls {
 public:
  Calls(uint64_t seed, uint64_t keys) : random_(seed), keys_(keys) {
    // Each run is rich in some operations and poor in others.
    for (size_t kind = 0; kind < CountOfKinds(); ++kind) {
      for (uint64_t n = 1 + random_.Below(8); n > 0; --n) {
        bag_.push_back(static_cast<Kind>(kind));
      }
    }
    // Loads miss, and so bring promotions.
    bag_.insert(bag_.end(), random_.Below(30), Kind::kLoad);
  }

  Call Next(const State& state) {
    Call call;
    call.kind = bag_[random_.Below(bag_.size())];
    // Range promotes, Clear empties: rare enough to leave time for the rest.
    const bool is_rare = call.kind == Kind::kRange ||
                         call.kind == Kind::kStoppedRange ||
                         call.kind == Kind::kClear;
    if (is_rare && !random_.OneIn(8)) call.kind = Kind::kLoad;
    // A map that knows all keys there are is not amended any more: new ones
    // must come all the time.
    if (random_.OneIn(4 * keys_)) ++first_key_;
    call.key = first_key_ + random_.Below(keys_);
    call.value = ++latest_;
    const auto row = state.rows.find(call.key);
    if (row != state.rows.end() && !random_.OneIn(4)) {
      call.old_value = row->second.entry.value.value_or(0);
    }
    return call;
  }

 private:
  static constexpr size_t CountOfKinds() {
    if constexpr (MORTSAFE_GO_MINOR >= 23) return 11;
    if constexpr (MORTSAFE_GO_MINOR >= 20) return 10;
    return 7;
  }

  Random random_;
  const uint64_t keys_;
  Key first_key_ = 0;
  std::vector<Kind> bag_;
  Value latest_ = 0;
};

struct Difference {
  int operation = 0;
  std::string go;
  std::string ours;

  friend std::ostream& operator<<(std::ostream& out, const Difference& d) {
    return out << "operation " << d.operation << ", Go's: " << d.go
               << "\nours: " << d.ours;
  }
};

// How often Go's map went through what its design is about.
struct Passages {
  int promotions = 0;
  int copies = 0;  // From `read` to a new `dirty`.
  int expunged_entries = 0;
  int drops = 0;  // Of entries that only `read` had, by a promotion.
};

void Count(const State& before, const State& after, Passages& passages) {
  if (before.amended && !after.amended) {
    ++passages.promotions;
    if (after.entry_count() < before.entry_count()) ++passages.drops;
  }
  if (!before.has_dirty && after.has_dirty) {
    ++passages.copies;
    for (const auto& [key, row] : after.rows) {
      if (row.entry.pointer == State::Pointer::kExpunged) {
        ++passages.expunged_entries;
      }
    }
  }
}

// Where Go's map and `ours` part, if they ever do.
template <class Map>
std::optional<Difference> FirstDifference(Map& ours, uint64_t seed,
                                          uint64_t keys, int operations,
                                          Passages& passages) {
  GoSyncMap go;
  Calls calls(seed, keys);
  State before;
  for (int i = 1; i <= operations; ++i) {
    const Call call = calls.Next(before);
    const std::string answer = Perform(call, go);
    const std::string our_answer = Perform(call, ours);
    if (answer != our_answer) return Difference{i, answer, our_answer};
    const State state = *go.InnerState();
    if (ours.State() != state) {
      return Difference{i, state.ToJson(), ours.StateJson()};
    }
    Count(before, state, passages);
    before = state;
  }
  return std::nullopt;
}

class GoSyncMapTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(GoSyncMap::LoadError(), std::nullopt); }
};

TEST_F(GoSyncMapTest, IsAMap) {
  GoSyncMap map;
  EXPECT_EQ(map.Load(1), std::nullopt);
  map.Store(1, 0);
  EXPECT_EQ(map.Load(1), std::optional<Value>(0));
  EXPECT_THAT(map.LoadOrStore(1, 5), Pair(0, true));
  EXPECT_THAT(map.LoadOrStore(UINT64_MAX, UINT64_MAX), Pair(UINT64_MAX, false));
  EXPECT_EQ(map.LoadAndDelete(UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(map.LoadAndDelete(UINT64_MAX), std::nullopt);
  map.Delete(1);
  EXPECT_EQ(map.Load(1), std::nullopt);
}

TEST_F(GoSyncMapTest, RangeMayCallAnyOperation) {
  GoSyncMap map;
  for (Key key = 0; key < 100; ++key) map.Store(key, key);
  int visits = 0;
  map.Range([&](Key key, Value value) {
    ++visits;
    EXPECT_EQ(value, key);
    map.Range([&](Key inner, Value) { return inner != key; });
    EXPECT_EQ(map.Load(key), key);
    map.Store(key, key + 1);
    EXPECT_EQ(map.LoadAndDelete(key), key + 1);
    return true;
  });
  EXPECT_EQ(visits, 100);
  EXPECT_EQ(RangeText(map, 0), "0 visits");
}

// Threads that Go did not start, and that end.
TEST_F(GoSyncMapTest, AnyThreadMayCallIt) {
  GoSyncMap map;
  for (int round = 0; round < 10; ++round) {
    std::vector<std::thread> threads;
    for (Key first = 0; first < 4; ++first) {
      threads.emplace_back([&map, first] {
        for (Key key = first; key < 400; key += 4) {
          const auto previous = map.LoadAndDelete(key).value_or(0);
          map.Store(key, previous + 1);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (Key key = 0; key < 400; ++key) EXPECT_EQ(map.Load(key), Value{10});
}

class SameStateTest : public GoSyncMapTest {
 protected:
  void SetUp() override {
    GoSyncMapTest::SetUp();
    if (!GoSyncMap().InnerState().has_value()) {
      GTEST_SKIP() << MORTSAFE_GO_VERSION " has another map inside";
    }
  }
};

TEST_F(SameStateTest, AfterEveryOperation) {
  Passages passages;
  for (const uint64_t keys : {1, 2, 3, 5, 8, 40}) {
    for (uint64_t seed = 0; seed < 40; ++seed) {
      Port ours;
      EXPECT_THAT(FirstDifference(ours, seed, keys, 400, passages),
                  Eq(std::nullopt))
          << keys << " keys, seed " << seed;
    }
  }
  EXPECT_GT(passages.promotions, 1'000);
  EXPECT_GT(passages.copies, 1'000);
  EXPECT_GT(passages.expunged_entries, 1'000);
  EXPECT_GT(passages.drops, 500);
}

// Many keys, and long enough between promotions.
TEST_F(SameStateTest, WithManyKeys) {
  Port ours;
  Passages passages;
  EXPECT_THAT(FirstDifference(ours, 1, 300, 5'000, passages), Eq(std::nullopt));
  EXPECT_GT(passages.promotions, 2);
}

// The states that the map is made of are reached.
TEST_F(SameStateTest, ShowsEveryKindOfEntry) {
  GoSyncMap map;
  map.Store(1, 10);
  map.Store(2, 20);
  EXPECT_EQ(map.InnerState()->ToJson(),
            R"({"read":{},"amended":true,"dirty":{"1":10,"2":20},"misses":0})");
  map.Load(3);
  map.Load(3);
  map.Delete(1);
  EXPECT_EQ(map.InnerState()->ToJson(),
            R"({"read":{"1":"nil","2":20},"amended":false,"dirty":null,)"
            R"("misses":0})");
  map.Store(3, 30);
  map.Load(4);
  EXPECT_EQ(map.InnerState()->ToJson(),
            R"({"read":{"1":"expunged","2":20},"amended":true,)"
            R"("dirty":{"2":20,"3":30},"misses":1})");
}

// Of the defects that one client can reach.
class DeviationTest : public ::testing::TestWithParam<ReadDirtyDefect> {};

TEST_P(DeviationTest, IsSeen) {
  ASSERT_EQ(GoSyncMap::LoadError(), std::nullopt);
  if (!GoSyncMap().InnerState().has_value()) {
    GTEST_SKIP() << MORTSAFE_GO_VERSION " has another map inside";
  }
  bool is_seen = false;
  Passages passages;
  for (uint64_t seed = 0; seed < 10 && !is_seen; ++seed) {
    Broken ours((SelectedDefect(GetParam())));
    is_seen = FirstDifference(ours, seed, 5, 400, passages).has_value();
  }
  EXPECT_TRUE(is_seen);
}

INSTANTIATE_TEST_SUITE_P(
    Defects, DeviationTest,
    ::testing::Values(ReadDirtyDefect::kDeleteKeepsKey,
                      ReadDirtyDefect::kDeleteCountsNoMiss,
                      ReadDirtyDefect::kPromotesAtEighth,
                      ReadDirtyDefect::kNeverPromotes,
                      ReadDirtyDefect::kDeleteOnlyFromDirty,
                      ReadDirtyDefect::kRangeSkipsDirty));

}  // namespace
}  // namespace mortsafe
