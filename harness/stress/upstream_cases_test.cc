// The cases of the tests of Go's sync.Map, re-created from what is said of
// them: uses of a map whose outcome is certain, by one thread and by several
// real ones, on every map of the registry that has the operations.
// maps/conformance_test.cc has them for our maps alone, with bad hash functions
// and calls from inside of Range, which the interface for all maps does not
// offer.
//
// Last, maps that are broken show that they can fail.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/model/sanitizers.h"
#include "harness/program/operation.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "maps/run_threads.h"

namespace mortsafe {
namespace {

using ::testing::Eq;
using ::testing::Ne;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
constexpr Key kKeys = kSanitized ? 128 : 1'024;
constexpr int kThreads = 4;

// What is wrong with a map, or nothing.
using Wrong = std::optional<std::string>;

// A map, by the names of its operations.
class CalledMap {
 public:
  explicit CalledMap(const SubjectChoice& choice) : map_(choice.Create()) {}

  std::optional<Value> Load(Key key) {
    return Call({.kind = OperationKind::kLoad, .key = key}).result;
  }
  void Store(Key key, Value value) {
    Call({.kind = OperationKind::kStore, .key = key, .value = value});
  }
  void Clear() { Call({.kind = OperationKind::kClear}); }

  // What Range shows, in its order.
  std::vector<std::pair<Key, Value>> Entries() {
    HistoryOperation record;
    record.entries.reserve(2 * kKeys);
    map_->Perform({.kind = OperationKind::kRange}, record);
    return record.entries;
  }

  // Stores each key as its own value.
  void Fill() {
    for (Key key = 1; key <= kKeys; ++key) Store(key, key);
  }

  HistoryOperation Call(const Operation& operation) {
    HistoryOperation record;
    map_->Perform(operation, record);
    return record;
  }

  Wrong CheckInvariants() { return map_->CheckInvariants(); }

 private:
  const std::unique_ptr<AnyMap> map_;
};

// The operations that take one value away, and tell whether they did.
constexpr std::array kTakings = {
    OperationKind::kCompareAndDelete, OperationKind::kCompareAndSwap,
    OperationKind::kSwap, OperationKind::kLoadAndDelete};

// Takes `old_value` from `key`, and says whether it was there. What replaces
// values puts `new_value` there.
bool Take(OperationKind taking, CalledMap& map, Key key, Value old_value,
          Value new_value) {
  Operation operation = {.kind = taking, .key = key};
  if (StoresValue(taking)) operation.value = new_value;
  if (ComparesValue(taking)) operation.old_value = old_value;
  const HistoryOperation record = map.Call(operation);
  return ComparesValue(taking) ? record.ok : record.result == old_value;
}

// What Take() leaves behind.
std::optional<Value> LeftBy(OperationKind taking, Value new_value) {
  return StoresValue(taking) ? std::optional(new_value) : std::nullopt;
}

// Runs `body` on so many threads, and tells what one of them found wrong.
Wrong WrongOnThreads(int threads, const std::function<Wrong(int)>& body) {
  std::vector<Wrong> wrong(threads);
  RunThreads(threads, [&](int thread) { wrong[thread] = body(thread); });
  const auto found = std::ranges::find_if(
      wrong, [](const Wrong& each) { return each.has_value(); });
  return found == wrong.end() ? std::nullopt : *found;
}

// A key that the map never had, and one that it has no more.
Wrong CompareWithAbsentKeys(const SubjectChoice& choice, OperationKind taking) {
  CalledMap map(choice);
  map.Store(2, 0);
  map.Call({.kind = OperationKind::kDelete, .key = 2});
  for (const Key key : {1, 2}) {
    if (ComparesValue(taking) && Take(taking, map, key, 0, 42)) {
      return absl::StrCat("an absent key ", key, " equals 0");
    }
    if (map.Load(key).has_value()) return absl::StrCat("key ", key, " came");
  }
  return std::nullopt;
}

// Takes every step'th key, each twice, of which the second try must fail; the
// others must stay.
Wrong TakeKeys(const SubjectChoice& choice, OperationKind taking, Key step) {
  CalledMap map(choice);
  map.Fill();
  for (Key key = 1; key <= kKeys; ++key) {
    std::optional<Value> left = key;
    if (key % step == 0) {
      const Value new_value = key + 10 * kKeys;
      left = LeftBy(taking, new_value);
      if (ComparesValue(taking) && Take(taking, map, key, key + 1, 0)) {
        return absl::StrCat("key ", key, ": a wrong value was taken");
      }
      if (!Take(taking, map, key, key, new_value)) {
        return absl::StrCat("key ", key, " was not taken");
      }
      if (map.Load(key) == left && Take(taking, map, key, key, new_value)) {
        return absl::StrCat("key ", key, " was taken twice");
      }
    }
    if (map.Load(key) != left) return absl::StrCat("key ", key, " is wrong");
  }
  return map.CheckInvariants();
}

Wrong TakeAllKeys(const SubjectChoice& choice, OperationKind taking) {
  return TakeKeys(choice, taking, 1);
}
Wrong TakeOneKey(const SubjectChoice& choice, OperationKind taking) {
  return TakeKeys(choice, taking, kKeys - 7);
}
Wrong TakeSomeKeys(const SubjectChoice& choice, OperationKind taking) {
  return TakeKeys(choice, taking, 3);
}

// Each thread stores and takes keys of its own.
Wrong TakeOwnKeys(const SubjectChoice& choice, OperationKind taking) {
  CalledMap map(choice);
  auto wrong = WrongOnThreads(kThreads, [&](int thread) -> Wrong {
    for (Key key = thread; key < kKeys; key += kThreads) map.Store(key, key);
    for (Key key = thread; key < kKeys; key += kThreads) {
      const Value new_value = key + 10 * kKeys;
      if (!Take(taking, map, key, key, new_value) ||
          map.Load(key) != LeftBy(taking, new_value)) {
        return absl::StrCat("key ", key, " was not taken");
      }
    }
    return std::nullopt;
  });
  return wrong.has_value() ? wrong : map.CheckInvariants();
}

// All threads take each key: one of them gets it.
Wrong TakeSharedKeys(const SubjectChoice& choice, OperationKind taking) {
  CalledMap map(choice);
  map.Fill();
  std::vector<std::atomic<int>> takers(kKeys + 1);
  RunThreads(kThreads, [&](int thread) {
    for (Key key = 1; key <= kKeys; ++key) {
      if (Take(taking, map, key, key, 10 * kKeys + thread)) ++takers[key];
    }
  });
  for (Key key = 1; key <= kKeys; ++key) {
    if (takers[key] != 1) {
      return absl::StrCat("key ", key, " was taken ", takers[key].load(),
                          " times");
    }
  }
  return map.CheckInvariants();
}

// What is wrong with what Range shows while every key has some multiple of
// itself.
Wrong MultiplesOfKeys(CalledMap& map) {
  std::map<Key, Value> seen;
  for (const auto& [key, value] : map.Entries()) {
    if (!seen.emplace(key, value).second) return absl::StrCat(key, " twice");
    if (value % key != 0) return absl::StrCat(key, " with ", value);
  }
  if (seen.size() != kKeys) return absl::StrCat(seen.size(), " keys");
  return std::nullopt;
}

// Workers load and store multiples of the keys; Range shows each key once.
Wrong RangeBesideStores(const SubjectChoice& choice) {
  constexpr Value kFactors = kSanitized ? 4 : 10;
  CalledMap map(choice);
  map.Fill();
  if (const Wrong wrong = MultiplesOfKeys(map)) return wrong;
  std::atomic<int> working{kThreads - 1};
  return WrongOnThreads(kThreads, [&](int thread) -> Wrong {
    if (thread > 0) {
      Wrong wrong;
      for (Value factor = 1; factor <= kFactors; ++factor) {
        for (Key key = 1; key <= kKeys; ++key) {
          if (map.Load(key).value_or(1) % key != 0) wrong = "a load is wrong";
          if ((key + factor + thread) % 2 == 0) map.Store(key, key * factor);
        }
      }
      --working;
      return wrong;
    }
    Wrong wrong;
    do {
      if (!wrong.has_value()) wrong = MultiplesOfKeys(map);
    } while (working > 0);
    return wrong;
  });
}

// Ten threads store, ten load and ten clear; a last Clear leaves nothing.
Wrong ClearsBesideStoresAndLoads(const SubjectChoice& choice) {
  constexpr Key kFew = 64;
  CalledMap map(choice);
  auto wrong = WrongOnThreads(30, [&](int thread) -> Wrong {
    for (Key key = 0; key < kFew; ++key) {
      if (thread % 3 == 0) map.Store(key, key);
      if (thread % 3 == 1 && map.Load(key).value_or(key) != key) {
        return absl::StrCat("key ", key, " has another's value");
      }
      if (thread % 3 == 2) map.Clear();
    }
    return std::nullopt;
  });
  if (wrong.has_value()) return wrong;
  map.Store(kFew, kFew);
  map.Clear();
  for (Key key = 0; key <= kFew; ++key) {
    if (map.Load(key).has_value()) return absl::StrCat("key ", key, " is left");
  }
  return map.CheckInvariants();
}

struct TakingCase {
  std::string name;
  Wrong (*run)(const SubjectChoice&, OperationKind);
};
constexpr size_t kTakingCases = 6;
const std::array<TakingCase, kTakingCases>& TakingCases() {
  static const auto* const cases = new std::array<TakingCase, kTakingCases>{
      {{"absent keys", CompareWithAbsentKeys},
       {"all keys", TakeAllKeys},
       {"one key", TakeOneKey},
       {"some keys", TakeSomeKeys},
       {"own keys", TakeOwnKeys},
       {"shared keys", TakeSharedKeys}}};
  return *cases;
}

class UpstreamCasesTest : public ::testing::TestWithParam<std::string> {
 protected:
  SubjectChoice choice() const { return *FindSubject(GetParam()); }
  bool Has(OperationKind kind) const {
    return choice().subject->operations.Has(kind);
  }
};

TEST_P(UpstreamCasesTest, ValuesAreTakenOnce) {
  int tried = 0;
  for (const OperationKind taking : kTakings) {
    if (!Has(taking)) continue;
    for (const TakingCase& each : TakingCases()) {
      ++tried;
      EXPECT_THAT(each.run(choice(), taking), Eq(std::nullopt))
          << each.name << ", taken by " << ApiName(taking);
    }
  }
  if (tried == 0) GTEST_SKIP() << "it has no operation that takes a value";
}

TEST_P(UpstreamCasesTest, RangeSeesEveryKeyThatStays) {
  if (!Has(OperationKind::kRange)) GTEST_SKIP() << "it has no Range";
  EXPECT_THAT(RangeBesideStores(choice()), Eq(std::nullopt));
}

TEST_P(UpstreamCasesTest, ClearLeavesNothing) {
  if (!Has(OperationKind::kClear)) GTEST_SKIP() << "it has no Clear";
  EXPECT_THAT(ClearsBesideStoresAndLoads(choice()), Eq(std::nullopt));
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const SubjectInfo& subject : Subjects()) names.push_back(subject.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Subjects, UpstreamCasesTest,
                         ::testing::ValuesIn(AllNames()), [](const auto& name) {
                           return absl::StrReplaceAll(name.param, {{"-", "_"}});
                         });

// The cases can fail.

SubjectChoice Broken(const std::string& name) { return *FindSubject(name); }

TEST(BrokenMapTest, RangeMissesKeys) {
  EXPECT_THAT(RangeBesideStores(Broken("read-dirty:range-skips-dirty")),
              Ne(std::nullopt));
}

TEST(BrokenMapTest, ClearLeavesKeys) {
  EXPECT_THAT(
      ClearsBesideStoresAndLoads(Broken("read-dirty:clear-keeps-dirty")),
      Ne(std::nullopt));
}

TEST(BrokenMapTest, DeletedValuesAreTakenAgain) {
  const SubjectChoice broken = Broken("read-dirty:c2-delete-only-from-dirty");
  for (const auto& run :
       {TakeAllKeys, TakeSomeKeys, TakeOwnKeys, TakeSharedKeys}) {
    EXPECT_THAT(run(broken, OperationKind::kLoadAndDelete), Ne(std::nullopt));
  }
}

// Takes an absent key for one that has zero.
class ZeroMap {
 public:
  std::optional<Value> Load(Key key) { return values_[key]; }
  void Store(Key key, Value value) { values_[key] = value; }
  void Delete(Key key) { values_[key] = std::nullopt; }
  bool CompareAndSwap(Key key, Value old_value, Value new_value) {
    if (values_[key].value_or(0) != old_value) return false;
    values_[key] = new_value;
    return true;
  }

 private:
  std::map<Key, std::optional<Value>> values_;
};

TEST(BrokenMapTest, AbsentKeysEqualZero) {
  SubjectInfo subject;
  subject.name = "zero";
  subject.operations = OperationsOf<ZeroMap>();
  subject.create = [](const DefectInfo*) {
    return std::make_unique<MapAdapter<ZeroMap>>();
  };
  EXPECT_THAT(CompareWithAbsentKeys({&subject, nullptr},
                                    OperationKind::kCompareAndSwap),
              Ne(std::nullopt));
}

}  // namespace
}  // namespace mortsafe
