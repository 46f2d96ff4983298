// The names of memory models, as options, schedules and findings write them.

#ifndef MORTSAFE_HARNESS_BASE_MEMORY_MODEL_NAME_H_
#define MORTSAFE_HARNESS_BASE_MEMORY_MODEL_NAME_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

// "sc", "c11".
absl::string_view Name(MemoryModel memory);
std::optional<MemoryModel> MemoryModelFromName(absl::string_view name);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_BASE_MEMORY_MODEL_NAME_H_
