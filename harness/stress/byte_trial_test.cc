// Inputs of map_vs_specification: which map they choose, what is performed, and
// what is noticed.

#include "harness/stress/byte_trial.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/text.h"
#include "harness/program/operation.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

// Codes of bits 0-4 (operation_bytes.h).
constexpr uint8_t kLoad = 0;
constexpr uint8_t kStore = 1;
constexpr uint8_t kDelete = 4;
constexpr uint8_t kRange = 8;

using Bytes = std::vector<uint8_t>;

std::optional<std::string> Wrong(const char* map, const Bytes& input) {
  const auto choice = FindSubject(map);
  SequentialTrial trial(*choice);
  OperationBytes bytes(input);
  return PerformBytes(bytes, choice->subject->operations, trial);
}

TEST(ByteTrialTest, InputsChooseAmongFaithfulMapsThatAreScheduled) {
  const std::vector<SubjectChoice> maps = MapsOfBytes();
  ASSERT_GT(maps.size(), 1);
  for (const SubjectChoice& map : maps) {
    EXPECT_TRUE(map.subject->can_be_scheduled) << map.Name();
    EXPECT_EQ(map.defect, nullptr) << map.Name();
  }
  EXPECT_EQ(ChosenMap(maps, 1).Name(), maps[1].Name());
  EXPECT_EQ(ChosenMap(maps, maps.size()).Name(), maps[0].Name());
}

TEST(ByteTrialTest, TellsWhatAMapMustAnswer) {
  std::vector<std::string> told;
  for (const auto& [operation, answer] :
       RightAnswers(Bytes{0, 1, kLoad, 0, kStore, 0, kStore, 1, kDelete, 0,
                          kLoad, 1, kRange, 0, kRange | 1u << 5, 0},
                    AllOperations())) {
    told.push_back(absl::StrCat(ToText(operation), " ", ResultText(answer)));
  }
  EXPECT_THAT(told,
              ElementsAre("Load(0) absent", "Store(0, 1) done",
                          "Store(1, 2) done", "Delete(0) done", "Load(1) 2",
                          "Range() {1: 2}", "Range(stop 1) {1: 2} (stopped)"));
}

TEST(ByteTrialTest, AFaithfulMapAnswersRightly) {
  EXPECT_THAT(Wrong("read-dirty", {0, 1, kStore, 0, kLoad, 0, kDelete, 0, kLoad,
                                   0, kRange, 0}),
              Eq(std::nullopt));
  EXPECT_THAT(Wrong("read-dirty", {}), Eq(std::nullopt));
}

TEST(ByteTrialTest, AWrongAnswerIsTold) {
  // What was stored is only in the dirty table when the Range looks.
  EXPECT_THAT(
      Wrong("read-dirty:range-skips-dirty", {0, 1, kStore, 0, kRange, 0}),
      Optional(HasSubstr("Range visited 0 keys")));
}

TEST(ByteTrialTest, AStateThatIsNotAsDesignedIsTold) {
  EXPECT_THAT(Wrong("read-dirty:c6-delete-counts-no-miss",
                    {0, 1, kStore, 0, kStore, 1, kDelete, 0}),
              Optional(HasSubstr("the state is")));
}

TEST(ByteTrialTest, ABrokenStructureIsTold) {
  EXPECT_THAT(Wrong("read-dirty:never-promotes",
                    {0, 1, kStore, 0, kLoad, 0, kLoad, 0, kLoad, 0}),
              Optional(HasSubstr("the misses")));
}

}  // namespace
}  // namespace mortsafe
