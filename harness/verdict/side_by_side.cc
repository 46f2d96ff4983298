#include "harness/verdict/side_by_side.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/linearize/reference_map.h"
#include "harness/program/operation.h"
#include "harness/program/program.h"
#include "harness/subject/any_map.h"
#include "harness/verdict/arena_map.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/named_inputs.h"
#include "harness/verdict/places.h"
#include "harness/verdict/specials.h"
#include "maps/defects.h"

namespace mortsafe {
namespace {

constexpr Key kKey = 0;

// The read/dirty map, of which is known where it is.
using KnownBase = ArenaReadDirtyMap<SelectedDefect<ReadDirtyDefect>>;
class KnownMap : public KnownBase {
 public:
  KnownMap(ReadDirtyDefect defect, KnownMap*& self)
      : KnownBase(SelectedDefect(defect)) {
    self = this;
  }
};

// What came of one operation.
struct Step {
  std::string answer;
  bool is_wrong = false;
  Place place;
};

std::vector<Step> StepsOf(ReadDirtyDefect defect,
                          const std::vector<Operation>& operations) {
  KnownMap* known = nullptr;
  MapAdapter<KnownMap> map(defect, known);
  ReferenceMap reference;
  std::vector<Step> steps;
  for (const Operation& operation : operations) {
    HistoryOperation record;
    PrepareRecord(operation, record);
    record.entries.reserve(size_t{2} * kMaxKeys);
    map.Perform(operation, record);
    record.return_time = record.call_time;  // It did return.
    const bool is_wrong =
        reference.Judge(record, operation.stop_after).has_value();
    steps.push_back(
        {ResultText(record), is_wrong, PlaceOf(known->State(), kKey)});
  }
  return steps;
}

std::string AnswerOf(const Step& step) {
  return absl::StrCat(step.answer, step.is_wrong ? ", **wrong**" : "");
}

// The number of the first step from the `begin`-th on that is as `is_so` says.
template <class Predicate>
std::optional<size_t> FirstStep(size_t begin, size_t end, Predicate is_so) {
  for (size_t i = begin; i < end; ++i) {
    if (is_so(i)) return i;
  }
  return std::nullopt;
}

// Both maps through all steps.
class Walk {
 public:
  explicit Walk(const Comparison& comparison)
      : comparison_(comparison),
        operations_(NamedProgram(comparison.program).initial),
        article_(StepsOf(comparison.defect, operations_)),
        algorithm_(StepsOf(ReadDirtyDefect::kNone, operations_)) {}

  Table Steps() const {
    Table table = {
        .title = absl::StrCat("Step by step, after ", SetUpText(),
                              ": what the two maps answer, and where key 0 is "
                              "then"),
        .columns = {"step", "operation",
                    absl::StrCat("as the article says: ", comparison_.article),
                    "key 0 there", "the algorithm: read-dirty", "key 0 there"}};
    for (size_t i = comparison_.set_up; i < operations_.size(); ++i) {
      table.rows.push_back(
          {absl::StrCat(i - comparison_.set_up + 1), ToText(operations_[i]),
           AnswerOf(article_[i]), PlaceText(article_[i].place),
           AnswerOf(algorithm_[i]), PlaceText(algorithm_[i].place)});
    }
    return table;
  }

  // Where they part.
  std::string DifferenceText() const {
    const std::optional<size_t> parting = Parting();
    if (!parting.has_value()) return "The two maps do not differ.";
    std::string text = absl::StrCat(
        "The two part at ", StepText(*parting), ", which leaves key 0 ",
        PlaceText(article_[*parting].place), " in the article's map and ",
        PlaceText(algorithm_[*parting].place), " in the algorithm's.");
    if (const std::optional<size_t> wrong = FirstWrong(article_)) {
      absl::StrAppend(&text, " The first wrong answer of the article's map is ",
                      article_[*wrong].answer, ", at ", StepText(*wrong), ".");
    } else {
      text += " No answer of the article's map is wrong.";
    }
    return absl::StrCat(text, FirstWrong(algorithm_).has_value()
                                  ? " The algorithm answers wrong, too."
                                  : " Those of the algorithm are all right.");
  }

  std::vector<Evidence> MakeEvidence() const {
    constexpr absl::string_view kBounds =
        "the operations of one client, step by step";
    std::vector<Evidence> both = {{.leg = Leg::kMechanism,
                                   .map = "read-dirty",
                                   .bounds = std::string(kBounds),
                                   .complete = true},
                                  {.leg = Leg::kDefect,
                                   .map = std::string(comparison_.article),
                                   .bounds = std::string(kBounds)}};
    if (FirstWrong(algorithm_).has_value()) both[0].found = "a wrong answer";
    if (FirstWrong(article_).has_value()) {
      both[1].found = "a wrong answer";
    } else if (Parting().has_value()) {
      both[1].found = "a key that is elsewhere";
    }
    return both;
  }

 private:
  std::optional<size_t> Parting() const {
    return FirstStep(comparison_.set_up, operations_.size(), [&](size_t i) {
      return article_[i].place != algorithm_[i].place ||
             article_[i].answer != algorithm_[i].answer;
    });
  }

  std::optional<size_t> FirstWrong(const std::vector<Step>& steps) const {
    return FirstStep(0, operations_.size(),
                     [&](size_t i) { return steps[i].is_wrong; });
  }

  std::string StepText(size_t i) const {
    return absl::StrCat("step ", i - comparison_.set_up + 1, ", `",
                        ToText(operations_[i]), "`");
  }

  std::string SetUpText() const {
    Program set_up;
    set_up.initial.assign(
        operations_.begin(),
        operations_.begin() + static_cast<std::ptrdiff_t>(comparison_.set_up));
    return absl::StrCat("`", ToOneLine(set_up), "`");
  }

  const Comparison& comparison_;
  const std::vector<Operation> operations_;
  const std::vector<Step> article_;
  const std::vector<Step> algorithm_;
};

}  // namespace

Special SideBySide(const Comparison& comparison) {
  const Walk walk(comparison);
  return {walk.MakeEvidence(),
          {walk.Steps(), Paragraph{walk.DifferenceText()}}};
}

}  // namespace mortsafe
