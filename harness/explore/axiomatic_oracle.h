// RC11 by its definition: counts the consistent executions of a tiny program by
// trying every way in which its reads may read from its writes and its writes
// may be ordered, and testing the axioms on relations that are spelled out as
// matrices. Slow, and obviously right: what searches cleverly is compared with
// it.

#ifndef MORTSAFE_HARNESS_EXPLORE_AXIOMATIC_ORACLE_H_
#define MORTSAFE_HARNESS_EXPLORE_AXIOMATIC_ORACLE_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace mortsafe {

// One operation of a straight-line thread. All locations hold 0 at first.
struct TinyOperation {
  enum class Kind : uint8_t {
    kLoad,
    kStore,            // value
    kAdd,              // value
    kCompareExchange,  // value if it finds expected
    kFence,
    kLock,
    kTryLock,
    kUnlock,  // What an attempt did not lock, nothing unlocks.
  };
  Kind kind = Kind::kLoad;
  size_t location = 0;  // Locks have locations of their own.
  std::memory_order order = std::memory_order_relaxed;
  std::memory_order failure_order = std::memory_order_relaxed;
  int value = 0;
  int expected = 0;
};

using TinyProgram = std::vector<std::vector<TinyOperation>>;

class AxiomaticOracle {
 public:
  explicit AxiomaticOracle(const TinyProgram& program) {
    for (size_t thread = 0; thread < program.size(); ++thread) {
      for (const TinyOperation& operation : program[thread]) {
        operations_.push_back(operation);
        threads_.push_back(thread);
        locations_ = std::max(locations_, operation.location + 1);
      }
    }
    count_ = operations_.size();
    rf_.assign(count_, kInitial);
    ChooseSource(0);
  }

  uint64_t executions() const { return executions_; }
  // What each read read, in the order of threads; then what each location held
  // in the end.
  const std::set<std::string>& outcomes() const { return outcomes_; }

 private:
  using Kind = TinyOperation::Kind;
  using Relation = std::vector<std::vector<bool>>;
  static constexpr int kInitial = -1;

  bool Reads(size_t e) const {
    const Kind kind = operations_[e].kind;
    return kind != Kind::kStore && kind != Kind::kFence &&
           kind != Kind::kUnlock;
  }
  bool IsUpdate(size_t e) const {
    return Reads(e) && operations_[e].kind != Kind::kLoad;
  }
  bool MayWrite(size_t e) const {
    return operations_[e].kind != Kind::kLoad &&
           operations_[e].kind != Kind::kFence;
  }
  bool SameLocation(size_t a, size_t b) const {
    return operations_[a].kind != Kind::kFence &&
           operations_[b].kind != Kind::kFence &&
           operations_[a].location == operations_[b].location;
  }
  bool Before(size_t a, size_t b) const {  // In program order.
    return threads_[a] == threads_[b] && a < b;
  }

  void ChooseSource(size_t e) {
    if (e == count_) return Evaluate();
    rf_[e] = kInitial;
    ChooseSource(e + 1);
    if (!Reads(e)) return;
    for (size_t w = 0; w < count_; ++w) {
      if (w == e || !MayWrite(w) || !SameLocation(e, w)) continue;
      rf_[e] = static_cast<int>(w);
      ChooseSource(e + 1);
    }
  }

  // Computes what everything reads and writes, in an order that program order
  // and rf agree with, if there is one.
  void Evaluate() {
    read_.assign(count_, 0);
    written_.assign(count_, std::nullopt);
    std::vector<bool> done(count_, false);
    for (size_t rounds = 0; rounds < count_; ++rounds) {
      for (size_t e = 0; e < count_; ++e) {
        if (done[e]) continue;
        if (e > 0 && Before(e - 1, e) && !done[e - 1]) continue;
        if (rf_[e] != kInitial && !done[static_cast<size_t>(rf_[e])]) continue;
        if (!Perform(e)) return;
        done[e] = true;
      }
    }
    if (std::find(done.begin(), done.end(), false) != done.end()) return;
    mo_.assign(locations_, {});
    for (size_t e = 0; e < count_; ++e) {
      if (written_[e].has_value()) {
        mo_[operations_[e].location].push_back(e);
      }
    }
    Relate();
    ChooseOrder(0);
  }

  bool Perform(size_t e) {
    const TinyOperation& operation = operations_[e];
    if (Reads(e) && rf_[e] != kInitial) {
      const auto& source = written_[static_cast<size_t>(rf_[e])];
      if (!source.has_value()) return false;
      read_[e] = *source;
    }
    switch (operation.kind) {
      case Kind::kStore:
        written_[e] = operation.value;
        break;
      case Kind::kAdd:
        written_[e] = read_[e] + operation.value;
        break;
      case Kind::kCompareExchange:
        if (read_[e] == operation.expected) written_[e] = operation.value;
        break;
      case Kind::kLock:
        if (read_[e] != 0) return false;
        written_[e] = 1;
        break;
      case Kind::kTryLock:
        if (read_[e] == 0) written_[e] = 1;
        break;
      case Kind::kUnlock:
        for (size_t d = e; d-- > 0;) {
          if (threads_[d] == threads_[e] && SameLocation(d, e)) {
            if (written_[d].has_value()) written_[e] = 0;
            break;
          }
        }
        break;
      case Kind::kLoad:
      case Kind::kFence:
        break;
    }
    return true;
  }

  void ChooseOrder(size_t location) {
    if (location == locations_) {
      if (IsConsistent()) Count();
      return;
    }
    std::vector<size_t>& order = mo_[location];
    std::sort(order.begin(), order.end());
    do {
      ChooseOrder(location + 1);
    } while (std::next_permutation(order.begin(), order.end()));
  }

  void Count() {
    ++executions_;
    std::vector<int> outcome;
    for (size_t e = 0; e < count_; ++e) {
      if (Reads(e) && operations_[e].kind != Kind::kLock) {
        outcome.push_back(read_[e]);
      }
    }
    for (const auto& order : mo_) {
      outcome.push_back(order.empty() ? 0 : *written_[order.back()]);
    }
    outcomes_.insert(absl::StrJoin(outcome, " "));
  }

  // Relations.

  Relation None() const {
    return Relation(count_, std::vector<bool>(count_, false));
  }
  template <class Holds>
  Relation Of(Holds holds) const {
    Relation relation = None();
    for (size_t a = 0; a < count_; ++a) {
      for (size_t b = 0; b < count_; ++b) relation[a][b] = holds(a, b);
    }
    return relation;
  }
  Relation Then(const Relation& first, const Relation& second) const {
    Relation both = None();
    for (size_t a = 0; a < count_; ++a) {
      for (size_t b = 0; b < count_; ++b) {
        if (!first[a][b]) continue;
        for (size_t c = 0; c < count_; ++c) {
          if (second[b][c]) both[a][c] = true;
        }
      }
    }
    return both;
  }
  Relation Or(const Relation& one, const Relation& other) const {
    return Of([&](size_t a, size_t b) { return one[a][b] || other[a][b]; });
  }
  Relation Maybe(const Relation& relation) const {
    return Of([&](size_t a, size_t b) { return a == b || relation[a][b]; });
  }
  Relation Closure(Relation relation) const {
    for (size_t b = 0; b < count_; ++b) {
      for (size_t a = 0; a < count_; ++a) {
        if (!relation[a][b]) continue;
        for (size_t c = 0; c < count_; ++c) {
          if (relation[b][c]) relation[a][c] = true;
        }
      }
    }
    return relation;
  }
  bool IsIrreflexive(const Relation& relation) const {
    for (size_t e = 0; e < count_; ++e) {
      if (relation[e][e]) return false;
    }
    return true;
  }
  template <class Holds>
  Relation Only(Holds holds) const {
    return Of([&](size_t a, size_t b) { return a == b && holds(a); });
  }

  bool IsFence(size_t e) const { return operations_[e].kind == Kind::kFence; }
  std::memory_order OrderOf(size_t e) const {
    const TinyOperation& operation = operations_[e];
    if (operation.kind == Kind::kLock) return std::memory_order_acquire;
    if (operation.kind == Kind::kUnlock) return std::memory_order_release;
    if (operation.kind == Kind::kTryLock) {
      return written_[e].has_value() ? std::memory_order_acquire
                                     : std::memory_order_relaxed;
    }
    return IsUpdate(e) && !written_[e].has_value() ? operation.failure_order
                                                   : operation.order;
  }
  bool IsAcquiring(size_t e) const {
    const std::memory_order order = OrderOf(e);
    return (Reads(e) || IsFence(e)) && order != std::memory_order_relaxed &&
           order != std::memory_order_release;
  }
  bool IsReleasing(size_t e) const {
    const std::memory_order order = OrderOf(e);
    return (written_[e].has_value() || IsFence(e)) &&
           order != std::memory_order_relaxed &&
           order != std::memory_order_acquire;
  }
  bool IsSeqCst(size_t e) const {
    return OrderOf(e) == std::memory_order_seq_cst;
  }

  // What does not depend on modification order.
  void Relate() {
    sb_ = Of([&](size_t a, size_t b) { return Before(a, b); });
    reads_from_ = Of([&](size_t a, size_t b) {
      return Reads(b) && std::cmp_equal(rf_[b], a);
    });
    const Relation fence = Only([&](size_t e) { return IsFence(e); });
    const Relation read_by_update = Of([&](size_t a, size_t b) {
      return reads_from_[a][b] && written_[b].has_value();
    });
    const Relation sequence = Maybe(Closure(read_by_update));
    const Relation writes =
        Only([&](size_t e) { return written_[e].has_value(); });
    // [release] ; ([F] ; sb)? ; [W] ; rs ; rf ; (sb ; [F])? ; [acquire]
    Relation sw = Only([&](size_t e) { return IsReleasing(e); });
    sw = Then(sw, Maybe(Then(fence, sb_)));
    sw = Then(Then(Then(sw, writes), sequence), reads_from_);
    sw = Then(sw, Maybe(Then(sb_, fence)));
    sw = Then(sw, Only([&](size_t e) { return IsAcquiring(e); }));
    hb_ = Closure(Or(sb_, sw));
  }

  bool IsConsistent() const {
    std::vector<size_t> place(count_, 0);
    for (const auto& order : mo_) {
      for (size_t i = 0; i < order.size(); ++i) place[order[i]] = i + 1;
    }
    const auto source = [&](size_t e) {
      return rf_[e] == kInitial ? 0 : place[static_cast<size_t>(rf_[e])];
    };
    for (size_t e = 0; e < count_; ++e) {  // Atomicity.
      if (Reads(e) && written_[e].has_value() && place[e] != source(e) + 1) {
        return false;
      }
    }
    const Relation mo = Of([&](size_t a, size_t b) {
      return SameLocation(a, b) && written_[a].has_value() &&
             written_[b].has_value() && place[a] < place[b];
    });
    const Relation fr = Of([&](size_t a, size_t b) {
      return a != b && SameLocation(a, b) && Reads(a) &&
             written_[b].has_value() && source(a) < place[b];
    });
    const Relation eco = Closure(Or(Or(reads_from_, mo), fr));
    if (!IsIrreflexive(hb_) || !IsIrreflexive(eco) ||
        !IsIrreflexive(Then(hb_, eco))) {
      return false;
    }
    return IsIrreflexive(Closure(Psc(mo, fr, eco)));
  }

  Relation Psc(const Relation& mo, const Relation& fr,
               const Relation& eco) const {
    const Relation seq_cst =
        Only([&](size_t e) { return IsSeqCst(e) && !IsFence(e); });
    const Relation fence =
        Only([&](size_t e) { return IsSeqCst(e) && IsFence(e); });
    const Relation sb_elsewhere = Of(
        [&](size_t a, size_t b) { return sb_[a][b] && !SameLocation(a, b); });
    const Relation hb_there =
        Of([&](size_t a, size_t b) { return hb_[a][b] && SameLocation(a, b); });
    const Relation scb =
        Or(Or(Or(sb_, Then(Then(sb_elsewhere, hb_), sb_elsewhere)), hb_there),
           Or(mo, fr));
    const Relation maybe_hb = Maybe(hb_);
    const Relation base = Then(Then(Or(seq_cst, Then(fence, maybe_hb)), scb),
                               Or(seq_cst, Then(maybe_hb, fence)));
    const Relation between = Or(hb_, Then(Then(hb_, eco), hb_));
    return Or(base, Then(Then(fence, between), fence));
  }

  std::vector<TinyOperation> operations_;
  std::vector<size_t> threads_;
  size_t count_ = 0;
  size_t locations_ = 0;
  // The execution on trial.
  std::vector<int> rf_;
  std::vector<int> read_;
  std::vector<std::optional<int>> written_;
  std::vector<std::vector<size_t>> mo_;
  Relation sb_;
  Relation reads_from_;
  Relation hb_;

  uint64_t executions_ = 0;
  std::set<std::string> outcomes_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_AXIOMATIC_ORACLE_H_
