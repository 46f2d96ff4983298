#include "harness/program/enumerate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/program/program.h"

namespace mortsafe {
namespace {

// Positions that can be counted; more than anyone will visit.
constexpr uint64_t kMostPositions = uint64_t{1} << 40;
constexpr uint64_t kTooMany = std::numeric_limits<uint64_t>::max();

// base^exponent, or kTooMany above kMostPositions.
uint64_t Power(uint64_t base, int exponent) {
  uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) {
    power *= base;
    if (power > kMostPositions) return kTooMany;
  }
  return power;
}

// The number of sets of `k` of `n`, or kTooMany above kMostPositions.
// REQUIRES: n <= kMostPositions + k, k <= kMaxThreads.
uint64_t Choose(uint64_t n, uint64_t k) {
  if (k > n) return 0;
  uint64_t count = 1;
  for (uint64_t i = 1; i <= k; ++i) {
    const uint64_t factor = n - k + i;
    if (count > kTooMany / factor) return kTooMany;
    count = count * factor / i;
  }
  return count > kMostPositions ? kTooMany : count;
}

// The largest n with Choose(n, k) <= rank. REQUIRES: k > 0.
uint64_t LargestWithin(uint64_t rank, uint64_t k, uint64_t highest) {
  uint64_t low = k - 1;
  uint64_t high = highest;
  while (low < high) {
    const uint64_t middle = low + (high - low + 1) / 2;
    if (Choose(middle, k) <= rank) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

void AddPermutations(size_t size, std::vector<size_t>& begun,
                     std::vector<std::vector<size_t>>& all) {
  if (begun.size() == size) all.push_back(begun);
  for (size_t next = 0; next < size; ++next) {
    if (std::find(begun.begin(), begun.end(), next) != begun.end()) continue;
    begun.push_back(next);
    AddPermutations(size, begun, all);
    begun.pop_back();
  }
}

// All orders of the numbers below `size`, the usual one first.
std::vector<std::vector<size_t>> Permutations(size_t size) {
  std::vector<std::vector<size_t>> all;
  std::vector<size_t> begun;
  AddPermutations(size, begun, all);
  return all;
}

bool IsIdentity(const KeyRenaming& renaming) {
  for (size_t key = 0; key < renaming.size(); ++key) {
    if (renaming[key] != key) return false;
  }
  return true;
}

}  // namespace

std::vector<KeyRenaming> KeyRenamings(int keys) {
  Check(keys > 0 && keys <= kMaxEnumeratedKeys, "too many keys to rename");
  std::vector<KeyRenaming> renamings;
  for (const std::vector<size_t>& order :
       Permutations(static_cast<size_t>(keys))) {
    KeyRenaming renaming;
    std::iota(renaming.begin(), renaming.end(), uint8_t{0});
    for (size_t key = 0; key < order.size(); ++key) {
      renaming[key] = static_cast<uint8_t>(order[key]);
    }
    renamings.push_back(renaming);
  }
  return renamings;
}

EnumeratedProgram EnumeratedProgram::Renamed(
    const KeyRenaming& renaming) const {
  EnumeratedProgram renamed = *this;
  renamed.symmetries.clear();
  for (std::vector<EnumeratedOperation>& operations : renamed.threads) {
    for (EnumeratedOperation& operation : operations) {
      if (HasKey(operation.kind)) operation.key = renaming[operation.key];
    }
  }
  return renamed;
}

bool EnumeratedProgram::FitsStart(const PresentValues& present) const {
  for (const std::vector<EnumeratedOperation>& operations : threads) {
    for (const EnumeratedOperation& operation : operations) {
      if (ComparesValue(operation.kind) &&
          operation.compares == EnumeratedOperation::kInitial &&
          present[operation.key] == 0) {
        return false;
      }
    }
  }
  return true;
}

bool VisitRenamed(const EnumeratedProgram& program,
                  absl::Span<const KeyRenaming> renamings,
                  absl::FunctionRef<bool(const EnumeratedProgram&)> visit) {
  // What comes of the same program by a symmetry and a renaming.
  std::set<KeyRenaming> same;
  for (const KeyRenaming& renaming : renamings) {
    if (same.contains(renaming)) continue;
    for (const size_t symmetry : program.symmetries) {
      KeyRenaming both = renaming;
      for (size_t key = 0; key < both.size(); ++key) {
        both[key] = renaming[renamings[symmetry][key]];
      }
      same.insert(both);
    }
    if (!visit(program.Renamed(renaming))) return false;
  }
  return true;
}

Program EnumeratedProgram::After(absl::Span<const Operation> initial,
                                 const PresentValues& present) const {
  Program program;
  program.initial.assign(initial.begin(), initial.end());
  Value last = 0;
  for (const Operation& operation : initial) {
    last = std::max(last, operation.value);
  }
  std::vector<Value> stored;  // By number of operation.
  for (const std::vector<EnumeratedOperation>& operations : threads) {
    for (const EnumeratedOperation& operation : operations) {
      stored.push_back(StoresValue(operation.kind) ? ++last : 0);
    }
  }
  size_t number = 0;
  for (const std::vector<EnumeratedOperation>& operations : threads) {
    std::vector<Operation>& thread = program.threads.emplace_back();
    for (const EnumeratedOperation& each : operations) {
      Operation operation{each.kind, each.key, stored[number++]};
      if (each.compares == EnumeratedOperation::kInitial) {
        operation.old_value = present[each.key];
      } else if (each.compares != EnumeratedOperation::kNever) {
        operation.old_value =
            stored[each.compares - EnumeratedOperation::kFirstStore];
      }
      thread.push_back(operation);
    }
  }
  return program;
}

absl::StatusOr<ProgramEnumeration> ProgramEnumeration::Create(
    const EnumerationBounds& bounds) {
  Check(bounds.threads > 0 && bounds.threads <= kMaxThreads &&
            bounds.operations > 0 &&
            bounds.operations <= kMaxOperationsPerThread && bounds.keys > 0 &&
            bounds.keys <= kMaxEnumeratedKeys,
        "programs are enumerated beyond the bounds of programs");
  ProgramEnumeration enumeration(bounds);
  if (enumeration.alphabet_.empty()) {
    return absl::InvalidArgumentError("there are no operations to enumerate");
  }
  if (enumeration.size_ == kTooMany) {
    return absl::InvalidArgumentError(absl::StrCat(
        bounds.threads, " threads x ", bounds.operations, " operations x ",
        bounds.keys, " keys: expected bounds with fewer programs than 10^12"));
  }
  return enumeration;
}

ProgramEnumeration::ProgramEnumeration(const EnumerationBounds& bounds)
    : bounds_(bounds),
      renamings_(KeyRenamings(bounds.keys)),
      thread_orders_(Permutations(static_cast<size_t>(bounds.threads))) {
  for (const OperationKind kind : kAllOperationKinds) {
    if (!bounds.kinds.Has(kind)) continue;
    const int keys = HasKey(kind) ? bounds.keys : 1;
    for (int key = 0; key < keys; ++key) {
      alphabet_.push_back({kind, static_cast<Key>(key)});
    }
  }
  sequences_ = Power(alphabet_.size(), bounds.operations);
  const auto threads = static_cast<uint64_t>(bounds.threads);
  size_ = sequences_ == kTooMany ? kTooMany
                                 : Choose(sequences_ + threads - 1, threads);
}

ProgramEnumeration::Codes ProgramEnumeration::CodesAt(uint64_t position) const {
  // Codes that do not fall, plus 0, 1, 2, …, grow: a set, by its rank in
  // colexicographic order.
  Codes codes(static_cast<size_t>(bounds_.threads));
  uint64_t rank = position;
  for (uint64_t t = codes.size(); t > 0; --t) {
    const uint64_t member = LargestWithin(rank, t, sequences_ + t - 2);
    rank -= Choose(member, t);
    codes[t - 1] = member - (t - 1);
  }
  return codes;
}

uint64_t ProgramEnumeration::Renamed(uint64_t code,
                                     const KeyRenaming& renaming) const {
  uint64_t renamed = 0;
  uint64_t weight = 1;
  const uint64_t letters = alphabet_.size();
  for (int i = 0; i < bounds_.operations; ++i) {
    const uint64_t letter = code % letters;
    code /= letters;
    const EnumeratedOperation& operation = alphabet_[letter];
    // The letters of a kind follow one another, by key.
    const uint64_t image = HasKey(operation.kind) ? letter - operation.key +
                                                        renaming[operation.key]
                                                  : letter;
    renamed += image * weight;
    weight *= letters;
  }
  return renamed;
}

std::vector<ProgramEnumeration::Symmetry> ProgramEnumeration::SymmetriesOf(
    const Codes& codes) const {
  std::vector<Symmetry> symmetries;
  for (size_t r = 0; r < renamings_.size(); ++r) {
    Codes images;
    for (const uint64_t code : codes) {
      images.push_back(Renamed(code, renamings_[r]));
    }
    Codes sorted = images;
    std::sort(sorted.begin(), sorted.end());
    if (sorted < codes) return {};
    if (sorted != codes) continue;
    // Every way to put the images where the same codes are.
    for (const std::vector<size_t>& order : thread_orders_) {
      bool fits = true;
      for (size_t t = 0; t < order.size(); ++t) {
        fits = fits && images[t] == codes[order[t]];
      }
      if (fits) symmetries.push_back({r, order});
    }
  }
  return symmetries;
}

EnumeratedProgram ProgramEnumeration::Decode(const Codes& codes) const {
  EnumeratedProgram program;
  for (uint64_t code : codes) {
    std::vector<EnumeratedOperation>& thread = program.threads.emplace_back();
    for (int i = 0; i < bounds_.operations; ++i) {
      thread.push_back(alphabet_[code % alphabet_.size()]);
      code /= alphabet_.size();
    }
  }
  return program;
}

EnumeratedOperation& ProgramEnumeration::At(EnumeratedProgram& program,
                                            size_t number) const {
  const auto operations = static_cast<size_t>(bounds_.operations);
  return program.threads[number / operations][number % operations];
}

const EnumeratedOperation& ProgramEnumeration::At(
    const EnumeratedProgram& program, size_t number) const {
  const auto operations = static_cast<size_t>(bounds_.operations);
  return program.threads[number / operations][number % operations];
}

std::vector<uint32_t> ProgramEnumeration::Comparable(
    const EnumeratedProgram& program, size_t number) const {
  const EnumeratedOperation& self = At(program, number);
  if (!ComparesValue(self.kind)) return {EnumeratedOperation::kNever};
  std::vector<uint32_t> values = {EnumeratedOperation::kNever,
                                  EnumeratedOperation::kInitial};
  const auto operations = static_cast<size_t>(bounds_.operations);
  const size_t count = program.threads.size() * operations;
  for (size_t other = 0; other < count; ++other) {
    const EnumeratedOperation& stores = At(program, other);
    // What its own thread stores from now on is not there yet.
    const bool comes_later =
        other >= number && other / operations == number / operations;
    if (StoresValue(stores.kind) && stores.key == self.key && !comes_later) {
      values.push_back(EnumeratedOperation::kFirstStore +
                       static_cast<uint32_t>(other));
    }
  }
  return values;
}

ProgramEnumeration::Compared ProgramEnumeration::Image(
    const Compared& compared, const Symmetry& symmetry) const {
  const auto operations = static_cast<size_t>(bounds_.operations);
  const auto moved = [&](size_t number) {
    return symmetry.threads[number / operations] * operations +
           number % operations;
  };
  Compared image(compared.size());
  for (size_t i = 0; i < compared.size(); ++i) {
    uint32_t value = compared[i];
    if (value >= EnumeratedOperation::kFirstStore) {
      value = EnumeratedOperation::kFirstStore +
              static_cast<uint32_t>(
                  moved(value - EnumeratedOperation::kFirstStore));
    }
    image[moved(i)] = value;
  }
  return image;
}

void ProgramEnumeration::Visit(
    uint64_t position,
    absl::FunctionRef<void(const EnumeratedProgram&)> visit) const {
  Check(position < size_, "there is no program at this position");
  const Codes codes = CodesAt(position);
  const std::vector<Symmetry> symmetries = SymmetriesOf(codes);
  if (symmetries.empty()) return;
  EnumeratedProgram program = Decode(codes);
  Compared compared(static_cast<size_t>(bounds_.threads) *
                    static_cast<size_t>(bounds_.operations));
  VisitComparisons(program, symmetries, 0, compared, visit);
}

void ProgramEnumeration::VisitComparisons(
    EnumeratedProgram& program, const std::vector<Symmetry>& symmetries,
    size_t number, Compared& compared,
    absl::FunctionRef<void(const EnumeratedProgram&)> visit) const {
  if (number < compared.size()) {
    for (const uint32_t value : Comparable(program, number)) {
      compared[number] = value;
      VisitComparisons(program, symmetries, number + 1, compared, visit);
    }
    return;
  }
  program.symmetries.clear();
  for (const Symmetry& symmetry : symmetries) {
    const Compared image = Image(compared, symmetry);
    if (image < compared) return;
    if (image == compared && !IsIdentity(renamings_[symmetry.renaming]) &&
        (program.symmetries.empty() ||
         program.symmetries.back() != symmetry.renaming)) {
      program.symmetries.push_back(symmetry.renaming);
    }
  }
  for (size_t i = 0; i < compared.size(); ++i) {
    At(program, i).compares = compared[i];
  }
  visit(program);
}

}  // namespace mortsafe
