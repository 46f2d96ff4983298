// The reclaimer that frees nothing until the map is destroyed: the model of a
// garbage collector that never gets in the way. For short-lived maps, and for
// telling defects of a map apart from defects of its reclamation.

#ifndef MORTSAFE_MAPS_ARENA_RECLAIMER_H_
#define MORTSAFE_MAPS_ARENA_RECLAIMER_H_

#include <utility>

#include "maps/reclaimable.h"
#include "maps/retired_stack.h"

namespace mortsafe {

template <class Defects>
class ArenaReclaimer {
 public:
  class Guard : public KeepsEverything {
   public:
    // Not trivial, so that holding one is no unused variable.
    Guard() {}   // NOLINT(modernize-use-equals-default)
    ~Guard() {}  // NOLINT(modernize-use-equals-default)
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
  };

  explicit ArenaReclaimer(Defects defects) : defects_(defects) {}

  Guard Pin() { return Guard(); }
  Guard PinAll() { return Guard(); }

  template <class T, class... Arguments>
  T* New(Arguments&&... arguments) {
    return new T(std::forward<Arguments>(arguments)...);
  }

  void Retire(Reclaimable* object) { retired_.Push(object, defects_); }

 private:
  [[no_unique_address]] const Defects defects_;
  RetiredStacks retired_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_ARENA_RECLAIMER_H_
