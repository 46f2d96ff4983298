// A hash trie at rest, seen from outside: whether its structure is sound, and
// its state as text. Used by maps/hash_trie_map.h, which shows its parts.

#ifndef MORTSAFE_MAPS_HASH_TRIE_INSPECTION_H_
#define MORTSAFE_MAPS_HASH_TRIE_INSPECTION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mortsafe {

// `Branch` and `Entry` are the map's nodes. REQUIRES, for all members: no
// operation is in progress.
template <class Branch, class Entry, class Hash, class Equal>
class HashTrieInspection {
 public:
  HashTrieInspection(const Branch* root, const Hash& hash, const Equal& equal)
      : root_(root), hash_(hash), equal_(equal) {}

  // What is wrong with the structure, or nothing.
  std::optional<std::string> BrokenInvariant() const {
    return BrokenBelow(*root_, nullptr, 0);
  }

  // All that can influence what later operations do, reclamation aside:
  // "{3:{0:(1=v0) 7:(2=v1 5=v0)}}". Chains are in their order, and values are
  // numbered in order of appearance. REQUIRES: keys are integers.
  std::string StateText() const {
    std::vector<decltype(ValueOf(nullptr))> values;
    return StateText(*root_, values);
  }

 private:
  static auto ValueOf(const Entry* entry) {
    return entry->box.load()->value.unshared();
  }

  static const Entry* ChainOf(const auto* child) {
    return static_cast<const Entry*>(child);
  }
  static const Branch& BranchOf(const auto* child) {
    return static_cast<const Branch&>(*child);
  }

  // `prefix` is what all hashes below `branch` begin with, from the lowest bit
  // on.
  std::optional<std::string> BrokenBelow(const Branch& branch,
                                         const Branch* parent,
                                         size_t prefix) const {
    if (branch.parent != parent) return "a branch has another one's parent";
    if (branch.dead) return "a branch of the tree is marked dead";
    size_t used = 0;
    for (size_t i = 0; i < branch.slots.size(); ++i) {
      const auto* const child = branch.slots[i].load();
      if (child == nullptr) continue;
      ++used;
      const size_t longer = prefix | i << branch.shift;
      auto broken = child->is_entry
                        ? BrokenChain(ChainOf(child), branch, longer)
                        : BrokenBelow(BranchOf(child), &branch, longer);
      if (broken.has_value()) return broken;
    }
    if (used != branch.used) return "a branch miscounts its used slots";
    if (used == 0 && parent != nullptr)
      return "an empty branch was not removed";
    return std::nullopt;
  }

  std::optional<std::string> BrokenChain(const Entry* head,
                                         const Branch& branch,
                                         size_t prefix) const {
    const size_t hash = hash_(head->key.unshared());
    if (((hash ^ prefix) & Branch::PrefixMask(branch.shift)) != 0) {
      return "an entry is in a place for other hashes";
    }
    for (const Entry* entry = head; entry != nullptr;
         entry = entry->overflow.load()) {
      if (hash_(entry->key.unshared()) != hash) {
        return "a chain has entries of different hashes";
      }
      if (entry->box.load() == nullptr) return "a deleted entry is in the tree";
      for (const Entry* before = head; before != entry;
           before = before->overflow.load()) {
        if (equal_(before->key.unshared(), entry->key.unshared())) {
          return "a key is in its chain twice";
        }
      }
    }
    return std::nullopt;
  }

  template <class Values>
  std::string StateText(const Branch& branch, Values& values) const {
    std::string text;
    for (size_t i = 0; i < branch.slots.size(); ++i) {
      const auto* const child = branch.slots[i].load();
      if (child == nullptr) continue;
      text += (text.empty() ? "" : " ") + std::to_string(i) + ":";
      text += child->is_entry ? ChainText(ChainOf(child), values)
                              : StateText(BranchOf(child), values);
    }
    return "{" + text + "}";
  }

  template <class Values>
  static std::string ChainText(const Entry* head, Values& values) {
    std::string text;
    for (const Entry* entry = head; entry != nullptr;
         entry = entry->overflow.load()) {
      const auto value = ValueOf(entry);
      size_t number = 0;
      while (number < values.size() && !(values[number] == value)) ++number;
      if (number == values.size()) values.push_back(value);
      text += (text.empty() ? "" : " ") + std::to_string(entry->key.unshared());
      text += "=v" + std::to_string(number);
    }
    return "(" + text + ")";
  }

  const Branch* const root_;
  const Hash& hash_;
  const Equal& equal_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_HASH_TRIE_INSPECTION_H_
