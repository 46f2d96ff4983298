// Long histories such as a correct map under load would record: linearizable by
// construction, or with one stale Load planted, which makes them certainly not
// linearizable. For benchmarks, figures and tests:
//
//   WorkloadOptions options;
//   options.operations = 100'000'000;
//   options.mix = MapMix();
//   Workload workload(options);
//   while (std::optional<HistoryOperation> operation = workload.Next()) …
//
// Clients are simulated on one virtual clock: each calls an operation, which
// takes effect at one random moment before it returns (a Range looks at each
// key at a moment of its own), and calls the next after a short pause. Only
// what is open, and what was called since the oldest call that is still open,
// is kept in memory.

#ifndef MORTSAFE_HARNESS_LINEARIZE_WORKLOAD_H_
#define MORTSAFE_HARNESS_LINEARIZE_WORKLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/random.h"
#include "harness/history/history.h"
#include "harness/linearize/specification.h"

namespace mortsafe {

// How often each kind of operation is called: a weight by OperationKind.
using OperationMix = std::array<uint32_t, kOperationKindCount>;

// 45 Load, 35 Store, 20 Delete.
OperationMix RegisterMix();
// All operations on one key.
OperationMix MapMix();
// Mostly Swap, CompareAndSwap, LoadOrStore and LoadAndDelete.
OperationMix ReadModifyWriteMix();
// All ten operations: 1 % are Ranges, 0.1 % are Clears.
OperationMix AllMix();

// These by name: register, map, rmw, all.
std::optional<OperationMix> OperationMixFromName(absl::string_view name);

// How the intervals of operations lie.
enum class WorkloadTiming : uint8_t {
  kTight,  // Every client is nearly always inside an operation.
  kStall,  // Pauses and operations are equally long, but now and then an
           // operation stays open while the others call about a hundred.
};

struct WorkloadOptions {
  uint64_t operations = 1000;
  uint32_t clients = 4;
  uint32_t keys = 1;
  uint64_t seed = 1;
  OperationMix mix = RegisterMix();
  WorkloadTiming timing = WorkloadTiming::kTight;
  // Stored values are 1 … `values`, each stored many times; 0: every stored
  // value is new.
  uint32_t values = 0;
  // So many of a million operations never return: their client is lost inside
  // them, and a client with a new number takes its place. Each stays open to
  // the end of the history.
  uint32_t pending_per_million = 0;
  // One Load about halfway returns a value that nobody else ever stores, and
  // that had been overwritten or deleted before the Load was called, by a call
  // that came after the Store of the value had returned. So short a history
  // that this takes more than half of it has it from the start.
  bool plant_stale_load = false;
};

class Workload {
 public:
  // REQUIRES: there are clients, keys and some weight in the mix; at least
  // three operations if a stale Load is planted.
  explicit Workload(const WorkloadOptions& options);

  // The next operation by call time, or nothing after the last one. No two
  // calls or returns have the same time.
  std::optional<HistoryOperation> Next();

  // How many operations are in memory.
  size_t kept() const { return static_cast<size_t>(called_ - handed_out_); }

 private:
  // What a key holds, and what it held before.
  struct Content {
    Cell now;
    Value previous = 1;
  };
  // What a client does at its next moment.
  enum class Phase : uint8_t { kCall, kTakeEffect, kReturn };
  // What the planted calls are for: a value is stored, then removed, then seen.
  enum class Plant : uint8_t { kStore, kRemove, kLoad, kDone };
  struct Client {
    uint32_t number = 0;
    Phase phase = Phase::kCall;
    bool lost = false;     // Its operation never returns.
    bool planted = false;  // Its operation is one of the planted calls.
    uint64_t ticket = 0;   // Its operation is the ticket-th that was called.
    uint64_t return_moment = 0;
    uint32_t keys_to_visit = 0;  // Of a Range.
    Key next_key = 0;
    HistoryOperation operation;  // The result is in it before it returned.
  };
  struct Event {
    uint64_t moment = 0;
    uint32_t client = 0;  // Index into clients_.
  };
  struct Kept {
    HistoryOperation operation;
    bool complete = false;  // Nothing in it changes any more.
  };

  static bool Later(const Event& a, const Event& b) {
    return a.moment > b.moment || (a.moment == b.moment && a.client > b.client);
  }
  void HandleNextEvent();
  // Puts `event` in the place of the earliest one.
  void ReplaceFirst(Event event);
  // What `client` does at `moment`; the moment of what it does next, or nothing
  // if it is done.
  std::optional<uint64_t> Advance(Client& client, uint64_t moment);
  std::optional<uint64_t> Call(Client& client, uint64_t moment);
  uint64_t TakeEffect(Client& client, uint64_t moment);
  uint64_t Return(Client& client, uint64_t moment);

  void DrawCall(HistoryOperation& operation);
  OperationKind DrawKind();
  Value NewValue();
  Value OldValue(const Content& content);
  uint64_t Duration(bool may_stall);
  uint64_t Pause();
  // A moment in [begin, end].
  uint64_t Between(uint64_t begin, uint64_t end);

  // Planted calls that are still to be made.
  uint64_t PlantedCallsLeft() const;
  bool PlantNow() const;
  void DrawPlantedCall(HistoryOperation& operation);

  void Act(HistoryOperation& operation);
  void Perform(HistoryOperation& operation, Content& content);
  void VisitKey(Client& client);

  // A place for one more operation; its ticket is the count of calls before.
  void MakePlace();
  Kept& KeptAt(uint64_t ticket) { return kept_[ticket & (kept_.size() - 1)]; }

  WorkloadOptions options_;
  uint32_t total_weight_ = 0;
  Random random_;
  std::vector<Content> map_;
  std::vector<Client> clients_;
  std::vector<Event> events_;  // A heap, the earliest first.
  std::vector<Kept> kept_;     // A ring whose size is a power of two.
  uint64_t called_ = 0;
  uint64_t handed_out_ = 0;
  uint64_t now_ = 0;
  Value last_new_value_ = 0;
  uint32_t next_client_number_ = 0;
  Plant plant_ = Plant::kDone;
  bool planted_call_is_open_ = false;
  Key planted_key_ = 0;
  Value planted_value_ = 0;
};

// The whole of it at once.
History GenerateWorkload(const WorkloadOptions& options);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_LINEARIZE_WORKLOAD_H_
