// The memory of an execution that is run once, from its beginning to its end:
// each access decides what it reads and where its write stands, and that stays.
// How it decides is up to whoever derives from it.

#ifndef MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_
#define MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/explore/address_map.h"
#include "harness/explore/forward_graph.h"
#include "harness/explore/object_uses.h"
#include "harness/explore/seq_cst_order.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"
#include "harness/model/weak_memory.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

class ForwardMemory : public WeakMemory {
 public:
  std::optional<ObjectRace> Touch(uint32_t thread, const Access& access) final;
  std::optional<ObjectRace> Create(uint32_t thread,
                                   const volatile void* object) final;
  std::optional<ObjectRace> Free(uint32_t thread, const void* block,
                                 size_t size) final;
  uint64_t Load(uint32_t thread, const Access& access, uint64_t initial) final;
  void Store(uint32_t thread, const Access& access, uint64_t value,
             uint64_t initial) final;
  uint64_t Update(uint32_t thread, const Access& access,
                  const AtomicUpdate& update, uint64_t initial) final;
  void Fence(uint32_t thread, std::memory_order order) final;
  ValueSource LatestSource() const final;
  uint32_t LatestOverlooked() const final;
  void Acquire(uint32_t thread, const Access& access,
               const LockState& lock) final;
  bool TryAcquire(uint32_t thread, const Access& access,
                  const LockState& lock) final;
  void Release(uint32_t thread, const Access& access,
               const LockState& lock) final;
  void Signal(uint32_t thread, const volatile void* condition) final;
  void Wake(uint32_t, uint32_t) final {}
  void Call(uint32_t thread) final;
  void Return(uint32_t thread) final;
  void Spawn(uint32_t thread, uint32_t other) final;
  void Finish(uint32_t thread) final;
  void Join(uint32_t thread, uint32_t other) final;
  void VisitLastValues(VisitValue visit) final;

 protected:
  // Beyond `most_seq_cst` events of seq_cst order nothing stale is read.
  explicit ForwardMemory(uint32_t most_seq_cst) : most_seq_cst_(most_seq_cst) {}

  // REQUIRED before each execution.
  void BeginExecution();

  // Where in modification order `thread` reads from, or writes: a place from
  // `lowest` to `highest`, the last, of which there is more than one. If that
  // is not allowed it is asked again, for `attempt` 1 and so on; the last
  // always is.
  virtual uint32_t Choose(uint32_t thread, uint32_t lowest, uint32_t highest,
                          uint32_t attempt) = 0;

 private:
  struct Object {
    ForwardLocation* location = nullptr;  // Not known yet.
    uint8_t size = 0;                     // Of an atomic, in bytes.
    ObjectUses uses;
  };
  struct FreedBlock {
    const char* begin = nullptr;
    const char* end = nullptr;
    uint32_t thread = 0;
  };
  // With an update a read may go on to write.
  struct ReadRequest {
    std::memory_order order = std::memory_order_relaxed;
    std::memory_order failure_order = std::memory_order_relaxed;
    const AtomicUpdate* update = nullptr;
    bool reads_latest = false;
    bool shares = false;  // A lock.
  };

  Object& ObjectAt(const volatile void* address);
  // That of the object of an access, which had the value `initial`.
  ForwardLocation* LocationOf(Object& object, const Access& access,
                              uint64_t initial);
  std::optional<ObjectRace> Use(uint32_t thread, Object& object, bool writes);
  // Whether an access to the atomic races; race() then says with what.
  bool Races(uint32_t thread, Object& object);
  uint64_t Read(uint32_t thread, ForwardLocation* location,
                const ReadRequest& request);
  // Whether the new read may read from there, which it always may from the
  // latest place; if so, it does, and has its write.
  bool TrySource(ForwardEvent& read, uint32_t place,
                 const ReadRequest& request);
  // Has one chosen until one is allowed, as the first was not.
  [[gnu::noinline]] void TryOtherSources(ForwardEvent& read, uint32_t lowest,
                                         uint32_t highest,
                                         const ReadRequest& request);
  void Write(uint32_t thread, ForwardLocation* location, uint64_t value,
             std::memory_order order);
  // Whether a new write may stand there, which it always may in the place after
  // the last; if so, it does.
  bool TryPlace(uint32_t thread, ForwardLocation* location, uint32_t place,
                uint64_t value, std::memory_order order);
  [[gnu::noinline]] void TryOtherPlaces(uint32_t thread,
                                        ForwardLocation* location,
                                        uint32_t lowest, uint64_t value,
                                        std::memory_order order);
  // Whether the graph, which had an order of its seq_cst events without the
  // latest, has one.
  bool HasSeqCstOrder();
  [[gnu::noinline]] bool HasSeqCstOrderWithLatest();

  const uint32_t most_seq_cst_;
  ForwardGraph graph_;
  SeqCstOrderOf<ForwardGraph> seq_cst_;
  std::array<const ForwardEvent*, kMaxModelThreads> latest_return_;
  const ForwardEvent* latest_access_ = nullptr;
  AddressMap<Object> objects_;
  const volatile void* latest_address_ = nullptr;
  Object* latest_object_ = nullptr;
  std::vector<FreedBlock> freed_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_FORWARD_MEMORY_H_
