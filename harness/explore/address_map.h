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
  AddressMap() : table_(kFirstCapacity) {}

  // The record of `address`, which has just been reset if it is new.
  Record& operator[](const volatile void* address) {
    Slot& slot = SlotOf(address);
    if (slot.generation != generation_) {
      if (2 * (used_ + 1) > table_.size()) {
        Grow();
        return (*this)[address];
      }
      slot = {address, generation_, NewRecord(address)};
    }
    return RecordAt(slot.record);
  }

  // How many addresses have a record.
  size_t size() const { return used_; }

  // Takes out all but the first `size` addresses. REQUIRES: size <= size().
  void Truncate(size_t size) {
    // The latest is at the end of its run: no other slot was found beyond it.
    for (; used_ > size; --used_) {
      SlotOf(addresses_[used_ - 1]).generation = 0;
    }
  }

  // The same, or null if it has none.
  Record* Find(const volatile void* address) {
    const Slot& slot = SlotOf(address);
    return slot.generation == generation_ ? &RecordAt(slot.record) : nullptr;
  }

  // Calls visit(record) for the addresses from `begin` on, `size` bytes, that
  // have a record. REQUIRES: all addresses are multiples of `kAlignment` away
  // from `begin`.
  template <size_t kAlignment, class Visit>
  void VisitRange(const char* begin, size_t size, Visit visit) {
    if (size / kAlignment < used_ / kScannedPerLookUp) {
      for (size_t i = 0; i < size; i += kAlignment) {
        if (Record* const found = Find(begin + i)) visit(*found);
      }
      return;
    }
    const auto first = reinterpret_cast<uintptr_t>(begin);
    for (uint32_t record = 0; record < used_; ++record) {
      const auto address = reinterpret_cast<uintptr_t>(addresses_[record]);
      if (address - first < size) visit(RecordAt(record));
    }
  }

  void Clear() {
    ++generation_;
    used_ = 0;
  }

 private:
  static constexpr size_t kFirstCapacity = 256;
  // So many addresses are compared in the time that it takes to look one up.
  static constexpr size_t kScannedPerLookUp = 4;

  struct Slot {
    const volatile void* address = nullptr;
    uint64_t generation = 0;
    uint32_t record = 0;
  };

  // Records never move: they lie in chunks.
  static constexpr uint32_t kChunkBits = 6;
  using Chunk = std::array<Record, size_t{1} << kChunkBits>;

  Record& RecordAt(uint32_t record) {
    return (*chunks_[record >> kChunkBits])[record &
                                            ((uint32_t{1} << kChunkBits) - 1)];
  }

  uint32_t NewRecord(const volatile void* address) {
    const auto record = static_cast<uint32_t>(used_++);
    if (record >> kChunkBits == chunks_.size()) {
      chunks_.push_back(std::make_unique<Chunk>());
      addresses_.resize(chunks_.size() << kChunkBits);
    }
    addresses_[record] = address;
    Record& reused = RecordAt(record);
    if constexpr (requires { reused.Reset(); }) {
      reused.Reset();
    } else {
      reused = Record();
    }
    return record;
  }

  // The slot of `address`, or the free one where it belongs.
  Slot& SlotOf(const volatile void* address) {
    const size_t mask = table_.size() - 1;
    const auto bits = reinterpret_cast<uintptr_t>(address);
    size_t at = (bits * 0x9e3779b97f4a7c15) >> 32 & mask;
    while (table_[at].generation == generation_ &&
           table_[at].address != address) {
      at = (at + 1) & mask;
    }
    return table_[at];
  }

  void Grow() {
    std::vector<Slot> old(2 * table_.size());
    old.swap(table_);
    // In the order in which they came, for Truncate().
    for (uint32_t record = 0; record < used_; ++record) {
      SlotOf(addresses_[record]) = {addresses_[record], generation_, record};
    }
  }

  std::vector<Slot> table_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<const volatile void*> addresses_;  // By record.
  size_t used_ = 0;
  uint64_t generation_ = 1;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_
