// Enumerated programs are compared with a brute-force list of all programs,
// renamed in every way.

#include "harness/program/enumerate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/program/program.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

OperationKindSet KindsOf(const std::vector<OperationKind>& kinds) {
  OperationKindSet set;
  for (const OperationKind kind : kinds) set.Add(kind);
  return set;
}

// The letters that brute force writes programs with: an operation without what
// it compares with.
std::vector<std::pair<OperationKind, Key>> Letters(
    const EnumerationBounds& bounds) {
  std::vector<std::pair<OperationKind, Key>> letters;
  for (const OperationKind kind : kAllOperationKinds) {
    if (!bounds.kinds.Has(kind)) continue;
    for (int key = 0; key < (HasKey(kind) ? bounds.keys : 1); ++key) {
      letters.emplace_back(kind, key);
    }
  }
  return letters;
}

using Threads = std::vector<std::vector<EnumeratedOperation>>;

// Written with threads in the order of `threads` and keys renamed by `keys`,
// so that programs are the same up to renaming if one text of each is.
std::string TextOf(const Threads& program, const std::vector<size_t>& threads,
                   const std::vector<size_t>& keys) {
  const size_t length = program.front().size();
  std::vector<size_t> place(threads.size());
  for (size_t i = 0; i < threads.size(); ++i) place[threads[i]] = i;
  std::string text;
  for (const size_t thread : threads) {
    for (const EnumeratedOperation& operation : program[thread]) {
      uint32_t compares = operation.compares;
      if (compares >= EnumeratedOperation::kFirstStore) {
        const size_t number = compares - EnumeratedOperation::kFirstStore;
        compares = EnumeratedOperation::kFirstStore +
                   static_cast<uint32_t>(place[number / length] * length +
                                         number % length);
      }
      absl::StrAppend(&text, ApiName(operation.kind), " ",
                      HasKey(operation.kind) ? keys[operation.key] : 0, " ",
                      compares, "; ");
    }
    text += "| ";
  }
  return text;
}

// The least of all texts that renaming threads and the first `key_count` keys
// gives.
std::string CanonicalText(const Threads& program, int key_count) {
  std::vector<size_t> threads(program.size());
  std::iota(threads.begin(), threads.end(), size_t{0});
  std::string least;
  do {
    std::vector<size_t> keys(kMaxEnumeratedKeys);
    std::iota(keys.begin(), keys.end(), size_t{0});
    do {
      const std::string text = TextOf(program, threads, keys);
      if (least.empty() || text < least) least = text;
    } while (std::next_permutation(keys.begin(), keys.begin() + key_count));
  } while (std::next_permutation(threads.begin(), threads.end()));
  return least;
}

// Adds every way to fill in what the operations from `number` on compare with.
void AddComparisons(Threads& program, size_t number, int renamed_keys,
                    std::set<std::string>& texts) {
  const size_t length = program.front().size();
  if (number == program.size() * length) {
    texts.insert(CanonicalText(program, renamed_keys));
    return;
  }
  const size_t thread = number / length;
  EnumeratedOperation& self = program[thread][number % length];
  std::vector<uint32_t> values = {EnumeratedOperation::kNever};
  if (ComparesValue(self.kind)) {
    values.push_back(EnumeratedOperation::kInitial);
    for (size_t t = 0; t < program.size(); ++t) {
      for (size_t i = 0; i < length; ++i) {
        if (t == thread && i >= number % length) continue;
        const EnumeratedOperation& other = program[t][i];
        if (StoresValue(other.kind) && other.key == self.key) {
          values.push_back(EnumeratedOperation::kFirstStore +
                           static_cast<uint32_t>(t * length + i));
        }
      }
    }
  }
  for (const uint32_t value : values) {
    self.compares = value;
    AddComparisons(program, number + 1, renamed_keys, texts);
  }
}

// Up to renaming of threads and, if `renames_keys`, of keys.
std::set<std::string> BruteForce(const EnumerationBounds& bounds,
                                 bool renames_keys = true) {
  const auto letters = Letters(bounds);
  const auto length = static_cast<size_t>(bounds.operations);
  const size_t count = static_cast<size_t>(bounds.threads) * length;
  std::set<std::string> texts;
  std::vector<size_t> word(count, 0);
  while (true) {
    Threads program(static_cast<size_t>(bounds.threads));
    for (size_t i = 0; i < count; ++i) {
      program[i / length].push_back(
          {letters[word[i]].first, letters[word[i]].second});
    }
    AddComparisons(program, 0, renames_keys ? bounds.keys : 1, texts);
    size_t i = 0;
    while (i < count && ++word[i] == letters.size()) word[i++] = 0;
    if (i == count) return texts;
  }
}

struct Case {
  const char* name;
  EnumerationBounds bounds;
};

class EnumerateTest : public TestWithParam<Case> {};

const std::vector<OperationKind> kFew = {
    OperationKind::kLoad, OperationKind::kSwap, OperationKind::kCompareAndSwap};

INSTANTIATE_TEST_SUITE_P(Bounds, EnumerateTest,
                         ValuesIn(std::vector<Case>{
                             {"AllKinds1x1x1", {1, 1, 1}},
                             {"AllKinds2x1x2", {2, 1, 2}},
                             {"AllKinds3x1x2", {3, 1, 2}},
                             {"AllKinds1x2x3", {1, 2, 3}},
                             {"AllKinds2x2x1", {2, 2, 1}},
                             {"Few2x2x2", {2, 2, 2, KindsOf(kFew)}},
                             {"Few3x1x3", {3, 1, 3, KindsOf(kFew)}},
                             {"Few1x3x2", {1, 3, 2, KindsOf(kFew)}},
                         }),
                         [](const auto& param) {
                           return std::string(param.param.name);
                         });

TEST_P(EnumerateTest, FindsWhatBruteForceFindsAndNothingTwice) {
  const EnumerationBounds& bounds = GetParam().bounds;
  const auto programs = ProgramEnumeration::Create(bounds);
  ASSERT_TRUE(programs.ok()) << programs.status();
  std::set<std::string> texts;
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram& program) {
      EXPECT_TRUE(
          texts.insert(CanonicalText(program.threads, bounds.keys)).second)
          << "the same program twice";
    });
  }
  EXPECT_EQ(texts, BruteForce(bounds));
}

TEST_P(EnumerateTest, KnowsTheRenamingsThatChangeNothing) {
  const EnumerationBounds& bounds = GetParam().bounds;
  const auto programs = ProgramEnumeration::Create(bounds);
  ASSERT_TRUE(programs.ok()) << programs.status();
  const std::vector<KeyRenaming> renamings = KeyRenamings(bounds.keys);
  std::vector<size_t> threads(static_cast<size_t>(bounds.threads));
  std::vector<size_t> same_keys(kMaxEnumeratedKeys);
  std::iota(same_keys.begin(), same_keys.end(), size_t{0});
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram& program) {
      std::iota(threads.begin(), threads.end(), size_t{0});
      const std::string self = TextOf(program.threads, threads, same_keys);
      std::set<size_t> expected;
      do {
        for (size_t r = 1; r < renamings.size(); ++r) {
          const std::vector<size_t> keys(renamings[r].begin(),
                                         renamings[r].end());
          if (TextOf(program.threads, threads, keys) == self) {
            expected.insert(r);
          }
        }
      } while (std::next_permutation(threads.begin(), threads.end()));
      EXPECT_EQ(std::set<size_t>(program.symmetries.begin(),
                                 program.symmetries.end()),
                expected)
          << self;
    });
  }
}

TEST_P(EnumerateTest, WithTheirKeysRenamedTheyAreAllProgramsAndNoneTwice) {
  const EnumerationBounds& bounds = GetParam().bounds;
  const auto programs = ProgramEnumeration::Create(bounds);
  ASSERT_TRUE(programs.ok()) << programs.status();
  const std::vector<KeyRenaming> renamings = KeyRenamings(bounds.keys);
  std::set<std::string> texts;
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram& program) {
      EXPECT_TRUE(
          VisitRenamed(program, renamings, [&](const EnumeratedProgram& each) {
            EXPECT_TRUE(texts.insert(CanonicalText(each.threads, 1)).second)
                << "the same program twice";
            return true;
          }));
    });
  }
  EXPECT_EQ(texts, BruteForce(bounds, /*renames_keys=*/false));
}

TEST_P(EnumerateTest, ProgramsAreValidAndStoreFreshValues) {
  const auto programs = ProgramEnumeration::Create(GetParam().bounds);
  ASSERT_TRUE(programs.ok()) << programs.status();
  const std::vector<Operation> initial = {{OperationKind::kStore, 0, 1},
                                          {OperationKind::kSwap, 0, 2}};
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram& enumerated) {
      const Program program = enumerated.After(initial, {2});
      EXPECT_TRUE(Validate(program).ok()) << ToOneLine(program);
      Program renumbered = program;
      RenumberValues(renumbered);
      EXPECT_EQ(program, renumbered) << ToOneLine(program);
    });
  }
}

TEST(EnumerateTest, OneThreadOneKeyIsCountedByHand) {
  // Eight kinds that compare with nothing, and two that compare with the
  // initial value or with none.
  const auto programs = ProgramEnumeration::Create({1, 1, 1});
  ASSERT_TRUE(programs.ok());
  uint64_t count = 0;
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram&) { ++count; });
  }
  EXPECT_EQ(count, 12u);
}

TEST(EnumerateTest, FitsAStartWhereWhatItComparesWithIsThere) {
  EnumeratedProgram program;
  program.threads = {
      {{OperationKind::kCompareAndDelete, 1, EnumeratedOperation::kInitial}}};
  EXPECT_TRUE(program.FitsStart({0, 3}));
  EXPECT_FALSE(program.FitsStart({3, 0}));
  EXPECT_EQ(ToOneLine(program.After({}, {0, 3})),
            "thread 1: CompareAndDelete(1, 3)");
}

TEST(EnumerateTest, BoundsThatNobodyCanVisitAreRefused) {
  EXPECT_THAT(ProgramEnumeration::Create({4, 9, 4}).status().message(),
              HasSubstr("expected bounds with fewer programs"));
  EXPECT_THAT(ProgramEnumeration::Create({1, 1, 1, OperationKindSet()})
                  .status()
                  .message(),
              HasSubstr("no operations"));
}

}  // namespace
}  // namespace mortsafe
