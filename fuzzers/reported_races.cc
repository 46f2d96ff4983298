// Ends a fuzz target after the input of which ThreadSanitizer reported
// anything.
//
// ThreadSanitizer itself must not end it (halt_on_error): it would do so
// holding locks that libFuzzer's last words need, which wait for ever if both
// accesses of the report were by threads of one of its slots, as those to freed
// memory often are. So the input is run to its end, and the process aborts
// after it, which libFuzzer knows how to keep.
//
// Linked into fuzz targets with -Wl,--wrap=LLVMFuzzerTestOneInput.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

static bool reported = false;

// Called by ThreadSanitizer, whose locks are held: there is only time for this.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" void __tsan_on_report(const void* /*report*/) { reported = true; }

// The target's own function, and what libFuzzer calls in its place.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __real_LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" int __wrap_LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int result = __real_LLVMFuzzerTestOneInput(data, size);
  if (reported) std::abort();
  return result;
}
