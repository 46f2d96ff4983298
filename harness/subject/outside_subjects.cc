#include "harness/subject/outside_subjects.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"

#if defined(MORTSAFE_GO_VERSION)
#include "maps/go_sync_map.h"
#endif

namespace mortsafe {
namespace {

// A map without what tells it from others.
template <ConcurrentMap Map>
SubjectInfo OutsideSubject() {
  SubjectInfo subject;
  subject.operations = OperationsOf<Map>();
  subject.can_be_scheduled = false;
  subject.create = [](const DefectInfo*) {
    return std::make_unique<MapAdapter<Map>>();
  };
  return subject;
}

#if defined(MORTSAFE_GO_VERSION)
SubjectInfo GoSyncMapSubject() {
  auto subject = OutsideSubject<GoSyncMap>();
  subject.name = "go-sync-map";
  subject.summary = "the real sync.Map, of " MORTSAFE_GO_VERSION;
  subject.version = MORTSAFE_GO_VERSION;
  subject.reclamation =
      "memory is freed by the collector of " + std::string(MORTSAFE_GO_VERSION);
  subject.create = [](const DefectInfo*) {
    const auto error = GoSyncMap::LoadError();
    Check(!error.has_value(),
          absl::StrCat("Go's sync.Map cannot be loaded: ", error.value_or(""))
              .c_str());
    return std::make_unique<MapAdapter<GoSyncMap>>();
  };
  return subject;
}
#endif

}  // namespace

std::vector<SubjectInfo> OutsideSubjects() {
  std::vector<SubjectInfo> subjects;
#if defined(MORTSAFE_GO_VERSION)
  subjects.push_back(GoSyncMapSubject());
#endif
  return subjects;
}

}  // namespace mortsafe
