// A map on trial with one client, who can tell a wrong answer at once: each is
// held against the sequential specification. No threads, no schedules: what is
// found here needs neither.

#ifndef MORTSAFE_HARNESS_STRESS_SEQUENTIAL_TRIAL_H_
#define MORTSAFE_HARNESS_STRESS_SEQUENTIAL_TRIAL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/linearize/reference_map.h"
#include "harness/program/operation.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"

namespace mortsafe {

class SequentialTrial {
 public:
  // A new, empty map. `choice` must outlive the trial's subject.
  explicit SequentialTrial(const SubjectChoice& choice);

  // What the map must hold now.
  const ReferenceMap& reference() const { return reference_; }
  // What was performed, in order.
  const std::vector<Operation>& operations() const { return operations_; }

  // Performs the operation on the map; says what is wrong with the answer, in
  // one line, or nothing. REQUIRES: the map offers the operation.
  std::optional<std::string> Perform(const Operation& operation);

  // What is wrong with the map's structure, or nothing; time linear in the map.
  std::optional<std::string> CheckInvariants() const;

  // How the map's inner state differs from what its design says of these
  // operations, if the design settles that; time linear in the operations.
  std::optional<std::string> Deviation() const;

 private:
  const SubjectInfo& subject_;
  const std::unique_ptr<AnyMap> map_;
  ReferenceMap reference_;
  std::vector<Operation> operations_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_SEQUENTIAL_TRIAL_H_
