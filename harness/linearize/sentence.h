// Tells a violation to somebody who has never seen this program.

#ifndef MORTSAFE_HARNESS_LINEARIZE_SENTENCE_H_
#define MORTSAFE_HARNESS_LINEARIZE_SENTENCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/classify.h"
#include "harness/linearize/interner.h"
#include "harness/linearize/step.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

// "Thread 1's Load(0) returned 1, although thread 2's Delete(0) had finished
// before that Load began and nothing stored 1 again." `key` is the key in
// question, unless the kind is non-atomic-clear.
std::string Sentence(const History& history, const Diagnosis& diagnosis,
                     Key key, const Interner& values);

// The same for a Range that showed a key twice.
std::string DuplicatedRangeSentence(const History& history, size_t operation);

// How the calls of a witness stand to each other; `steps` are theirs, by call
// time. Only neighbours in time are listed as such.
std::vector<Constraint> Constraints(absl::Span<const Step> steps,
                                    const Diagnosis& diagnosis);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_SENTENCE_H_
