# The package that other projects find: find_package(mortsafe).
#   mortsafe::sync     <mortsafe/sync.h>, headers only: std's own types
#   mortsafe::harness  <mortsafe/explore.h> and what runs it; code that links it
#                      has the modelled types
# The test `package_example` installs it into the build folder, and builds and
# runs examples/spsc_ring with what was installed and nothing else.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mortsafe)
# Out of the way of other projects' headers: they are included by their paths
# in the tree.
set(internal_headers ${CMAKE_INSTALL_INCLUDEDIR}/mortsafe/internal)
set(installed_headers
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${internal_headers}>)

add_library(mortsafe_seam INTERFACE)
add_library(mortsafe::sync ALIAS mortsafe_seam)
set_target_properties(mortsafe_seam PROPERTIES EXPORT_NAME sync)
target_compile_features(mortsafe_seam INTERFACE cxx_std_20)
target_include_directories(mortsafe_seam INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  ${installed_headers})

add_library(mortsafe_harness INTERFACE)
add_library(mortsafe::harness ALIAS mortsafe_harness)
set_target_properties(mortsafe_harness PROPERTIES EXPORT_NAME harness)
target_compile_features(mortsafe_harness INTERFACE cxx_std_20)
target_link_libraries(mortsafe_harness INTERFACE mortsafe_explore)

# The harness is these rooms; the room sync is the modelled seam.
set(harness_rooms
  mortsafe_base mortsafe_schedule mortsafe_sync mortsafe_model mortsafe_explore)
target_include_directories(mortsafe_sync INTERFACE ${installed_headers})
set_target_properties(mortsafe_sync PROPERTIES EXPORT_NAME modelled_sync)

# An instrumented library is of no use to a project that is not instrumented
# alike: those builds have no package.
if(MORTSAFE_SANITIZER OR MORTSAFE_FUZZING_ENGINE OR MORTSAFE_COVERAGE)
  return()
endif()

install(DIRECTORY include/mortsafe
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY harness/sync
  DESTINATION ${internal_headers}/harness FILES_MATCHING PATTERN "*.h")
install(TARGETS mortsafe_seam EXPORT mortsafe-sync)
install(TARGETS mortsafe_harness ${harness_rooms} EXPORT mortsafe-harness
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(part sync harness)
  install(EXPORT mortsafe-${part} NAMESPACE mortsafe::
    DESTINATION ${package_folder})
endforeach()

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/mortsafe-config.cmake.in
  ${PROJECT_BINARY_DIR}/mortsafe-config.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/mortsafe-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/mortsafe-config.cmake
  ${PROJECT_BINARY_DIR}/mortsafe-config-version.cmake
  DESTINATION ${package_folder})

add_test(NAME package_example
  COMMAND ${CMAKE_COMMAND}
    -D BUILD=${PROJECT_BINARY_DIR}
    -D EXAMPLE=${PROJECT_SOURCE_DIR}/examples/spsc_ring
    -D COMPILER=${CMAKE_CXX_COMPILER}
    -D BUILD_TYPE=${CMAKE_BUILD_TYPE}
    -D GENERATOR=${CMAKE_GENERATOR}
    -P ${CMAKE_CURRENT_LIST_DIR}/TestPackage.cmake)
set_tests_properties(package_example PROPERTIES TIMEOUT 300)
