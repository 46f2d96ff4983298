// The sanitizers' default options of Mortsafe's programs. Compiled into each
// program, not into a library, because the run times bring weak definitions of
// their own, with which the linker would be content.
//
// halt_on_error: after a race nothing is as it seems. Fuzz targets end when
// their input does (fuzzers/reported_races.cc). exitcode: libFuzzer's own, so
// that it keeps the artifact. report_signal_unsafe: libFuzzer allocates while
// it handles a signal. detect_stack_use_after_return: fibers have stacks of
// their own, and fake ones beside them would cost more than all the rest.
// malloc_context_size, quarantine_size_mb: to walk the stack at each allocation
// takes a fuzz target more time than the map does, and so does memory that is
// never warm; an execution allocates some kilobytes, and what was found says
// more when it is replayed without an engine.

#if defined(MORTSAFE_TSAN)
extern "C" const char* __tsan_default_options() {
#if defined(MORTSAFE_FUZZERS)
  return "halt_on_error=0:exitcode=77:second_deadlock_stack=1:"
         "report_signal_unsafe=0";
#else
  return "halt_on_error=1:exitcode=77:second_deadlock_stack=1:"
         "report_signal_unsafe=0:suppress_equal_stacks=0";
#endif
}
#endif

#if defined(MORTSAFE_ASAN)
extern "C" const char* __asan_default_options() {
  return "exitcode=77:detect_leaks=0:detect_stack_use_after_return=0:"
         "allocator_may_return_null=0"
#if defined(MORTSAFE_FUZZERS)
         ":malloc_context_size=1:quarantine_size_mb=1:"
         "thread_local_quarantine_size_kb=64"
#endif
      ;
}
#endif

#if defined(MORTSAFE_UBSAN)
extern "C" const char* __ubsan_default_options() {
  return "print_stacktrace=1:exitcode=77";
}
#endif
