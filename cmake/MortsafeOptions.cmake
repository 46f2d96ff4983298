# Flags that every target shares. MORTSAFE_SANITIZER is set by the presets.

include(CMakeDependentOption)

set(MORTSAFE_SANITIZER "" CACHE STRING
    "Empty, address (with undefined behaviour), undefined or thread")
set_property(CACHE MORTSAFE_SANITIZER PROPERTY STRINGS "" address undefined thread)
# What a fuzzing service calls a build without a sanitizer of its own.
if(MORTSAFE_SANITIZER MATCHES "^(none|coverage|introspector)$")
  set(MORTSAFE_SANITIZER "")
endif()
option(MORTSAFE_FUZZERS_ONLY
       "The fuzz targets and nothing else, as somebody else's environment wants \
them: CXXFLAGS bring the sanitizer's flags and the warnings and choose the linker, \
and libraries are static" OFF)
set(MORTSAFE_ABSEIL "" CACHE PATH
    "Abseil's sources, to be built along; empty: the installed package")
set(MORTSAFE_FUZZING_ENGINE "" CACHE STRING
    "What links a fuzzing engine into the fuzz targets, such as -fsanitize=fuzzer \
or an archive; empty: they replay files")
cmake_dependent_option(MORTSAFE_BENCHMARKS
  "What measures; a sanitizer would spoil it" ON "NOT MORTSAFE_SANITIZER" OFF)
option(MORTSAFE_COVERAGE "Instrument for source-based coverage" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT MORTSAFE_FUZZERS_ONLY)
  add_compile_options(-Wall -Wextra -Wpedantic -Werror)
endif()
# Stacks are walked by frame pointers where somebody may want to see them.
add_compile_options($<$<NOT:$<CONFIG:Release>>:-fno-omit-frame-pointer>)
# Sets of threads are bit sets: counting them wants an instruction that every
# x86-64 processor since 2009 has.
add_compile_options(-march=x86-64-v2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  if(NOT MORTSAFE_ABSEIL)
    # The distribution's Abseil was built by GCC, which mangles some constrained
    # templates as clang did up to version 17.
    add_compile_options(-fclang-abi-compat=17)
  endif()
  if(NOT MORTSAFE_FUZZERS_ONLY)
    add_link_options(-fuse-ld=lld)
  endif()
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 22)
    # Google Benchmark's macros use __COUNTER__, which clang calls an extension.
    add_compile_options(-Wno-c2y-extensions)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # It sees overlaps in std::string, and unset members of an empty
  # std::optional, that cannot be (its bugs 105651 and 80635).
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
endif()

if(MORTSAFE_SANITIZER STREQUAL "address")
  set(sanitizers -fsanitize=address)
  add_compile_definitions(MORTSAFE_ASAN=1)
  # A fuzzing build has one sanitizer: it runs as often as it is fast.
  if(NOT MORTSAFE_FUZZING_ENGINE)
    list(APPEND sanitizers -fsanitize=undefined)
    add_compile_definitions(MORTSAFE_UBSAN=1)
  endif()
elseif(MORTSAFE_SANITIZER STREQUAL "undefined")
  set(sanitizers -fsanitize=undefined)
  add_compile_definitions(MORTSAFE_UBSAN=1)
elseif(MORTSAFE_SANITIZER STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
  add_compile_definitions(MORTSAFE_TSAN=1)
elseif(NOT MORTSAFE_SANITIZER STREQUAL "")
  message(FATAL_ERROR "MORTSAFE_SANITIZER must be empty, address, undefined or "
                      "thread, not '${MORTSAFE_SANITIZER}'")
endif()
if(MORTSAFE_SANITIZER AND NOT MORTSAFE_FUZZERS_ONLY)
  add_compile_options(${sanitizers} -fno-sanitize-recover=undefined)
  add_link_options(${sanitizers})
endif()

if(MORTSAFE_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate -fcoverage-mapping)
endif()
