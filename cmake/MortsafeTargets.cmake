# The sanitizers' default options, an object of each program: from an archive the
# linker would never take them, as the run times have their own. Under
# ThreadSanitizer they must say report_signal_unsafe=0, or libFuzzer hangs for
# ever on an input that aborts or traps, and saves no artifact.
add_library(mortsafe_sanitizer_defaults OBJECT
  ${PROJECT_SOURCE_DIR}/harness/hunt/sanitizer_defaults.cc)
if(MORTSAFE_FUZZING_ENGINE)
  target_compile_definitions(mortsafe_sanitizer_defaults PRIVATE MORTSAFE_FUZZERS=1)
endif()

# What nearly every test includes, compiled once: reading GoogleTest's headers is
# half of the work on a test. A program that only carries them.
if(NOT MORTSAFE_FUZZERS_ONLY)
  add_library(mortsafe_test_headers OBJECT
    ${PROJECT_SOURCE_DIR}/cmake/test_headers.cc)
  target_link_libraries(mortsafe_test_headers PUBLIC GTest::gmock)
  target_compile_definitions(mortsafe_test_headers PUBLIC MORTSAFE_MODELLED=1)
  # Optimising GoogleTest's macros takes more time than the tests do, under a
  # sanitizer above all; the tests of what people run are optimised as it is.
  if(MORTSAFE_SANITIZER OR CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(mortsafe_test_headers PUBLIC -O0)
  endif()
  target_precompile_headers(mortsafe_test_headers PRIVATE
    <gmock/gmock.h> <gtest/gtest.h> <cstdint> <functional> <optional> <string>
    <string_view> <utility> <vector>)
endif()

# Takes away what a sanitizer and a fuzzing engine add to code.
set(MORTSAFE_WITHOUT_INSTRUMENTATION -fno-sanitize=all
  -fno-sanitize-coverage=edge,inline-8bit-counters,pc-table,stack-depth,trace-cmp,trace-pc-guard)

# mortsafe_library(NAME [NATIVE] [TRIED] [FUZZED] [SOURCES ...] [DEPENDS ...]
#                  [UNINSTRUMENTED ...] [TESTS ...] [LONG_TESTS ...]
#                  [TEST_DEPENDS ...] [BENCHMARKS ...])
#
# Declares one room: the static library `mortsafe_NAME` (an interface library
# when it has no SOURCES), a GoogleTest program per file of TESTS, and a Google
# Benchmark program per file of BENCHMARKS (MORTSAFE_BENCHMARKS). What LONG_TESTS
# declare has the label `long`: much work that comes out alike whoever compiles it,
# which one plain build of several need do. UNINSTRUMENTED names sources that
# ThreadSanitizer must not see, because every fiber shares their state. NATIVE is
# for what must not have the modelled seam, and for what has nothing to do with it;
# whatever it depends on must be NATIVE, too.
#
# In a build for a fuzzing engine, rooms that drive what is fuzzed are built
# without instrumentation: it would cost nine tenths of the time, and the engine
# would take what is new about the harness for something new about a map. A room
# that is TRIED there keeps it. One that is FUZZED for its own sake, too, is built
# once more, with it, as `mortsafe_NAME_fuzzed`, upon others of that kind.
function(mortsafe_library name)
  cmake_parse_arguments(ARG "NATIVE;TRIED;FUZZED" ""
    "SOURCES;DEPENDS;UNINSTRUMENTED;TESTS;LONG_TESTS;TEST_DEPENDS;BENCHMARKS"
    ${ARGN})
  set(target mortsafe_${name})
  if(ARG_SOURCES OR ARG_UNINSTRUMENTED)
    add_library(${target} STATIC ${ARG_SOURCES} ${ARG_UNINSTRUMENTED})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  # Inside the harness the seam's types are scheduling points; a product that
  # does not define this gets std's own types (harness/sync/sync.h).
  if(NOT ARG_NATIVE)
    target_compile_definitions(${target} ${scope} MORTSAFE_MODELLED=1)
  endif()
  target_link_libraries(${target} ${scope} ${ARG_DEPENDS})
  if(MORTSAFE_FUZZING_ENGINE AND scope STREQUAL "PUBLIC")
    if(ARG_TRIED)
      # No map hides anything behind a comparison with a number that is hard to
      # guess, and each comparison would be a call. How deep a fiber's stack is the
      # engine takes for its distance from the main one, which differs from process
      # to process.
      target_compile_options(${target} PRIVATE
        -fno-sanitize-coverage=trace-cmp,indirect-calls,stack-depth)
    else()
      target_compile_options(${target} PRIVATE ${MORTSAFE_WITHOUT_INSTRUMENTATION})
    endif()
  endif()
  if(ARG_FUZZED)
    mortsafe_fuzzed_library(${name})
  endif()
  if(MORTSAFE_SANITIZER STREQUAL "thread" AND ARG_UNINSTRUMENTED)
    set_source_files_properties(${ARG_UNINSTRUMENTED}
      PROPERTIES COMPILE_OPTIONS "-fno-sanitize=thread")
  endif()

  if(MORTSAFE_FUZZERS_ONLY)
    return()
  endif()
  foreach(source IN LISTS ARG_TESTS ARG_LONG_TESTS)
    get_filename_component(test ${source} NAME_WE)
    # Executions keep account of leaks themselves, and some tests leak on purpose:
    # the same sanitizer options as the programs have.
    add_executable(${test} ${source})
    target_precompile_headers(${test} REUSE_FROM mortsafe_test_headers)
    target_link_libraries(${test} PRIVATE mortsafe_sanitizer_defaults
      mortsafe_test_headers ${target} ${ARG_TEST_DEPENDS} GTest::gmock
      GTest::gtest_main)
    set(label "")
    if(source IN_LIST ARG_LONG_TESTS)
      set(label LABELS long)
    endif()
    gtest_discover_tests(${test} DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 600 ${label})
  endforeach()
  if(NOT MORTSAFE_BENCHMARKS)
    return()
  endif()
  foreach(source IN LISTS ARG_BENCHMARKS)
    get_filename_component(bench ${source} NAME_WE)
    add_executable(${bench} ${source})
    target_link_libraries(${bench} PRIVATE
      ${target} ${ARG_TEST_DEPENDS} benchmark::benchmark_main)
  endforeach()
endfunction()

# See mortsafe_library; where no engine is, both are the same.
function(mortsafe_fuzzed_library name)
  set(target mortsafe_${name}_fuzzed)
  if(NOT MORTSAFE_FUZZING_ENGINE)
    add_library(${target} ALIAS mortsafe_${name})
    return()
  endif()
  get_target_property(sources mortsafe_${name} SOURCES)
  get_target_property(depends mortsafe_${name} LINK_LIBRARIES)
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC
    $<TARGET_PROPERTY:mortsafe_${name},INCLUDE_DIRECTORIES>)
  target_compile_definitions(${target} PUBLIC
    $<TARGET_PROPERTY:mortsafe_${name},COMPILE_DEFINITIONS>)
  foreach(depend IN LISTS depends)
    if(TARGET ${depend}_fuzzed)
      set(depend ${depend}_fuzzed)
    endif()
    target_link_libraries(${target} PUBLIC ${depend})
  endforeach()
endfunction()

# mortsafe_fuzz_target(NAME [COUNTS_LEAKS] [MUST_FAIL REGEX] SOURCES ...
#                      [DEPENDS ...])
#
# Declares the fuzz target NAME, and the test `replay_NAME` that runs it on
# every input of corpus/NAME. MORTSAFE_FUZZING_ENGINE brings the `main`; every
# build without one gives it a plain one, so that no target rots.
# One that MUST_FAIL does so there, and says what matches. libFuzzer need not
# count the allocations of one that COUNTS_LEAKS itself, as each execution does.
# The target `fuzz_targets` builds them all; `ctest -L corpus` replays them; the
# file fuzz_targets.txt of the build has their names, but for those that MUST_FAIL.
function(mortsafe_fuzz_target name)
  cmake_parse_arguments(ARG "COUNTS_LEAKS" "MUST_FAIL" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}
    ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/fuzzers/initialize.cc)
  target_link_libraries(${name} PRIVATE
    mortsafe_sanitizer_defaults mortsafe_fuzz_arguments ${ARG_DEPENDS})
  set(flags "")
  if(MORTSAFE_LIBFUZZER)
    # By the clock, libFuzzer would read again what it has written itself, and run
    # what it has dropped since: the same seed would not do the same.
    string(APPEND flags "-reload=0")
    if(ARG_COUNTS_LEAKS)
      string(APPEND flags " -detect_leaks=0")
    endif()
  endif()
  target_compile_definitions(${name} PRIVATE MORTSAFE_ENGINE_FLAGS="${flags}")
  set(corpus ${PROJECT_SOURCE_DIR}/corpus/${name})
  if(MORTSAFE_FUZZING_ENGINE)
    separate_arguments(engine UNIX_COMMAND "${MORTSAFE_FUZZING_ENGINE}")
    target_link_libraries(${name} PRIVATE ${engine})
    if(MORTSAFE_SANITIZER STREQUAL "thread")
      target_sources(${name} PRIVATE
        ${PROJECT_SOURCE_DIR}/fuzzers/reported_races.cc)
      target_link_options(${name} PRIVATE -Wl,--wrap=LLVMFuzzerTestOneInput)
    endif()
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/fuzzers/replay_main.cc)
    target_link_libraries(${name} PRIVATE mortsafe_replay)
  endif()
  # Every engine runs the files that it is given once each, and ends.
  file(GLOB inputs CONFIGURE_DEPENDS ${corpus}/*)
  if(NOT inputs)
    message(FATAL_ERROR "${corpus} has no input for the fuzz target ${name}")
  endif()
  set(command $<TARGET_FILE:${name}> ${inputs})
  if(ARG_MUST_FAIL)
    # A signal would be a failure of the test, whatever is said before.
    set(command sh -c "! \"$@\"" sh ${command})
  endif()
  add_test(NAME replay_${name} COMMAND ${command})
  set_tests_properties(replay_${name} PROPERTIES LABELS corpus TIMEOUT 120)

  # An engine that cannot read one line of a dictionary ends.
  set(dictionary ${PROJECT_SOURCE_DIR}/fuzzers/${name}.dict)
  if(MORTSAFE_LIBFUZZER AND EXISTS ${dictionary})
    add_test(NAME dictionary_of_${name}
      COMMAND ${name} -runs=0 -dict=${dictionary})
    set_tests_properties(dictionary_of_${name} PROPERTIES
      LABELS corpus TIMEOUT 60
      PASS_REGULAR_EXPRESSION "Dictionary: [1-9][0-9]* entries")
  endif()

  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
    file(WRITE ${PROJECT_BINARY_DIR}/fuzz_targets.txt "")
  endif()
  if(ARG_MUST_FAIL)
    set_tests_properties(replay_${name} PROPERTIES
      PASS_REGULAR_EXPRESSION "${ARG_MUST_FAIL}")
  else()
    file(APPEND ${PROJECT_BINARY_DIR}/fuzz_targets.txt "${name}\n")
  endif()
  add_dependencies(fuzz_targets ${name})
endfunction()
