# Maps of other projects, each where its package is found (scripts/bootstrap).
# Those with a compiled part are left out of builds with ThreadSanitizer: the
# distribution's are not instrumented, and what they order is reported falsely.

# Whoever links this has them all; nothing of it depends on the seam.
add_library(mortsafe_packaged_maps INTERFACE)

# mortsafe_outside_map(NAME VERSION LIBRARIES...)
#
# Adds the map: programs have MORTSAFE_HAS_NAME and its MORTSAFE_NAME_VERSION.
function(mortsafe_outside_map name version)
  target_compile_definitions(mortsafe_packaged_maps INTERFACE
    MORTSAFE_HAS_${name}=1 MORTSAFE_${name}_VERSION="${version}")
  target_link_libraries(mortsafe_packaged_maps INTERFACE ${ARGN})
  message(STATUS "Found ${version}")
endfunction()

find_package(libcuckoo QUIET CONFIG)
if(libcuckoo_FOUND)
  mortsafe_outside_map(CUCKOO "libcuckoo ${libcuckoo_VERSION}"
    libcuckoo::libcuckoo)
endif()

if(MORTSAFE_SANITIZER STREQUAL "thread")
  return()
endif()

find_package(TBB QUIET CONFIG)
if(TBB_FOUND)
  mortsafe_outside_map(TBB "oneTBB ${TBB_VERSION}" TBB::tbb)
endif()

find_path(URCU_HEADERS urcu/rculfhash.h)
find_library(URCU_FLAVOUR urcu-memb)
find_library(URCU_TABLES urcu-cds)
find_library(URCU_COMMON urcu-common)
if(URCU_HEADERS AND URCU_FLAVOUR AND URCU_TABLES AND URCU_COMMON)
  # No header says which version it is.
  get_filename_component(urcu_folder ${URCU_TABLES} DIRECTORY)
  set(urcu_version "of unknown version")
  if(EXISTS ${urcu_folder}/pkgconfig/liburcu-cds.pc)
    file(STRINGS ${urcu_folder}/pkgconfig/liburcu-cds.pc urcu_version
      REGEX "^Version:")
    string(REPLACE "Version: " "" urcu_version "${urcu_version}")
  endif()
  mortsafe_library(urcu_map NATIVE
    SOURCES urcu_map.cc
    DEPENDS ${URCU_TABLES} ${URCU_FLAVOUR} ${URCU_COMMON})
  mortsafe_outside_map(URCU "liburcu ${urcu_version}" mortsafe_urcu_map)
endif()

# Its own package file asks for C++11.
find_path(CDS_HEADERS cds/version.h)
find_library(CDS_LIBRARY cds)
if(CDS_HEADERS AND CDS_LIBRARY)
  file(STRINGS ${CDS_HEADERS}/cds/version.h cds_version
    REGEX "CDS_VERSION_STRING +\"")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1" cds_version "${cds_version}")
  mortsafe_library(feldman_map NATIVE
    SOURCES feldman_map.cc
    DEPENDS ${CDS_LIBRARY})
  set_source_files_properties(feldman_map.cc PROPERTIES COMPILE_OPTIONS "-mcx16")
  mortsafe_outside_map(CDS "libcds ${cds_version}" mortsafe_feldman_map)
endif()
