// What a concurrent map hands to a reclaimer instead of freeing it, and the
// contract that reclaimers keep.
//
// A reclaimer is a class template over the defect policy with
//
//   explicit Reclaimer(Defects defects);
//   class Guard;                      // Keeps what its owner can reach alive.
//   Guard Pin();                      // Once per operation, before any pointer
//                                     // is loaded.
//   template <class T, class... A> T* New(A&&...);   // T derives from
//                                                    // Reclaimable.
//   void Retire(Reclaimable* object); // Once, while pinned, after those who
//                                     // pin later can no longer reach it.
//
// and a destructor that frees whatever is left. New may be called at any time.

#ifndef MORTSAFE_MAPS_RECLAIMABLE_H_
#define MORTSAFE_MAPS_RECLAIMABLE_H_

#include <mortsafe/sync.h>

#include <utility>

namespace mortsafe {

class Reclaimable {
 public:
  virtual ~Reclaimable() = default;

 private:
  friend class RetiredStack;
  plain<Reclaimable*> next_{std::in_place, nullptr};  // In a RetiredStack.
};

}  // namespace mortsafe

#endif  // MORTSAFE_MAPS_RECLAIMABLE_H_
