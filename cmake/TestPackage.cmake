# cmake -D BUILD=… -D EXAMPLE=… -D COMPILER=… -D BUILD_TYPE=… -D GENERATOR=…
#       -P TestPackage.cmake
#
# Installs the build folder BUILD into a fresh folder inside it, then builds and
# tests the project EXAMPLE against that.

set(prefix ${BUILD}/package/prefix)
set(example ${BUILD}/package/example)
file(REMOVE_RECURSE ${BUILD}/package)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${EXAMPLE} -B ${example} -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_BUILD_TYPE=${BUILD_TYPE})
run(${CMAKE_COMMAND} --build ${example})
run(${CMAKE_CTEST_COMMAND} --test-dir ${example} --output-on-failure
    --no-tests=error)
