// Fibers: stacks of their own that share one operating-system thread and hand
// control to each other explicitly, in nanoseconds. Both sanitizers are told of
// every switch.
//
// A fiber is started once and used again and again: its entry function loops,
// doing one piece of work each time it is switched to. x86-64 Linux only.

#ifndef MORTSAFE_HARNESS_MODEL_FIBER_H_
#define MORTSAFE_HARNESS_MODEL_FIBER_H_

#include <cstddef>

#include "harness/model/sanitizers.h"

#if !defined(__x86_64__) || !defined(__linux__)
#error "Mortsafe's fibers are written for x86-64 Linux"
#endif

namespace mortsafe {

// Saves the stack pointer at `save`, with what is needed to go on from here on
// top of the stack, and goes on where the owner of `stack_pointer` left off.
//
// No function: it neither calls nor returns, so that the processor, which
// expects each return to lead to the latest call, is not led astray at every
// switch. It saves the registers that functions have to, so that the one it
// stands in need not do it on paths without a switch.
[[gnu::always_inline]] inline void SwitchStacks(void** save,
                                                void* stack_pointer) {
  asm volatile(
      "leaq -128(%%rsp), %%rsp\n\t"  // What leaf functions use unasked.
      "pushq %%rbp\n\t"
      "pushq %%rbx\n\t"
      "pushq %%r12\n\t"
      "pushq %%r13\n\t"
      "pushq %%r14\n\t"
      "pushq %%r15\n\t"
      "leaq 1f(%%rip), %%rax\n\t"
      "pushq %%rax\n\t"
      "movq %%rsp, (%%rdi)\n\t"
      "movq %%rsi, %%rsp\n\t"
      "popq %%rax\n\t"
      "jmpq *%%rax\n"
      "1:\n\t"
      "popq %%r15\n\t"
      "popq %%r14\n\t"
      "popq %%r13\n\t"
      "popq %%r12\n\t"
      "popq %%rbx\n\t"
      "popq %%rbp\n\t"
      "leaq 128(%%rsp), %%rsp"
      : "+D"(save), "+S"(stack_pointer)
      :
      : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2",
        "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

class Fiber {
 public:
  using Entry = void (*)(void* argument);

  // Stands for the calling thread's own stack, until Start() is called.
  Fiber() = default;
  // The fiber must not be running.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  static constexpr size_t kStackBytes = size_t{256} << 10;
  static constexpr size_t kGuardBytes = size_t{4} << 10;
  // A stack with its guard page.
  static constexpr size_t kAreaBytes = kGuardBytes + kStackBytes;

  // Its stack is to lie in `area`, of kAreaBytes, which outlives it, and not in
  // memory of its own. REQUIRES: not yet started.
  void UseArea(char* area) { area_ = area; }

  // Gives the fiber a stack, with a guard page below it, on which the first
  // switch to it calls entry(argument). `entry` must never return. May be
  // called again to forget whatever the fiber was in the middle of; nothing on
  // its stack is destroyed.
  void Start(Entry entry, void* argument);

  bool started() const { return stack_ != nullptr; }

  // Where its first frame ends. REQUIRES: started().
  const char* stack_end() const { return stack_end_; }

  // The frames of this suspended fiber begin there, and reach to stack_end().
  char* frames() const { return static_cast<char*>(stack_pointer_); }
  // Suspends it where it was suspended when its frames began at `frames`; the
  // caller has put back what was on the stack then.
  void SuspendAt(char* frames) { stack_pointer_ = frames; }

  // Suspends `from`, which must be running, and resumes `to`.
  [[gnu::always_inline]] static void Switch(Fiber& from, Fiber& to) {
    if constexpr (kAddressSanitizer || kThreadSanitizer) {
      SwitchTold(from, to);
    } else {
      SwitchStacks(&from.stack_pointer_, to.stack_pointer_);
    }
  }

  // Makes what this suspended fiber did happen before what the running one does
  // next, in ThreadSanitizer's eyes.
  void SynchronizeWithRunning(Fiber& running);

 private:
  static void Main(void* fiber);
  // Tells the sanitizers, too.
  static void SwitchTold(Fiber& from, Fiber& to);
  static void FinishSwitch(Fiber& running);

  void* stack_pointer_ = nullptr;
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  char* area_ = nullptr;   // Given by somebody else, or null.
  char* stack_ = nullptr;  // Lowest usable byte.
  char* stack_end_ = nullptr;
  // The sanitizers' views of this fiber.
  [[maybe_unused]] void* thread_sanitizer_fiber_ = nullptr;
  void* fake_stack_ = nullptr;
  const void* bottom_ = nullptr;
  size_t size_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_FIBER_H_
