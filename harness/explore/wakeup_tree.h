// Wakeup trees (Abdulla, Aronis, Jonsson, Sagonas: "Source sets: a foundation
// for optimal dynamic partial order reduction", JACM 2017, section 6): what is
// still to be explored from a point of an execution, as an ordered tree of
// steps. No sequence in a tree begins a trace that an earlier one covers.

#ifndef MORTSAFE_HARNESS_EXPLORE_WAKEUP_TREE_H_
#define MORTSAFE_HARNESS_EXPLORE_WAKEUP_TREE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "harness/explore/explored_step.h"

namespace mortsafe {

// Steps, which others keep, in an order in which they can follow one another.
using StepSequence = std::vector<const ExploredStep*>;

// Whether a trace that begins with `sequence` may as well begin with `step`:
// it is in the sequence and can go first, or does not matter to it.
bool IsWeakInitial(const ExploredStep& step, const StepSequence& sequence);

// A step of a tree that is written down. What comes after it follows, with
// greater levels, up to the next step of its own level or a lower one.
struct PlannedStep {
  uint32_t level = 0;
  ExploredStep step;
};
using Plan = std::vector<PlannedStep>;

// The nodes of all trees of a search. Nodes are re-used.
class WakeupTrees {
 public:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  // A tree: its first and last branch.
  struct Tree {
    uint32_t first = kNone;
    uint32_t last = kNone;
    bool empty() const { return first == kNone; }
  };

  // Adds `sequence` unless a branch covers it, and uses it up. Takes the part
  // of it that a branch already has from there. Whether it was added. Linear in
  // its length times the steps it is compared with.
  bool Insert(Tree& tree, StepSequence& sequence);

  // Removes the first branch; its step and what comes after it are `step` and
  // the result. REQUIRES: !tree.empty().
  Tree TakeFirst(Tree& tree, ExploredStep& step);

  // The tree written down, and the tree that was.
  Plan Write(const Tree& tree) const;
  Tree Read(const Plan& plan);
  // Forgets a tree.
  void Drop(Tree& tree);

  void Clear();

 private:
  struct Node {
    ExploredStep step;
    Tree children;
    uint32_t next = kNone;
  };

  // The first branch of `tree` that begins some execution that begins with
  // `sequence`, or kNone; takes its step out of the sequence.
  uint32_t FindCover(const Tree& tree, StepSequence& sequence) const;
  void Append(Tree& tree, const ExploredStep& step);
  void WriteFrom(const Tree& tree, uint32_t level, Plan& plan) const;
  Tree ReadFrom(const Plan& plan, size_t& at, uint32_t level);

  std::vector<Node> nodes_;
  uint32_t free_ = kNone;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_WAKEUP_TREE_H_
