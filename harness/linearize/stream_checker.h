// Judges a history of any length while it is read: an operation at a time, in
// order of call, with memory for what is open and for the keys that hold
// something, and for nothing else.
//
//   StreamChecker checker;
//   while (…) if (checker.Add(operation) != Verdict::kLinearizable) break;
//   Verdict verdict = checker.Finish();

#ifndef MORTSAFE_HARNESS_LINEARIZE_STREAM_CHECKER_H_
#define MORTSAFE_HARNESS_LINEARIZE_STREAM_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "harness/history/history.h"
#include "harness/linearize/map_search.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// Where a verdict other than kLinearizable was reached.
struct Decision {
  // The return, or for kUnknown perhaps the call, that was one too many.
  uint64_t time = 0;
  // The key that cannot be explained; nothing if it takes several. It may take
  // others to say when a Clear took effect: the key alone can be blameless.
  std::optional<Key> key;
  // Of kUnknown: the bound that was hit, in words.
  std::string bound;
};

// Keeps its memory between histories. Not thread-safe.
class StreamChecker {
 public:
  // Up to `workers` threads search different keys where many operations are
  // open; no verdict and no decision depends on it.
  explicit StreamChecker(size_t workers = 1) : search_(workers) {}

  // Begins anew with an empty map.
  void Reset();

  // Takes the next operation. The verdict is about a prefix of what was added,
  // a few thousand steps short of it; once it is not kLinearizable it stays.
  // REQUIRES: no operation was called later than this one.
  Verdict Add(const HistoryOperation& operation);

  // The verdict on all that was added. Nothing may be added any more.
  Verdict Finish();

  // REQUIRES: the verdict is not kLinearizable.
  const Decision& decision() const { return decision_; }

  // How many keys are told apart at present.
  size_t live_keys() const { return names_.size(); }

  // How many operations were added.
  uint64_t operations() const { return operations_; }

 private:
  using KeyName = uint32_t;

  // The steps of one chunk are searched when those of the next are known.
  static constexpr size_t kChunk = 2048;

  KeyName Name(Key key);
  void AddRange(const HistoryOperation& range);
  void AddStep(Step step, KeyName key, const HistoryOperation& operation);
  // Searches the first `count` steps of window_, of which all up to `until` are
  // known.
  void Search(size_t count, uint64_t until);
  // Reuses the names of keys that are as good as new.
  void ForgetKeys();
  void NoteDecision();
  void Decide(Verdict verdict, uint64_t time, std::optional<Key> key);
  bool HasUnnamedValue(const HistoryOperation& operation) const;

  MapSearch search_;
  Verdict verdict_ = Verdict::kLinearizable;
  Decision decision_;
  uint64_t operations_ = 0;
  uint64_t latest_call_ = 0;

  std::vector<Step> window_;
  absl::flat_hash_map<Key, KeyName> names_;
  std::vector<Key> keys_;   // By name.
  std::vector<bool> live_;  // By name: it is in use.
  std::vector<KeyName> free_names_;
  size_t forget_at_ = kChunk;  // So many names are worth a look.

  std::vector<CellState> shown_;  // By name, while a Range is taken apart.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_STREAM_CHECKER_H_
