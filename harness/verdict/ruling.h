// From evidence to a verdict, by rules alone.

#ifndef MORTSAFE_HARNESS_VERDICT_RULING_H_
#define MORTSAFE_HARNESS_VERDICT_RULING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/verdict/claims.h"
#include "harness/verdict/evidence.h"

namespace mortsafe {

enum class Ruling : uint8_t {
  kRefuted,         // Within the bounds of the evidence.
  kConfirmed,       // It was seen.
  kHarmless,        // It happens, and no client ever gets a wrong answer.
  kNotCorrectness,  // No answer of the map depends on it.
  kNotSettled,      // What would decide it did not run, or cannot be trusted.
};

// "refuted within bounds", "confirmed", "true but harmless", "not a statement
// about correctness", "not settled".
absl::string_view RulingName(Ruling ruling);

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.
struct ClaimVerdict {
  Ruling ruling = Ruling::kNotSettled;
  std::string reason = {};  // By which rule, in one sentence.
  // Not settled only because something did not run here: no disagreement with
  // a run in which it did.
  bool missing = false;
};
// NOLINTEND(readability-redundant-member-init)

// The first rule that applies:
//  1. A claim of cost, or of nothing that can run, is none about correctness.
//  2. Something wrong in a map that should be right confirms a claim of wrong
//     answers, and of what may lead to some; nothing else is settled then.
//  3. A defect that nobody saw: such a harness cannot refute the claim.
//  4. Something can be done: it was done or not. Something always happens: it
//     did so in all that was tried, or not.
//  5. Not everything within the bounds was tried: not settled.
//  6. A mechanism is refuted where it does not happen, else harmless.
//  7. A wrong answer is confirmed where what the claim describes was seen in
//  the
//     map, and refuted where no execution gives one.
//
// A finding counts even where the rest of its leg did not run.
ClaimVerdict Rule(const Claim& claim, const std::vector<Evidence>& evidence);

// Why the harness cannot be trusted to see what is claimed: some run did not
// find a defect that is there. Nothing if all did.
std::optional<std::string> Blindness(const std::vector<Evidence>& evidence);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_RULING_H_
