// What the fuzz target map_vs_specification does with an input, in the byte
// form of operation_bytes.h: chooses a map, and performs the operations on it.

#ifndef MORTSAFE_HARNESS_STRESS_BYTE_TRIAL_H_
#define MORTSAFE_HARNESS_STRESS_BYTE_TRIAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"
#include "harness/stress/operation_bytes.h"
#include "harness/stress/sequential_trial.h"
#include "harness/subject/registry.h"

namespace mortsafe {

// The maps among which inputs choose: the faithful ones that Mortsafe
// schedules.
std::vector<SubjectChoice> MapsOfBytes();

// The choice that the number in an input (OperationBytes::map()) makes among
// `maps`. REQUIRES: there is one.
const SubjectChoice& ChosenMap(const std::vector<SubjectChoice>& maps,
                               size_t number);

// Performs all operations, out of those that the map of `trial` offers, and
// looks at its structure now and then; what is wrong, in one line, if anything.
std::optional<std::string> PerformBytes(OperationBytes& bytes,
                                        OperationKindSet offered,
                                        SequentialTrial& trial);

// The same operations, each with the record of what a map must answer. No map
// is needed to tell.
std::vector<std::pair<Operation, HistoryOperation>> RightAnswers(
    absl::Span<const uint8_t> bytes, OperationKindSet offered);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_BYTE_TRIAL_H_
