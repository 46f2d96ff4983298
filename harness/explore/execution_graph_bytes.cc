// Execution graphs as bytes (execution_graph.h).

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/bytes.h"
#include "harness/explore/address_book.h"
#include "harness/explore/execution_graph.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {
namespace {

void TranslateAll(std::vector<GraphEvent>& events,
                  std::vector<AtomicUpdate>& updates,
                  const Translation& translate) {
  for (GraphEvent& event : events) translate(event.value);
  for (AtomicUpdate& update : updates) {
    auto apply = reinterpret_cast<uint64_t>(update.apply);
    translate(apply);
    update.apply = reinterpret_cast<decltype(update.apply)>(apply);
    translate(update.operand);
    translate(update.compared);
  }
}

}  // namespace

std::string ExecutionGraph::ToBytes(const Translation& translate) const {
  std::vector<GraphEvent> events = events_;
  std::vector<AtomicUpdate> updates = updates_;
  TranslateAll(events, updates, translate);
  ByteWriter writer;
  writer.Put(width_);
  writer.PutAll(events);
  writer.PutAll(updates);
  writer.PutAll(std::vector<uint16_t>(
      clocks_.begin(),
      clocks_.begin() +
          static_cast<ptrdiff_t>(events.size() * kClocks * width_)));
  writer.Put(thread_count_);
  for (uint32_t thread = 0; thread < thread_count_; ++thread) {
    writer.PutAll(threads_[thread]);
  }
  writer.PutAll(used_locations_);
  for (const uint32_t location : used_locations_) {
    const Location& used = locations_[location];
    uint64_t initial = used.initial;
    translate(initial);
    writer.Put(initial);
    writer.PutAll(used.writes);
    writer.PutAll(used.reads);
    writer.PutAll(used.latest);
  }
  writer.PutAll(steps_);
  return writer.Take();
}

void ExecutionGraph::Assign(absl::string_view bytes,
                            const Translation& translate) {
  Clear();
  ByteReader reader(bytes);
  reader.Get(width_);
  reader.GetAll(events_);
  reader.GetAll(updates_);
  TranslateAll(events_, updates_, translate);
  reader.GetAll(clocks_);
  const auto threads = reader.Get<uint32_t>();
  if (threads > 0) KnowThread(threads - 1);
  for (uint32_t thread = 0; thread < threads; ++thread) {
    reader.GetAll(threads_[thread]);
  }
  std::vector<uint32_t> locations;
  reader.GetAll(locations);
  for (const uint32_t location : locations) {
    Location& used = LocationAt(location);
    reader.Get(used.initial);
    translate(used.initial);
    reader.GetAll(used.writes);
    reader.GetAll(used.reads);
    reader.GetAll(used.latest);
  }
  reader.GetAll(steps_);
  for (const GraphEvent& event : events_) CountSeqCst(event, 1);
}

}  // namespace mortsafe
