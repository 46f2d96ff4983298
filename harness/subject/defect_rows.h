// How a map of maps/ and its defects become a subject.

#ifndef MORTSAFE_HARNESS_SUBJECT_DEFECT_ROWS_H_
#define MORTSAFE_HARNESS_SUBJECT_DEFECT_ROWS_H_

#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "maps/defects.h"

namespace mortsafe {

// A defect as its map knows it, and in words.
template <class Defect>
struct DefectRow {
  Defect defect = Defect::kNone;
  DefectInfo info;
  // Instead of `defect`: the atomic operation that is relaxed.
  std::optional<std::source_location> relaxed = std::nullopt;

  SelectedDefect<Defect> Select() const {
    return relaxed.has_value() ? SelectedDefect<Defect>(&*relaxed)
                               : SelectedDefect<Defect>(defect);
  }
};

// Drivers that see whatever a client can notice.
inline const std::vector<std::string>& SeenByAll() {
  static const auto* const drivers = new std::vector<std::string>{
      "hunt",      "hunt-c11", "hunt-asan",  "hunt-tsan", "fuzz-asan",
      "fuzz-tsan", "verify",   "verify-c11", "stress"};
  return *drivers;
}

// Who drives the threads: sees what the memory and the inner state tell, too.
inline const std::vector<std::string>& SeenByControlled() {
  static const auto* const drivers = new std::vector<std::string>{
      "hunt",      "hunt-c11",  "hunt-asan", "hunt-tsan",
      "fuzz-asan", "fuzz-tsan", "verify",    "verify-c11"};
  return *drivers;
}

// Who follows the order of all accesses: AddressSanitizer does not.
inline const std::vector<std::string>& SeenByWhoSeesRaces() {
  static const auto* const drivers = new std::vector<std::string>{
      "hunt", "hunt-c11", "hunt-tsan", "fuzz-tsan", "verify", "verify-c11"};
  return *drivers;
}

// A subject without its name, summary and reclamation: `Faithful`, and as
// `Broken` whatever `rows` list. REQUIRES: Store is Swap and Delete is
// LoadAndDelete, by the same code, and the maps are self-contained
// (registry.h).
template <class Faithful, class Broken, class Defect>
SubjectInfo SubjectOf(std::vector<DefectRow<Defect>> rows) {
  SubjectInfo subject;
  subject.operations = OperationsOf<Faithful>();
  subject.self_contained = true;
  subject.covered = {
      {OperationKind::kStore, OperationKind::kSwap},
      {OperationKind::kDelete, OperationKind::kLoadAndDelete},
  };
  for (const DefectRow<Defect>& row : rows) subject.defects.push_back(row.info);
  subject.create = [rows = std::move(rows)](
                       const DefectInfo* defect) -> std::unique_ptr<AnyMap> {
    if (defect == nullptr) return std::make_unique<MapAdapter<Faithful>>();
    for (const DefectRow<Defect>& row : rows) {
      if (row.info.name == defect->name) {
        return std::make_unique<MapAdapter<Broken>>(row.Select());
      }
    }
    FailCheck("a defect of another map", std::source_location::current());
  };
  return subject;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_DEFECT_ROWS_H_
