#include "harness/linearize/sentence.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <source_location>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/history/text.h"

namespace mortsafe {
namespace {

// "thread 2's Delete(0)", "initial Store(0, 1)"; "client 2's Delete(0)".
std::string Who(const History& history, const HistoryOperation& operation) {
  const std::string call = CallText(operation);
  if (!history.has_initial_client) {
    return absl::StrCat("client ", operation.client, "'s ", call);
  }
  if (operation.client == 0) return absl::StrCat("initial ", call);
  return absl::StrCat("thread ", operation.client, "'s ", call);
}

std::string Capitalized(std::string text) {
  text[0] = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  return text;
}

// What an operation on one key answered about it, as the verb of a sentence.
std::string Saw(const HistoryOperation& operation, Key key) {
  const std::string result =
      operation.result.has_value() ? absl::StrCat(*operation.result) : "";
  switch (operation.kind) {
    case OperationKind::kLoad:
      return operation.ok ? absl::StrCat("returned ", result)
                          : absl::StrCat("found key ", key, " absent");
    case OperationKind::kLoadOrStore:
      return operation.ok ? absl::StrCat("loaded ", result)
                          : absl::StrCat("found key ", key,
                                         " absent and stored ", result);
    case OperationKind::kLoadAndDelete:
      return operation.ok ? absl::StrCat("took ", result)
                          : absl::StrCat("found key ", key, " absent");
    case OperationKind::kSwap:
      return operation.ok ? absl::StrCat("replaced ", result)
                          : absl::StrCat("found key ", key, " absent");
    case OperationKind::kCompareAndSwap:
      return operation.ok ? absl::StrCat("replaced ", operation.old_value)
                          : absl::StrCat("did not find ", operation.old_value);
    case OperationKind::kCompareAndDelete:
      return operation.ok ? absl::StrCat("removed ", operation.old_value)
                          : absl::StrCat("did not find ", operation.old_value);
    case OperationKind::kRange:
      for (const auto& [shown, value] : operation.entries) {
        if (shown == key) return absl::StrCat("showed ", key, ": ", value);
      }
      return absl::StrCat("did not show key ", key);
    case OperationKind::kStore:
    case OperationKind::kDelete:
    case OperationKind::kClear:
      break;
  }
  return "finished";
}

// Words for one diagnosis.
class Teller {
 public:
  Teller(const History& history, const Diagnosis& diagnosis, Key key,
         const Interner& values)
      : history_(history), diagnosis_(diagnosis), key_(key) {
    if (diagnosis.value != kAbsent) {
      value_ = absl::StrCat(values.number(diagnosis.value - 1));
    }
  }

  std::string Tell() const {
    return absl::StrCat(Beginning(), ", ", Reason(), ".");
  }

 private:
  const HistoryOperation& Operation(const Step& step) const {
    return history_.operations[step.operation];
  }
  const HistoryOperation& Culprit() const {
    return Operation(diagnosis_.culprit);
  }

  // "that Load".
  std::string That() const {
    return absl::StrCat("that ", ApiName(Culprit().kind));
  }

  std::string Beginning() const {
    if (diagnosis_.kind == ViolationKind::kDoubleTake) {
      return absl::StrCat(
          Capitalized(Who(history_, Operation(*diagnosis_.removal))), " and ",
          Who(history_, Culprit()), " both took ", value_);
    }
    if (diagnosis_.culprit.need == Need::kImpossible) {
      return absl::StrCat(Capitalized(Who(history_, Culprit())), " answered ",
                          ResultText(Culprit()));
    }
    return absl::StrCat(Capitalized(Who(history_, Culprit())), " ",
                        Saw(Culprit(), CulpritKey()));
  }

  Key CulpritKey() const {
    return HasKey(Culprit().kind) ? Culprit().key : key_;
  }

  std::string Reason() const {
    switch (diagnosis_.kind) {
      case ViolationKind::kValueFromNowhere:
        return FromNowhere();
      case ViolationKind::kDoubleTake:
        return absl::StrCat("although ", value_, " was stored only ",
                            diagnosis_.stores == 1
                                ? "once"
                                : absl::StrCat(diagnosis_.stores, " times"));
      case ViolationKind::kStaleValueAfterDelete:
      case ViolationKind::kStaleValueAfterOverwrite:
        return Stale();
      case ViolationKind::kResurrectedKey:
        return Resurrected();
      case ViolationKind::kNonAtomicClear:
        return absl::StrCat("although ",
                            Who(history_, Operation(*diagnosis_.removal)),
                            " empties all keys in one step: what the calls saw "
                            "fits only if it emptied some keys before others");
      default:
        return Missed();
    }
  }

  std::string FromNowhere() const {
    if (diagnosis_.culprit.need == Need::kImpossible) {
      return "which contradicts itself";
    }
    if (diagnosis_.stores == 0) {
      return absl::StrCat(
          "although no operation that had begun by then "
          "could store ",
          value_, " under key ", key_);
    }
    return absl::StrCat("although ", value_,
                        " cannot have been stored by then");
  }

  // "thread 2's Delete(0) had finished before that Load began", or how else it
  // is known to have taken effect.
  std::string RemovalHappened() const {
    const Step& removal = *diagnosis_.removal;
    const std::string who = Who(history_, Operation(removal));
    if (Precedes(removal, diagnosis_.culprit)) {
      return absl::StrCat(who, " had finished before ", That(), " began");
    }
    if (diagnosis_.observer.has_value()) {
      return absl::StrCat(who, " had taken effect before ", That(),
                          " began, as ",
                          Who(history_, Operation(*diagnosis_.observer)), " ",
                          Saw(Operation(*diagnosis_.observer), key_), ",");
    }
    return absl::StrCat(who, " must have taken effect before ", That());
  }

  std::string NotStoredAgain() const {
    return diagnosis_.never_stored_again
               ? absl::StrCat(" and nothing stored ", value_, " again")
               : absl::StrCat(" and no later storing of ", value_,
                              " fits what the other calls saw");
  }

  std::string Stale() const {
    return absl::StrCat("although ", RemovalHappened(), NotStoredAgain());
  }

  std::string Resurrected() const {
    const HistoryOperation& observer = Operation(*diagnosis_.observer);
    return absl::StrCat("although ", Who(history_, observer), " had already ",
                        observer.kind == OperationKind::kRange
                            ? absl::StrCat("left key ", key_, " out")
                            : absl::StrCat("found key ", key_, " absent"),
                        " after ",
                        Who(history_, Operation(*diagnosis_.removal)),
                        NotStoredAgain());
  }

  std::string Missed() const {
    if (!diagnosis_.store.has_value()) {
      return "although the other calls show that it was there";
    }
    const Step& store = *diagnosis_.store;
    std::string reason =
        absl::StrCat("although ", Who(history_, Operation(store)));
    if (Precedes(store, diagnosis_.culprit)) {
      absl::StrAppend(&reason, " had finished before ", That(), " began");
    } else {
      absl::StrAppend(&reason, " must have taken effect before ", That());
    }
    if (diagnosis_.observer.has_value()) {
      const Step& observer = *diagnosis_.observer;
      absl::StrAppend(
          &reason, ", ", Who(history_, Operation(observer)),
          Precedes(observer, diagnosis_.culprit) ? " had seen " : " saw ",
          value_, ",");
    }
    absl::StrAppend(
        &reason, " and nothing can have removed ",
        diagnosis_.culprit.need == Need::kAnythingBut ? "or replaced " : "",
        value_, " in between");
    return reason;
  }

  const History& history_;
  const Diagnosis& diagnosis_;
  Key key_;
  std::string value_;
};

bool Touches(const Step& step, uint32_t key) {
  return step.key == key || step.key == kEveryKey;
}

// The only step that can have stored what `reader` saw, if there is only one.
std::optional<size_t> OnlySource(absl::Span<const Step> steps,
                                 const Step& reader) {
  std::optional<size_t> source;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].operation == reader.operation ||
        !Touches(steps[i], reader.key) || !CanStore(steps[i], reader.needed) ||
        steps[i].call_time > reader.return_time) {
      continue;
    }
    if (source.has_value()) return std::nullopt;
    source = i;
  }
  return source;
}

void AddPrecedence(absl::Span<const Step> steps,
                   std::vector<Constraint>& constraints) {
  for (const Step& second : steps) {
    // A step that returned before another of second's predecessors was called
    // is a predecessor only through that one.
    uint64_t latest_call = 0;
    for (const Step& first : steps) {
      if (Precedes(first, second)) {
        latest_call = std::max(latest_call, first.call_time);
      }
    }
    for (const Step& first : steps) {
      if (Precedes(first, second) && first.return_time >= latest_call) {
        constraints.push_back({first.operation, second.operation,
                               Constraint::Relation::kFinishedBefore});
      }
    }
  }
}

// Whether `step` may make `value`, once stored under `key`, go.
bool MayTakeAway(const Step& step, uint32_t key, CellState value) {
  return Touches(step, key) && !IsRead(step) && step.stored != value;
}

// Whether `reader` shows that it comes before `writer`, as it did not find what
// `writer` stores, and nothing takes that away.
bool Missed(absl::Span<const Step> steps, const Step& reader,
            const Step& writer) {
  if (reader.operation == writer.operation || reader.key != writer.key ||
      IsRead(writer) || writer.stored == kAbsent) {
    return false;
  }
  const bool found_nothing =
      reader.need == Need::kExactly && reader.needed == kAbsent;
  if (!found_nothing &&
      (reader.need != Need::kAnythingBut || reader.needed != writer.stored)) {
    return false;
  }
  return std::none_of(steps.begin(), steps.end(), [&](const Step& other) {
    if (other.operation == reader.operation) return false;
    // Nothing is found only after a removal; another value, after any change.
    return MayTakeAway(other, reader.key, writer.stored) &&
           (!found_nothing || other.stored == kAbsent);
  });
}

void AddMissed(absl::Span<const Step> steps,
               std::vector<Constraint>& constraints) {
  for (const Step& reader : steps) {
    for (const Step& writer : steps) {
      if (!Missed(steps, reader, writer)) continue;
      constraints.push_back(
          {reader.operation, writer.operation, Constraint::Relation::kMissed});
    }
  }
}

}  // namespace

std::string Sentence(const History& history, const Diagnosis& diagnosis,
                     Key key, const Interner& values) {
  return Teller(history, diagnosis, key, values).Tell();
}

std::string DuplicatedRangeSentence(const History& history, size_t operation) {
  const HistoryOperation& range = history.operations[operation];
  std::set<Key> shown;
  for (const auto& [key, value] : range.entries) {
    if (shown.insert(key).second) continue;
    return absl::StrCat(
        Capitalized(Who(history, range)), " showed key ", key,
        " twice, although a Range visits no key more than once.");
  }
  FailCheck("a duplicated Range shows some key twice",
            std::source_location::current());
}

std::vector<Constraint> Constraints(absl::Span<const Step> steps,
                                    const Diagnosis& diagnosis) {
  using Relation = Constraint::Relation;
  std::vector<Constraint> constraints;
  AddPrecedence(steps, constraints);
  for (const Step& reader : steps) {
    if (reader.need != Need::kExactly || reader.needed == kAbsent) continue;
    const std::optional<size_t> source = OnlySource(steps, reader);
    if (!source.has_value()) continue;
    const size_t writer = steps[*source].operation;
    constraints.push_back({writer, reader.operation, Relation::kReadFrom});
    if (!IsRead(reader) && reader.stored != reader.needed) {
      constraints.push_back({writer, reader.operation, Relation::kOverwrote});
    }
  }
  AddMissed(steps, constraints);
  if (diagnosis.store.has_value() && diagnosis.removal.has_value()) {
    constraints.push_back({diagnosis.store->operation,
                           diagnosis.removal->operation, Relation::kOverwrote});
  }
  const auto key = [](const Constraint& constraint) {
    return std::tuple(constraint.relation, constraint.first, constraint.second);
  };
  std::sort(constraints.begin(), constraints.end(),
            [&](const Constraint& a, const Constraint& b) {
              return key(a) < key(b);
            });
  constraints.erase(std::unique(constraints.begin(), constraints.end()),
                    constraints.end());
  return constraints;
}

}  // namespace mortsafe
