#include "harness/model/memory.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "harness/base/check.h"
#include "harness/model/pod_vector.h"
#include "harness/model/sanitizers.h"

#if defined(MORTSAFE_ASAN) || defined(MORTSAFE_TSAN)
#include <sanitizer/allocator_interface.h>
#endif

namespace mortsafe {
namespace {

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;
constexpr size_t kArenaBytes = size_t{64} << 20;
// Far from where Linux puts anything unasked.
constexpr uintptr_t kArenasWanted = 0x200000000000;
constexpr size_t kDefaultAlignment = 16;

// Odd and not canonical as an address: a pointer read from such memory faults.
constexpr unsigned char kFreshByte = 0xcd;
constexpr unsigned char kFreedByte = 0xdd;

// Fills the block, and what is between its end and the next one's start. Most
// blocks are so small that a call of memset takes longer than what it does, and
// of sizes that nobody can predict: rather than ask for them, units are filled
// that were filled before. REQUIRES: size > 0.
template <unsigned char byte>
void Fill(char* block, size_t size) {
  constexpr size_t kUnit = kDefaultAlignment;
  if (size > 8 * kUnit) {
    std::memset(block, byte, size);
    return;
  }
  const auto fill_unit = [](char* unit) { std::memset(unit, byte, kUnit); };
  char* const last = block + (size - 1) / kUnit * kUnit;
  fill_unit(block);
  fill_unit(std::min(block + kUnit, last));
  fill_unit(std::min(block + 2 * kUnit, last));
  fill_unit(last);
  if (size <= 4 * kUnit) return;
  fill_unit(block + 3 * kUnit);
  fill_unit(last - 3 * kUnit);
  fill_unit(last - 2 * kUnit);
  fill_unit(last - kUnit);
}

char* AlignUp(char* address, size_t alignment) {
  const auto bits = reinterpret_cast<uintptr_t>(address);
  return address + (-bits & (alignment - 1));
}

}  // namespace

// Stands before each block of an arena.
struct alignas(kDefaultAlignment) ExecutionMemory::BlockHeader {
  static constexpr uint64_t kLive = 0x6d6f72747361666c;
  static constexpr uint64_t kFreed = 0x6d6f727473616665;
  uint64_t size;
  uint64_t state;
};

// A set of addresses: open addressing with linear probing. It is changed inside
// the sanitizer's allocator, and so allocates nothing itself: it takes nothing
// more when all of its slots are half full. Most executions have so few blocks
// that they need few of the slots, which then stay in the processor's cache.
class ExecutionMemory::BlockTable {
 public:
  // Whether there was room.
  bool Insert(const void* block) {
    if (2 * used_ >= capacity_ && !UseAllSlots()) return false;
    InsertWithRoom(block);
    ++used_;
    return true;
  }

  // Whether `block` was there.
  bool Erase(const void* block) {
    for (size_t i = Home(block); slots_[i] != nullptr; i = Next(i)) {
      if (slots_[i] == block) {
        CloseGap(i);
        --used_;
        return true;
      }
    }
    return false;
  }

  bool Contains(const void* block) const {
    for (size_t i = Home(block); slots_[i] != nullptr; i = Next(i)) {
      if (slots_[i] == block) return true;
    }
    return false;
  }

  void Clear() {
    if (used_ > 0) std::fill_n(slots_.begin(), capacity_, nullptr);
    used_ = 0;
    capacity_ = kFew;
  }

 private:
  static constexpr size_t kFew = size_t{1} << 9;
  static constexpr size_t kAll = size_t{1} << 15;

  void InsertWithRoom(const void* block) {
    size_t i = Home(block);
    while (slots_[i] != nullptr) i = Next(i);
    slots_[i] = block;
  }

  // Says whether that makes a difference.
  bool UseAllSlots() {
    if (capacity_ == kAll) return false;
    std::copy_n(slots_.begin(), kFew, few_.begin());
    std::fill_n(slots_.begin(), kFew, nullptr);
    capacity_ = kAll;
    for (const void* const block : few_) {
      if (block != nullptr) InsertWithRoom(block);
    }
    return true;
  }

  // Neighbours stay neighbours, as blocks that were allocated one after the
  // other often are; sizes, which the sanitizers' allocators keep gigabytes
  // apart, do not meet.
  size_t Home(const void* block) const {
    const auto bits = reinterpret_cast<uintptr_t>(block);
    return ((bits >> 4) + (bits >> 32) * 0x9e37) & (capacity_ - 1);
  }
  size_t Next(size_t i) const { return (i + 1) & (capacity_ - 1); }

  // Moves later blocks of the run into the gap, so that probing finds them.
  void CloseGap(size_t gap) {
    for (size_t i = Next(gap); slots_[i] != nullptr; i = Next(i)) {
      const size_t from_home = (i - Home(slots_[i])) & (capacity_ - 1);
      const size_t from_gap = (i - gap) & (capacity_ - 1);
      if (from_home >= from_gap) {
        slots_[gap] = slots_[i];
        gap = i;
      }
    }
    slots_[gap] = nullptr;
  }

  std::array<const void*, kAll> slots_ = {};
  size_t capacity_ = kFew;  // So many of the slots are in use.
  size_t used_ = 0;
  std::array<const void*, kFew> few_;  // Room to move those that were.
};

ExecutionMemory::ExecutionMemory(BadFree bad_free, void* argument)
    : bad_free_(bad_free), argument_(argument) {
  if constexpr (kSanitized) {
    table_ = new BlockTable;
    InstallHooks();
    return;
  }
  area_.emplace(kArenasWanted, kArenaBytes * kMaxModelThreads);
  base_ = area_->begin();
  for (uint32_t thread = 0; thread < kMaxModelThreads; ++thread) {
    arenas_[thread].next = ArenaBase(thread);
  }
}

ExecutionMemory::~ExecutionMemory() {
  Check(serving_memory != this, "memory is destroyed inside its execution");
  if constexpr (kSanitized) delete table_;
}

char* ExecutionMemory::ArenaBase(uint32_t thread) const {
  // Not all at the start of a page, where they would compete for the same few
  // lines of the processor's first cache.
  constexpr size_t kColourBytes = size_t{11} * 64;
  if constexpr (kSanitized) return nullptr;
  return base_ + kArenaBytes * thread + kColourBytes * thread;
}

void ExecutionMemory::Begin(bool record) {
  Check(serving_memory == nullptr, "an execution begins inside another");
  if constexpr (kSanitized) table_->Clear();
  for (uint32_t thread = 0; thread < arenas_used_; ++thread) {
    arenas_[thread] = {ArenaBase(thread), 0};
  }
  arenas_used_ = 0;
  live_blocks_ = 0;
  thread_ = 0;
  records_.Clear();
  recording_ = record;
  serving_memory = this;
}

void ExecutionMemory::End() { serving_memory = nullptr; }

void ExecutionMemory::Keep(Kept& kept, SavedRegions& regions) const {
  Check(!kSanitized && !recording_, "such an execution cannot be kept");
  for (uint32_t thread = 0; thread < arenas_used_; ++thread) {
    kept.arenas_[thread] = arenas_[thread];
    if (arenas_[thread].blocks == 0) continue;
    regions.Save(ArenaBase(thread), arenas_[thread].next);
  }
  kept.thread_ = thread_;
  kept.arenas_used_ = arenas_used_;
  kept.live_blocks_ = live_blocks_;
}

void ExecutionMemory::Resume(const Kept& kept) {
  Begin(false);
  for (uint32_t thread = 0; thread < kept.arenas_used_; ++thread) {
    arenas_[thread] = kept.arenas_[thread];
  }
  thread_ = kept.thread_;
  arenas_used_ = kept.arenas_used_;
  live_blocks_ = kept.live_blocks_;
}

bool ExecutionMemory::Owns(const void* block) const {
  if constexpr (kSanitized) return table_->Contains(block);
  const auto from_base =
      reinterpret_cast<uintptr_t>(block) - reinterpret_cast<uintptr_t>(base_);
  return from_base < kArenaBytes * kMaxModelThreads;
}

void* ExecutionMemory::Allocate(size_t size) {
  return AllocateInArena(size, kDefaultAlignment);
}

void* ExecutionMemory::AllocateAligned(size_t size, size_t alignment) {
  return AllocateInArena(size, std::max(alignment, kDefaultAlignment));
}

// What is rare is left to others last, so that no registers need be saved.
[[gnu::always_inline]] inline void* ExecutionMemory::AllocateInArena(
    size_t size, size_t alignment) {
  Arena& arena = arenas_[thread_];
  // Blocks end where the next header may stand.
  char* const block =
      alignment == kDefaultAlignment
          ? arena.next + sizeof(BlockHeader)
          : AlignUp(arena.next + sizeof(BlockHeader), alignment);
  const char* const arena_end = base_ + kArenaBytes * (thread_ + 1);
  Check(size < kArenaBytes && block + size <= arena_end,
        "one thread of an execution allocated more than 64 MiB");
  new (block - sizeof(BlockHeader)) BlockHeader{size, BlockHeader::kLive};
  arena.next = AlignUp(block + size, kDefaultAlignment);
  const uint32_t number = Count();
  if (recording_) [[unlikely]]
    return FillRecorded(number, block, size);
  Fill<kFreshByte>(block, size);
  return block;
}

void* ExecutionMemory::FillRecorded(uint32_t number, char* block, size_t size) {
  Record(number, block, size);
  Fill<kFreshByte>(block, size);
  return block;
}

uint32_t ExecutionMemory::Count() {
  ++live_blocks_;
  arenas_used_ = std::max(arenas_used_, thread_ + 1);
  return arenas_[thread_].blocks++;
}

void ExecutionMemory::Record(uint32_t number, const void* block, size_t size) {
  records_.Append({thread_, number, static_cast<const char*>(block), size});
}

void ExecutionMemory::NoteAllocated(const void* block, size_t size) {
  if (!table_->Insert(block)) return;
  const uint32_t number = Count();
  if (recording_) Record(number, block, size);
}

void ExecutionMemory::NoteFreed(const void* block) {
  if (table_->Erase(block)) --live_blocks_;
}

void ExecutionMemory::Free(void* block) {
  auto* const header = reinterpret_cast<BlockHeader*>(
      static_cast<char*>(block) - sizeof(BlockHeader));
  if (header->state != BlockHeader::kLive) [[unlikely]] {
    bad_free_(argument_, header->state == BlockHeader::kFreed, block);
    return;
  }
  if (before_free_ != nullptr) [[unlikely]]
    return FreeAnnounced(header, block);
  FreeLive(header, block);
}

void ExecutionMemory::FreeAnnounced(BlockHeader* header, void* block) {
  before_free_(argument_, block, header->size);
  FreeLive(header, block);
}

void ExecutionMemory::FreeLive(BlockHeader* header, void* block) {
  --live_blocks_;
  header->state = BlockHeader::kFreed;
  Fill<kFreedByte>(static_cast<char*>(block), header->size);
}

#if defined(MORTSAFE_ASAN) || defined(MORTSAFE_TSAN)

// The sanitizer's allocator stays in charge, and tells what it does.
void ExecutionMemory::InstallHooks() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void* block, size_t size) {
        if (serving_memory == nullptr) return;
        const HarnessAllocations harness;
        harness.suspended()->NoteAllocated(const_cast<const void*>(block),
                                           size);
      },
      [](const volatile void* block) {
        if (serving_memory == nullptr) return;
        const HarnessAllocations harness;
        harness.suspended()->NoteFreed(const_cast<const void*>(block));
      });
  Check(installed > 0, "the sanitizer takes no allocation hooks");
}

}  // namespace mortsafe

#else

void ExecutionMemory::InstallHooks() {}

namespace {

void* AllocateOrNull(size_t size, size_t alignment) {
  if (size == 0) size = 1;
  if (serving_memory != nullptr) {
    return alignment == kDefaultAlignment
               ? serving_memory->Allocate(size)
               : serving_memory->AllocateAligned(size, alignment);
  }
  if (alignment <= kDefaultAlignment) return std::malloc(size);
  return std::aligned_alloc(alignment,
                            (size + alignment - 1) / alignment * alignment);
}

void* AllocateOrThrow(size_t size, size_t alignment) {
  void* const block = AllocateOrNull(size, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void Deallocate(void* block) noexcept {
  if (block == nullptr) return;
  if (serving_memory != nullptr && serving_memory->Owns(block)) {
    serving_memory->Free(block);
  } else {
    std::free(block);
  }
}

}  // namespace
}  // namespace mortsafe

// Every replaceable form.
void* operator new(size_t size) {
  return mortsafe::AllocateOrThrow(size, mortsafe::kDefaultAlignment);
}
void* operator new[](size_t size) {
  return mortsafe::AllocateOrThrow(size, mortsafe::kDefaultAlignment);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return mortsafe::AllocateOrThrow(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return mortsafe::AllocateOrThrow(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return mortsafe::AllocateOrNull(size, mortsafe::kDefaultAlignment);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  return mortsafe::AllocateOrNull(size, mortsafe::kDefaultAlignment);
}
void operator delete(void* block) noexcept { mortsafe::Deallocate(block); }
void operator delete[](void* block) noexcept { mortsafe::Deallocate(block); }
void operator delete(void* block, size_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete[](void* block, size_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete(void* block, size_t, std::align_val_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete[](void* block, size_t, std::align_val_t) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
  mortsafe::Deallocate(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  mortsafe::Deallocate(block);
}

#endif
