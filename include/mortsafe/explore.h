// <mortsafe/explore.h>: runs concurrent code under every interleaving, or under
// many that are chosen.
//
//   mortsafe::ExploreResult result = mortsafe::Explore({}, [] {
//     mortsafe::atomic<int> counter{0};
//     mortsafe::thread other([&] { counter.fetch_add(1); });
//     counter.fetch_add(1);
//     other.join();
//     MORTSAFE_CHECK(counter.load() == 2);
//   });
//   EXPECT_TRUE(result.complete);
//   EXPECT_FALSE(result.failure.has_value()) << result.failure->message;
//
// The body and the code that it calls use the types of <mortsafe/sync.h>; what
// it does must depend on nothing but the order of its threads' steps. It runs
// once per execution, and must join the threads that it starts. Link
// mortsafe::harness.

#ifndef MORTSAFE_EXPLORE_H_
#define MORTSAFE_EXPLORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <string>

#include "mortsafe/memory_model.h"  // IWYU pragma: export
#include "mortsafe/sync.h"          // IWYU pragma: export

#if !defined(MORTSAFE_MODELLED)
#error "link mortsafe::harness: without it nothing controls the threads"
#endif

namespace mortsafe {

enum class Strategy : uint8_t {
  kExhaustive,  // Every interleaving; of those that differ only in the order of
                // steps that commute, one. Under kC11: every choice of what
                // each load reads and of how the stores to each atomic are
                // ordered that the model allows. Those who share a lock are
                // ordered, too; one thread alone may start others.
  kRandom,      // Each thread that can run is equally likely to, at every step.
  kPct,         // Random priorities that change at a few random steps.
  kPos,         // Partial-order sampling.
  kSurw,        // Selectively uniform random walk.
};

struct ExploreOptions {
  MemoryModel memory = MemoryModel::kSc;
  Strategy strategy = Strategy::kExhaustive;
  // Strategies that draw make the same choices again for the same seed.
  uint64_t seed = 1;
  // Stop after so many executions, as ExploreResult::executions counts them:
  // without those that are blocked. 0: kExhaustive goes on to the end, the
  // others stop after 10,000.
  uint64_t max_executions = 0;
  // Of kExhaustive, under kSc: only interleavings in which at most so many
  // times a thread that could go on is made to wait for others. Then no two
  // steps are known to commute, and what races is not reported.
  std::optional<uint32_t> max_preemptions = std::nullopt;
};

// What went wrong in the execution that ended the exploration.
struct ExploreFailure {
  // "broken-invariant" (a MORTSAFE_CHECK), "deadlock", "livelock", "leak",
  // "double-free", or "crash" (an exception that left a thread, a lock unlocked
  // that was not held); under kExhaustive or kC11 also "data-race" (on a
  // mortsafe::plain, or on an object that is used before its construction is
  // known of) and "use-after-free". "unsupported": this build does not offer
  // what the options ask for, and nothing was run; or the body did what kC11
  // cannot follow, which says nothing about the body.
  std::string kind;
  std::string message;
  // The execution's steps, a line each, a column per thread. Of a stale load
  // it says which store it read: "write 2 of thread 1" to that object.
  std::string trace;
};

struct ExploreResult {
  // Executions that were run to their end. Under kExhaustive no two are alike.
  uint64_t executions = 0;
  // Executions that were given up because they could only repeat others: those
  // in which a thread would spin until something changes.
  uint64_t blocked = 0;
  // Every execution there is was run to its end, and none failed.
  bool complete = false;
  // ExploreOptions::max_preemptions, if it left some out.
  std::optional<uint32_t> preemption_bound;
  // Of the first execution that failed; the exploration ended with it.
  std::optional<ExploreFailure> failure;
};

// Explores `body`, in the calling thread. An execution that fails is run once
// more, for its trace. What the body allocates belongs to its execution: see
// KeepAllocations for what is to outlive it.
// REQUIRES: it is not called from a body.
ExploreResult Explore(const ExploreOptions& options,
                      const std::function<void()>& body);

// While one lives in a body, what its thread allocates does not belong to the
// execution and may outlive it: for a container outside of the body to which
// the body adds what it saw. Its scope must touch nothing of <mortsafe/sync.h>.
class KeepAllocations {
 public:
  KeepAllocations();
  ~KeepAllocations();
  KeepAllocations(const KeepAllocations&) = delete;
  KeepAllocations& operator=(const KeepAllocations&) = delete;

 private:
  alignas(void*) std::byte state_[sizeof(void*)];
};

// Ends the execution in progress with a failure. Outside of executions: prints
// it and aborts. For MORTSAFE_CHECK.
[[noreturn]] void FailExploreCheck(
    const char* condition,
    std::source_location where = std::source_location::current());

}  // namespace mortsafe

// Asserts in a body, or in code that it calls.
#define MORTSAFE_CHECK(...)             \
  ((__VA_ARGS__) ? static_cast<void>(0) \
                 : ::mortsafe::FailExploreCheck(#__VA_ARGS__))

#endif  // MORTSAFE_EXPLORE_H_
