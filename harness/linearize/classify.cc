#include "harness/linearize/classify.h"

#include <algorithm>
#include <functional>

namespace mortsafe {
namespace {

bool IsSame(const Step& a, const Step& b) { return a.operation == b.operation; }

bool Saw(const Step& step, CellState state) {
  return step.need == Need::kExactly && step.needed == state;
}

// Whether the step shows that `value` was not there.
bool SawGone(const Step& step, CellState value) {
  return (step.need == Need::kExactly && step.needed != value) ||
         (step.need == Need::kAnythingBut && step.needed == value);
}

// Whether the step took `value` away, by its own account.
bool Took(const Step& step, CellState value) {
  return Saw(step, value) && step.effect == Effect::kSet &&
         step.stored != value;
}

template <typename Predicate>
std::optional<Step> First(absl::Span<const Step> steps,
                          const Predicate& predicate) {
  const auto found = std::find_if(steps.begin(), steps.end(), predicate);
  if (found == steps.end()) return std::nullopt;
  return *found;
}

template <typename Predicate>
std::optional<Step> Last(absl::Span<const Step> steps,
                         const Predicate& predicate) {
  const auto found = std::find_if(steps.rbegin(), steps.rend(), predicate);
  if (found == steps.rend()) return std::nullopt;
  return *found;
}

// Judges one culprit.
class KeyDiagnosis {
 public:
  KeyDiagnosis(absl::Span<const Step> whole, absl::Span<const Step> context,
               absl::Span<const Step> core, const Step& culprit)
      : whole_(whole), context_(context), core_(core), culprit_(culprit) {
    found_.culprit = culprit;
  }

  Diagnosis OfValue() {
    const CellState value = culprit_.needed;
    found_.value = value;
    found_.stores = static_cast<size_t>(
        std::count_if(context_.begin(), context_.end(), [&](const Step& step) {
          return IsStore(step, value) && step.call_time <= culprit_.return_time;
        }));
    if (found_.stores == 0) return Named(ViolationKind::kValueFromNowhere);
    found_.store = FirstIn(&Last<Predicate>, [&](const Step& step) {
      return IsStore(step, value);
    });
    if (IsDoubleTake(value)) return Named(ViolationKind::kDoubleTake);
    if (!FindRemoval(value)) return Named(ViolationKind::kValueFromNowhere);
    return Named(OfRemoval(value));
  }

  Diagnosis OfAbsence(bool culprit_is_range) {
    FindMissed();
    if (culprit_is_range) return Named(ViolationKind::kTornOrDuplicatedRange);
    const Predicate saw_it = [&](const Step& step) {
      return !IsSame(step, culprit_) && found_.store.has_value() &&
             Saw(step, found_.value) && !Precedes(step, *found_.store);
    };
    found_.observer = First(core_, saw_it);
    if (!found_.observer.has_value()) found_.observer = First(whole_, saw_it);
    return Named(found_.observer.has_value() ? ViolationKind::kFalseAbsence
                                             : ViolationKind::kLostStore);
  }

  Diagnosis Named(ViolationKind kind) {
    found_.kind = kind;
    NoteLaterStores();
    return found_;
  }

 private:
  using Predicate = std::function<bool(const Step&)>;

  // Looks in the core, then in the whole context.
  template <typename Finder>
  std::optional<Step> FirstIn(Finder find, const Predicate& predicate) const {
    std::optional<Step> found = find(core_, predicate);
    return found.has_value() ? found : find(context_, predicate);
  }

  bool IsStore(const Step& step, CellState value) const {
    return !IsSame(step, culprit_) && CanStore(step, value);
  }

  bool IsDoubleTake(CellState value) {
    if (!Took(culprit_, value)) return false;
    const Predicate took = [&](const Step& step) {
      return !IsSame(step, culprit_) && Took(step, value);
    };
    const auto others = std::count_if(context_.begin(), context_.end(), took);
    if (std::cmp_less(others, found_.stores)) return false;
    found_.removal = FirstIn(&First<Predicate>, took);
    return true;
  }

  // Whether `step` may have made `value`, once stored, go.
  bool MayEnd(const Step& step, CellState value) const {
    return !IsSame(step, culprit_) && !IsRead(step) && step.stored != value &&
           (step.need == Need::kAnything || Saw(step, value)) &&
           !Precedes(step, *found_.store);
  }

  // Whether the step shows that `value` was gone before the culprit was called,
  // not that it was yet to come.
  bool Noticed(const Step& step, CellState value) const {
    return !IsSame(step, culprit_) && SawGone(step, value) &&
           Precedes(*found_.store, step) && Precedes(step, culprit_);
  }

  // What made `value` go: in the core, best before the culprit was called; else
  // the core shows that it was gone, and something in the context did it.
  bool FindRemoval(CellState value) {
    const Predicate ends = [&](const Step& step) {
      return MayEnd(step, value) && step.call_time <= culprit_.return_time;
    };
    const Predicate ends_before = [&](const Step& step) {
      return ends(step) && Precedes(step, culprit_);
    };
    const bool absence_noticed =
        std::any_of(core_.begin(), core_.end(), [&](const Step& step) {
          return Noticed(step, value) && Saw(step, kAbsent);
        });
    const Predicate ends_as_noticed = [&](const Step& step) {
      return ends(step) && IsRemoval(step) == absence_noticed;
    };
    found_.removal = First(core_, ends_before);
    if (!found_.removal.has_value()) found_.removal = First(core_, ends);
    if (!found_.removal.has_value()) {
      found_.removal = First(context_, ends_as_noticed);
    }
    if (!found_.removal.has_value()) found_.removal = First(context_, ends);
    return found_.removal.has_value();
  }

  // Which kind of stale value the removal makes; finds who noticed.
  ViolationKind OfRemoval(CellState value) {
    const Step& removal = *found_.removal;
    if (!Precedes(removal, culprit_)) {
      found_.observer =
          First(core_, [&](const Step& step) { return Noticed(step, value); });
    }
    if (!IsRemoval(removal)) return ViolationKind::kStaleValueAfterOverwrite;
    const std::optional<Step> saw_absence =
        FirstIn(&First<Predicate>, [&](const Step& step) {
          return Noticed(step, value) && Saw(step, kAbsent) &&
                 removal.call_time <= step.return_time;
        });
    if (!saw_absence.has_value()) {
      return ViolationKind::kStaleValueAfterDelete;
    }
    found_.observer = saw_absence;
    return ViolationKind::kResurrectedKey;
  }

  // The value that the culprit ought to have found, and its Store.
  void FindMissed() {
    const bool any = culprit_.need == Need::kExactly;
    const Predicate missed = [&](const Step& step) {
      return !IsSame(step, culprit_) && !IsRead(step) &&
             (any ? step.stored != kAbsent : step.stored == culprit_.needed);
    };
    // Not where another call of the proof ended it before the culprit began.
    const auto ended = [&](const Step& step) {
      return std::any_of(core_.begin(), core_.end(), [&](const Step& other) {
        return (IsRemoval(other) || (!any && other.stored != kAbsent)) &&
               Precedes(step, other) && Precedes(other, culprit_);
      });
    };
    found_.store = Last<Predicate>(core_, [&](const Step& step) {
      return missed(step) && Precedes(step, culprit_) && !ended(step);
    });
    if (!found_.store.has_value()) {
      found_.store = FirstIn(&Last<Predicate>, missed);
    }
    if (found_.store.has_value()) found_.value = found_.store->stored;
  }

  void NoteLaterStores() {
    if (!found_.removal.has_value()) return;
    found_.never_stored_again =
        std::none_of(context_.begin(), context_.end(), [&](const Step& step) {
          return IsStore(step, found_.value) &&
                 step.operation != found_.store->operation &&
                 !Precedes(step, *found_.removal);
        });
  }

  absl::Span<const Step> whole_;
  absl::Span<const Step> context_;
  absl::Span<const Step> core_;
  const Step& culprit_;
  Diagnosis found_;
};

}  // namespace

Diagnosis DiagnoseKey(absl::Span<const Step> whole,
                      absl::Span<const Step> context,
                      absl::Span<const Step> core, const Step& culprit,
                      bool culprit_is_range) {
  KeyDiagnosis diagnosis(whole, context, core, culprit);
  switch (culprit.need) {
    case Need::kExactly:
      return culprit.needed == kAbsent ? diagnosis.OfAbsence(culprit_is_range)
                                       : diagnosis.OfValue();
    case Need::kAnythingBut:
      return diagnosis.OfAbsence(culprit_is_range);
    case Need::kAnything:
    case Need::kImpossible:
      break;
  }
  return diagnosis.Named(ViolationKind::kValueFromNowhere);
}

Diagnosis DiagnoseClear(absl::Span<const Step> core, const Step& culprit) {
  Diagnosis diagnosis;
  diagnosis.kind = ViolationKind::kNonAtomicClear;
  diagnosis.culprit = culprit;
  if (culprit.need == Need::kExactly) diagnosis.value = culprit.needed;
  diagnosis.removal =
      Last(core, [](const Step& step) { return step.key == kEveryKey; });
  return diagnosis;
}

}  // namespace mortsafe
