// Every map of the registry, built in or from elsewhere, through the interface
// that drivers use: generated programs of one client against the sequential
// specification, result by result, and of several clients on real threads,
// judged by the checker of linearizability. All are bounded by operations, not
// by time.
//
// Last, maps that are broken show that the tests can fail.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/linearize/reference_map.h"
#include "harness/model/sanitizers.h"
#include "harness/program/operation.h"
#include "harness/stress/sequential_trial.h"
#include "harness/stress/stress.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::Eq;
using ::testing::Ne;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
constexpr uint64_t kPrograms = kSanitized ? 100 : 300;

// Random operations out of those that are offered. Each program has weights of
// its own, so that some are rich in one operation ("swarm testing").
class RandomOperations {
 public:
  RandomOperations(uint64_t seed, uint64_t keys, OperationKindSet offered)
      : random_(seed), keys_(keys) {
    while (bag_.empty()) {
      for (const OperationKind kind : kAllOperationKinds) {
        if (!offered.Has(kind) || random_.OneIn(5)) continue;
        // Clear leaves little to be wrong about.
        const uint64_t most = kind == OperationKind::kClear ? 1 : 8;
        bag_.insert(bag_.end(), 1 + random_.Below(most), kind);
      }
    }
  }

  Operation Next(const ReferenceMap& reference) {
    Operation operation;
    operation.kind = bag_[random_.Below(bag_.size())];
    if (operation.kind == OperationKind::kRange && random_.OneIn(4)) {
      operation.stop_after = static_cast<uint32_t>(1 + random_.Below(4));
    }
    if (!HasKey(operation.kind)) return operation;
    // Some maps treat keys that they never had differently: there must always
    // be some.
    if (random_.OneIn(4 * keys_)) ++first_key_;
    operation.key = first_key_ + random_.Below(keys_);
    if (StoresValue(operation.kind)) operation.value = ++latest_value_;
    if (ComparesValue(operation.kind)) {
      const std::optional<Value> held = reference.Get(operation.key);
      const bool equal = held.has_value() && !random_.OneIn(4);
      operation.old_value = equal ? *held : random_.Below(4);
    }
    return operation;
  }

 private:
  Random random_;
  const uint64_t keys_;
  std::vector<OperationKind> bag_;
  Key first_key_ = 0;
  Value latest_value_ = 0;
};

// One client's random program on a map, and what is wrong with it, if anything.
class OneClient {
 public:
  OneClient(const SubjectChoice& choice, uint64_t seed, uint64_t keys)
      : trial_(choice), operations_(seed, keys, choice.subject->operations) {}

  std::optional<std::string> Run(int operations) {
    for (int i = 0; i < operations; ++i) {
      auto wrong = trial_.Perform(operations_.Next(trial_.reference()));
      if (!wrong.has_value()) wrong = trial_.CheckInvariants();
      if (wrong.has_value()) {
        return absl::StrCat("operation ", trial_.operations().size(), ": ",
                            *wrong);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> Deviation() const { return trial_.Deviation(); }

 private:
  SequentialTrial trial_;
  RandomOperations operations_;
};

// Many short programs over few keys.
std::optional<std::string> JudgeOneClient(const SubjectChoice& choice) {
  constexpr std::array<uint64_t, 4> kKeys = {1, 2, 4, 12};
  for (uint64_t seed = 0; seed < kPrograms; ++seed) {
    OneClient client(choice, seed, kKeys[seed % kKeys.size()]);
    auto wrong = client.Run(100);
    if (!wrong.has_value()) wrong = client.Deviation();
    if (wrong.has_value()) return absl::StrCat("seed ", seed, ", ", *wrong);
  }
  return std::nullopt;
}

// Several clients on threads of their own, over `keys` keys.
StressResult JudgeClients(const SubjectChoice& choice, uint64_t keys) {
  StressOptions options;
  options.subject = choice;
  options.threads = 4;
  options.keys = keys;
  options.operations = kSanitized ? 8'000 : 40'000;
  options.operations_per_map = 10'000;
  options.delay = 100;
  options.seed = keys;
  return Stress(options);
}

class SubjectConformanceTest : public ::testing::TestWithParam<std::string> {
 protected:
  static SubjectChoice Choice() { return *FindSubject(GetParam()); }
};

TEST_P(SubjectConformanceTest, OneClientSeesTheSpecification) {
  EXPECT_THAT(JudgeOneClient(Choice()), Eq(std::nullopt));
}

// The map grows, and shrinks if it can.
TEST_P(SubjectConformanceTest, SoItDoesWithManyKeys) {
  OneClient client(Choice(), 1, 1'000);
  EXPECT_THAT(client.Run(kSanitized ? 2'000 : 10'000), Eq(std::nullopt));
}

// Threads come and go, and each finds what the others left.
TEST_P(SubjectConformanceTest, SoItDoesOnManyThreads) {
  OneClient client(Choice(), 2, 8);
  for (int i = 0; i < 200; ++i) {
    std::optional<std::string> wrong;
    std::thread([&] { wrong = client.Run(10); }).join();
    ASSERT_THAT(wrong, Eq(std::nullopt)) << "thread " << i;
  }
}

TEST_P(SubjectConformanceTest, ConcurrentClientsSeeALinearizableMap) {
  for (const uint64_t keys : {1, 3, 40}) {
    const StressResult result = JudgeClients(Choice(), keys);
    EXPECT_FALSE(result.finding.has_value())
        << keys << " keys: " << result.finding->sentence;
    EXPECT_FALSE(result.undecided.has_value());
    EXPECT_GT(result.progress.operations, 0);
  }
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const SubjectInfo& subject : Subjects()) names.push_back(subject.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Subjects, SubjectConformanceTest,
                         ::testing::ValuesIn(AllNames()), [](const auto& name) {
                           return absl::StrReplaceAll(name.param, {{"-", "_"}});
                         });

// The tests can fail.

class BrokenSubjectTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenSubjectTest, IsSeenByOneClient) {
  EXPECT_THAT(JudgeOneClient(*FindSubject(GetParam())), Ne(std::nullopt));
}

INSTANTIATE_TEST_SUITE_P(Defects, BrokenSubjectTest,
                         ::testing::Values("read-dirty:c2",
                                           "read-dirty:c6-delete-keeps-key",
                                           "read-dirty:c7",
                                           "read-dirty:clear-keeps-dirty",
                                           "read-dirty:range-skips-dirty",
                                           "read-dirty:revive-skips-dirty"));

// A map for each thread: no client that is alone can tell.
class SolitaryMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::map<Key, Value>& mine = contents_[std::this_thread::get_id()];
    const auto found = mine.find(key);
    if (found == mine.end()) return std::nullopt;
    return found->second;
  }
  void Store(Key key, Value value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    contents_[std::this_thread::get_id()][key] = value;
  }
  void Delete(Key key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    contents_[std::this_thread::get_id()].erase(key);
  }

 private:
  std::mutex mutex_;
  std::map<std::thread::id, std::map<Key, Value>> contents_;
};

TEST(BrokenMapTest, IsSeenByConcurrentClients) {
  SubjectInfo subject;
  subject.name = "solitary";
  subject.operations = OperationsOf<SolitaryMap>();
  subject.create = [](const DefectInfo*) {
    return std::make_unique<MapAdapter<SolitaryMap>>();
  };
  const SubjectChoice choice{&subject, nullptr};
  EXPECT_THAT(JudgeOneClient(choice), Eq(std::nullopt));
  EXPECT_TRUE(JudgeClients(choice, 3).finding.has_value());
}

}  // namespace
}  // namespace mortsafe
