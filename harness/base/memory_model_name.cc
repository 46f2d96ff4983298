#include "harness/base/memory_model_name.h"

#include <optional>

#include "absl/strings/string_view.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

absl::string_view Name(MemoryModel memory) {
  return memory == MemoryModel::kC11 ? "c11" : "sc";
}

std::optional<MemoryModel> MemoryModelFromName(absl::string_view name) {
  for (const MemoryModel memory : {MemoryModel::kSc, MemoryModel::kC11}) {
    if (name == Name(memory)) return memory;
  }
  return std::nullopt;
}

}  // namespace mortsafe
