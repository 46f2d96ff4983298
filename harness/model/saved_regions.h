// Copies of parts of memory, to be put back where they were: how an execution
// returns to an earlier state of its own.

#ifndef MORTSAFE_HARNESS_MODEL_SAVED_REGIONS_H_
#define MORTSAFE_HARNESS_MODEL_SAVED_REGIONS_H_

#include <cstddef>
#include <cstring>
#include <vector>

namespace mortsafe {

// Keeps its memory when it is cleared.
class SavedRegions {
 public:
  void Clear() {
    regions_.clear();
    used_ = 0;
  }

  // REQUIRES: begin <= end; nothing there needs more than its bytes.
  void Save(char* begin, const char* end) {
    const auto size = static_cast<size_t>(end - begin);
    if (used_ + size > bytes_.size()) bytes_.resize(2 * (used_ + size));
    std::memcpy(bytes_.data() + used_, begin, size);
    used_ += size;
    regions_.push_back({begin, size});
  }

  void PutBack() const {
    const char* bytes = bytes_.data();
    for (const Region& region : regions_) {
      std::memcpy(region.begin, bytes, region.size);
      bytes += region.size;
    }
  }

 private:
  struct Region {
    char* begin;
    size_t size;
  };
  std::vector<Region> regions_;
  std::vector<char> bytes_;  // Of all regions, in order.
  size_t used_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_SAVED_REGIONS_H_
