#include "harness/linearize/search.h"

#include "harness/linearize/map_states.h"
#include "harness/linearize/search_engine.h"

namespace mortsafe {

struct Search::Engines {
  SearchEngine<OneKeyStates> one_key;
  SearchEngine<PackedStates> packed;
  SearchEngine<NumberedStates> numbered;
};

Search::Search() : engines_(std::make_unique<Engines>()) {}
Search::~Search() = default;

bool Search::Succeeds(absl::Span<const Step> steps, CellState state_count,
                      uint64_t horizon) {
  return engines_->one_key.Run(steps, 1, state_count, horizon);
}

bool Search::JointlySucceeds(absl::Span<const Step> steps, uint32_t key_count,
                             CellState state_count, uint64_t horizon) {
  if (PackedStates::Fits(key_count, state_count)) {
    engines_->packed.states().Reset(key_count, state_count);
    return engines_->packed.Run(steps, key_count, state_count, horizon);
  }
  engines_->numbered.states().Reset(key_count, state_count);
  return engines_->numbered.Run(steps, key_count, state_count, horizon);
}

}  // namespace mortsafe
