// Must fail: program_schedule on a map that is broken on purpose, in a way that
// only the histories of threads show. Whoever runs the fuzz targets runs this
// one, too, and takes the silence of the others for good news only once it has
// aborted: a harness that sees nothing any more looks the same as a map that is
// right.

#include <cstddef>
#include <cstdint>

#include "fuzzers/arguments.h"
#include "fuzzers/map_target.h"

// Before the engine's first call.
[[maybe_unused]] static const bool map_is_set = [] {
  mortsafe::SetMapFlag("read-dirty:load-skips-recheck");
  return true;
}();

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mortsafe::RunProgramSchedule(data, size);
  return 0;
}
