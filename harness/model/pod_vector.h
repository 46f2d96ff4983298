// A growing array of trivially copyable records that lives outside of the
// memory on trial: it calls malloc, never operator new, so fibers may append to
// it in the middle of an execution.

#ifndef MORTSAFE_HARNESS_MODEL_POD_VECTOR_H_
#define MORTSAFE_HARNESS_MODEL_POD_VECTOR_H_

#include <cstddef>
#include <cstdlib>
#include <type_traits>

#include "harness/base/check.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {

template <class T>
  requires std::is_trivially_copyable_v<T>
class PodVector {
 public:
  PodVector() = default;
  ~PodVector() { std::free(records_); }
  PodVector(const PodVector&) = delete;
  PodVector& operator=(const PodVector&) = delete;

  void Append(const T& record) {
    if (size_ == capacity_) [[unlikely]]
      Grow();
    records_[size_++] = record;
  }
  void Clear() { size_ = 0; }
  // Forgets all but the first `size`. REQUIRES: there are as many.
  void Truncate(size_t size) { size_ = size; }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& back() { return records_[size_ - 1]; }
  T& operator[](size_t i) { return records_[i]; }
  const T& operator[](size_t i) const { return records_[i]; }
  const T* begin() const { return records_; }
  const T* end() const { return records_ + size_; }

 private:
  [[gnu::cold, gnu::noinline]] void Grow() {
    // Whichever fiber grows it, the next use may be another's.
    const IgnoreRaces ignore;
    capacity_ = capacity_ == 0 ? 64 : 2 * capacity_;
    records_ = static_cast<T*>(
        std::realloc(static_cast<void*>(records_), capacity_ * sizeof(T)));
    Check(records_ != nullptr, "out of memory");
  }

  T* records_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_POD_VECTOR_H_
