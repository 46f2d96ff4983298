// One key of a map under search: what it holds, where that is all there is to
// know, or else a search. Only the map search uses it.

#ifndef MORTSAFE_HARNESS_LINEARIZE_KEY_STATE_H_
#define MORTSAFE_HARNESS_LINEARIZE_KEY_STATE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/linearize/key_search.h"
#include "harness/linearize/step.h"

namespace mortsafe {

// A search that grows with the steps that are open.
class GrowingSearch {
 public:
  void Reset(CellState state, uint32_t key, Future* future) {
    narrow_.Reset(state, key, future);
    is_wide_ = false;
    wide_.reset();
  }

  // Makes room for one more step; false if there is none.
  bool MakeRoom() {
    if (!is_wide_ && narrow_.IsFull()) {
      if (wide_ == nullptr) wide_ = std::make_unique<Wide>();
      wide_->Widen(narrow_);
      is_wide_ = true;
    }
    return !is_wide_ || !wide_->IsFull();
  }

  // As KeySearch's, whichever width it has.
  std::optional<size_t> Call(const Step& step) {
    return is_wide_ ? wide_->Call(step) : narrow_.Call(step);
  }
  bool Return(size_t slot) {
    return is_wide_ ? wide_->Return(slot) : narrow_.Return(slot);
  }
  std::optional<size_t> Cleared(size_t branch) {
    return is_wide_ ? wide_->Cleared(branch) : narrow_.Cleared(branch);
  }
  size_t branches() const {
    return is_wide_ ? wide_->branches() : narrow_.branches();
  }
  bool IsDead(size_t branch) const {
    return is_wide_ ? wide_->IsDead(branch) : narrow_.IsDead(branch);
  }
  size_t Representative(size_t branch) const {
    return is_wide_ ? wide_->Representative(branch)
                    : narrow_.Representative(branch);
  }
  void KeepBranches(const std::vector<size_t>& kept) {
    is_wide_ ? wide_->KeepBranches(kept) : narrow_.KeepBranches(kept);
  }
  std::optional<CellState> SettledState() const {
    return is_wide_ ? wide_->SettledState() : narrow_.SettledState();
  }

 private:
  using Wide = KeySearch<kWideWords>;

  KeySearch<1> narrow_;
  std::unique_ptr<Wide> wide_;
  bool is_wide_ = false;
};

// Searches that are not in use.
class SearchPool {
 public:
  std::unique_ptr<GrowingSearch> Take(CellState state, uint32_t key) {
    std::unique_ptr<GrowingSearch> search;
    if (free_.empty()) {
      search = std::make_unique<GrowingSearch>();
    } else {
      search = std::move(free_.back());
      free_.pop_back();
    }
    search->Reset(state, key, &future_);
    return search;
  }
  void Return(std::unique_ptr<GrowingSearch> search) {
    free_.push_back(std::move(search));
  }

  // What all of them know of the future.
  Future& future() { return future_; }

 private:
  Future future_;
  std::vector<std::unique_ptr<GrowingSearch>> free_;
};

struct KeyState {
  uint32_t key = 0;
  // Where its searches come from; outlives this object.
  SearchPool* pool = nullptr;

  // What the key holds, unless it is searched.
  CellState settled = kAbsent;
  std::unique_ptr<GrowingSearch> search;
  // By branch: the branch in which a Clear has just taken effect, if it was
  // asked for since the last call or return under the key.
  std::vector<std::optional<size_t>> cleared;

  // Begins a search, unless there is one.
  GrowingSearch& Searched() {
    if (search == nullptr) search = pool->Take(settled, key);
    return *search;
  }

  // Ends the search, if what the key holds is all there is to know.
  void Settle() {
    if (search == nullptr) return;
    const std::optional<CellState> state = search->SettledState();
    if (!state.has_value()) return;
    settled = *state;
    EndSearch();
  }

  void EndSearch() {
    if (search != nullptr) pool->Return(std::move(search));
  }
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_KEY_STATE_H_
