#include "harness/model/address_area.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "harness/base/check.h"
#include "harness/model/sanitizers.h"

namespace mortsafe {

AddressArea::AddressArea(uintptr_t wanted, size_t size)
    : wanted_(wanted), size_(size) {
  // Sanitizers have plans of their own for the address space.
  constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
  void* const hint = kSanitized ? nullptr : reinterpret_cast<void*>(wanted);
  mapped_ = mmap(hint, size_ + kAlignment, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  Check(mapped_ != MAP_FAILED, "no address space for executions");
  const auto address = reinterpret_cast<uintptr_t>(mapped_);
  begin_ = static_cast<char*>(mapped_) + (-address & (kAlignment - 1));
}

AddressArea::~AddressArea() { munmap(mapped_, size_ + kAlignment); }

}  // namespace mortsafe
