// Claims are known by their ids, and parts of one by its number.

#include "harness/verdict/claims.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ClaimsTest, AClaimHasAllItsParts) {
  EXPECT_THAT(IdsOfClaim("C6"), ElementsAre("C6a", "C6b"));
  EXPECT_THAT(IdsOfClaim("C9"), ElementsAre("C9a", "C9b", "C9c"));
  EXPECT_THAT(IdsOfClaim("C14"),
              ElementsAre("C14a", "C14b", "C14c", "C14d", "C14e", "C14f"));
}

TEST(ClaimsTest, OtherClaimsAreNoParts) {
  EXPECT_THAT(IdsOfClaim("C1"), ElementsAre("C1"));
  EXPECT_THAT(IdsOfClaim("C14b"), ElementsAre("C14b"));
  EXPECT_THAT(IdsOfClaim("C"), IsEmpty());
  EXPECT_THAT(IdsOfClaim("C6c"), IsEmpty());
  EXPECT_THAT(IdsOfClaim(""), IsEmpty());
}

}  // namespace
}  // namespace mortsafe
