// What tests of the exhaustive search share: all that a body comes to, found by
// that search and by trying every interleaving.

#ifndef MORTSAFE_HARNESS_EXPLORE_EXPLORE_ALL_H_
#define MORTSAFE_HARNESS_EXPLORE_EXPLORE_ALL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/base/violation_kind.h"
#include "harness/explore/every_interleaving.h"
#include "harness/explore/exhaustive.h"
#include "harness/model/execution.h"
#include "harness/model/memory.h"

namespace mortsafe {

struct ExploredBody {
  // By trace, what it came to, and all of that.
  std::map<uint64_t, std::string> traces;
  std::set<std::string> outcomes;
  uint64_t executions = 0;
  uint64_t blocked = 0;
  uint64_t repeated = 0;  // Executions of traces that were there before.
};

// A body returns what the execution came to.
using ExecutionBody = std::function<std::string(Execution&)>;

// How it ended: what `body` returned, or the kind of its failure and why.
template <class Search>
std::string RunOnce(Execution& execution, Search& search,
                    const ExecutionBody& body) {
  std::string outcome;
  const Outcome ran = execution.Run({}, search, [&] {
    std::string text = body(execution);
    const HarnessAllocations harness;
    outcome = std::string(text);
  });
  if (!ran.failure.has_value()) return outcome;
  return absl::StrCat(Slug(ran.failure->kind), " ", ran.failure->message);
}

inline ExploredBody ExploreAll(const ExecutionBody& body) {
  ExploredBody explored;
  Execution execution;
  ExhaustiveStrategy search;
  while (search.Next()) {
    if (search.began_anew()) explored = ExploredBody();
    const std::string outcome = RunOnce(execution, search, body);
    if (search.gave_up()) continue;
    explored.outcomes.insert(outcome);
    if (!explored.traces.emplace(search.TraceDigest(), outcome).second) {
      ++explored.repeated;
    }
  }
  explored.executions = search.executions();
  explored.blocked = search.blocked();
  return explored;
}

inline ExploredBody EnumerateAll(const ExecutionBody& body) {
  ExploredBody explored;
  Execution execution;
  EveryInterleaving search;
  while (search.Next()) {
    const std::string outcome = RunOnce(execution, search, body);
    explored.outcomes.insert(outcome);
    explored.traces.emplace(search.digest(), outcome);
    ++explored.executions;
  }
  return explored;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_EXPLORE_ALL_H_
