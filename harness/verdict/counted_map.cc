#include "harness/verdict/counted_map.h"

#include <cstddef>
#include <memory>

#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"
#include "maps/defects.h"
#include "maps/read_dirty_counters.h"

namespace mortsafe {
namespace {

class CountedMap : public ArenaReadDirtyMap<NoDefects, ReadDirtyCounters> {
 public:
  explicit CountedMap(EventTotals* totals) : totals_(totals) {}
  CountedMap(const CountedMap&) = delete;
  CountedMap& operator=(const CountedMap&) = delete;
  ~CountedMap() {
    for (size_t i = 0; i < totals_->counts.size(); ++i) {
      totals_->counts[i] += counters().Of(static_cast<ReadDirtyEvent>(i));
    }
  }

 private:
  EventTotals* const totals_;
};

}  // namespace

SubjectInfo CountedSubject(EventTotals* totals) {
  SubjectInfo subject;
  subject.name = "read-dirty-counted";
  subject.summary = "read-dirty, its events counted";
  subject.reclamation = "memory is freed with the map (ArenaReclaimer)";
  subject.operations = OperationsOf<CountedMap>();
  // The totals are told what a map counted when it ends, and never ask.
  subject.self_contained = true;
  subject.create = [totals](const DefectInfo*) {
    return std::make_unique<MapAdapter<CountedMap>>(totals);
  };
  return subject;
}

}  // namespace mortsafe
