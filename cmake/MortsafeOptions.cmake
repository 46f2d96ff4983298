# Flags that every target shares. MORTSAFE_SANITIZER is set by the presets.

set(MORTSAFE_SANITIZER "" CACHE STRING
    "Empty, address (with undefined behaviour) or thread")
set_property(CACHE MORTSAFE_SANITIZER PROPERTY STRINGS "" address thread)
option(MORTSAFE_FUZZERS "Link the fuzz targets with libFuzzer" OFF)
option(MORTSAFE_COVERAGE "Instrument for source-based coverage" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

add_compile_options(-Wall -Wextra -Wpedantic -Werror)
# Stacks are walked by frame pointers where somebody may want to see them.
add_compile_options($<$<NOT:$<CONFIG:Release>>:-fno-omit-frame-pointer>)
# Sets of threads are bit sets: counting them wants an instruction that every
# x86-64 processor since 2009 has.
add_compile_options(-march=x86-64-v2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # The distribution's Abseil was built by GCC, which mangles some constrained
  # templates as clang did up to version 17.
  add_compile_options(-fclang-abi-compat=17)
  add_link_options(-fuse-ld=lld)
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
  add_compile_options(-fsanitize=address,undefined
                      -fno-sanitize-recover=undefined)
  add_compile_definitions(MORTSAFE_ASAN=1)
  add_link_options(-fsanitize=address,undefined)
elseif(MORTSAFE_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_compile_definitions(MORTSAFE_TSAN=1)
  add_link_options(-fsanitize=thread)
elseif(NOT MORTSAFE_SANITIZER STREQUAL "")
  message(FATAL_ERROR "MORTSAFE_SANITIZER must be empty, address or thread, "
                      "not '${MORTSAFE_SANITIZER}'")
endif()

if(MORTSAFE_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(MORTSAFE_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate -fcoverage-mapping)
endif()
