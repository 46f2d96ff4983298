#include "harness/subject/outside_subjects.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/subject/any_map.h"
#include "harness/subject/concurrent_map.h"
#include "harness/subject/registry.h"

#if defined(MORTSAFE_GO_VERSION)
#include "maps/go_sync_map.h"
#endif
#if defined(MORTSAFE_HAS_TBB)
#include "maps/tbb_map.h"
#endif
#if defined(MORTSAFE_HAS_CUCKOO)
#include "maps/cuckoo_map.h"
#endif
#if defined(MORTSAFE_HAS_URCU)
#include "maps/urcu_map.h"
#endif
#if defined(MORTSAFE_HAS_CDS)
#include "maps/feldman_map.h"
#endif

namespace mortsafe {
namespace {

// A map without what tells it from others, made from `arguments`.
template <ConcurrentMap Map, class... Arguments>
SubjectInfo OutsideSubject(Arguments... arguments) {
  SubjectInfo subject;
  subject.operations = OperationsOf<Map>();
  subject.can_be_scheduled = false;
  subject.create = [arguments...](const DefectInfo*) {
    return std::make_unique<MapAdapter<Map>>(arguments...);
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
  // It is not loaded here: Go's run time does not survive a fork, and maps run
  // in processes of their own.
  subject.usable = [] {
    const std::string library = GoSyncMap::PathOfLibrary();
    return std::filesystem::exists(library)
               ? absl::OkStatus()
               : absl::FailedPreconditionError(absl::StrCat(
                     "go-sync-map cannot be used: there is no ", library));
  };
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

#if defined(MORTSAFE_HAS_TBB)
SubjectInfo TbbSubject() {
  auto subject = OutsideSubject<TbbMap>();
  subject.name = "tbb";
  subject.summary = "oneTBB's concurrent_hash_map: a lock in each element";
  subject.version = MORTSAFE_TBB_VERSION;
  subject.reclamation = "memory is freed under an element's lock";
  return subject;
}
#endif

#if defined(MORTSAFE_HAS_CUCKOO)
SubjectInfo CuckooSubject() {
  // Enough for what the tests and stress runs put in, so that it need not grow
  // (maps/cuckoo_map.h).
  constexpr size_t kRoom = size_t{1} << 17;
  auto subject = OutsideSubject<CuckooMap>(kRoom);
  subject.name = "cuckoo";
  subject.summary = "libcuckoo's cuckoohash_map: striped spin locks";
  subject.version = MORTSAFE_CUCKOO_VERSION;
  subject.reclamation = "memory is freed under all locks";
  return subject;
}
#endif

#if defined(MORTSAFE_HAS_URCU)
SubjectInfo UrcuSubject() {
  auto subject = OutsideSubject<UrcuMap>();
  subject.name = "urcu";
  subject.summary = "liburcu's lock-free hash table";
  subject.version = MORTSAFE_URCU_VERSION;
  subject.reclamation = "memory is freed after a grace period of RCU";
  return subject;
}
#endif

#if defined(MORTSAFE_HAS_CDS)
SubjectInfo FeldmanSubject() {
  auto subject = OutsideSubject<FeldmanMap>();
  subject.name = "feldman";
  subject.summary = "libcds' FeldmanHashSet, a lock-free multi-level array";
  subject.version = MORTSAFE_CDS_VERSION;
  subject.reclamation = "memory is freed by hazard pointers";
  return subject;
}
#endif

}  // namespace

std::vector<SubjectInfo> OutsideSubjects() {
  std::vector<SubjectInfo> subjects;
#if defined(MORTSAFE_GO_VERSION)
  subjects.push_back(GoSyncMapSubject());
#endif
#if defined(MORTSAFE_HAS_TBB)
  subjects.push_back(TbbSubject());
#endif
#if defined(MORTSAFE_HAS_CUCKOO)
  subjects.push_back(CuckooSubject());
#endif
#if defined(MORTSAFE_HAS_URCU)
  subjects.push_back(UrcuSubject());
#endif
#if defined(MORTSAFE_HAS_CDS)
  subjects.push_back(FeldmanSubject());
#endif
  return subjects;
}

}  // namespace mortsafe
