#include "harness/linearize/explain.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/linearize/classify.h"
#include "harness/linearize/sentence.h"
#include "harness/linearize/step_list.h"
#include "harness/linearize/witness.h"

namespace mortsafe {
namespace {

// Explains one history. The steps live as long as this object.
class Explainer {
 public:
  Explainer(const History& history, MapSearch& search,
            const Surroundings& surroundings)
      : history_(history), search_(search), horizon_(surroundings.horizon) {
    list_.Assign(history);
    for (const FreeWrites& writes : surroundings.free_writes) {
      StateLeftBy(writes);
    }
    // Now that all values have names, there is one for the others.
    for (const FreeWrites& writes : surroundings.free_writes) {
      AddBackground(writes);
    }
  }

  std::optional<Violation> Explain() {
    std::optional<Contradiction> first = FirstContradiction();
    const std::optional<size_t> range = list_.duplicated_range();
    if (range.has_value() &&
        (!first.has_value() || first->from_nowhere ||
         history_.operations[*range].return_time <= first->scene.horizon)) {
      return OfDuplicatedRange(*range);
    }
    if (first.has_value()) return OfKey(*first);
    if (!list_.joint()) return std::nullopt;
    return OfAllKeys();
  }

 private:
  struct Contradiction {
    Scene scene;
    uint32_t key = 0;
    // A Range showed a value that nobody can have stored under that key. Of a
    // witness's Ranges only one key counts, so this must not hide the rest.
    bool from_nowhere = false;
  };

  // A key that the history does not speak of does not matter.
  void AddBackground(const FreeWrites& writes) {
    Step step;
    step.call_time = writes.first_call;
    step.return_time = writes.last_return;
    step.effect = Effect::kSet;
    step.stored = StateLeftBy(writes);
    step.optional = step.repeatable = true;
    for (uint32_t key = 0; key < list_.key_count(); ++key) {
      if (list_.key(key) != writes.key) continue;
      step.key = key;
      background_.push_back(step);
    }
  }

  CellState StateLeftBy(const FreeWrites& writes) {
    switch (writes.what) {
      case FreeWrites::What::kRemoval:
        return kAbsent;
      case FreeWrites::What::kStore:
        return ValueStates(list_.values()).Of(writes.value);
      case FreeWrites::What::kOtherStore:
        break;
    }
    return OtherValue(list_.values());
  }

  Scene NewScene(absl::Span<const Step> steps) {
    Scene scene;
    scene.history = &history_;
    scene.values = &list_.values();
    scene.steps.assign(steps.begin(), steps.end());
    scene.horizon = horizon_;
    return scene;
  }

  bool IsRange(const Step& step) const {
    return history_.operations[step.operation].kind == OperationKind::kRange;
  }

  // Of the keys that are not linearizable alone, the one where that shows
  // first.
  std::optional<Contradiction> FirstContradiction() {
    std::optional<Contradiction> best;
    const auto rank = [&](const Contradiction& one) {
      return std::tuple(one.from_nowhere, one.scene.horizon,
                        list_.key(one.key));
    };
    for (uint32_t key = 0; key < list_.key_count(); ++key) {
      Contradiction here;
      here.key = key;
      here.scene = NewScene(list_.steps_of(key));
      std::copy_if(background_.begin(), background_.end(),
                   std::back_inserter(here.scene.background),
                   [&](const Step& step) { return step.key == key; });
      const std::optional<uint64_t> horizon =
          FirstFailingReturn(here.scene, search_);
      if (!horizon.has_value()) continue;
      here.scene.horizon = *horizon;
      here.from_nowhere = IsFromNowhere(here.scene);
      if (!best.has_value() || rank(here) < rank(*best)) {
        best = std::move(here);
      }
    }
    return best;
  }

  bool IsFromNowhere(const Scene& scene) const {
    const auto from_nowhere = [&](const Step& reader) {
      return IsRange(reader) && reader.return_time == scene.horizon &&
             reader.needed != kAbsent &&
             std::none_of(scene.steps.begin(), scene.steps.end(),
                          [&](const Step& step) {
                            return CanStore(step, reader.needed) &&
                                   step.call_time <= reader.return_time;
                          });
    };
    return std::any_of(scene.steps.begin(), scene.steps.end(), from_nowhere);
  }

  Violation OfDuplicatedRange(size_t range) const {
    Violation violation;
    violation.kind = ViolationKind::kTornOrDuplicatedRange;
    violation.culprit = range;
    violation.witness = {range};
    violation.sentence = DuplicatedRangeSentence(history_, range);
    return violation;
  }

  Violation OfKey(Contradiction& contradiction) {
    Scene& scene = contradiction.scene;
    CutAtHorizon(scene);
    const std::vector<Step> core = Witness(scene, search_);
    const Step culprit = LastCulprit(core, scene.horizon);
    const absl::Span<const Step> whole = list_.steps_of(contradiction.key);
    Diagnosis diagnosis =
        DiagnoseKey(whole, scene.steps, core, culprit, IsRange(culprit));
    diagnosis.never_stored_again &= std::none_of(
        scene.background.begin(), scene.background.end(),
        [&](const Step& step) { return step.stored == diagnosis.value; });
    return Told(diagnosis, WithParts(whole, core, diagnosis),
                list_.key(contradiction.key));
  }

  std::optional<Violation> OfAllKeys() {
    Scene scene = NewScene(list_.steps());
    scene.joint = true;
    scene.background = background_;
    scene.key_count = list_.key_count();
    const std::optional<uint64_t> horizon = FirstFailingReturn(scene, search_);
    if (!horizon.has_value()) return std::nullopt;
    scene.horizon = *horizon;
    CutAtHorizon(scene);
    const std::vector<Step> core = Witness(scene, search_);
    const Step culprit = LastCulprit(core, scene.horizon);
    return Told(DiagnoseClear(core, culprit), core, 0);
  }

  // The step at whose return no configuration survives. Of several that return
  // at that time, one that answered something, reads first.
  static Step LastCulprit(const std::vector<Step>& core, uint64_t horizon) {
    const Step* culprit = nullptr;
    const auto rank = [](const Step& step) {
      return std::tuple(step.need == Need::kAnything, !IsRead(step),
                        step.call_time, step.operation);
    };
    for (const Step& step : core) {
      if (step.return_time != horizon) continue;
      if (culprit == nullptr || rank(step) < rank(*culprit)) culprit = &step;
    }
    Check(culprit != nullptr, "a contradiction ends with a return in it");
    return *culprit;
  }

  // The core and the operations that the diagnosis speaks of.
  static std::vector<Step> WithParts(absl::Span<const Step> whole,
                                     const std::vector<Step>& core,
                                     const Diagnosis& diagnosis) {
    std::vector<Step> witness;
    const auto is_part = [&](const Step& step) {
      const auto is = [&](const std::optional<Step>& part) {
        return part.has_value() && part->operation == step.operation;
      };
      return is(diagnosis.store) || is(diagnosis.removal) ||
             is(diagnosis.observer) ||
             std::any_of(core.begin(), core.end(), [&](const Step& kept) {
               return kept.operation == step.operation;
             });
    };
    std::copy_if(whole.begin(), whole.end(), std::back_inserter(witness),
                 is_part);
    return witness;
  }

  Violation Told(const Diagnosis& diagnosis, const std::vector<Step>& witness,
                 Key key) {
    Violation violation;
    violation.kind = diagnosis.kind;
    violation.culprit = diagnosis.culprit.operation;
    for (const Step& step : witness) {
      const size_t operation = step.operation;
      if (std::find(violation.witness.begin(), violation.witness.end(),
                    operation) == violation.witness.end()) {
        violation.witness.push_back(operation);
      }
    }
    violation.constraints = Constraints(witness, diagnosis);
    violation.sentence = Sentence(history_, diagnosis, key, list_.values());
    return violation;
  }

  const History& history_;
  MapSearch& search_;
  const uint64_t horizon_;
  StepList list_;
  std::vector<Step> background_;
};

// The violation of a history made of `operations` of another, in terms of that
// other history.
void RenameOperations(absl::Span<const size_t> operations,
                      Violation& violation) {
  violation.culprit = operations[violation.culprit];
  for (size_t& operation : violation.witness) {
    operation = operations[operation];
  }
  for (Constraint& constraint : violation.constraints) {
    constraint.first = operations[constraint.first];
    constraint.second = operations[constraint.second];
  }
}

}  // namespace

History Restricted(const History& history,
                   absl::Span<const size_t> operations) {
  History restricted;
  restricted.has_initial_client = history.has_initial_client;
  for (size_t operation : operations) {
    restricted.operations.push_back(history.operations[operation]);
  }
  return restricted;
}

std::optional<Violation> ExplainHistory(const History& history,
                                        MapSearch& search,
                                        const Surroundings& surroundings) {
  std::optional<Violation> violation =
      Explainer(history, search, surroundings).Explain();
  if (!violation.has_value() ||
      violation->witness.size() == history.operations.size()) {
    return violation;
  }
  // Rarely, a witness without its surroundings tells another story (and might
  // do with fewer operations, but then it would prove nothing of this history).
  const History alone = Restricted(history, violation->witness);
  std::optional<Violation> told = ExplainHistory(alone, search);
  if (!told.has_value() || told->kind == violation->kind) return violation;
  RenameOperations(violation->witness, *told);
  told->witness = violation->witness;
  return told;
}

}  // namespace mortsafe
