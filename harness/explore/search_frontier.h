// What is still to be explored of an exhaustive search, in parts that can be
// explored one by one, in any process of the program. It is a function of the
// parts taken and of what they left, in rounds:
//
//   const auto frontier = SearchFrontier::Create(MemoryModel::kSc);
//   while (true) {
//     const std::vector<std::string> parts = frontier->Take(64);
//     if (parts.empty()) break;  // Everything has been explored.
//     … rests[i] is what exploring parts[i], as far as one likes, left …
//     frontier->Merge(rests);
//   }
//
// Who explores a part of it: trace_parts.h, graph_parts.h. The latest parts
// come first, so that they do not pile up: memory is polynomial in the length
// of an execution, times how many are taken at once.

#ifndef MORTSAFE_HARNESS_EXPLORE_SEARCH_FRONTIER_H_
#define MORTSAFE_HARNESS_EXPLORE_SEARCH_FRONTIER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {

class SearchFrontier {
 public:
  // At first there is one part: everything.
  static std::unique_ptr<SearchFrontier> Create(MemoryModel memory);

  virtual ~SearchFrontier() = default;

  // Takes out parts, at most `most`. None only if nothing is left.
  virtual std::vector<std::string> Take(size_t most) = 0;
  // What exploring each of the parts that were taken last left.
  virtual void Merge(const std::vector<std::string>& rests) = 0;
  // `rest` says that the search learned of a loop: everything is to be explored
  // anew, by those who know that.
  virtual void BeginAnew(absl::string_view rest) = 0;

  // All of it, while no parts are out, and what that was.
  virtual std::string Save() const = 0;
  virtual void Load(absl::string_view bytes) = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_SEARCH_FRONTIER_H_
