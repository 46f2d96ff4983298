#include "harness/linearize/history_codec.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/base/violation_kind.h"
#include "harness/linearize/checker.h"
#include "harness/linearize/seed_histories.h"

namespace mortsafe {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(HistoryCodecTest, NoBytesAreNoHistory) {
  EXPECT_THAT(DecodeHistory({}).operations, IsEmpty());
}

TEST(HistoryCodecTest, IgnoresAnIncompleteOperationAndAllBeyondTheEighth) {
  EXPECT_THAT(DecodeHistory(std::vector<uint8_t>(7)).operations, SizeIs(1));
  EXPECT_THAT(DecodeHistory(std::vector<uint8_t>(100)).operations, SizeIs(8));
}

TEST(HistoryCodecTest, AnyBytesDecodeToAHistoryThatRoundTrips) {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    std::vector<uint8_t> bytes(random.Below(40));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Next());
    const History history = DecodeHistory(bytes);
    ASSERT_EQ(DecodeHistory(EncodeHistory(history)), history);
  }
}

std::string SeedPath(const SeedHistory& seed) {
  return std::string(MORTSAFE_SEEDS) + "/" + seed.name;
}

TEST(SeedHistoriesTest, CorpusHoldsTheirBytes) {
  for (const SeedHistory& seed : SeedHistories()) {
    const std::vector<uint8_t> bytes = EncodeHistory(seed.history);
    const std::string expected(bytes.begin(), bytes.end());
    if (std::getenv("MORTSAFE_WRITE_SEEDS") != nullptr) {
      std::ofstream(SeedPath(seed), std::ios::binary) << expected;
    }
    std::ifstream file(SeedPath(seed), std::ios::binary);
    ASSERT_TRUE(file) << SeedPath(seed);
    const std::string found((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    EXPECT_EQ(found, expected) << SeedPath(seed);
  }
}

TEST(SeedHistoriesTest, AreNamedAfterTheirViolation) {
  Checker checker;
  for (const SeedHistory& seed : SeedHistories()) {
    const std::optional<Violation> violation = checker.Explain(seed.history);
    const std::string kind =
        violation.has_value() ? std::string(Slug(violation->kind)) : "none";
    if (seed.name == "torn-range" || seed.name == "duplicated-range") {
      EXPECT_EQ(kind, "torn-or-duplicated-range") << seed.name;
    } else if (ViolationKindFromSlug(seed.name).has_value()) {
      EXPECT_EQ(kind, seed.name);
    } else {
      EXPECT_EQ(kind, "none") << seed.name;
    }
  }
}

}  // namespace
}  // namespace mortsafe
