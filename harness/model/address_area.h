// A stretch of address space for what executions use: at the same place in
// every process, if it is free there. What an execution knows by its address
// can so be told to another process (AddressBook); where the place is taken, it
// has to be translated.

#ifndef MORTSAFE_HARNESS_MODEL_ADDRESS_AREA_H_
#define MORTSAFE_HARNESS_MODEL_ADDRESS_AREA_H_

#include <cstddef>
#include <cstdint>

namespace mortsafe {

// Some addresses of this process, and where they are said to be to others.
struct AddressRange {
  uintptr_t begin = 0;
  size_t size = 0;
  uintptr_t common = 0;
};

class AddressArea {
 public:
  // Reserves `size` zeroed bytes, at `wanted` if nothing else is there; takes
  // up memory where it is touched. REQUIRES: `wanted` is a multiple of
  // kAlignment.
  AddressArea(uintptr_t wanted, size_t size);
  ~AddressArea();
  AddressArea(const AddressArea&) = delete;
  AddressArea& operator=(const AddressArea&) = delete;

  // A multiple of kAlignment.
  char* begin() const { return begin_; }
  AddressRange range() const {
    return {reinterpret_cast<uintptr_t>(begin_), size_, wanted_};
  }

  static constexpr size_t kAlignment = size_t{64} << 10;

 private:
  const uintptr_t wanted_;
  const size_t size_;
  void* mapped_ = nullptr;
  char* begin_ = nullptr;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_ADDRESS_AREA_H_
