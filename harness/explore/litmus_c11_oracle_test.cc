// The exhaustive search under C11 beside an oracle that tries everything: on
// random tiny programs they must agree on the outcomes and on the number of
// executions, and what is drawn at random must be among the outcomes.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/axiomatic_oracle.h"
#include "harness/explore/litmus.h"
#include "mortsafe/explore.h"

namespace mortsafe {
namespace {

using Kind = TinyOperation::Kind;

constexpr size_t kAtomics = 2;
constexpr size_t kLocks = 2;

// What the programs of a family are made of.
struct Family {
  size_t threads = 2;
  size_t operations = 3;  // Of each thread, at most.
  bool updates = false;
  bool fences = false;
  bool locks = false;
  bool attempts = false;
  bool seq_cst = false;
  bool nested = false;  // Sections under one lock within those under another.
};

std::memory_order Draw(Random& random,
                       const std::vector<std::memory_order>& orders) {
  return orders[random.Below(orders.size())];
}

std::memory_order DrawLoadOrder(Random& random, const Family& family) {
  if (family.seq_cst && random.OneIn(2)) return std::memory_order_seq_cst;
  return Draw(random, {std::memory_order_relaxed, std::memory_order_acquire});
}

TinyOperation DrawOperation(Random& random, const Family& family) {
  TinyOperation operation;
  operation.location = random.Below(kAtomics);
  operation.value = static_cast<int>(1 + random.Below(2));
  const bool seq_cst = family.seq_cst && random.OneIn(2);
  uint64_t kind = random.Below(10);
  if (!family.updates && (kind == 7 || kind == 8)) kind %= 7;
  if (!family.fences && kind == 9) kind %= 7;
  if (kind < 4) {
    operation.kind = Kind::kLoad;
    operation.order = DrawLoadOrder(random, family);
  } else if (kind < 7) {
    operation.kind = Kind::kStore;
    operation.order =
        Draw(random, {std::memory_order_relaxed, std::memory_order_release});
  } else if (kind < 9) {
    operation.kind = kind == 7 ? Kind::kAdd : Kind::kCompareExchange;
    operation.order =
        Draw(random, {std::memory_order_relaxed, std::memory_order_acquire,
                      std::memory_order_release, std::memory_order_acq_rel});
    operation.failure_order = DrawLoadOrder(random, family);
    operation.expected = static_cast<int>(random.Below(2));
  } else {
    operation.kind = Kind::kFence;
    operation.order =
        Draw(random, {std::memory_order_acquire, std::memory_order_release,
                      std::memory_order_acq_rel});
  }
  if (seq_cst) operation.order = std::memory_order_seq_cst;
  return operation;
}

// Puts a section under a lock around the operations [begin, end).
void Enclose(std::vector<TinyOperation>& thread, size_t begin, size_t end,
             size_t lock, bool attempts) {
  TinyOperation operation;
  operation.location = kAtomics + lock;
  operation.kind = Kind::kUnlock;
  thread.insert(thread.begin() + static_cast<ptrdiff_t>(end), operation);
  operation.kind = attempts ? Kind::kTryLock : Kind::kLock;
  thread.insert(thread.begin() + static_cast<ptrdiff_t>(begin), operation);
}

TinyProgram DrawProgram(Random& random, const Family& family) {
  TinyProgram program(family.threads);
  for (auto& thread : program) {
    const size_t count = 1 + random.Below(family.operations);
    for (size_t i = 0; i < count; ++i) {
      thread.push_back(DrawOperation(random, family));
    }
    if (!family.locks || random.OneIn(4)) continue;
    // A section around some of it, perhaps one more within.
    const size_t begin = random.Below(count + 1);
    const size_t end = begin + random.Below(count - begin + 1);
    const bool attempts = family.attempts && random.OneIn(2);
    Enclose(thread, begin, end, 0, attempts);
    if (!family.nested || random.OneIn(2)) continue;
    const size_t inner = begin + 1 + random.Below(end - begin + 1);
    Enclose(thread, inner, end + 1, 1, false);
  }
  return program;
}

std::string Text(const TinyProgram& program) {
  static constexpr std::array<const char*, 8> kNames = {
      "load", "store", "add", "cas", "fence", "lock", "try", "unlock"};
  std::string text;
  for (const auto& thread : program) {
    for (const TinyOperation& operation : thread) {
      absl::StrAppend(&text, kNames[static_cast<size_t>(operation.kind)], " ",
                      operation.location, " v", operation.value, " e",
                      operation.expected, " o",
                      static_cast<int>(operation.order), "/",
                      static_cast<int>(operation.failure_order), "; ");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

class Machine {
 public:
  explicit Machine(size_t locations) : locations_(locations) {}

  void Run(const std::vector<TinyOperation>& operations,
           std::vector<int>& read) {
    std::array<bool, kLocks> holds = {};
    for (const TinyOperation& operation : operations) {
      atomic<int>& x = x_[operation.location % kAtomics];
      mutex& m = m_[operation.location % kLocks];
      bool& locked = holds[operation.location % kLocks];
      int found = operation.expected;
      switch (operation.kind) {
        case Kind::kLoad:
          read.push_back(x.load(operation.order));
          break;
        case Kind::kStore:
          x.store(operation.value, operation.order);
          break;
        case Kind::kAdd:
          read.push_back(x.fetch_add(operation.value, operation.order));
          break;
        case Kind::kCompareExchange:
          x.compare_exchange_strong(found, operation.value, operation.order,
                                    operation.failure_order);
          read.push_back(found);
          break;
        case Kind::kFence:
          mortsafe::atomic_thread_fence(operation.order);
          break;
        case Kind::kLock:
          m.lock();
          locked = true;
          break;
        case Kind::kTryLock:
          locked = m.try_lock();
          read.push_back(locked ? 0 : 1);
          break;
        case Kind::kUnlock:
          if (locked) m.unlock();
          locked = false;
          break;
      }
    }
  }
  void AppendFinal(std::vector<int>& values) {
    for (size_t i = 0; i < locations_; ++i) {
      values.push_back(i < kAtomics ? x_[i].load(std::memory_order_relaxed)
                                    : 0);
    }
  }

 private:
  const size_t locations_;
  std::array<atomic<int>, kAtomics> x_ = {};
  std::array<mutex, kLocks> m_;
};

Outcomes Watch(const TinyProgram& program, const ExploreOptions& options,
               ExploreResult& result) {
  Outcomes outcomes;
  size_t locations = 0;
  for (const auto& thread : program) {
    for (const TinyOperation& operation : thread) {
      locations = std::max(locations, operation.location + 1);
    }
  }
  result = Explore(options, [&] {
    Machine machine(locations);
    std::array<std::vector<int>, 4> read;
    std::array<thread, 4> threads;
    for (size_t i = 0; i < program.size(); ++i) {
      threads[i] = thread([&, i] { machine.Run(program[i], read[i]); });
    }
    for (size_t i = 0; i < program.size(); ++i) threads[i].join();
    std::vector<int> outcome;
    for (const auto& values : read) {
      outcome.insert(outcome.end(), values.begin(), values.end());
    }
    machine.AppendFinal(outcome);
    const KeepAllocations keep;
    outcomes.insert(absl::StrJoin(outcome, " "));
  });
  return outcomes;
}

// MORTSAFE_TEST_PROGRAMS in the environment asks for more of them.
uint64_t ProgramCount() {
  const char* const wanted = std::getenv("MORTSAFE_TEST_PROGRAMS");
  return wanted == nullptr ? 150 : std::strtoull(wanted, nullptr, 10);
}

void Compare(const Family& family, uint64_t seed) {
  for (uint64_t i = 0; i < ProgramCount(); ++i) {
    Random random(DeriveSeed(seed, i));
    const TinyProgram program = DrawProgram(random, family);
    const AxiomaticOracle oracle(program);
    ExploreResult result;
    const auto outcomes = Watch(program, {.memory = MemoryModel::kC11}, result);
    ASSERT_TRUE(result.complete)
        << Text(program) << (result.failure ? result.failure->message : "");
    EXPECT_EQ(result.blocked, 0u);
    ASSERT_EQ(result.executions, oracle.executions()) << i << "\n"
                                                      << Text(program);
    ASSERT_EQ(outcomes, oracle.outcomes()) << Text(program);
    const auto drawn = Watch(program,
                             {.memory = MemoryModel::kC11,
                              .strategy = Strategy::kRandom,
                              .max_executions = 200},
                             result);
    for (const std::string& outcome : drawn) {
      ASSERT_TRUE(outcomes.contains(outcome)) << outcome << "\n"
                                              << Text(program);
    }
  }
}

TEST(LitmusC11OracleTest, LoadsAndStores) {
  Compare({.threads = 2, .operations = 4}, 1);
  Compare({.threads = 3, .operations = 2}, 2);
}

TEST(LitmusC11OracleTest, ReadModifyWrites) {
  Compare({.threads = 2, .operations = 4, .updates = true}, 3);
  Compare({.threads = 3, .operations = 2, .updates = true}, 4);
}

TEST(LitmusC11OracleTest, Fences) {
  Compare({.threads = 2, .operations = 4, .updates = true, .fences = true}, 5);
  Compare({.threads = 3, .operations = 3, .fences = true}, 6);
}

TEST(LitmusC11OracleTest, SeqCst) {
  Compare({.threads = 2, .operations = 4, .updates = true, .seq_cst = true}, 7);
  Compare({.threads = 3,
           .operations = 3,
           .updates = true,
           .fences = true,
           .seq_cst = true},
          8);
}

TEST(LitmusC11OracleTest, Locks) {
  Compare({.threads = 2, .operations = 3, .locks = true}, 9);
  Compare({.threads = 3, .operations = 2, .updates = true, .locks = true}, 10);
}

// Programs of seq_cst order alone, with locks, have the executions that they
// have under sequential consistency. These are too long for the oracle.
TEST(LitmusC11OracleTest, SeqCstAloneIsSequentialConsistency) {
  const Family family = {.threads = 3,
                         .operations = 3,
                         .updates = true,
                         .locks = true,
                         .nested = true};
  for (uint64_t i = 0; i < ProgramCount(); ++i) {
    Random random(DeriveSeed(13, i));
    TinyProgram program = DrawProgram(random, family);
    for (auto& thread : program) {
      for (TinyOperation& operation : thread) {
        operation.order = operation.failure_order = std::memory_order_seq_cst;
      }
    }
    ExploreResult weak;
    ExploreResult strong;
    const auto outcomes = Watch(program, {.memory = MemoryModel::kC11}, weak);
    ASSERT_EQ(outcomes, Watch(program, {}, strong)) << Text(program);
    ASSERT_TRUE(weak.complete && strong.complete) << Text(program);
    ASSERT_EQ(weak.executions, strong.executions) << Text(program);
    EXPECT_EQ(weak.blocked, 0u);
  }
}

TEST(LitmusC11OracleTest, AttemptsToLock) {
  Compare({.threads = 2, .operations = 2, .locks = true, .attempts = true}, 11);
  Compare({.threads = 3,
           .operations = 2,
           .updates = true,
           .locks = true,
           .attempts = true},
          12);
}

}  // namespace
}  // namespace mortsafe
