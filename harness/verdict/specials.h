// What only one claim needs: its exhibits, and whether what it describes
// happens inside the map.

#ifndef MORTSAFE_HARNESS_VERDICT_SPECIALS_H_
#define MORTSAFE_HARNESS_VERDICT_SPECIALS_H_

#include <vector>

#include "harness/verdict/claims.h"
#include "harness/verdict/document.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/trial.h"

namespace mortsafe {

// NOLINTBEGIN(readability-redundant-member-init): compilers let designated
// initializers skip what is initialized.
struct Special {
  std::vector<Evidence> evidence = {};
  std::vector<Block> exhibits = {};
};
// NOLINTEND(readability-redundant-member-init)

// Nothing for a claim that needs nothing more, and none after an interruption.
Special RunSpecial(const Claim& claim, const TrialOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_SPECIALS_H_
