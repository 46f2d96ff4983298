// An event is judged by the operation that caused it, and by no other.

#include "harness/verdict/judged_events.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/operation_kind.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "harness/verdict/noted_events.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

using enum OperationKind;
using enum ReadDirtyEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Calls one operation after the other.
class Story {
 public:
  Story& Stores(Value value) { return Add(kStore, value, std::nullopt); }
  Story& Deletes() { return Add(kDelete, 0, std::nullopt); }
  Story& Loads(std::optional<Value> result) { return Add(kLoad, 0, result); }

  const History& history() const { return history_; }
  // Caused by the operation with that number.
  NotedEvent Event(ReadDirtyEvent event, size_t number) const {
    const HistoryOperation& operation = history_.operations[number];
    return {event, operation.client, operation.call_time};
  }

 private:
  Story& Add(OperationKind kind, Value value, std::optional<Value> result) {
    HistoryOperation& operation = history_.operations.emplace_back();
    operation.client = 1;
    operation.kind = kind;
    operation.value = value;
    operation.result = result;
    operation.ok = result.has_value();
    operation.call_time = ++time_;
    operation.return_time = ++time_;
    return *this;
  }

  History history_;
  uint64_t time_ = 0;
};

void ExpectCounts(const EventCounts& counts, uint64_t right, uint64_t wrong,
                  uint64_t undecided) {
  EXPECT_EQ(counts.right, right);
  EXPECT_EQ(counts.wrong, wrong);
  EXPECT_EQ(counts.undecided, undecided);
}

TEST(JudgedEventsTest, WhereAllIsWellEventsAreRight) {
  Story story;
  story.Stores(1).Deletes().Loads(std::nullopt).Stores(2).Loads(2);
  EventJudge judge;
  judge.Judge(story.history(),
              {story.Event(kReadHitStale, 2), story.Event(kStaleReused, 3)});
  ExpectCounts(judge.tally().Of(kReadHitStale), 1, 0, 0);
  ExpectCounts(judge.tally().Of(kStaleReused), 1, 0, 0);
  EXPECT_EQ(judge.tally().wrong_histories(), 0);
}

TEST(JudgedEventsTest, AStaleAnswerIsWrongAndAnotherIsNotToBlame) {
  Story story;
  story.Stores(1).Deletes().Loads(std::nullopt).Loads(1);
  EventJudge judge;
  judge.Judge(story.history(),
              {story.Event(kReadHitStale, 2), story.Event(kReadHitStale, 3)});
  ExpectCounts(judge.tally().Of(kReadHitStale), 0, 1, 1);
  EXPECT_EQ(judge.tally().wrong_histories(), 1);
}

TEST(JudgedEventsTest, AStoreThatIsLostIsWrong) {
  Story story;
  story.Stores(1).Deletes().Stores(2).Loads(std::nullopt);
  EventJudge judge;
  judge.Judge(story.history(), {story.Event(kStaleReused, 2)});
  ExpectCounts(judge.tally().Of(kStaleReused), 0, 1, 0);
}

TEST(JudgedEventsTest, WhatComesAfterTheContradictionDoesNotCount) {
  Story story;
  story.Stores(1).Deletes().Loads(1).Deletes().Loads(std::nullopt);
  EventJudge judge;
  judge.Judge(story.history(),
              {story.Event(kReadHitStale, 2), story.Event(kReadHitStale, 4)});
  ExpectCounts(judge.tally().Of(kReadHitStale), 0, 1, 0);
}

TEST(JudgedEventsTest, HistoriesAreCountedOnceForAKind) {
  Story story;
  story.Stores(1).Deletes().Loads(std::nullopt).Loads(std::nullopt);
  EventJudge one;
  one.Judge(story.history(),
            {story.Event(kReadHitStale, 2), story.Event(kReadHitStale, 3)});
  one.Judge(story.history(), {});
  EventTally both;
  both.Add(one.tally());
  both.Add(one.tally());
  EXPECT_EQ(both.HistoriesWith(kReadHitStale), 2);
  EXPECT_EQ(both.HistoriesWith(kStaleReused), 0);
  ExpectCounts(both.Of(kReadHitStale), 4, 0, 0);
}

// What the operations of one client cause in a map with that defect or none.
std::vector<NotedEvent> NotesOn(ReadDirtyDefect defect,
                                const std::vector<Operation>& operations) {
  EventNotes notes(16);
  const SubjectInfo subject = NotingSubject(defect, &notes);
  const std::unique_ptr<AnyMap> map = subject.create(nullptr);
  uint64_t time = 0;
  for (const Operation& operation : operations) {
    HistoryOperation record;
    record.client = 7;
    record.call_time = ++time;
    PrepareRecord(operation, record);
    map->Perform(operation, record);
  }
  return {notes.all().begin(), notes.all().end()};
}

TEST(NotedEventsTest, AnEventIsThatOfTheOperationThatCausedIt) {
  EXPECT_THAT(NotesOn(ReadDirtyDefect::kNone, {{kStore, 0, 1},
                                               {kLoad, 0},
                                               {kDelete, 0},
                                               {kLoad, 0},
                                               {kStore, 0, 2},
                                               {kLoad, 0}}),
              ElementsAre(NotedEvent{kReadHitStale, 7, 4},
                          NotedEvent{kStaleReused, 7, 5}));
}

TEST(NotedEventsTest, AStoreIntoAnExpungedEntryCounts) {
  for (const ReadDirtyDefect defect :
       {ReadDirtyDefect::kNone,
        ReadDirtyDefect::kStorePublishesBeforeReviving}) {
    EXPECT_THAT(NotesOn(defect, {{kStore, 0, 1},
                                 {kLoad, 0},
                                 {kDelete, 0},
                                 {kStore, 1, 2},
                                 {kStore, 0, 3}}),
                ElementsAre(NotedEvent{kStaleReused, 7, 5}));
  }
}

// A new entry is none that was deleted.
TEST(NotedEventsTest, NewMapsAndNewEntriesHaveNone) {
  EventNotes notes(16);
  notes.Add({});
  const SubjectInfo subject = NotingSubject(ReadDirtyDefect::kNone, &notes);
  const std::unique_ptr<AnyMap> map = subject.create(nullptr);
  EXPECT_THAT(notes.all(), IsEmpty());
  EXPECT_THAT(NotesOn(ReadDirtyDefect::kNone,
                      {{kStore, 0, 1}, {kDelete, 0}, {kStore, 0, 2}}),
              IsEmpty());
}

}  // namespace
}  // namespace mortsafe
