#include "harness/linearize/brute_force.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "harness/linearize/specification.h"

namespace mortsafe {
namespace {

// One thing that happens at one moment: an operation, or a Range's look at one
// key.
struct Moment {
  const HistoryOperation* operation = nullptr;
  size_t key = 0;  // Unless it is a Clear.
};

class BruteForce {
 public:
  explicit BruteForce(const History& history) {
    for (const HistoryOperation& operation : history.operations) {
      if (HasKey(operation.kind)) keys_.push_back(operation.key);
      for (const auto& [key, value] : operation.entries) keys_.push_back(key);
    }
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    for (const HistoryOperation& operation : history.operations) {
      AddMoments(operation);
    }
    Check(moments_.size() <= 64, "a brute-forced history is small");
    map_.resize(keys_.size());
  }

  bool IsLinearizable() { return !repeats_a_key_ && CanFinish(0); }

 private:
  static bool IsPending(const HistoryOperation& operation) {
    return operation.return_time == kPending;
  }

  void AddMoments(const HistoryOperation& operation) {
    if (operation.kind == OperationKind::kClear) {
      moments_.push_back({&operation, 0});
    } else if (operation.kind != OperationKind::kRange) {
      moments_.push_back({&operation, IndexOf(operation.key)});
    } else if (!IsPending(operation)) {
      std::vector<size_t> shown;
      for (const auto& entry : operation.entries) {
        shown.push_back(IndexOf(entry.first));
      }
      std::sort(shown.begin(), shown.end());
      repeats_a_key_ |=
          std::adjacent_find(shown.begin(), shown.end()) != shown.end();
      for (size_t key = 0; key < keys_.size(); ++key) {
        if (operation.ok ||
            std::binary_search(shown.begin(), shown.end(), key)) {
          moments_.push_back({&operation, key});
        }
      }
    }
  }

  size_t IndexOf(Key key) const {
    return static_cast<size_t>(
        std::lower_bound(keys_.begin(), keys_.end(), key) - keys_.begin());
  }

  // Whether the moments outside `done` can follow, given what the map holds.
  bool CanFinish(uint64_t done) {
    if (AllReturnedAre(done)) return true;
    if (!visited_.emplace(done, map_).second) return false;
    for (size_t i = 0; i < moments_.size(); ++i) {
      if ((done >> i & 1) != 0 || !MayBeNext(i, done)) continue;
      const std::vector<Cell> before = map_;
      if (Happens(moments_[i]) && CanFinish(done | uint64_t{1} << i)) {
        return true;
      }
      map_ = before;
    }
    return false;
  }

  // Pending operations may never take effect.
  bool AllReturnedAre(uint64_t done) const {
    for (size_t i = 0; i < moments_.size(); ++i) {
      if ((done >> i & 1) == 0 && !IsPending(*moments_[i].operation)) {
        return false;
      }
    }
    return true;
  }

  bool MayBeNext(size_t next, uint64_t done) const {
    for (size_t i = 0; i < moments_.size(); ++i) {
      if ((done >> i & 1) == 0 &&
          Precedes(*moments_[i].operation, *moments_[next].operation)) {
        return false;
      }
    }
    return true;
  }

  // Performs a moment; whether it answers as recorded.
  bool Happens(const Moment& moment) {
    const HistoryOperation& operation = *moment.operation;
    if (operation.kind == OperationKind::kClear) {
      for (Cell& cell : map_) Perform(operation, cell);
      return true;
    }
    const Answer answer = Perform(operation, map_[moment.key]);
    if (IsPending(operation)) return true;
    if (operation.kind != OperationKind::kRange) {
      return Recorded(operation, answer);
    }
    for (const auto& [key, value] : operation.entries) {
      if (key == keys_[moment.key]) return answer.result == value;
    }
    return !answer.result.has_value();
  }

  std::vector<Key> keys_;
  std::vector<Moment> moments_;
  bool repeats_a_key_ = false;
  std::vector<Cell> map_;  // By index into keys_.
  // Where the search has been: no need to fail there twice.
  std::set<std::pair<uint64_t, std::vector<Cell>>> visited_;
};

}  // namespace

bool BruteForceIsLinearizable(const History& history) {
  return BruteForce(history).IsLinearizable();
}

}  // namespace mortsafe
