// Names of the objects of a recorded execution, for traces: the name that the
// code gave, or else the block it lies in, as "T1#3+8" (the fourth block that
// thread 1 allocated, 8 bytes in), or else, for an object on a stack or outside
// of the execution, "object 1" in the order in which names were asked for: the
// same in every process.

#ifndef MORTSAFE_HARNESS_MODEL_OBJECT_NAMES_H_
#define MORTSAFE_HARNESS_MODEL_OBJECT_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/model/memory.h"
#include "harness/model/pod_vector.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class ObjectNames {
 public:
  void Clear() {
    given_.Clear();
    nameless_.Clear();
  }
  // `name` must outlive the execution.
  void Add(const volatile void* object, const char* name,
           std::optional<uint64_t> number);

  // Names and blocks that are known at one moment of an execution: those that
  // come later may stand where others stood.
  struct Known {
    const PodVector<BlockRecord>* blocks = nullptr;
    size_t block_count = 0;
    size_t name_count = 0;
  };
  Known KnownNow(const PodVector<BlockRecord>& blocks) const {
    return {&blocks, blocks.size(), given_.size()};
  }

  std::string NameOf(const volatile void* object, const Known& known) const;

  // "7", "true", "nil", or the name of what a pointer points to; empty where
  // there is nothing to show.
  std::string ValueText(const ShownValue& value, const Known& known) const;

 private:
  struct Given {
    const volatile void* object;
    const char* name;
    std::optional<uint64_t> number;
  };
  std::string NumberOf(const volatile void* object) const;

  PodVector<Given> given_;
  // "object 1" is the first. Grows as names are asked for.
  mutable PodVector<const volatile void*> nameless_;
};

// An access in traces: "load", "lock"; with its order where that is not
// seq_cst: "compare-exchange (relaxed)".
std::string ActionText(const Access& access);

// What an access read and wrote, as traces show it: "= nil", "7 -> nil".
std::string DetailText(AccessKind kind, const AccessResult& result,
                       const ObjectNames& names,
                       const ObjectNames::Known& known);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_OBJECT_NAMES_H_
