// Records by address. Emptying it takes time linear in the records in use and
// keeps their memory; the order of addresses never shows.

#ifndef MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_
#define MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace mortsafe {

// `Record` has a default, and Reset(Record&) brings a used one back to it.
template <class Record>
class AddressMap {
 public:
  AddressMap() : table_(kFirstCapacity) {}

  // The record of `address`, which is a default one if it is new.
  Record& operator[](const volatile void* address) {
    Slot& slot = SlotOf(address);
    if (slot.generation != generation_) {
      if (2 * (used_ + 1) > table_.size()) {
        Grow();
        return (*this)[address];
      }
      slot = {address, generation_, NewRecord()};
    }
    return RecordAt(slot.record);
  }

  // The same, or null if it has none.
  Record* Find(const volatile void* address) {
    const Slot& slot = SlotOf(address);
    return slot.generation == generation_ ? &RecordAt(slot.record) : nullptr;
  }

  void Clear() {
    ++generation_;
    used_ = 0;
  }

 private:
  static constexpr size_t kFirstCapacity = 256;

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

  uint32_t NewRecord() {
    const auto record = static_cast<uint32_t>(used_++);
    if (record >> kChunkBits == chunks_.size()) {
      chunks_.push_back(std::make_unique<Chunk>());
    } else {
      Reset(RecordAt(record));
    }
    return record;
  }

  static void Reset(std::vector<uint32_t>& record) { record.clear(); }
  template <class Other>
  static void Reset(Other& record) {
    record = Other();
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
    for (const Slot& slot : old) {
      if (slot.generation == generation_) SlotOf(slot.address) = slot;
    }
  }

  std::vector<Slot> table_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t used_ = 0;
  uint64_t generation_ = 1;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_ADDRESS_MAP_H_
