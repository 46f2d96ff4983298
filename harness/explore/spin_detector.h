// Finds threads that spin: that come back to a place in the state in which they
// left it, having changed nothing since. What they read in that round may have
// been changed meanwhile, and changed back. If not, they would go round for
// ever; if so, the round made no difference. Either way a thread that spins
// need not be followed (the loops that model checkers cut, decided by the
// thread's state).
//
// Looking at a thread's state is dear, so a first visit to a place is looked at
// only where threads are known to spin. Such a place is learned when its second
// and third visit find the same state, and what was explored until then, with
// one round too many, must be forgotten.
//
// A thread's state is what is in its frames and registers, dead values of the
// compiler's included: those can make the first rounds look different from the
// others, which are then gone through once more. A thread that counts its
// rounds in an ordinary object elsewhere would be taken to spin.

#ifndef MORTSAFE_HARNESS_EXPLORE_SPIN_DETECTOR_H_
#define MORTSAFE_HARNESS_EXPLORE_SPIN_DETECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/model/memory.h"
#include "harness/model/pod_vector.h"
#include "harness/model/strategy.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class SpinDetector {
 public:
  // An execution begins.
  void Restart();

  struct Arrival {
    bool spins = false;
    bool looked = false;  // At the thread's frames.
  };
  // `thread` is about to perform a step on `object` there.
  Arrival Arrive(uint32_t thread, const Whereabouts& whereabouts,
                 const volatile void* object);
  // It has performed a step that only reads `object`, or leaves it as it was.
  void PerformedRead(uint32_t thread, const volatile void* object) {
    rounds_[thread].reads.Append({object, changes_.size()});
  }
  // It has performed a step that changed `object`.
  void PerformedWrite(uint32_t thread, const volatile void* object) {
    rounds_[thread].Begin();
    changes_.Append(object);
  }
  // An operation of its has ended. Nobody waits across operations.
  void Returned(uint32_t thread) { rounds_[thread].Begin(); }

  // Which of its arrivals in this execution, from 0, the spinning `thread` has
  // come back to.
  size_t RoundBegin(uint32_t thread) const { return rounds_[thread].round; }
  // Whether nobody has changed what the spinning `thread` read in its round
  // since it read it: if it went on now, it would do the same again.
  bool ReadsTheLatest(uint32_t thread) const;

  // What it knows of an execution so far; Restart() with it begins another one
  // that came as far in the same way.
  struct Mark {
    struct Rounds {
      size_t first_visit = 0;
      size_t visits = 0;
      size_t reads = 0;
      size_t round = 0;
    };
    std::vector<Rounds> rounds;  // By thread.
    size_t changes = 0;
  };
  void Remember(Mark& mark) const;
  void Restart(const Mark& mark);

  // Where threads are known to spin (Whereabouts::site), in the order in which
  // that was learned; what another one knows.
  const std::vector<uintptr_t>& sites() const { return sites_; }
  void Know(std::vector<uintptr_t> sites) { sites_ = std::move(sites); }

  // Whether a place was learned since the last call.
  bool TakeLearned();

 private:
  struct Visit {
    uintptr_t site = 0;
    const char* frame = nullptr;
    const volatile void* object = nullptr;
    uint64_t digest = 0;  // Of the thread's state; 0 if it was not looked at.
    size_t reads = 0;     // How many its thread had performed.
  };
  struct Read {
    const volatile void* object = nullptr;
    size_t changes = 0;  // How many there had been.
  };
  // What a thread did in an execution. Re-used.
  struct Rounds {
    PodVector<Visit> visits;
    PodVector<Read> reads;
    size_t first_visit = 0;  // Of those since it last changed something.
    size_t round = 0;        // The visit with which the one it spins in began.
    void Begin() { first_visit = visits.size(); }
    void Clear() {
      visits.Clear();
      reads.Clear();
      first_visit = round = 0;
    }
  };

  static bool IsSamePlace(const Visit& a, const Visit& b);
  static bool HasVisited(const Rounds& rounds, const Visit& place);
  // Whether the thread was there in the same state; its round begins then.
  static bool ComesBack(Rounds& rounds, const Visit& visit);
  bool IsKnown(uintptr_t site) const;
  bool IsTheLatest(const Read& read) const;

  std::vector<uintptr_t> sites_;  // Where threads are known to spin.
  bool learned_ = false;
  uint32_t thread_count_ = 0;
  std::array<Rounds, kMaxModelThreads> rounds_;
  PodVector<const volatile void*> changes_;  // What was changed, in order.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SPIN_DETECTOR_H_
