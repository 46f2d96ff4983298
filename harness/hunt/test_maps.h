// What tests of this room share: a correct map under a lock, from which broken
// ones are made, and a way to choose a map that is in no registry.

#ifndef MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_
#define MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "harness/base/operation_kind.h"
#include "harness/subject/any_map.h"
#include "harness/subject/registry.h"
#include "mortsafe/sync.h"

namespace mortsafe {

class LockedMap {
 public:
  std::optional<Value> Load(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    return Find(key);
  }
  void Store(Key key, Value value) {
    const std::lock_guard<mutex> lock(mutex_);
    entries_[key] = value;
  }
  void Delete(Key key) {
    const std::lock_guard<mutex> lock(mutex_);
    entries_.erase(key);
  }

 protected:
  // REQUIRES: mutex_ is held.
  std::optional<Value> Find(Key key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
  }

  mutex mutex_;
  std::map<Key, Value> entries_;
};

// A subject that makes `Map`s.
template <class Map>
SubjectChoice ChoiceOf() {
  static const SubjectInfo* const subject = [] {
    auto* const made = new SubjectInfo;
    made->name = "test";
    made->operations = OperationsOf<Map>();
    made->create = [](const DefectInfo*) {
      return std::make_unique<MapAdapter<Map>>();
    };
    return made;
  }();
  return {subject, nullptr};
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HUNT_TEST_MAPS_H_
