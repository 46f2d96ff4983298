// What a concurrent map hands to a reclaimer instead of freeing it, and the
// contract that reclaimers keep.
//
// A reclaimer is a class template over the defect policy with
//
//   explicit Reclaimer(Defects defects);
//   class Guard;                      // Keeps what its owner reaches alive.
//   Guard Pin();                      // Once per operation, before any pointer
//                                     // is loaded.
//   Guard PinAll();                   // The same, for operations that reach
//                                     // many objects: the guard keeps
//                                     // everything, and need not be told.
//   template <class T, class... A> T* New(A&&...);   // T derives from
//                                                    // Reclaimable.
//   void Retire(Reclaimable* object); // Once, while pinned, after those who
//                                     // pin later can no longer reach it.
//
// and a destructor that frees whatever is left. New may be called at any time.
// A guard is told of each object that its owner goes on to use, and keeps up to
// four of them, one per `place`, until it is told of another:
//
//   T* Load(place, source, order);    // Loads `source`, and keeps the object.
//   T* Reload(place, source, seen);   // Keeps what `source` has: perhaps still
//                                     // `seen`, which was just read there.
//   bool Keep(place, object, source, expected);   // Keeps what was reached
//                                     // through `expected`, if `source` still
//                                     // has that; says whether it has.
//   void Keep(place, object);         // An object that nobody can retire now.
//
// Guards that keep all that was reachable when they were made do nothing of it:
// they derive from KeepsEverything.

#ifndef MORTSAFE_MAPS_RECLAIMABLE_H_
#define MORTSAFE_MAPS_RECLAIMABLE_H_

#include <mortsafe/sync.h>

#include <atomic>
#include <cstddef>
#include <utility>

namespace mortsafe {

class Reclaimable {
 public:
  virtual ~Reclaimable() = default;

 private:
  friend class RetiredStack;
  plain<Reclaimable*> next_{std::in_place, nullptr};  // In a RetiredStack.
};

// A guard that need not be told what its owner uses.
class KeepsEverything {
 public:
  template <class T>
  static T* Load(size_t, const atomic<T*>& source, std::memory_order order) {
    return source.load(order);
  }
  template <class T>
  static T* Reload(size_t, const atomic<T*>&, T* seen) {
    return seen;
  }
  template <class T>
  static constexpr bool Keep(size_t, Reclaimable*, const atomic<T*>&, T*) {
    return true;
  }
  static constexpr void Keep(size_t, Reclaimable*) {}
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_RECLAIMABLE_H_
