#include "harness/explore/wakeup_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/base/check.h"
#include "harness/explore/explored_step.h"

namespace mortsafe {
namespace {

// The place of the first step of `step`'s thread in `sequence`, or its length
// if it has none, provided that `step` can go before all that come earlier.
std::optional<size_t> PlaceIfInitial(const ExploredStep& step,
                                     const StepSequence& sequence) {
  for (size_t i = 0; i < sequence.size(); ++i) {
    if (sequence[i]->thread == step.thread) return i;
    if (Dependent(*sequence[i], step)) return std::nullopt;
  }
  return sequence.size();
}

}  // namespace

bool IsWeakInitial(const ExploredStep& step, const StepSequence& sequence) {
  return PlaceIfInitial(step, sequence).has_value();
}

uint32_t WakeupTrees::FindCover(const Tree& tree,
                                StepSequence& sequence) const {
  for (uint32_t node = tree.first; node != kNone; node = nodes_[node].next) {
    const std::optional<size_t> place =
        PlaceIfInitial(nodes_[node].step, sequence);
    if (!place.has_value()) continue;
    if (*place < sequence.size()) {
      sequence.erase(sequence.begin() + static_cast<ptrdiff_t>(*place));
    }
    return node;
  }
  return kNone;
}

void WakeupTrees::Append(Tree& tree, const ExploredStep& step) {
  uint32_t node = free_;
  if (node == kNone) {
    node = static_cast<uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    free_ = nodes_[node].next;
  }
  nodes_[node] = {step, {}, kNone};
  if (tree.empty()) {
    tree.first = node;
  } else {
    nodes_[tree.last].next = node;
  }
  tree.last = node;
}

bool WakeupTrees::Insert(Tree& tree, StepSequence& sequence) {
  // Nodes move when one is added: from the root on they go by number.
  uint32_t at = kNone;
  const auto tree_at = [&]() -> Tree& {
    return at == kNone ? tree : nodes_[at].children;
  };
  while (!sequence.empty()) {
    const uint32_t cover = FindCover(tree_at(), sequence);
    if (cover == kNone) break;
    at = cover;
    // All that begins so will be explored.
    if (tree_at().empty()) return false;
  }
  const bool adds = !sequence.empty();
  for (const ExploredStep* const step : sequence) {
    Tree copy = tree_at();
    Append(copy, *step);
    tree_at() = copy;
    at = copy.last;
  }
  return adds;
}

WakeupTrees::Tree WakeupTrees::TakeFirst(Tree& tree, ExploredStep& step) {
  const uint32_t node = tree.first;
  const Tree children = nodes_[node].children;
  step = nodes_[node].step;
  tree.first = nodes_[node].next;
  if (tree.first == kNone) tree.last = kNone;
  nodes_[node].next = free_;
  free_ = node;
  return children;
}

void WakeupTrees::WriteFrom(const Tree& tree, uint32_t level,
                            Plan& plan) const {
  for (uint32_t node = tree.first; node != kNone; node = nodes_[node].next) {
    plan.push_back({level, nodes_[node].step});
    WriteFrom(nodes_[node].children, level + 1, plan);
  }
}

Plan WakeupTrees::Write(const Tree& tree) const {
  Plan plan;
  WriteFrom(tree, 0, plan);
  return plan;
}

WakeupTrees::Tree WakeupTrees::ReadFrom(const Plan& plan, size_t& at,
                                        uint32_t level) {
  Tree tree;
  while (at < plan.size() && plan[at].level == level) {
    Append(tree, plan[at++].step);
    const Tree children = ReadFrom(plan, at, level + 1);
    nodes_[tree.last].children = children;
  }
  return tree;
}

WakeupTrees::Tree WakeupTrees::Read(const Plan& plan) {
  size_t at = 0;
  const Tree tree = ReadFrom(plan, at, 0);
  Check(at == plan.size(), "a tree of steps is not as it was written");
  return tree;
}

void WakeupTrees::Drop(Tree& tree) {
  while (!tree.empty()) {
    ExploredStep step;
    Tree children = TakeFirst(tree, step);
    Drop(children);
  }
}

void WakeupTrees::Clear() {
  nodes_.clear();
  free_ = kNone;
}

}  // namespace mortsafe
