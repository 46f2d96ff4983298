// The memory of a controlled execution.
//
// While an execution runs, operator new serves each of its threads from an
// arena of that thread's own, so that a block's place is a function of its
// thread's past and of nothing else; freed blocks are overwritten and not used
// again. What the execution leaves behind, abandoned fibers' blocks included,
// is released as a whole when the next one begins. The global operator new and
// operator delete are replaced for that in every program that links this
// library; outside of executions they are malloc and free.
//
// Under a sanitizer blocks come from the sanitizer's allocator instead, which
// guards and quarantines them, and are only kept account of; what an abandoned
// execution leaves behind there stays until the process ends.

#ifndef MORTSAFE_HARNESS_MODEL_MEMORY_H_
#define MORTSAFE_HARNESS_MODEL_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/model/address_area.h"
#include "harness/model/pod_vector.h"
#include "harness/model/saved_regions.h"

namespace mortsafe {

// More than this many threads in one execution is an error of the caller.
inline constexpr uint32_t kMaxModelThreads = 64;

// A block that was allocated in a recorded execution: the `number`-th of
// `thread`, counted from 0.
struct BlockRecord {
  uint32_t thread = 0;
  uint32_t number = 0;
  const char* address = nullptr;
  size_t size = 0;
};

// One per operating-system thread that runs executions.
class ExecutionMemory {
 public:
  // Called when a block is freed twice, or something is freed that is no block.
  using BadFree = void (*)(void* argument, bool twice, const void* address);
  // Called before a block is freed.
  using BeforeFree = void (*)(void* argument, const void* block, size_t size);

  ExecutionMemory(BadFree bad_free, void* argument);
  ~ExecutionMemory();
  ExecutionMemory(const ExecutionMemory&) = delete;
  ExecutionMemory& operator=(const ExecutionMemory&) = delete;

  // Releases all that the execution before left behind, and from now on serves
  // the calling thread's allocations. `record` keeps a list of the blocks.
  void Begin(bool record);
  // Allocations are the harness's own again.
  void End();

  // What an execution has allocated so far, so that another one can go on from
  // here. Plain builds, executions that are not recorded.
  class Kept;
  // Adds the blocks to `regions`, which go back into their place by themselves.
  void Keep(Kept& kept, SavedRegions& regions) const;
  // Begin(), with the allocations of `kept`, whose blocks are in their place.
  void Resume(const Kept& kept);

  // Calls `before_free`, with the argument given at construction, from now on;
  // null for nothing. Plain builds only: sanitizers look after frees
  // themselves.
  void SetBeforeFree(BeforeFree before_free) { before_free_ = before_free; }
  // `thread` allocates from now on.
  void SetThread(uint32_t thread) { thread_ = thread; }

  // Blocks allocated and not freed since Begin().
  int64_t live_blocks() const { return live_blocks_; }
  const PodVector<BlockRecord>& records() const { return records_; }

  // For operator new and operator delete.
  // REQUIRES: size > 0.
  void* Allocate(size_t size);
  void* AllocateAligned(size_t size, size_t alignment);
  void Free(void* block);
  bool Owns(const void* block) const;

  // Where the arenas are. Plain builds.
  AddressRange range() const { return area_->range(); }

 private:
  class BlockTable;
  struct BlockHeader;

  struct Arena {
    char* next = nullptr;  // Where the next block's header may stand.
    uint32_t blocks = 0;
  };

  char* ArenaBase(uint32_t thread) const;
  void* AllocateInArena(size_t size, size_t alignment);
  // Counts a block of the current thread; returns its number.
  uint32_t Count();
  void Record(uint32_t number, const void* block, size_t size);
  [[gnu::noinline]] void* FillRecorded(uint32_t number, char* block,
                                       size_t size);
  [[gnu::noinline]] void FreeAnnounced(BlockHeader* header, void* block);
  void FreeLive(BlockHeader* header, void* block);
  static void InstallHooks();
  void NoteAllocated(const void* block, size_t size);
  void NoteFreed(const void* block);

  const BadFree bad_free_;
  void* const argument_;
  BeforeFree before_free_ = nullptr;
  std::optional<AddressArea> area_;  // Plain builds: all arenas, side by side.
  char* base_ = nullptr;             // Its beginning.
  BlockTable* table_ = nullptr;      // Sanitizer builds: the live blocks.
  Arena arenas_[kMaxModelThreads];
  uint32_t thread_ = 0;
  uint32_t arenas_used_ = 0;
  int64_t live_blocks_ = 0;
  bool recording_ = false;
  PodVector<BlockRecord> records_;
};

class ExecutionMemory::Kept {
 private:
  friend class ExecutionMemory;
  Arena arenas_[kMaxModelThreads];
  uint32_t thread_ = 0;
  uint32_t arenas_used_ = 0;
  int64_t live_blocks_ = 0;
};

// The memory that serves the calling thread, or null. For HarnessAllocations
// and operator new.
inline thread_local constinit ExecutionMemory* serving_memory = nullptr;

// While one lives, the calling thread's allocations are the harness's own, even
// inside an execution.
class HarnessAllocations {
 public:
  HarnessAllocations() : suspended_(serving_memory) {
    serving_memory = nullptr;
  }
  ~HarnessAllocations() { serving_memory = suspended_; }
  HarnessAllocations(const HarnessAllocations&) = delete;
  HarnessAllocations& operator=(const HarnessAllocations&) = delete;

  // Whose service is suspended, if any.
  ExecutionMemory* suspended() const { return suspended_; }

 private:
  ExecutionMemory* const suspended_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_MODEL_MEMORY_H_
