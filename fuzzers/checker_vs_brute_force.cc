// Looks for a small history on which a checker and the brute-force oracle
// disagree, or whose explanation does not hold: see linearize/differential.h.
// Every input is a valid history (linearize/history_codec.h); a disagreement is
// printed as JSON Lines, for `mortsafe check -`.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "harness/linearize/differential.h"
#include "harness/linearize/history_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static mortsafe::Differential& differential = *new mortsafe::Differential();
  const mortsafe::History history =
      mortsafe::DecodeHistory(absl::MakeConstSpan(data, size));
  const std::optional<std::string> disagreement =
      differential.Disagreement(history);
  if (disagreement.has_value()) {
    std::fputs(disagreement->c_str(), stderr);
    std::abort();
  }
  return 0;
}
