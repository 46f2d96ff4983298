#include "harness/hunt/initial_states.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/hunt/isolation.h"
#include "harness/program/enumerate.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr size_t kMostStates = 20'000;
constexpr size_t kMostRenamings = 24;
static_assert(kMaxEnumeratedKeys == 4);

using Prefix = std::vector<Operation>;

// A state in memory that processes share, without pointers.
struct SharedState {
  uint8_t length = 0;
  std::array<Operation, kMaxInitialOperations> prefix = {};
  std::array<uint32_t, kMostRenamings> images = {};
};
struct SharedStates {
  uint64_t count = 0;
  bool complete = false;
  SharedState current;  // What the map is put through now.
  std::array<SharedState, kMostStates> states;
};

void SetPrefix(const Prefix& prefix, SharedState& state) {
  state.length = static_cast<uint8_t>(prefix.size());
  std::copy(prefix.begin(), prefix.end(), state.prefix.begin());
}

Prefix PrefixOf(const SharedState& state) {
  return {state.prefix.begin(), state.prefix.begin() + state.length};
}

// What the keys have after `prefix`, as the specification says.
PresentValues PresentAfter(absl::Span<const Operation> prefix) {
  PresentValues present = {};
  for (const Operation& operation : prefix) {
    Value& value = present[operation.key];
    switch (operation.kind) {
      case OperationKind::kLoad:
      case OperationKind::kRange:
        break;
      case OperationKind::kStore:
      case OperationKind::kSwap:
        value = operation.value;
        break;
      case OperationKind::kLoadOrStore:
        if (value == 0) value = operation.value;
        break;
      case OperationKind::kLoadAndDelete:
      case OperationKind::kDelete:
        value = 0;
        break;
      case OperationKind::kCompareAndSwap:
        if (value != 0 && value == operation.old_value) value = operation.value;
        break;
      case OperationKind::kCompareAndDelete:
        if (value == operation.old_value) value = 0;
        break;
      case OperationKind::kClear:
        present.fill(0);
        break;
    }
  }
  return present;
}

Prefix Rename(Prefix prefix, const KeyRenaming& renaming) {
  for (Operation& operation : prefix) {
    if (HasKey(operation.kind)) operation.key = renaming[operation.key];
  }
  return prefix;
}

// The operations that may follow `prefix`: compare operations with the value
// that is there and with none.
Prefix Successors(OperationKindSet kinds, int keys, const Prefix& prefix) {
  Value last = 0;
  for (const Operation& operation : prefix) {
    last = std::max(last, operation.value);
  }
  const PresentValues present = PresentAfter(prefix);
  Prefix successors;
  for (const OperationKind kind : kAllOperationKinds) {
    if (!kinds.Has(kind)) continue;
    for (int i = 0; i < (HasKey(kind) ? keys : 1); ++i) {
      const auto key = static_cast<size_t>(i);
      const Value value = StoresValue(kind) ? last + 1 : 0;
      successors.push_back({kind, key, value});
      if (ComparesValue(kind) && present[key] != 0) {
        successors.push_back({kind, key, value, present[key]});
      }
    }
  }
  return successors;
}

// Walks through the states of a map, breadth first. Runs in a child process.
class StateSearch {
 public:
  StateSearch(const SubjectChoice& subject, int keys, SharedState& current)
      : subject_(subject), keys_(keys), current_(current) {}

  // Says whether there are no others.
  bool Run(size_t max_length) {
    Add({});
    // More come in while this goes on. NOLINTNEXTLINE(modernize-loop-convert)
    for (size_t i = 0; i < prefixes_.size(); ++i) {
      // All states so far are at most this far away: the set is closed under
      // renaming wherever it ends.
      if (prefixes_[i].size() >= max_length) return false;
      for (const Operation& next :
           Successors(subject_.subject->operations, keys_, prefixes_[i])) {
        Prefix prefix = prefixes_[i];
        prefix.push_back(next);
        Add(std::move(prefix));
      }
    }
    return true;
  }

  const std::vector<Prefix>& prefixes() const { return prefixes_; }

  // The number of the state that `prefix` leads to, if it is one of them.
  std::optional<size_t> Find(const Prefix& prefix) const {
    const auto found = numbers_.find(StateAfter(prefix));
    if (found == numbers_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::string StateAfter(const Prefix& prefix) const {
    SetPrefix(prefix, current_);
    const std::unique_ptr<AnyMap> map = subject_.Create();
    HistoryOperation record;
    record.entries.reserve(2 * size_t{kMaxKeys});
    for (const Operation& operation : prefix) {
      record.entries.clear();
      map->Perform(operation, record);
    }
    return *map->StateText();
  }

  void Add(Prefix prefix) {
    std::string text = StateAfter(prefix);
    const auto [at, added] =
        numbers_.emplace(std::move(text), prefixes_.size());
    if (!added) return;
    Check(prefixes_.size() < kMostStates, "a map has too many initial states");
    prefixes_.push_back(std::move(prefix));
  }

  const SubjectChoice subject_;
  const int keys_;
  SharedState& current_;
  std::vector<Prefix> prefixes_;
  std::map<std::string, size_t> numbers_;
};

void FillShared(const SubjectChoice& subject, int keys, size_t max_length,
                SharedStates& shared) {
  StateSearch search(subject, keys, shared.current);
  shared.complete = search.Run(max_length);
  const std::vector<KeyRenaming> renamings = KeyRenamings(keys);
  for (size_t i = 0; i < search.prefixes().size(); ++i) {
    const Prefix& prefix = search.prefixes()[i];
    SharedState& state = shared.states[i];
    SetPrefix(prefix, state);
    for (size_t r = 0; r < renamings.size(); ++r) {
      state.images[r] = static_cast<uint32_t>(
          search.Find(Rename(prefix, renamings[r])).value_or(i));
    }
  }
  shared.count = search.prefixes().size();
}

// For a map that does not tell its state: nothing; one key and then two, each
// there, deleted, or asked for until the map may have tidied up.
InitialStates TypicalStates(int keys) {
  std::vector<Prefix> prefixes = {{}};
  const std::vector<KeyRenaming> renamings = KeyRenamings(keys);
  const auto add = [&](const Prefix& prefix) {
    for (const KeyRenaming& renaming : renamings) {
      Prefix renamed = Rename(prefix, renaming);
      if (std::find(prefixes.begin(), prefixes.end(), renamed) ==
          prefixes.end()) {
        prefixes.push_back(std::move(renamed));
      }
    }
  };
  const Operation store = {OperationKind::kStore, 0, 1};
  const Operation load = {OperationKind::kLoad, 0};
  const Operation remove = {OperationKind::kDelete, 0};
  add({store});
  add({store, remove});
  add({store, load});
  add({store, load, remove});
  if (keys > 1) {
    const Operation other = {OperationKind::kStore, 1, 2};
    const Operation remove_other = {OperationKind::kDelete, 1};
    add({store, other});
    add({store, load, other});
    add({store, load, remove, other});
    add({store, other, remove_other});
  }
  InitialStates found;
  for (const Prefix& prefix : prefixes) {
    InitialState& state = found.states.emplace_back();
    state.prefix = prefix;
    for (const KeyRenaming& renaming : renamings) {
      const auto image =
          std::find(prefixes.begin(), prefixes.end(), Rename(prefix, renaming));
      state.images.push_back(static_cast<size_t>(image - prefixes.begin()));
    }
  }
  return found;
}

void Complete(InitialStates& found) {
  for (size_t i = 0; i < found.states.size(); ++i) {
    InitialState& state = found.states[i];
    state.present = PresentAfter(state.prefix);
    const size_t least =
        *std::min_element(state.images.begin(), state.images.end());
    if (least >= i) ++found.classes;
  }
}

}  // namespace

uint64_t InitialStates::Digest() const {
  uint64_t digest = states.size();
  const auto mix = [&digest](uint64_t value) {
    digest = (digest ^ value) * 0x9e3779b97f4a7c15;
    digest ^= digest >> 29;
  };
  for (const InitialState& state : states) {
    mix(state.prefix.size());
    for (const Operation& operation : state.prefix) {
      mix(static_cast<uint64_t>(operation.kind));
      mix(operation.key);
      mix(operation.value);
      mix(operation.old_value);
    }
  }
  return digest;
}

InitialStates FindInitialStates(const SubjectChoice& subject, int keys,
                                int max_length) {
  Check(max_length >= 0 && max_length <= kMaxInitialOperations,
        "initial states are too far away");
  InitialStates found;
  if (!subject.Create()->StateText().has_value()) {
    found = TypicalStates(keys);
    Complete(found);
    return found;
  }
  const Shared<SharedStates> shared;
  Child child([&] {
    FillShared(subject, keys, static_cast<size_t>(max_length), *shared);
  });
  if (!child.HasEnded(kPatience)) child.KillForTimeOut();
  if (child.crash().has_value()) {
    found.crashing_prefix = PrefixOf(shared->current);
    return found;
  }
  const size_t renamings = KeyRenamings(keys).size();
  for (size_t i = 0; i < shared->count; ++i) {
    const SharedState& each = shared->states[i];
    InitialState& state = found.states.emplace_back();
    state.prefix = PrefixOf(each);
    state.images.assign(
        each.images.begin(),
        each.images.begin() + static_cast<ptrdiff_t>(renamings));
  }
  found.complete = shared->complete;
  Complete(found);
  return found;
}

}  // namespace mortsafe
