// Records by address, which never move. Emptying it keeps their memory, and
// what came last can be taken out again; the order of addresses never shows.

#ifndef MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_
#define MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mortsafe {

// A record that is used again is given its Reset(), or the default if it has
// none.
template <class Record>
class AddressMap {
 public:
  AddressMap() : slots_(kFirstCapacity) {}

  // The record of `address`, which has just been reset if it is new.
  Record& operator[](const volatile void* address) {
    Record* const record = SlotOf(address).record;
    return record != nullptr ? *record : Add(address);
  }

  // The same, or null if it has none.
  Record* Find(const volatile void* address) { return SlotOf(address).record; }

  // How many addresses have a record.
  size_t size() const { return used_; }

  // Takes out all but the first `size` addresses. REQUIRES: size <= size().
  void Truncate(size_t size) {
    // The latest is at the end of its run: no other slot was found beyond it.
    for (; used_ > size; --used_) SlotOf(addresses_[used_ - 1]) = {};
  }
  void Clear() { Truncate(0); }

  // Calls visit(record) for the addresses from `begin` on, `size` bytes, that
  // have a record.
  template <class Visit>
  void VisitRange(const char* begin, size_t size, Visit visit) {
    if (size < used_ / kScannedPerLookUp) {
      for (size_t i = 0; i < size; ++i) {
        if (Record* const found = Find(begin + i)) visit(*found);
      }
      return;
    }
    const auto first = reinterpret_cast<uintptr_t>(begin);
    for (size_t i = 0; i < used_; ++i) {
      const auto address = reinterpret_cast<uintptr_t>(addresses_[i]);
      if (address - first < size) visit(RecordAt(i));
    }
  }

  // Calls visit(address, record) for all that have one.
  template <class Visit>
  void VisitAll(Visit visit) {
    for (size_t i = 0; i < used_; ++i) visit(addresses_[i], RecordAt(i));
  }

 private:
  static constexpr size_t kFirstCapacity = 256;
  // So many addresses are compared in the time that it takes to look one up.
  static constexpr size_t kScannedPerLookUp = 4;

  // Free if it has no record.
  struct Slot {
    const volatile void* address = nullptr;
    Record* record = nullptr;
  };

  // Records never move: they lie in chunks.
  static constexpr size_t kChunkRecords = 64;
  using Chunk = std::array<Record, kChunkRecords>;

  // The slot of `address`, or the free one where it belongs.
  Slot& SlotOf(const volatile void* address) {
    const auto bits = reinterpret_cast<uintptr_t>(address);
    size_t at = (bits * 0x9e3779b97f4a7c15) >> 32 & mask_;
    while (slots_[at].record != nullptr && slots_[at].address != address) {
      at = (at + 1) & mask_;
    }
    return slots_[at];
  }

  [[gnu::noinline]] Record& Add(const volatile void* address) {
    if (2 * (used_ + 1) > slots_.size()) Grow();
    Record& record = RecordAt(used_);
    if constexpr (requires { record.Reset(); }) {
      record.Reset();
    } else {
      record = Record();
    }
    addresses_[used_++] = address;
    SlotOf(address) = {address, &record};
    return record;
  }

  Record& RecordAt(size_t i) {
    if (i / kChunkRecords == chunks_.size()) {
      chunks_.push_back(std::make_unique<Chunk>());
      addresses_.resize(chunks_.size() * kChunkRecords);
    }
    return (*chunks_[i / kChunkRecords])[i % kChunkRecords];
  }

  void Grow() {
    slots_.assign(2 * slots_.size(), {});
    mask_ = slots_.size() - 1;
    // In the order in which they came, for Truncate().
    for (size_t i = 0; i < used_; ++i) {
      SlotOf(addresses_[i]) = {addresses_[i], &RecordAt(i)};
    }
  }

  std::vector<Slot> slots_;
  size_t mask_ = kFirstCapacity - 1;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<const volatile void*> addresses_;  // By record.
  size_t used_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_
