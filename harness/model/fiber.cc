#include "harness/model/fiber.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "harness/base/check.h"
#include "harness/model/sanitizers.h"

// Where a fiber's first switch leads: takes from the stack what to call, and
// with what.
asm(R"(
.text
.p2align 4
.globl mortsafe_start_fiber
.hidden mortsafe_start_fiber
.type mortsafe_start_fiber, @function
mortsafe_start_fiber:
  popq %rax
  popq %rdi
  xorl %ebp, %ebp
  callq *%rax
  ud2
.size mortsafe_start_fiber, . - mortsafe_start_fiber
)");

extern "C" void mortsafe_start_fiber();

namespace mortsafe {
namespace {

// Stacks that all began at the start of a page would compete for the same few
// lines of the processor's first cache. So each has its first frame somewhere
// else in its page.
size_t Colour(const char* stack) {
  constexpr size_t kColours = 8;
  constexpr size_t kColourBytes = size_t{9} * 64;
  return reinterpret_cast<uintptr_t>(stack) / Fiber::kGuardBytes % kColours *
         kColourBytes;
}

#if defined(MORTSAFE_ASAN)
// Which fiber the running one took over from: AddressSanitizer says where the
// stack of that one is only once it has been left.
thread_local Fiber* switched_from = nullptr;
#endif

char* MapArea() {
  void* const area =
      mmap(nullptr, Fiber::kAreaBytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  Check(area != MAP_FAILED, "no memory for a fiber's stack");
  return static_cast<char*>(area);
}

}  // namespace

Fiber::~Fiber() {
  if (stack_ == nullptr) return;
#if defined(MORTSAFE_TSAN)
  __tsan_destroy_fiber(thread_sanitizer_fiber_);
#endif
  if (area_ == nullptr) munmap(stack_ - kGuardBytes, kAreaBytes);
}

void Fiber::Start(Entry entry, void* argument) {
  if (stack_ == nullptr) {
    char* const area = area_ != nullptr ? area_ : MapArea();
    Check(mprotect(area, kGuardBytes, PROT_NONE) == 0,
          "the guard page of a fiber's stack cannot be protected");
    stack_ = area + kGuardBytes;
    stack_end_ = stack_ + kStackBytes - Colour(stack_);
  }
#if defined(MORTSAFE_ASAN)
  __asan_unpoison_memory_region(stack_, kStackBytes);
#endif
#if defined(MORTSAFE_TSAN)
  if (thread_sanitizer_fiber_ != nullptr) {
    __tsan_destroy_fiber(thread_sanitizer_fiber_);
  }
  thread_sanitizer_fiber_ = __tsan_create_fiber(0);
#endif
  entry_ = entry;
  argument_ = argument;
  fake_stack_ = nullptr;
  bottom_ = stack_;
  size_ = kStackBytes;

  // What SwitchStacks() and mortsafe_start_fiber pop, in the reverse order.
  auto* top = reinterpret_cast<void**>(stack_end_);
  *--top = nullptr;
  *--top = nullptr;  // Keeps the stack aligned at the call.
  *--top = this;
  *--top = reinterpret_cast<void*>(&Fiber::Main);
  *--top = reinterpret_cast<void*>(&mortsafe_start_fiber);
  stack_pointer_ = top;
}

void Fiber::SwitchTold(Fiber& from, Fiber& to) {
#if defined(MORTSAFE_TSAN)
  if (from.thread_sanitizer_fiber_ == nullptr) {
    from.thread_sanitizer_fiber_ = __tsan_get_current_fiber();
  }
  __tsan_switch_to_fiber(to.thread_sanitizer_fiber_,
                         __tsan_switch_to_fiber_no_sync);
#endif
#if defined(MORTSAFE_ASAN)
  __sanitizer_start_switch_fiber(&from.fake_stack_, to.bottom_, to.size_);
  switched_from = &from;
#endif
  SwitchStacks(&from.stack_pointer_, to.stack_pointer_);
  FinishSwitch(from);
}

void Fiber::Main(void* fiber) {
  auto* const self = static_cast<Fiber*>(fiber);
  FinishSwitch(*self);
  self->entry_(self->argument_);
}

void Fiber::FinishSwitch([[maybe_unused]] Fiber& running) {
#if defined(MORTSAFE_ASAN)
  __sanitizer_finish_switch_fiber(running.fake_stack_, &switched_from->bottom_,
                                  &switched_from->size_);
#endif
}

void Fiber::SynchronizeWithRunning([[maybe_unused]] Fiber& running) {
#if defined(MORTSAFE_TSAN)
  // ThreadSanitizer is told of a visit to this fiber that only releases.
  __tsan_switch_to_fiber(thread_sanitizer_fiber_,
                         __tsan_switch_to_fiber_no_sync);
  __tsan_release(this);
  __tsan_switch_to_fiber(running.thread_sanitizer_fiber_,
                         __tsan_switch_to_fiber_no_sync);
  __tsan_acquire(this);
#endif
}

}  // namespace mortsafe
