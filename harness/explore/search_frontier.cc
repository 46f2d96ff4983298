#include "harness/explore/search_frontier.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/bytes.h"
#include "harness/base/check.h"
#include "harness/explore/graph_parts.h"
#include "harness/explore/trace_frontier.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

// The frontier of a search for execution graphs: a heap of parts.
class GraphFrontier final : public SearchFrontier {
 public:
  GraphFrontier() { parts_.push_back(ToBytes(GraphPart())); }

  std::vector<std::string> Take(size_t most) override {
    std::vector<std::string> taken;
    while (!parts_.empty() && taken.size() < most) {
      taken.push_back(std::move(parts_.back()));
      parts_.pop_back();
    }
    return taken;
  }

  void Merge(const std::vector<std::string>& rests) override {
    for (size_t i = rests.size(); i > 0; --i) {
      GraphRest rest = GraphRestOf(rests[i - 1]);
      Check(!rest.learned, "everything is to be explored anew");
      // What comes first in a rest followed from what was explored last.
      std::reverse(rest.parts.begin(), rest.parts.end());
      for (std::string& part : rest.parts) parts_.push_back(std::move(part));
    }
  }

  void BeginAnew(absl::string_view rest) override {
    GraphPart all;
    all.sites = GraphRestOf(rest).sites;
    parts_ = {ToBytes(all)};
  }

  std::string Save() const override {
    ByteWriter writer;
    writer.Put(uint64_t{parts_.size()});
    for (const std::string& part : parts_) writer.PutText(part);
    return writer.Take();
  }

  void Load(absl::string_view bytes) override {
    ByteReader reader(bytes);
    parts_.clear();
    for (auto count = reader.Get<uint64_t>(); count > 0; --count) {
      parts_.push_back(reader.GetText());
    }
  }

 private:
  std::vector<std::string> parts_;  // The next one last.
};

}  // namespace

std::unique_ptr<SearchFrontier> SearchFrontier::Create(MemoryModel memory) {
  if (memory == MemoryModel::kC11) return std::make_unique<GraphFrontier>();
  return std::make_unique<TraceFrontier>();
}

}  // namespace mortsafe
