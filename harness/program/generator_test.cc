// Generated programs: valid, within their bounds, varied, and the same ever
// again.

#include "harness/program/generator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/for_each_operation.h"

namespace mortsafe {
namespace {

constexpr int kRounds = 5000;

OperationKindSet SetOf(std::initializer_list<OperationKind> kinds) {
  OperationKindSet set;
  for (OperationKind kind : kinds) set.Add(kind);
  return set;
}

// Calls `visit(program)` for many generated programs.
template <typename Visitor>
void ForManyPrograms(const ProgramBounds& bounds, Visitor visit) {
  Random random(31);
  Program program;
  for (int round = 0; round < kRounds; ++round) {
    GenerateProgram(bounds, random, program);
    visit(program);
  }
}

void ExpectWithin(const ProgramBounds& bounds, const Program& program) {
  const auto operations = static_cast<size_t>(bounds.operations);
  ASSERT_TRUE(Validate(program).ok()) << Validate(program);
  EXPECT_LE(program.initial.size(), static_cast<size_t>(bounds.initial));
  EXPECT_LE(program.threads.size(), static_cast<size_t>(bounds.threads));
  EXPECT_GE(program.threads.size(),
            std::min<size_t>(2, static_cast<size_t>(bounds.threads)));
  for (const auto& thread : program.threads) {
    EXPECT_LE(thread.size(), operations);
    EXPECT_GE(thread.size(), bounds.exact ? operations : 1);
  }
  if (bounds.exact) {
    EXPECT_EQ(program.threads.size(), static_cast<size_t>(bounds.threads));
  }
  ForEachOperation(program, [&](const Operation& operation) {
    EXPECT_LT(operation.key, static_cast<Key>(bounds.keys));
    EXPECT_TRUE(bounds.operations_offered.Has(operation.kind));
  });
}

TEST(GeneratorTest, ProgramsKeepTheirBounds) {
  Random random(32);
  Program program;
  for (int round = 0; round < kRounds; ++round) {
    ProgramBounds bounds = {
        .threads = static_cast<int>(1 + random.Below(kMaxThreads)),
        .operations = static_cast<int>(1 + random.Below(15)),
        .keys = static_cast<int>(1 + random.Below(kMaxKeys)),
        .initial = static_cast<int>(random.Below(16)),
        .operations_offered = {},
        .exact = random.OneIn(2)};
    do {
      for (OperationKind kind : kAllOperationKinds) {
        if (random.OneIn(4)) bounds.operations_offered.Add(kind);
      }
    } while (bounds.operations_offered == OperationKindSet());
    GenerateProgram(bounds, random, program);
    ExpectWithin(bounds, program);
  }
}

TEST(GeneratorTest, ValuesAreNumberedInOrder) {
  ForManyPrograms({}, [](const Program& program) {
    Program renumbered = program;
    RenumberValues(renumbered);
    EXPECT_EQ(renumbered, program);
  });
}

TEST(GeneratorTest, EverySizeOccurs) {
  std::set<size_t> initial, threads, operations;
  ForManyPrograms({}, [&](const Program& program) {
    initial.insert(program.initial.size());
    threads.insert(program.threads.size());
    for (const auto& thread : program.threads) operations.insert(thread.size());
  });
  EXPECT_EQ(initial, (std::set<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(threads, (std::set<size_t>{2, 3}));
  EXPECT_EQ(operations, (std::set<size_t>{1, 2, 3}));
}

TEST(GeneratorTest, OnlyInitialOperationsVaryWhereSizesAreExact) {
  std::set<size_t> initial;
  ForManyPrograms({.exact = true}, [&](const Program& program) {
    initial.insert(program.initial.size());
    EXPECT_EQ(OperationCount(program) - program.initial.size(), 9u);
  });
  EXPECT_EQ(initial, (std::set<size_t>{0, 1, 2, 3}));
}

TEST(GeneratorTest, EveryKindOccursUnderEveryKey) {
  std::set<std::pair<OperationKind, Key>> in_threads, initially;
  ForManyPrograms({}, [&](const Program& program) {
    for (const Operation& o : program.initial)
      initially.insert({o.kind, o.key});
    for (const auto& thread : program.threads) {
      for (const Operation& o : thread) in_threads.insert({o.kind, o.key});
    }
  });
  // Range and Clear have no key, so they count once each.
  EXPECT_EQ(in_threads.size(), 2u * 8 + 2);
  EXPECT_EQ(initially.size(), 2u * 8 + 2);
}

TEST(GeneratorTest, AnyOneKindCanBeOfferedAlone) {
  for (OperationKind offered : kAllOperationKinds) {
    ForManyPrograms(
        {.operations_offered = SetOf({offered})}, [&](const Program& program) {
          ForEachOperation(
              program, [&](const Operation& o) { ASSERT_EQ(o.kind, offered); });
        });
  }
}

TEST(GeneratorTest, CommonKindsAndTheHotKeyPrevail) {
  std::array<int, kOperationKindCount> kinds = {};
  std::array<int, 2> keys = {};
  int total = 0;
  ForManyPrograms({}, [&](const Program& program) {
    for (const auto& thread : program.threads) {
      for (const Operation& o : thread) {
        ++kinds[static_cast<size_t>(o.kind)];
        if (HasKey(o.kind)) ++keys[o.key];
        ++total;
      }
    }
  });
  using enum OperationKind;
  int common = 0;
  for (OperationKind kind : {kLoad, kStore, kDelete, kLoadAndDelete}) {
    common += kinds[static_cast<size_t>(kind)];
  }
  EXPECT_GT(common, total / 2);
  EXPECT_LT(common, total * 9 / 10);
  EXPECT_GT(keys[0], keys[1] * 3 / 2);
  EXPECT_LT(keys[0], keys[1] * 4);
}

TEST(GeneratorTest, SwarmsMakeSomeProgramsRichInOneKind) {
  int rich = 0;
  const ProgramBounds bounds = {.exact = true};
  ForManyPrograms(bounds, [&](const Program& program) {
    int swaps = 0;
    for (const auto& thread : program.threads) {
      for (const Operation& o : thread) {
        swaps += o.kind == OperationKind::kSwap ? 1 : 0;
      }
    }
    rich += swaps >= 5 ? 1 : 0;
  });
  // Fixed weights with the same means would make five of nine operations swaps
  // in about one program of five thousand.
  EXPECT_GT(rich, kRounds / 500);
}

struct OldValueCounts {
  int same_key = 0;
  int other_thread_later = 0;
  int never_stored = 0;
  int total = 0;
};

TEST(GeneratorTest, ComparesMostlyExpectWhatTheProgramStores) {
  const ProgramBounds bounds = {
      .operations_offered =
          SetOf({OperationKind::kStore, OperationKind::kCompareAndSwap,
                 OperationKind::kCompareAndDelete}),
      .exact = true};
  OldValueCounts counts;
  ForManyPrograms(bounds, [&](const Program& program) {
    std::array<Key, 64> key_of = {};
    Value last = 0;
    ForEachOperation(program, [&](const Operation& o) {
      if (StoresValue(o.kind)) key_of[++last] = o.key;
    });
    Value stored = 0;
    ForEachOperation(program, [&](const Operation& o) {
      if (StoresValue(o.kind)) ++stored;
      if (!ComparesValue(o.kind)) return;
      ++counts.total;
      if (o.old_value == 0) {
        ++counts.never_stored;
        return;
      }
      ASSERT_LE(o.old_value, last);
      ASSERT_NE(o.old_value, o.value);
      EXPECT_EQ(key_of[o.old_value], o.key);
      counts.other_thread_later += o.old_value > stored ? 1 : 0;
    });
  });
  EXPECT_GT(counts.never_stored, counts.total / 20);
  EXPECT_LT(counts.never_stored, counts.total / 2);
  EXPECT_GT(counts.other_thread_later, counts.total / 10);
}

TEST(GeneratorTest, RangesSometimesStopEarly) {
  std::set<uint32_t> stops;
  ForManyPrograms({}, [&](const Program& program) {
    ForEachOperation(program, [&](const Operation& o) {
      if (o.kind == OperationKind::kRange) stops.insert(o.stop_after);
    });
  });
  EXPECT_EQ(stops, (std::set<uint32_t>{0, 1}));
}

TEST(GeneratorTest, InitialOperationsLeadTheMapThroughItsStates) {
  std::set<std::string> prefixes;
  ForManyPrograms({}, [&](const Program& program) {
    prefixes.insert(ToOneLine(Program{program.initial, {}}));
  });
  for (const char* prefix :
       {"initial: Store(0, 1)", "initial: Store(0, 1); Load(1)",
        "initial: Store(0, 1); Load(0); Delete(0)",
        "initial: Store(0, 1); Load(1); Delete(0)",
        "initial: Store(0, 1); Load(1); Store(1, 2)"}) {
    EXPECT_TRUE(prefixes.count(prefix)) << prefix;
  }
}

// FNV-1a of the texts of 1,000 programs, each made in the memory of the one
// before, or in fresh memory.
uint64_t HashOfPrograms(bool fresh) {
  uint64_t hash = 0xcbf29ce484222325;
  Random random(33);
  Program program;
  for (int round = 0; round < 1000; ++round) {
    if (fresh) program = Program();
    GenerateProgram({}, random, program);
    for (char c : ToText(program)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
  }
  return hash;
}

TEST(GeneratorTest, ASeedMeansTheSameProgramsInAnyMemory) {
  const uint64_t hash = HashOfPrograms(/*fresh=*/false);
  EXPECT_EQ(HashOfPrograms(/*fresh=*/false), hash);
  EXPECT_EQ(HashOfPrograms(/*fresh=*/true), hash);

  // What the memory held before makes no difference either.
  Program reused;
  Random other(99);
  GenerateProgram({.threads = 8, .operations = 15, .keys = 8, .initial = 15},
                  other, reused);
  Random first(34), second(34);
  Program fresh;
  GenerateProgram({}, first, reused);
  GenerateProgram({}, second, fresh);
  EXPECT_EQ(reused, fresh);
  EXPECT_EQ(first.Next(), second.Next());
}

// A seed in an old report must still mean the same programs, whichever compiler
// built the harness; whoever changes the generator on purpose changes this too.
TEST(GeneratorTest, ProgramsAreTheSameInEveryBuild) {
  EXPECT_EQ(HashOfPrograms(/*fresh=*/false), 1848074360728020754u);
  Random random(1);
  Program program;
  GenerateProgram({}, random, program);
  EXPECT_EQ(ToText(program),
            "initial:  Delete(1); Delete(0)\n"
            "thread 1: Delete(1); Load(1); LoadAndDelete(0)\n"
            "thread 2: Load(0); Load(1); LoadAndDelete(0)\n");
}

TEST(GeneratorDeathTest, BoundsAreChecked) {
  Random random(1);
  Program program;
  EXPECT_EXIT(GenerateProgram({.threads = 9}, random, program),
              testing::ExitedWithCode(3), "bounds");
  EXPECT_EXIT(GenerateProgram({.operations_offered = {}}, random, program),
              testing::ExitedWithCode(3), "is offered an operation");
}

}  // namespace
}  // namespace mortsafe
