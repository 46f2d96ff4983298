// The words that the terminal report and the page share, so that both tell one
// story: names of maps and clients, what proves the violation, and the facts.

#ifndef MORTSAFE_HARNESS_REPORT_WORDING_H_
#define MORTSAFE_HARNESS_REPORT_WORDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/linearize/violation.h"
#include "harness/report/finding.h"

namespace mortsafe {

// What an operation has to do with the violation.
enum class Role : uint8_t {
  kBystander,
  kWitness,  // One of the calls that prove it.
  kCulprit,  // The call whose answer nothing explains.
};

// The role of the operation with this index; none is a bystander.
Role RoleOf(const Finding& finding, std::optional<size_t> operation);

// "read-dirty:c3-promotion-copies", as `--map` takes it.
std::string MapName(const Finding& finding);

// "Stale value after Delete".
std::string KindTitle(const Finding& finding);

// "Stale value after Delete in read-dirty:c3-promotion-copies".
std::string Headline(const Finding& finding);

// "client 2"; who performs a program's initial operations is "initial".
std::string ClientName(uint32_t client);

// The same in a history that need not be a program's.
std::string ClientName(const History& history, uint32_t client);

// The answer as a return shows it: "= 7", "absent", "stored 7", "done".
std::string AnswerText(const HistoryOperation& operation);

// The number of an operation within the witness, counted from 1; 0 outside it.
size_t WitnessNumber(const Finding& finding, size_t operation);

// "(2) Delete(0)".
std::string WitnessLabel(const Finding& finding, size_t operation);

// "(1) Store(0, 1) finished before (2) Delete(0) was called". REQUIRES: the
// finding has a violation, and its indices are within the history.
std::string ConstraintText(const Finding& finding,
                           const Constraint& constraint);

// One line of "how it was found".
struct Fact {
  std::string label;
  std::string text;
};

// How the finding came about: found, minimised, memory, build. Facts that are
// not known are left out.
std::vector<Fact> Facts(const Finding& finding);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_WORDING_H_
