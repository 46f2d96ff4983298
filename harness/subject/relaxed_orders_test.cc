// The list of atomic operations that can be relaxed: whose they are, and that
// they are named by their functions.

#include "harness/subject/relaxed_orders.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "maps/defects.h"
#include "maps/epoch_reclaimer.h"
#include "maps/read_dirty_map.h"

namespace mortsafe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

template <class Policy>
using Map = ReadDirtyMap<uint64_t, uint64_t, std::hash<uint64_t>,
                         std::equal_to<uint64_t>, EpochReclaimer, Policy>;

template <class Policy>
struct Code {
  static std::source_location First(
      std::source_location where = std::source_location::current()) {
    return where;
  }
  Code() : in_constructor(First()) {}
  std::vector<std::source_location> TwoOfThem() { return {First(), First()}; }
  std::source_location in_constructor;
};

std::vector<std::string> NamesOf(
    const std::vector<AtomicOperation>& operations) {
  std::vector<std::string> names;
  names.reserve(operations.size());
  for (const AtomicOperation& each : operations) names.push_back(each.name);
  return names;
}

TEST(RelaxedOrdersTest, AreNamedByFunctionAndPlace) {
  Code<std::vector<int>> code;
  std::vector<std::source_location> places = code.TwoOfThem();
  std::swap(places[0], places[1]);
  places.push_back(code.in_constructor);
  EXPECT_THAT(NamesOf(NameAtomicOperations(places)),
              ElementsAre("code", "two-of-them-1", "two-of-them-2"));
}

TEST(RelaxedOrdersTest, AreThoseOfTheMapAndOfItsReclaimer) {
  const auto operations = AtomicOperationsOf<Map<NotesOrders>>();
  EXPECT_THAT(NamesOf(operations),
              IsSupersetOf({"load-read", "publish-read", "try-expunge-2",
                            "unexpunge", "pin-1", "guard", "push-2", "take"}));
  for (const AtomicOperation& each : operations) {
    EXPECT_THAT(each.place, ::testing::MatchesRegex("maps/[a-z_]+\\.h:[0-9]+"));
  }
}

TEST(RelaxedOrdersTest, OneIsRelaxedAndNoOther) {
  const std::source_location here = std::source_location::current();
  const SelectedDefect<ReadDirtyDefect> relaxed(&here);
  EXPECT_EQ(relaxed.Order(here), std::memory_order_relaxed);
  EXPECT_EQ(relaxed.Order(), std::memory_order_seq_cst);
  EXPECT_FALSE(relaxed.Has(ReadDirtyDefect::kNeverPromotes));
}

}  // namespace
}  // namespace mortsafe
