// The subjects: every map that this program can try, with its defects.

#ifndef MORTSAFE_HARNESS_SUBJECT_REGISTRY_H_
#define MORTSAFE_HARNESS_SUBJECT_REGISTRY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/base/violation_kind.h"
#include "harness/program/program.h"
#include "harness/subject/any_map.h"

namespace mortsafe {

// A way in which a subject can be broken on purpose.
struct DefectInfo {
  std::string name;     // "c3-promotion-copies"
  std::string summary;  // One line.
  std::string origin;   // A claim, or a historical bug with its number.
  ViolationKind violation = ViolationKind::kStaleValueAfterDelete;
  std::vector<std::string> seen_by;  // Drivers: "hunt", "hunt-asan", …
  bool equivalent = false;           // Proved to be impossible to observe.
};

// An operation that is another one with the result dropped, by the same code:
// what the stronger one is found not to do wrong, neither does it.
struct CoveredOperation {
  OperationKind operation = OperationKind::kStore;
  OperationKind by = OperationKind::kSwap;
};

struct SubjectInfo {
  std::string name;  // "read-dirty"
  std::string summary;
  // Which one it is of a map from elsewhere: "go1.19.8". Empty for others.
  // NOLINTNEXTLINE(readability-redundant-member-init)
  std::string version = {};
  // When memory is freed: "memory is freed with the map (ArenaReclaimer)".
  std::string reclamation;
  OperationKindSet operations;
  std::vector<DefectInfo> defects;
  // Where a user's class `name` is declared; empty for what is built in.
  // Initialized so that compilers let designated initializers skip it.
  // NOLINTNEXTLINE(readability-redundant-member-init)
  std::string header = {};
  // What `mortsafe verify` may leave to stronger operations.
  std::vector<CoveredOperation> covered;
  // All that the map changes is allocated with operator new or lies on its
  // threads' stacks: no static state, no other allocator, no exception thrown
  // across shared accesses. An exhaustive search then goes on from states that
  // it kept, instead of running each execution from its beginning.
  bool self_contained = false;
  // Whether no client can tell keys apart: with the keys of a program renamed,
  // operations do the same with these. Not so where a Range goes by the keys'
  // hashes. `mortsafe verify` then tries programs once up to that.
  bool keys_are_alike = false;
  // Whether its threads are scheduled step by step, as the seam's types let
  // them be. Code that runs on real threads alone, as it has a run time or
  // locks of its own, is for stress, conformance and benchmarks.
  bool can_be_scheduled = true;
  // Whether what the map needs is still there, as it was at build time. Not set
  // where nothing can be missing.
  std::function<absl::Status()> usable;
  // What StateJson() must say after these operations of one client, where the
  // map's design settles that; not set where it does not.
  std::function<std::string(const std::vector<Operation>& operations)>
      state_by_design;
  // A new, empty map: the faithful one for null, else broken by that member of
  // `defects`. Called inside executions.
  std::function<std::unique_ptr<AnyMap>(const DefectInfo* defect)> create;
};

// All subjects: the built-in ones, then those that RegisterSubject() added.
const std::vector<SubjectInfo>& Subjects();

// Adds a subject; meant for the initialiser of a static object. Returns true.
bool RegisterSubject(SubjectInfo subject);

// Adds `Map` under `name`; with `header`, which declares it, `name` must be
// what C++ calls it: regression tests bring the map along then.
template <ConcurrentMap Map>
bool RegisterMap(absl::string_view name, absl::string_view header = "") {
  SubjectInfo subject;
  subject.name = std::string(name);
  subject.header = std::string(header);
  subject.summary = "brought by the user";
  subject.reclamation = "memory is freed as the map pleases";
  subject.operations = OperationsOf<Map>();
  subject.create = [](const DefectInfo*) {
    return std::make_unique<MapAdapter<Map>>();
  };
  return RegisterSubject(std::move(subject));
}

// A subject with, perhaps, one of its defects.
struct SubjectChoice {
  const SubjectInfo* subject = nullptr;
  const DefectInfo* defect = nullptr;

  std::unique_ptr<AnyMap> Create() const { return subject->create(defect); }
  // "read-dirty:c3-promotion-copies"
  std::string Name() const;
};

// Finds "NAME" or "NAME:DEFECT"; a defect may be cut short at a hyphen ("c3"
// for "c3-promotion-copies") where that is unambiguous. The error names what
// there is, or says why the map cannot be used.
absl::StatusOr<SubjectChoice> FindSubject(absl::string_view name);

// The same of maps whose threads can be scheduled; the error of another one
// says what to use instead.
absl::StatusOr<SubjectChoice> FindScheduledSubject(absl::string_view name);

// OK if `subject` offers every operation of `program`; otherwise names one that
// it does not.
absl::Status CheckOffered(const Program& program, const SubjectInfo& subject);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_REGISTRY_H_
