// Every client program within bounds, once up to renaming of threads, keys and
// values.
//
// A program is enumerated without its initial operations, and without values:
// every store stores a value of its own, and every compare operation compares
// with each value that can be there, the one that its key has at the start
// included, and with one that cannot. Programs with fewer operations are not
// enumerated: they are what these do before their last operations.
//
//   absl::StatusOr<ProgramEnumeration> programs =
//       ProgramEnumeration::Create(bounds);
//   for (uint64_t i = 0; i < programs->size(); ++i) {
//     programs->Visit(i, [&](const EnumeratedProgram& program) { … });
//   }
//
// Positions are independent of each other, so that ranges of them can be given
// to several workers and taken up again.

#ifndef MORTSAFE_HARNESS_PROGRAM_ENUMERATE_H_
#define MORTSAFE_HARNESS_PROGRAM_ENUMERATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "harness/base/operation_kind.h"
#include "harness/program/program.h"

namespace mortsafe {

// More would be more than anyone can enumerate.
inline constexpr int kMaxEnumeratedKeys = 4;

// What each key is renamed to.
using KeyRenaming = std::array<uint8_t, kMaxEnumeratedKeys>;

// All renamings of the first `keys` keys, the identity first.
std::vector<KeyRenaming> KeyRenamings(int keys);

// The value under each key, 0 where it is absent.
using PresentValues = std::array<Value, kMaxEnumeratedKeys>;

struct EnumerationBounds {
  int threads = 2;     // Exactly so many,
  int operations = 1;  // with so many operations each,
  int keys = 1;        // on at most so many keys.
  OperationKindSet kinds = AllOperations();
};

struct EnumeratedOperation {
  // What a compare operation compares with: one of these, or kFirstStore plus
  // the number of the operation that stores the value, counted thread by
  // thread.
  static constexpr uint32_t kNever = 0;    // What is stored nowhere.
  static constexpr uint32_t kInitial = 1;  // What the key has at the start.
  static constexpr uint32_t kFirstStore = 2;

  OperationKind kind = OperationKind::kLoad;
  Key key = 0;
  uint32_t compares = kNever;

  friend bool operator==(const EnumeratedOperation&,
                         const EnumeratedOperation&) = default;
};

struct EnumeratedProgram {
  std::vector<std::vector<EnumeratedOperation>> threads;
  // The renamings of keys, by their number in KeyRenamings(), identity
  // excluded, that make it the same program with threads renamed.
  std::vector<size_t> symmetries;

  // The same on other keys, without its symmetries.
  EnumeratedProgram Renamed(const KeyRenaming& renaming) const;
  // Whether it compares only with values that are there at the start.
  bool FitsStart(const PresentValues& present) const;
  // The program as one to run after `initial`, which leaves `present` behind
  // and stores the values 1, 2, ….
  Program After(absl::Span<const Operation> initial,
                const PresentValues& present) const;
};

// Calls `visit` for `program` with its keys renamed in each way, until it
// returns false; renamings that give the same program, by its symmetries, count
// once. For maps that may tell keys apart. Whether all were visited.
bool VisitRenamed(const EnumeratedProgram& program,
                  absl::Span<const KeyRenaming> renamings,
                  absl::FunctionRef<bool(const EnumeratedProgram&)> visit);

class ProgramEnumeration {
 public:
  // Fails if there are too many programs to count, or no operation.
  static absl::StatusOr<ProgramEnumeration> Create(
      const EnumerationBounds& bounds);

  // How many positions there are.
  uint64_t size() const { return size_; }

  // Calls `visit` for each program at `position`: those that differ only in
  // what is compared with, none where another position has the same program.
  void Visit(uint64_t position,
             absl::FunctionRef<void(const EnumeratedProgram&)> visit) const;

 private:
  // A renaming of keys, and of threads: thread t becomes thread threads[t].
  struct Symmetry {
    size_t renaming = 0;
    std::vector<size_t> threads;
  };
  using Codes = std::vector<uint64_t>;     // By thread.
  using Compared = std::vector<uint32_t>;  // By number of operation.

  explicit ProgramEnumeration(const EnumerationBounds& bounds);

  // The codes of the threads at `position`, which do not fall.
  Codes CodesAt(uint64_t position) const;
  uint64_t Renamed(uint64_t code, const KeyRenaming& renaming) const;
  // What leaves the threads of `codes` as they are; empty if they are not the
  // least of those that are the same up to renaming.
  std::vector<Symmetry> SymmetriesOf(const Codes& codes) const;
  EnumeratedProgram Decode(const Codes& codes) const;
  // Values that the `number`-th operation may find.
  std::vector<uint32_t> Comparable(const EnumeratedProgram& program,
                                   size_t number) const;
  EnumeratedOperation& At(EnumeratedProgram& program, size_t number) const;
  const EnumeratedOperation& At(const EnumeratedProgram& program,
                                size_t number) const;
  Compared Image(const Compared& compared, const Symmetry& symmetry) const;
  void VisitComparisons(
      EnumeratedProgram& program, const std::vector<Symmetry>& symmetries,
      size_t number, Compared& compared,
      absl::FunctionRef<void(const EnumeratedProgram&)> visit) const;

  EnumerationBounds bounds_;
  std::vector<KeyRenaming> renamings_;
  std::vector<std::vector<size_t>> thread_orders_;
  std::vector<EnumeratedOperation> alphabet_;
  uint64_t sequences_ = 0;  // Of one thread.
  uint64_t size_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_ENUMERATE_H_
