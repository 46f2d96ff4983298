// The states of a map from which it is verified: every one that a sequential
// client can bring it to, where the map tells its state.

#ifndef MORTSAFE_HARNESS_HUNT_INITIAL_STATES_H_
#define MORTSAFE_HARNESS_HUNT_INITIAL_STATES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/program/enumerate.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {

struct InitialState {
  std::vector<Operation> prefix;  // A shortest way to it.
  PresentValues present = {};     // After that.
  // By number in KeyRenamings(): the state with its keys renamed, or itself
  // where that is not among the states.
  std::vector<size_t> images;
};

struct InitialStates {
  // By length of the prefix; the first is the empty map's.
  std::vector<InitialState> states;
  // How many there are up to renaming of keys.
  size_t classes = 0;
  // The map tells its state, and there is none that longer prefixes lead to.
  bool complete = false;
  // Operations in whose midst the map crashed or got stuck, though one client
  // had it to itself. There are no states then.
  std::optional<std::vector<Operation>> crashing_prefix;

  // A digest of the prefixes: the same states, the same digest.
  uint64_t Digest() const;
};

// Finds the states that a map with `keys` keys can be in: all, if it tells its
// state (up to `max_length` operations away); otherwise a few typical ones. The
// map runs in a child process.
InitialStates FindInitialStates(const SubjectChoice& subject, int keys,
                                int max_length = kMaxInitialOperations);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_INITIAL_STATES_H_
