// A map is verified from every state that a single client can bring it to.

#include "harness/hunt/initial_states.h"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/history/history.h"
#include "harness/hunt/test_maps.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string TextAfter(const SubjectChoice& subject,
                      const std::vector<Operation>& prefix) {
  const std::unique_ptr<AnyMap> map = subject.Create();
  HistoryOperation record;
  for (const Operation& operation : prefix) map->Perform(operation, record);
  return *map->StateText();
}

std::vector<std::string> TextsOf(const SubjectChoice& subject, int keys) {
  std::vector<std::string> texts;
  for (const InitialState& state : FindInitialStates(subject, keys).states) {
    texts.push_back(TextAfter(subject, state.prefix));
  }
  return texts;
}

TEST(InitialStatesTest, WithOneKeyTheyAreKnownByHand) {
  EXPECT_THAT(TextsOf(*FindSubject("read-dirty"), 1),
              UnorderedElementsAre("read", "read, amended, dirty 0=v0",
                                   "read 0=v0", "read 0=nil", "read, dirty"));
}

TEST(InitialStatesTest, OfAHashTrieTheyAreItsShapes) {
  EXPECT_THAT(TextsOf(*FindSubject("hash-trie"), 1),
              UnorderedElementsAre("{}", "{0:(0=v0)}"));
  EXPECT_THAT(
      TextsOf(*FindSubject("hash-trie"), 2),
      UnorderedElementsAre("{}", "{0:(0=v0)}", "{0:(1=v0)}", "{0:{0:(0=v0)}}",
                           "{0:{1:(1=v0)}}", "{0:{0:(0=v0) 1:(1=v1)}}"));
  EXPECT_THAT(TextsOf(*FindSubject("hash-trie-collide"), 2),
              UnorderedElementsAre("{}", "{0:(0=v0)}", "{0:(1=v0)}",
                                   "{0:(0=v0 1=v1)}", "{0:(1=v0 0=v1)}"));
}

TEST(InitialStatesTest, WithTwoKeysEveryStateOfAnEntryOccurs) {
  const std::vector<std::string> texts = TextsOf(*FindSubject("read-dirty"), 2);
  EXPECT_THAT(texts, Contains("read 0=expunged, amended, dirty 1=v0, omitted "
                              "1"));
  EXPECT_THAT(texts, Contains("read 0=nil, amended, dirty 0=read's 1=v0"));
  // One miss short of promotion.
  EXPECT_THAT(texts, Contains("read 0=v0, amended, dirty 0=read's 1=v1, misses "
                              "1"));
  // In either order: a Range that sees one key first is another Range.
  EXPECT_THAT(texts, Contains("read 1=nil 0=v0"));
  EXPECT_THAT(texts, Contains("read 0=v0 1=nil"));
}

TEST(InitialStatesTest, StatesDifferAndPrefixesAreShortest) {
  const SubjectChoice subject = *FindSubject("read-dirty");
  const InitialStates found = FindInitialStates(subject, 2);
  EXPECT_TRUE(found.complete);
  std::set<std::string> texts;
  size_t length = 0;
  for (const InitialState& state : found.states) {
    EXPECT_TRUE(texts.insert(TextAfter(subject, state.prefix)).second);
    EXPECT_GE(state.prefix.size(), length);
    length = state.prefix.size();
  }
  EXPECT_THAT(found.states.front().prefix, IsEmpty());
}

TEST(InitialStatesTest, PresentValuesAreThoseThatTheMapHas) {
  const SubjectChoice subject = *FindSubject("read-dirty");
  for (const InitialState& state : FindInitialStates(subject, 2).states) {
    const std::unique_ptr<AnyMap> map = subject.Create();
    HistoryOperation record;
    for (const Operation& operation : state.prefix) {
      map->Perform(operation, record);
    }
    for (Key key = 0; key < 2; ++key) {
      map->Perform({OperationKind::kLoad, key}, record);
      EXPECT_EQ(record.result.value_or(0), state.present[key]);
    }
  }
}

TEST(InitialStatesTest, RenamingKeysLeadsToTheStateWithKeysRenamed) {
  const InitialStates found = FindInitialStates(*FindSubject("read-dirty"), 2);
  size_t fixed = 0;
  for (size_t i = 0; i < found.states.size(); ++i) {
    const InitialState& state = found.states[i];
    ASSERT_EQ(state.images.size(), 2u);
    EXPECT_EQ(state.images[0], i);
    const InitialState& image = found.states[state.images[1]];
    EXPECT_EQ(image.images[1], i);
    EXPECT_EQ(image.present[0] != 0, state.present[1] != 0);
    fixed += state.images[1] == i ? 1 : 0;
  }
  EXPECT_EQ(2 * found.classes - fixed, found.states.size());
}

TEST(InitialStatesTest, SearchStopsAtTheGivenLength) {
  const InitialStates found =
      FindInitialStates(*FindSubject("read-dirty"), 2, 1);
  EXPECT_FALSE(found.complete);
  EXPECT_EQ(found.states.size(), 3u);
}

class SilentMap {
 public:
  std::optional<Value> Load(Key) { return std::nullopt; }
  void Store(Key, Value) {}
  void Delete(Key) {}
};

class CrashingMap : public SilentMap {
 public:
  void Delete(Key) const {
    if (stored_) std::abort();
  }
  void Store(Key, Value) { stored_ = true; }
  std::string StateText() const { return stored_ ? "stored" : "empty"; }

 private:
  bool stored_ = false;
};

TEST(InitialStatesTest, AMapThatDoesNotTellStartsFromAFewPrefixes) {
  const InitialStates found = FindInitialStates(ChoiceOf<SilentMap>(), 2);
  EXPECT_FALSE(found.complete);
  EXPECT_GT(found.states.size(), 4u);
  EXPECT_THAT(found.states.front().prefix, IsEmpty());
  EXPECT_LT(found.classes, found.states.size());
}

TEST(InitialStatesTest, ACrashTellsWhatLedToIt) {
  const InitialStates found = FindInitialStates(ChoiceOf<CrashingMap>(), 1);
  ASSERT_TRUE(found.crashing_prefix.has_value());
  Program program;
  program.initial = *found.crashing_prefix;
  EXPECT_EQ(ToOneLine(program), "initial: Store(0, 1); Delete(0)");
}

}  // namespace
}  // namespace mortsafe
