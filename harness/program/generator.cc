#include "harness/program/generator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

// Scales uniform bits to [0, bound).
constexpr size_t Scale32(uint64_t bits, size_t bound) {
  return static_cast<size_t>((bits & 0xffffffff) * bound >> 32);
}
constexpr size_t Scale16(uint64_t bits, size_t bound) {
  return static_cast<size_t>((bits & 0xffff) * bound >> 16);
}

// How often a kind is drawn, by kind; 0 to 8.
using KindWeights = std::array<uint8_t, kOperationKindCount>;

// Kinds to draw from, each as often as its weight says.
class KindTable {
 public:
  explicit KindTable(const KindWeights& weights) {
    size_t size = 0;
    for (size_t kind = 0; kind < weights.size(); ++kind) {
      // One store of eight copies, of which the weight stays, beats a loop.
      const uint64_t copies = 0x0101010101010101 * kind;
      std::memcpy(kinds_.data() + size, &copies, sizeof(copies));
      size += weights[kind];
    }
    size_ = size;
  }
  bool empty() const { return size_ == 0; }
  OperationKind Pick(uint64_t bits) const {
    return static_cast<OperationKind>(kinds_[Scale32(bits, size_)]);
  }

 private:
  std::array<uint8_t, size_t{kOperationKindCount + 1} * 8> kinds_;
  size_t size_;
};

// A program draws three bits per kind: Load, Store, LoadAndDelete and Delete,
// which most defects need, are seldom left out; others often.
constexpr std::array<uint8_t, 8> kCommonWeights = {0, 2, 2, 4, 4, 4, 8, 8};
constexpr std::array<uint8_t, 8> kOtherWeights = {0, 0, 0, 1, 1, 2, 4, 8};

constexpr bool IsCommon(OperationKind kind) {
  return kind == OperationKind::kLoad || kind == OperationKind::kStore ||
         kind == OperationKind::kLoadAndDelete ||
         kind == OperationKind::kDelete;
}

// The weights of the kinds that are offered; 0 for the others.
KindWeights Offered(OperationKindSet offered, KindWeights weights) {
  for (OperationKind kind : kAllOperationKinds) {
    weights[static_cast<size_t>(kind)] *= offered.Has(kind) ? 1 : 0;
  }
  return weights;
}

KindTable DrawSwarm(OperationKindSet offered, Random& random) {
  KindWeights weights;
  uint64_t bits = random.Next();
  for (OperationKind kind : kAllOperationKinds) {
    const auto& choices = IsCommon(kind) ? kCommonWeights : kOtherWeights;
    weights[static_cast<size_t>(kind)] = choices[bits & 7];
    bits >>= 3;
  }
  const KindTable table(Offered(offered, weights));
  if (!table.empty()) return table;
  weights.fill(1);
  return KindTable(Offered(offered, weights));
}

// What initial operations mostly are: in a read/dirty map, stores fill the
// dirty table, loads miss until it is promoted, and deletes leave husks behind.
KindTable InitialKinds(OperationKindSet offered) {
  KindWeights weights = {};
  weights[static_cast<size_t>(OperationKind::kStore)] = 4;
  weights[static_cast<size_t>(OperationKind::kLoad)] = 3;
  weights[static_cast<size_t>(OperationKind::kDelete)] = 1;
  return KindTable(Offered(offered, weights));
}

constexpr size_t kMostOperations =
    kMaxInitialOperations + kMaxThreads * kMaxOperationsPerThread;
static_assert(kMostOperations < 256, "a value fits a byte");

// The values that a program stores, by key.
class StoredValues {
 public:
  // The next value, stored under `key`, if the operation `stores`; or else 0.
  Value Add(Key key, bool stores) {
    last_ += stores ? 1 : 0;
    values_[key][counts_[key]] = static_cast<uint8_t>(last_);
    counts_[key] = static_cast<uint8_t>(counts_[key] + (stores ? 1 : 0));
    return stores ? last_ : 0;
  }

  // A value that another operation than the one that stores `own` stores under
  // `key`; 0 if there is none.
  Value Pick(Key key, Value own, uint64_t bits) const {
    const size_t count = counts_[key];
    if (count == 0) return 0;
    const size_t index = Scale32(bits, count);
    const Value value = values_[key][index];
    if (value != own) return value;
    const size_t following = index + 1 == count ? 0 : index + 1;
    return count == 1 ? 0 : values_[key][following];
  }

 private:
  Value last_ = 0;
  std::array<uint8_t, kMaxKeys> counts_ = {};
  // One more than can be stored, for what Add writes in vain.
  std::array<std::array<uint8_t, kMostOperations + 1>, kMaxKeys> values_;
};

// Draws the operations of one program. A kind is a coin that no processor can
// predict, so Fill is written for conditional moves in place of branches.
class Generation {
 public:
  Generation(const ProgramBounds& bounds, Random& random)
      : random_(random),
        keys_(static_cast<size_t>(bounds.keys)),
        swarm_(DrawSwarm(bounds.operations_offered, random)),
        initial_(InitialKinds(bounds.operations_offered)) {}

  void FillInitial(std::vector<Operation>& operations) {
    for (Operation& operation : operations) {
      const uint64_t bits = random_.Next();
      const bool usual = !initial_.empty() && (bits >> 44 & 3) != 0;
      const OperationKind kind = (usual ? initial_ : swarm_).Pick(bits);
      // Loads spread over the keys, so that many find none and count a miss.
      Fill(kind, bits, kind != OperationKind::kLoad, operation);
    }
  }

  void FillThread(std::vector<Operation>& operations) {
    for (Operation& operation : operations) {
      const uint64_t bits = random_.Next();
      Fill(swarm_.Pick(bits), bits, /*favours_key_0=*/true, operation);
    }
  }

  // Draws what compares expect, now that all values are known: also values that
  // other threads store. REQUIRES: no vector was resized since it was filled.
  void FillOldValues() {
    for (size_t i = 0; i < compare_count_; ++i) {
      Operation& operation = *compares_[i];
      const uint64_t bits = random_.Next();
      const bool never_stored = bits >> 61 == 0;
      operation.old_value =
          never_stored ? 0 : stored_.Pick(operation.key, operation.value, bits);
    }
  }

 private:
  // Uses bits 32 and up: the lower ones chose the kind.
  void Fill(OperationKind kind, uint64_t bits, bool favours_key_0,
            Operation& operation) {
    const bool hot = favours_key_0 && (bits >> 32 & 7) < 3;
    const bool has_key = HasKey(kind) && !hot;
    const bool stops = kind == OperationKind::kRange && (bits >> 40 & 3) == 0;
    operation.kind = kind;
    operation.key = Scale16(bits >> 48, has_key ? keys_ : 0);
    operation.value = stored_.Add(operation.key, StoresValue(kind));
    operation.old_value = 0;
    operation.stop_after = stops ? 1 : 0;
    compares_[compare_count_] = &operation;
    compare_count_ += ComparesValue(kind) ? 1 : 0;
  }

  Random& random_;
  const size_t keys_;
  const KindTable swarm_;
  const KindTable initial_;
  StoredValues stored_;
  std::array<Operation*, kMostOperations + 1> compares_;
  size_t compare_count_ = 0;
};

// Resizes without giving up the memory of threads that are not needed now.
void ResizeThreads(size_t count, std::vector<std::vector<Operation>>& threads) {
  thread_local std::vector<std::vector<Operation>> spare;
  while (threads.size() > count) {
    if (spare.size() < kMaxThreads) spare.push_back(std::move(threads.back()));
    threads.pop_back();
  }
  while (threads.size() < count) {
    if (spare.empty()) {
      threads.emplace_back();
    } else {
      threads.push_back(std::move(spare.back()));
      spare.pop_back();
    }
  }
}

size_t DrawSize(int lowest, int highest, Random& random) {
  const auto span = static_cast<uint64_t>(highest - lowest) + 1;
  return static_cast<size_t>(lowest) + random.Below(span);
}

void CheckBounds(const ProgramBounds& bounds) {
  Check(bounds.threads > 0 && bounds.threads <= kMaxThreads &&
            bounds.operations > 0 &&
            bounds.operations <= kMaxOperationsPerThread && bounds.keys > 0 &&
            bounds.keys <= kMaxKeys && bounds.initial >= 0 &&
            bounds.initial <= kMaxInitialOperations,
        "a generated program's bounds are within those of all programs");
  Check(bounds.operations_offered != OperationKindSet(),
        "a generated program is offered an operation");
}

}  // namespace

void GenerateProgram(const ProgramBounds& bounds, Random& random,
                     Program& program) {
  CheckBounds(bounds);
  Generation generation(bounds, random);
  const int fewest_threads =
      bounds.exact ? bounds.threads : std::min(bounds.threads, 2);
  const int fewest_operations = bounds.exact ? bounds.operations : 1;

  program.initial.resize(DrawSize(0, bounds.initial, random));
  generation.FillInitial(program.initial);
  ResizeThreads(DrawSize(fewest_threads, bounds.threads, random),
                program.threads);
  for (auto& thread : program.threads) {
    thread.resize(DrawSize(fewest_operations, bounds.operations, random));
    generation.FillThread(thread);
  }
  generation.FillOldValues();
}

}  // namespace mortsafe
