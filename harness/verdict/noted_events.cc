#include "harness/verdict/noted_events.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "harness/base/check.h"
#include "harness/history/history.h"
#include "harness/model/memory.h"
#include "harness/program/operation.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "harness/sync/scheduler.h"
#include "harness/verdict/arena_map.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

constexpr std::array<ReadDirtyEvent, 2> kNoted = {ReadDirtyEvent::kReadHitStale,
                                                  ReadDirtyEvent::kStaleReused};

// A bit for each event of the operation that the calling thread is in. Threads
// that are scheduled share one of the system's.
uint32_t& EventsOfOperation() {
  thread_local std::array<uint32_t, kMaxModelThreads> events = {};
  const Scheduler* const scheduler = ActiveScheduler();
  return events[scheduler == nullptr ? 0 : scheduler->CurrentThread()];
}

uint32_t BitOf(ReadDirtyEvent event) {
  return uint32_t{1} << static_cast<uint32_t>(event);
}

struct OperationCounters {
  static void Count(ReadDirtyEvent event) {
    EventsOfOperation() |= BitOf(event);
  }
};

template <class Defects>
class NotingMap final : public AnyMap {
 public:
  NotingMap(Defects defects, EventNotes* notes) : map_(defects), notes_(notes) {
    notes_->Clear();
  }

  void Perform(const Operation& operation, HistoryOperation& record) override {
    EventsOfOperation() = 0;
    map_.Perform(operation, record);
    for (const ReadDirtyEvent event : kNoted) {
      if ((EventsOfOperation() & BitOf(event)) == 0) continue;
      notes_->Add({event, record.client, record.call_time});
    }
  }

  std::optional<std::string> CheckInvariants() override {
    return map_.CheckInvariants();
  }
  std::optional<std::string> StateText() override { return map_.StateText(); }
  std::optional<std::string> StateJson() override { return map_.StateJson(); }

 private:
  MapAdapter<ArenaReadDirtyMap<Defects, OperationCounters>> map_;
  EventNotes* const notes_;
};

}  // namespace

absl::Span<const NotedEvent> EventNotes::all() const {
  return {notes_.data(), count_.load(std::memory_order_relaxed)};
}

void EventNotes::Add(const NotedEvent& event) {
  const size_t place = count_.fetch_add(1, std::memory_order_relaxed);
  Check(place < notes_.size(), "there are more events than was thought");
  notes_[place] = event;
}

SubjectInfo NotingSubject(ReadDirtyDefect defect, EventNotes* notes) {
  SubjectInfo subject;
  subject.name = "read-dirty-noting";
  subject.summary = "read-dirty, its events noted";
  subject.reclamation = "memory is freed with the map (ArenaReclaimer)";
  subject.operations = OperationsOf<ArenaReadDirtyMap<NoDefects>>();
  subject.create = [=](const DefectInfo*) -> std::unique_ptr<AnyMap> {
    if (defect == ReadDirtyDefect::kNone) {
      return std::make_unique<NotingMap<NoDefects>>(NoDefects(), notes);
    }
    using Selected = SelectedDefect<ReadDirtyDefect>;
    return std::make_unique<NotingMap<Selected>>(Selected(defect), notes);
  };
  return subject;
}

}  // namespace mortsafe
