#include "harness/hunt/probe_programs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/base/operation_kind.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"

namespace mortsafe {
namespace {

using Visit = absl::FunctionRef<bool(const EnumeratedProgram&)>;

std::vector<EnumeratedOperation> Alphabet(const ProbeBounds& bounds) {
  std::vector<EnumeratedOperation> alphabet;
  for (const OperationKind kind : kAllOperationKinds) {
    if (!bounds.kinds.Has(kind)) continue;
    for (int key = 0; key < (HasKey(kind) ? bounds.keys : 1); ++key) {
      alphabet.push_back({kind, static_cast<Key>(key)});
    }
  }
  return alphabet;
}

// Builds programs operation by operation.
class Enumeration {
 public:
  Enumeration(const ProbeBounds& bounds, Visit visit)
      : operations_(static_cast<size_t>(bounds.operations)),
        alphabet_(Alphabet(bounds)),
        visit_(visit) {
    program_.threads.resize(1 + static_cast<size_t>(bounds.others));
    program_.threads[0].push_back({bounds.probed, 0});
    letters_.resize(program_.threads.size());
  }

  // Goes on with the operations of `thread`. Says whether to go on.
  bool Extend(size_t thread) {
    if (thread == program_.threads.size()) return Compare(0, 0);
    if (letters_[thread].size() == operations_) {
      // Threads can be renamed: their sequences do not fall.
      const bool falls = thread > 1 && letters_[thread] < letters_[thread - 1];
      return falls || Extend(thread + 1);
    }
    for (size_t letter = 0; letter < alphabet_.size(); ++letter) {
      program_.threads[thread].push_back(alphabet_[letter]);
      letters_[thread].push_back(letter);
      const bool goes_on = Extend(thread);
      program_.threads[thread].pop_back();
      letters_[thread].pop_back();
      if (!goes_on) return false;
    }
    return true;
  }

 private:
  // Goes on with what is compared with, from the `at`-th operation of `thread`.
  bool Compare(size_t thread, size_t at) {
    if (thread == program_.threads.size()) return visit_(program_);
    if (at == program_.threads[thread].size()) return Compare(thread + 1, 0);
    const std::vector<uint32_t> values = Comparable(thread, at);
    return std::all_of(values.begin(), values.end(), [&](uint32_t value) {
      program_.threads[thread][at].compares = value;
      return Compare(thread, at + 1);
    });
  }

  // Values that the operation may find.
  std::vector<uint32_t> Comparable(size_t thread, size_t at) const {
    const EnumeratedOperation& self = program_.threads[thread][at];
    if (!ComparesValue(self.kind)) return {EnumeratedOperation::kNever};
    std::vector<uint32_t> values = {EnumeratedOperation::kNever,
                                    EnumeratedOperation::kInitial};
    uint32_t number = EnumeratedOperation::kFirstStore;
    for (size_t other = 0; other < program_.threads.size(); ++other) {
      for (size_t i = 0; i < program_.threads[other].size(); ++i, ++number) {
        const EnumeratedOperation& stores = program_.threads[other][i];
        // What its own thread stores from now on is not there yet.
        const bool comes_later = other == thread && i >= at;
        if (StoresValue(stores.kind) && stores.key == self.key &&
            !comes_later) {
          values.push_back(number);
        }
      }
    }
    return values;
  }

  const size_t operations_;
  const std::vector<EnumeratedOperation> alphabet_;
  const Visit visit_;
  EnumeratedProgram program_;
  std::vector<std::vector<size_t>> letters_;  // Of the other threads.
};

}  // namespace

bool VisitProbePrograms(const ProbeBounds& bounds, Visit visit) {
  return Enumeration(bounds, visit).Extend(1);
}

}  // namespace mortsafe
