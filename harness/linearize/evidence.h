// Explains a violation in a history that is too long to be kept: two more
// passes over it gather the operations that can matter. All others are set
// free, as a witness's reducer would do (witness.h): they may have stored
// something, or removed it, at any moment of their intervals. What is
// contradictory all the same is so whatever they did.
//
//   EvidenceCollector collector(checker.decision());
//   for (each operation, in order of call)
//     if (!collector.Survey(operation)) break;
//   for (each operation, in order of call)
//     if (!collector.Collect(operation)) break;
//   std::optional<Violation> violation =
//       ExplainEvidence(collector.TakeEvidence(), search);

#ifndef MORTSAFE_HARNESS_LINEARIZE_EVIDENCE_H_
#define MORTSAFE_HARNESS_LINEARIZE_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "harness/history/history.h"
#include "harness/linearize/explain.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/stream_checker.h"
#include "harness/linearize/violation.h"

namespace mortsafe {

struct Evidence {
  // By call time; a Range shows the keys in question only.
  History history;
  // By index into it: how many operations were called before in the whole
  // history.
  std::vector<uint64_t> numbers;
  std::vector<FreeWrites> free_writes;
  // The return at which the violation is complete.
  uint64_t horizon = 0;
};

class EvidenceCollector {
 public:
  explicit EvidenceCollector(Decision decision)
      : decision_(std::move(decision)) {}

  // The first pass, and the second; false once no more operations are needed.
  bool Survey(const HistoryOperation& operation);
  bool Collect(const HistoryOperation& operation);

  // How many operations were kept so far.
  size_t kept() const { return evidence_.numbers.size(); }

  // What was gathered. REQUIRES: both passes are over.
  Evidence TakeEvidence();

 private:
  using KeyValue = std::pair<Key, Value>;

  // So many operations before the decisive return are kept whatever they say,
  static constexpr size_t kLast = 256;
  // so many after each that stored a value which the decisive one saw,
  static constexpr uint64_t kAfterStore = 64;
  // and so many that speak of each of the values which all those saw.
  static constexpr size_t kMostMentions = 16;
  // At most so many stretches of free writes of one kind are told apart.
  static constexpr size_t kMostStretches = 256;

  // Reads and writes that have nothing to do with the keys in question have no
  // part in it; a Range is told as far as it has.
  std::optional<HistoryOperation> Relevant(
      const HistoryOperation& operation) const;
  void KnowValues();
  bool KeepsMention(const HistoryOperation& operation);
  bool StoresDecisiveValue(const HistoryOperation& operation) const;
  // An operation that is kept may have seen what those that were not kept
  // stored: of such values it is believed.
  void GrantUnknown(const HistoryOperation& operation);
  void SetFree(const HistoryOperation& operation);
  void AddFreeWrite(const FreeWrites& write);

  const Decision decision_;
  std::deque<HistoryOperation> last_;
  uint64_t surveyed_ = 0;

  uint64_t collected_ = 0;
  uint64_t kept_until_ = 0;        // Operations are kept up to this number.
  absl::flat_hash_set<Key> keys_;  // Those in question.
  // What the last operations saw, and how often it was mentioned.
  absl::flat_hash_map<KeyValue, size_t> seen_;
  absl::flat_hash_set<KeyValue> seen_at_last_;  // By the decisive ones.
  using WriteKind = std::tuple<Key, FreeWrites::What, Value>;
  absl::flat_hash_map<WriteKind, std::vector<FreeWrites>> free_;
  Evidence evidence_;
};

// Names and explains the violation, in terms of the evidence's history; nothing
// if that alone does not prove one.
std::optional<Violation> ExplainEvidence(const Evidence& evidence,
                                         MapSearch& search);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_EVIDENCE_H_
