#include "harness/subject/map_code.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "harness/base/check.h"
#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

bool OffersAll(const SubjectInfo& subject) {
  return std::ranges::all_of(kAllOperationKinds, [&](OperationKind kind) {
    return subject.operations.Has(kind);
  });
}

struct Named {
  uint32_t code = 0;
  SubjectChoice choice;
};

struct Maps {
  std::vector<Named> faithful;
  absl::btree_map<uint32_t, SubjectChoice> by_code;
};

Maps CollectMaps() {
  Maps maps;
  const auto add = [&](const SubjectChoice& choice) {
    const uint32_t code = MapCode(choice.Name());
    const bool added = maps.by_code.emplace(code, choice).second;
    if (added && choice.defect == nullptr) {
      maps.faithful.push_back({code, choice});
    }
  };
  for (const SubjectInfo& subject : Subjects()) {
    if (!subject.can_be_scheduled || !OffersAll(subject)) continue;
    add({&subject, nullptr});
    for (const DefectInfo& defect : subject.defects) add({&subject, &defect});
  }
  return maps;
}

}  // namespace

uint32_t MapCode(absl::string_view name) {
  uint32_t hash = 0x811c9dc5;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  }
  return hash == 0 ? 1 : hash;
}

SubjectChoice MapOfCode(uint32_t code) {
  static const auto* const maps = new Maps(CollectMaps());
  Check(code != 0, "a map's code is not 0");
  const auto named = maps->by_code.find(code);
  if (named != maps->by_code.end()) return named->second;
  const Named* best = nullptr;
  uint64_t highest = 0;
  for (const Named& map : maps->faithful) {
    const uint64_t weight = DeriveSeed(code, map.code);
    if (best != nullptr && weight <= highest) continue;
    best = &map;
    highest = weight;
  }
  Check(best != nullptr, "there is a map that can be scheduled");
  return best->choice;
}

}  // namespace mortsafe
