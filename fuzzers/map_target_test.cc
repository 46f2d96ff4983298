// Which map an input runs on, and that the target ends where that map is
// broken.

#include "fuzzers/map_target.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/input.h"
#include "harness/program/program.h"
#include "harness/subject/map_code.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

Input InputFor(absl::string_view map) {
  Input input;
  input.program =
      ParseProgram("initial: Store(0, 1); Load(0); Delete(0); Load(0)", "test")
          .value();
  if (!map.empty()) input.map_code = MapCode(map);
  return input;
}

void RunTarget(const Input& input) {
  const std::vector<uint8_t> bytes = EncodeInput(input);
  RunProgramSchedule(bytes.data(), bytes.size());
}

TEST(MapTargetTest, TheInputChoosesTheMap) {
  for (const char* const map : {"sharded", "read-dirty:c3-promotion-copies"}) {
    EXPECT_EQ(RunnerFor(InputFor(map)).subject().Name(), map);
  }
}

TEST(MapTargetTest, AnInputThatNamesNoneIsForReadDirtyEpoch) {
  EXPECT_EQ(RunnerFor(InputFor("")).subject().Name(), "read-dirty-epoch");
}

TEST(MapTargetDeathTest, ABrokenMapIsToldWithTheMapsName) {
  RunTarget(InputFor("read-dirty"));
  EXPECT_DEATH(RunTarget(InputFor("read-dirty:c7-delete-skips-read")),
               "stale value after Delete(.|\n)*"
               "--map read-dirty:c7-delete-skips-read");
}

// From any input, in the long run, and never to one with a defect.
TEST(MapTargetTest, MutationComesToEveryFaithfulMap) {
  std::vector<uint8_t> bytes = EncodeInput(InputFor(""));
  size_t size = bytes.size();
  bytes.resize(1024);
  std::set<std::string> maps;
  for (unsigned seed = 0; seed < 5000; ++seed) {
    size = MutateInput(bytes.data(), size, bytes.size(), seed);
    const SubjectChoice map =
        RunnerFor(DecodeBytes(bytes.data(), size)).subject();
    ASSERT_EQ(map.defect, nullptr) << map.Name();
    maps.insert(map.Name());
  }
  for (const SubjectInfo& subject : Subjects()) {
    if (!subject.can_be_scheduled) continue;
    EXPECT_EQ(maps.count(subject.name), 1U) << subject.name;
  }
}

}  // namespace
}  // namespace mortsafe
