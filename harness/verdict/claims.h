// The claims on trial: what a widely read article says of Go's sync.Map, in
// our words, with the programs that would show it and the maps that are broken
// just so. Which of them hold is not written here: runs decide that
// (ruling.h).

#ifndef MORTSAFE_HARNESS_VERDICT_CLAIMS_H_
#define MORTSAFE_HARNESS_VERDICT_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mortsafe {

// What would have to be seen for a claim to hold.
enum class ClaimNature : uint8_t {
  // A client gets a wrong answer, or what the claim describes, which amounts to
  // one, is seen in the map. The rest of what it says of the way there is its
  // explanation, not its test.
  kWrongAnswer,
  // Something happens inside the map; whether a client ever gets a wrong answer
  // for it is asked too.
  kMechanism,
  // Something can be done.
  kAbility,
  // Something happens each time: a single time that it does not refutes it.
  kAlways,
  // A matter of cost, or of nothing that a run could show.
  kNotCorrectness,
};

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.
struct Claim {
  std::string id;        // "C1", "C14b"
  std::string sentence;  // What is claimed, in one sentence.
  ClaimNature nature = ClaimNature::kWrongAnswer;
  // Maps that must be right for it to be refuted, the first of which runs the
  // scenario.
  std::vector<std::string> maps = {"read-dirty"};
  // Programs that anybody can run again (`mortsafe explore --program`).
  std::vector<std::string> scenario = {};
  // What a map that were so would be: "MAP:DEFECT".
  std::vector<std::string> defects = {};
};
// NOLINTEND(readability-redundant-member-init)

// All of them, in order.
const std::vector<Claim>& Claims();

// The one of that id. REQUIRES: there is one.
const Claim& FindClaim(absl::string_view id);

// The ids of all parts of the claim of that name: "C14" has C14a, C14b, …, and
// "C1" and "C14b" have themselves alone. Empty if there is no such claim.
std::vector<std::string> IdsOfClaim(absl::string_view name);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_CLAIMS_H_
