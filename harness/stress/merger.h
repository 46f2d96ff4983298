// Puts the operations of all clients into one order, that of their calls, while
// the clients go on.
//
// A client's operations come one after the other: until its next one is there,
// it is known to be called later than the latest one returned. That is the
// watermark; an operation that was called before those of all silent clients
// can be handed on. So a client that is in the middle of an operation holds the
// others up, until their queues are full and they wait for it: memory stays
// bounded.

#ifndef MORTSAFE_HARNESS_STRESS_MERGER_H_
#define MORTSAFE_HARNESS_STRESS_MERGER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "harness/history/history.h"
#include "harness/stress/record_queue.h"

namespace mortsafe {

// The consumer of a set of queues.
class Merger {
 public:
  enum class State {
    kReady,   // The next operation can be taken.
    kNotYet,  // Some client has yet to say what it does.
    kOver,    // All queues are closed, and empty.
  };

  // `queues` must outlive this object.
  explicit Merger(const std::vector<std::unique_ptr<RecordQueue>>& queues) {
    for (const auto& queue : queues) sources_.push_back({queue.get(), 0});
  }

  // Begins anew, as the clients do; no call is earlier than `time`. REQUIRES:
  // nothing was taken yet, or the state is kOver.
  void Open(uint64_t time) {
    for (Source& source : sources_) {
      source.queue->Open();
      source.earliest = time;
      source.is_over = false;
    }
  }

  // Looks for the next operation.
  State Look() {
    next_ = nullptr;
    uint64_t first = std::numeric_limits<uint64_t>::max();
    uint64_t watermark = first;
    bool is_over = true;
    for (Source& source : sources_) {
      if (source.is_over) continue;
      if (source.queue->HasNext()) {
        is_over = false;
        const uint64_t call = source.queue->next_call_time();
        if (call < first || next_ == nullptr) {
          first = call;
          next_ = &source;
        }
      } else if (source.queue->IsOver()) {
        source.is_over = true;
      } else {
        is_over = false;
        // What came in meanwhile is seen next time.
        watermark = std::min(watermark, source.earliest);
      }
    }
    if (is_over) return State::kOver;
    return next_ != nullptr && first <= watermark ? State::kReady
                                                  : State::kNotYet;
  }

  // Takes the next operation, and shows its cells to `visit`. REQUIRES: Look()
  // said kReady.
  template <class Visitor>
  void Take(HistoryOperation& operation, Visitor visit) {
    next_->queue->Take(operation, visit);
    next_->earliest = operation.return_time + 1;
  }

  // How many cells of all queues were seen and not taken.
  size_t waiting() const {
    size_t cells = 0;
    for (const Source& source : sources_) cells += source.queue->waiting();
    return cells;
  }

 private:
  struct Source {
    RecordQueue* queue = nullptr;
    // No operation that was not taken was called earlier.
    uint64_t earliest = 0;
    bool is_over = false;
  };

  std::vector<Source> sources_;
  Source* next_ = nullptr;  // Whose operation is the next one.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_MERGER_H_
