// What happens inside a read/dirty map, each event noted with the operation
// that caused it, so that it can be judged by that operation's answer:
//
//   EventNotes notes(1000);
//   const SubjectInfo subject = NotingSubject(ReadDirtyDefect::kNone, &notes);
//   … run a program on {&subject, nullptr} …
//   for (const NotedEvent& event : notes.all()) …
//
// Works on scheduled threads as on the system's own.

#ifndef MORTSAFE_HARNESS_VERDICT_NOTED_EVENTS_H_
#define MORTSAFE_HARNESS_VERDICT_NOTED_EVENTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "harness/subject/registry.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {

struct NotedEvent {
  ReadDirtyEvent event = ReadDirtyEvent::kReadHitStale;
  // Of the operation: no client calls two at the same time.
  uint32_t client = 0;
  uint64_t call_time = 0;

  friend bool operator==(const NotedEvent&, const NotedEvent&) = default;
};

// Takes a fixed number of notes, and allocates nothing while it does.
class EventNotes {
 public:
  explicit EventNotes(size_t most) : notes_(most) {}

  // REQUIRES: nobody adds.
  void Clear() { count_.store(0, std::memory_order_relaxed); }
  absl::Span<const NotedEvent> all() const;

  // Thread-safe. REQUIRES: there is room for it.
  void Add(const NotedEvent& event);

 private:
  std::vector<NotedEvent> notes_;
  std::atomic<size_t> count_{0};
};

// The read/dirty map with that defect or none. Of each operation it notes
// whether it met a deleted entry (kReadHitStale) or took one up again
// (kStaleReused), when it is over. A new map begins `notes` anew, which must
// outlive it.
SubjectInfo NotingSubject(ReadDirtyDefect defect, EventNotes* notes);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_NOTED_EVENTS_H_
