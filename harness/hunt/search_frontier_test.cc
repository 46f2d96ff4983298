// Searches for all executions of a program, against searches that are obviously
// complete, and in parts: whatever the pieces, each trace and each execution
// graph is explored once.

#include "harness/explore/search_frontier.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/explore/address_book.h"
#include "harness/explore/every_trace.h"
#include "harness/explore/exhaustive.h"
#include "harness/explore/graph_search.h"
#include "harness/history/text.h"
#include "harness/hunt/program_runner.h"
#include "harness/program/generator.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// How often each execution was seen, by what tells it from others.
template <class Name>
using Seen = std::map<Name, int>;

constexpr size_t kMostTraces = 20'000;

Program MustParse(const std::string& text) {
  return ParseProgram(text, "program").value();
}

Program RandomProgram(const SubjectChoice& subject, uint64_t seed,
                      int threads) {
  Random random(seed);
  Program program;
  GenerateProgram({.threads = threads,
                   .operations = 2,
                   .keys = 2,
                   .operations_offered = subject.subject->operations,
                   .exact = true},
                  random, program);
  return program;
}

// Traces by their digest, as a whole; nothing if there are very many.
std::optional<Seen<uint64_t>> TracesOf(ProgramRunner& runner,
                                       const Program& program) {
  Seen<uint64_t> traces;
  ExhaustiveStrategy search(runner.CanKeepPlaces());
  while (search.Next()) {
    if (search.began_anew()) traces.clear();
    runner.Run(program, search);
    if (!search.gave_up()) ++traces[search.TraceDigest()];
    if (traces.size() > kMostTraces) return std::nullopt;
  }
  return traces;
}

Seen<uint64_t> EveryTraceOf(ProgramRunner& runner, const Program& program) {
  Seen<uint64_t> traces;
  EveryTrace search;
  while (search.Next()) {
    runner.Run(program, search);
    if (!search.gave_up()) ++traces[search.digest()];
  }
  return traces;
}

// Two of one map. What the executions of the second know things by lies at
// other addresses: the places that all wish for are the first one's.
struct Runners {
  explicit Runners(const SubjectChoice& subject)
      : first(subject), second(subject) {}

  ProgramRunner first;
  ProgramRunner second;
};

// Explores everything in parts, with the runners in turn: of each, at most
// `most` executions at a time, and up to `width` parts in a round.
// `explore(runner, part, rest)` explores one, and says whether the search has
// to begin anew.
template <class Explore, class BeginAnew>
void ExploreInParts(Runners& runners, MemoryModel memory, size_t width,
                    Explore explore, BeginAnew begin_anew) {
  bool second = false;
  auto frontier = SearchFrontier::Create(memory);
  while (true) {
    const std::vector<std::string> parts = frontier->Take(width);
    if (parts.empty()) return;
    std::vector<std::string> rests;
    bool anew = false;
    for (const std::string& part : parts) {
      second = !second;
      anew = explore(second ? runners.second : runners.first, part,
                     rests.emplace_back());
      if (anew) break;
    }
    if (anew) {
      frontier->BeginAnew(rests.back());
      begin_anew();
      continue;
    }
    frontier->Merge(rests);
    // Another process could go on from here.
    const std::string saved = frontier->Save();
    frontier = SearchFrontier::Create(memory);
    frontier->Load(saved);
  }
}

Seen<uint64_t> TracesInParts(Runners& runners, const Program& program,
                             uint64_t most, size_t width) {
  Seen<uint64_t> traces;
  ExploreInParts(
      runners, MemoryModel::kSc, width,
      [&](ProgramRunner& runner, const std::string& part, std::string& rest) {
        ExhaustiveStrategy search(runner.CanKeepPlaces());
        search.Begin(part, runner.addresses());
        for (uint64_t i = 0; i < most && search.Next(); ++i) {
          if (search.began_anew()) break;
          runner.Run(program, search);
          if (!search.gave_up()) ++traces[search.TraceDigest()];
        }
        rest = search.Leave(runner.addresses());
        return search.began_anew();
      },
      [&] { traces.clear(); });
  return traces;
}

// Under C11 by what clients saw: many graphs show the same.
Seen<std::string> HistoriesOf(ProgramRunner& runner, const Program& program,
                              const std::vector<uint32_t>& operations) {
  Seen<std::string> histories;
  GraphSearch search(operations, runner.CanKeepPlaces());
  while (search.Next()) {
    if (search.began_anew()) histories.clear();
    runner.Run(program, search.strategy(), {.memory = &search});
    if (!search.gave_up()) ++histories[ToJsonLines(runner.history())];
  }
  return histories;
}

Seen<std::string> HistoriesInParts(Runners& runners, const Program& program,
                                   const std::vector<uint32_t>& operations,
                                   uint64_t most, size_t width) {
  Seen<std::string> histories;
  ExploreInParts(
      runners, MemoryModel::kC11, width,
      [&](ProgramRunner& runner, const std::string& part, std::string& rest) {
        GraphSearch search(operations, runner.CanKeepPlaces());
        search.Begin(part, runner.addresses());
        for (uint64_t i = 0; i < most && search.Next(); ++i) {
          if (search.began_anew()) break;
          runner.Run(program, search.strategy(), {.memory = &search});
          if (!search.gave_up()) ++histories[ToJsonLines(runner.history())];
        }
        rest = search.Leave(runner.addresses());
        return search.began_anew();
      },
      [&] { histories.clear(); });
  return histories;
}

// Programs in which some traces are found only if a race between steps that are
// repeated is reversed once more, for what comes between them now; if what
// slept on at the end of a plan is no longer relied upon; or if to take a lock
// is not supposed to end an operation.
TEST(SearchTest, HasEveryTraceOfProgramsThatAreHardToExplore) {
  struct Hard {
    const char* map;
    const char* program;
  };
  for (const Hard& hard : {
           Hard{"read-dirty",
                "thread 1: LoadOrStore(0, 1); LoadAndDelete(0) | "
                "thread 2: Load(0); LoadOrStore(0, 2) | "
                "thread 3: Load(0); Load(1)"},
           Hard{"hash-trie",
                "initial: Load(0); Load(1) | thread 1: Store(0, 1); Load(0) | "
                "thread 2: LoadOrStore(0, 2); LoadOrStore(0, 3) | "
                "thread 3: LoadOrStore(0, 4); Load(0)"},
           Hard{"hash-trie",
                "initial: Load(0) | thread 1: Range(); CompareAndDelete(0, 1) "
                "| thread 2: LoadOrStore(0, 1); Clear() | "
                "thread 3: Clear(); Delete(0)"},
           Hard{"sharded",
                "thread 1: Load(0) | thread 2: Store(0, 1); Delete(1) | "
                "thread 3: Range()"},
           Hard{"sharded",
                "thread 1: Store(0, 3) | thread 2: Load(0); Delete(1) | "
                "thread 3: Range(); Delete(1)"},
           Hard{"sharded",
                "initial: Store(0, 1) | thread 1: Load(0); Range(stop 1) | "
                "thread 2: Swap(0, 2); Store(1, 3) | "
                "thread 3: Range(); LoadAndDelete(1)"},
       }) {
    ProgramRunner runner(FindSubject(hard.map).value());
    const Program program = MustParse(hard.program);
    const std::optional<Seen<uint64_t>> traces = TracesOf(runner, program);
    ASSERT_TRUE(traces.has_value());
    EXPECT_EQ(*traces, EveryTraceOf(runner, program))
        << hard.map << ": " << hard.program;
  }
}

TEST(SearchTest, HasEveryTraceOfRandomPrograms) {
  int compared = 0;
  for (const char* const name :
       {"read-dirty", "locked", "sharded", "hash-trie"}) {
    const SubjectChoice subject = FindSubject(name).value();
    ProgramRunner runner(subject);
    for (uint64_t seed = 0; seed < 30; ++seed) {
      const Program program =
          RandomProgram(subject, seed, seed % 2 == 0 ? 2 : 3);
      const std::optional<Seen<uint64_t>> traces = TracesOf(runner, program);
      if (!traces.has_value() || traces->size() > kMostTraces / 10) continue;
      ++compared;
      ASSERT_EQ(*traces, EveryTraceOf(runner, program))
          << name << ": " << ToOneLine(program);
    }
  }
  EXPECT_GT(compared, 40);
}

TEST(SearchFrontierTest, HasEachTraceOnceWhateverTheParts) {
  int compared = 0;
  for (const char* const name :
       {"read-dirty", "locked", "sharded", "hash-trie"}) {
    const SubjectChoice subject = FindSubject(name).value();
    Runners runners(subject);
    for (uint64_t seed = 0; seed < 30; ++seed) {
      const Program program =
          RandomProgram(subject, seed, seed % 2 == 0 ? 2 : 3);
      const std::optional<Seen<uint64_t>> all =
          TracesOf(runners.first, program);
      if (!all.has_value() || all->size() > kMostTraces / 4) continue;
      ++compared;
      for (const uint64_t most : {1u, 7u, 100u}) {
        ASSERT_EQ(TracesInParts(runners, program, most, 1 + seed % 5), *all)
            << name << ", " << most
            << " executions a part: " << ToOneLine(program);
      }
    }
  }
  EXPECT_GT(compared, 40);
}

TEST(SearchFrontierTest, HasEachExecutionGraphOnceWhateverTheParts) {
  int compared = 0;
  for (const char* const name : {"read-dirty", "locked", "hash-trie"}) {
    const SubjectChoice subject = FindSubject(name).value();
    Runners runners(subject);
    for (uint64_t seed = 0; seed < 12; ++seed) {
      const Program program = RandomProgram(subject, seed, 2);
      const std::vector<uint32_t> operations = {0, 2, 2};
      const Seen<std::string> all =
          HistoriesOf(runners.first, program, operations);
      ++compared;
      for (const uint64_t most : {1u, 7u, 100u}) {
        ASSERT_EQ(
            HistoriesInParts(runners, program, operations, most, 1 + seed % 5),
            all)
            << name << ", " << most
            << " executions a part: " << ToOneLine(program);
      }
    }
  }
  EXPECT_EQ(compared, 36);
}

}  // namespace
}  // namespace mortsafe
