#include "harness/linearize/workload.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "harness/base/check.h"

namespace mortsafe {
namespace {

// Virtual time that an operation takes on average, fine enough for a Range to
// visit many keys meanwhile.
constexpr uint64_t kMeanDuration = uint64_t{1} << 20;
// In kTight, what a client waits for between two operations.
constexpr uint64_t kShortPause = kMeanDuration / 64;
// In kStall, one operation of so many stalls, for so many calls of others.
constexpr uint64_t kStallOneIn = 200;
constexpr uint64_t kStallLength = 100;
// One Range of so many is stopped by its callback.
constexpr uint64_t kStopOneIn = 8;
constexpr uint64_t kMillion = 1'000'000;
// More operations per client than the planted calls take.
constexpr uint64_t kPlantLength = 16;

// In the order of OperationKind: Load, Store, LoadOrStore, LoadAndDelete,
// Delete, Swap, CompareAndSwap, CompareAndDelete, Range, Clear.
constexpr OperationMix kRegisterMix = {45, 35, 0, 0, 20, 0, 0, 0, 0, 0};
constexpr OperationMix kMapMix = {30, 15, 10, 10, 10, 10, 10, 5, 0, 0};
constexpr OperationMix kReadModifyWriteMix = {10, 5,  20, 20, 5,
                                              20, 20, 0,  0,  0};
constexpr OperationMix kAllMix = {300, 150, 100, 100, 89, 100, 100, 50, 10, 1};

}  // namespace

OperationMix RegisterMix() { return kRegisterMix; }
OperationMix MapMix() { return kMapMix; }
OperationMix ReadModifyWriteMix() { return kReadModifyWriteMix; }
OperationMix AllMix() { return kAllMix; }

std::optional<OperationMix> OperationMixFromName(absl::string_view name) {
  if (name == "register") return RegisterMix();
  if (name == "map") return MapMix();
  if (name == "rmw") return ReadModifyWriteMix();
  if (name == "all") return AllMix();
  return std::nullopt;
}

Workload::Workload(const WorkloadOptions& options)
    : options_(options),
      total_weight_(
          std::accumulate(options.mix.begin(), options.mix.end(), 0u)),
      random_(options.seed),
      map_(options.keys),
      clients_(options.clients),
      kept_(64),
      plant_(options.plant_stale_load ? Plant::kStore : Plant::kDone) {
  Check(options.clients > 0 && options.keys > 0 && total_weight_ > 0,
        "a workload has clients, keys and operations to call");
  Check(options.operations >= PlantedCallsLeft(),
        "a workload with a stale Load has three operations");
  for (uint32_t i = 0; i < options.clients; ++i) {
    clients_[i].number = next_client_number_++;
    events_.push_back({random_.Below(kMeanDuration), i});
  }
  std::make_heap(events_.begin(), events_.end(), Later);
}

std::optional<HistoryOperation> Workload::Next() {
  while (kept() == 0 || !KeptAt(handed_out_).complete) {
    if (events_.empty()) return std::nullopt;
    HandleNextEvent();
  }
  return std::move(KeptAt(handed_out_++).operation);
}

void Workload::HandleNextEvent() {
  Event event = events_.front();
  const std::optional<uint64_t> next =
      Advance(clients_[event.client], event.moment);
  if (next.has_value()) {
    event.moment = *next;
  } else {
    event = events_.back();
    events_.pop_back();
    if (events_.empty()) return;
  }
  ReplaceFirst(event);
}

// A replacement sinks half as far as std's heap functions, which remove and
// insert, would make it go.
void Workload::ReplaceFirst(Event event) {
  const size_t size = events_.size();
  size_t at = 0;
  for (size_t child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && Later(events_[child], events_[child + 1])) ++child;
    if (!Later(event, events_[child])) break;
    events_[at] = events_[child];
    at = child;
  }
  events_[at] = event;
}

std::optional<uint64_t> Workload::Advance(Client& client, uint64_t moment) {
  switch (client.phase) {
    case Phase::kCall:
      return Call(client, moment);
    case Phase::kTakeEffect:
      return TakeEffect(client, moment);
    case Phase::kReturn:
      return Return(client, moment);
  }
  return std::nullopt;
}

std::optional<uint64_t> Workload::Call(Client& client, uint64_t moment) {
  const uint64_t left = options_.operations - called_;
  if (left == 0) return std::nullopt;
  client.planted = PlantNow();
  // The last calls are for the planted ones, which have to wait for each other.
  if (!client.planted && left == PlantedCallsLeft()) return moment + Pause();
  client.operation = HistoryOperation();
  if (client.planted) {
    DrawPlantedCall(client.operation);
  } else {
    DrawCall(client.operation);
  }
  client.lost = !client.planted && options_.pending_per_million != 0 &&
                random_.Below(kMillion) < options_.pending_per_million;
  client.operation.client = client.number;
  client.operation.call_time = now_++;
  MakePlace();
  client.ticket = called_++;
  Kept& kept = KeptAt(client.ticket);
  kept.complete = client.lost;
  if (client.lost) kept.operation = client.operation;
  client.return_moment = moment + Duration(/*may_stall=*/!client.planted);
  if (client.operation.kind == OperationKind::kRange) {
    client.keys_to_visit = options_.keys;
    client.next_key = random_.Below(options_.keys);
  }
  const bool never_takes_effect = client.lost && random_.OneIn(2);
  client.phase = never_takes_effect ? Phase::kReturn : Phase::kTakeEffect;
  return Between(moment, client.return_moment);
}

uint64_t Workload::TakeEffect(Client& client, uint64_t moment) {
  if (client.operation.kind == OperationKind::kRange) {
    VisitKey(client);
    // On average, the visits that are left divide the time that is left evenly.
    if (client.keys_to_visit > 0) {
      const uint64_t step =
          2 * (client.return_moment - moment) / (client.keys_to_visit + 1);
      return Between(moment, moment + step);
    }
  } else {
    Act(client.operation);
  }
  client.phase = Phase::kReturn;
  return client.return_moment;
}

uint64_t Workload::Return(Client& client, uint64_t moment) {
  client.phase = Phase::kCall;
  if (client.lost) {
    client.number = next_client_number_++;
    return moment + Pause();
  }
  if (client.planted) {
    planted_call_is_open_ = false;
    if (client.operation.kind == OperationKind::kLoad) {
      client.operation.result = planted_value_;
      client.operation.ok = true;
    }
  }
  client.operation.return_time = now_++;
  Kept& kept = KeptAt(client.ticket);
  kept.operation = std::move(client.operation);
  kept.complete = true;
  return moment + Pause();
}

void Workload::DrawCall(HistoryOperation& operation) {
  operation.kind = DrawKind();
  if (!HasKey(operation.kind)) return;
  operation.key = random_.Below(options_.keys);
  if (StoresValue(operation.kind)) operation.value = NewValue();
  if (ComparesValue(operation.kind)) {
    operation.old_value = OldValue(map_[operation.key]);
  }
}

OperationKind Workload::DrawKind() {
  uint64_t drawn = random_.Below(total_weight_);
  size_t kind = 0;
  while (drawn >= options_.mix[kind]) drawn -= options_.mix[kind++];
  return kAllOperationKinds[kind];
}

Value Workload::NewValue() {
  return options_.values == 0 ? ++last_new_value_
                              : 1 + random_.Below(options_.values);
}

// What the key holds when the call is made, which succeeds if nobody is faster;
// or what it held before.
Value Workload::OldValue(const Content& content) {
  if (options_.values != 0 && random_.OneIn(4)) return NewValue();
  return content.now.has_value() && !random_.OneIn(4) ? *content.now
                                                      : content.previous;
}

// Neither much shorter nor much longer than the mean, so that a client calls at
// most three times while an operation is open that does not stall.
uint64_t Workload::Duration(bool may_stall) {
  if (may_stall && options_.timing == WorkloadTiming::kStall &&
      random_.OneIn(kStallOneIn)) {
    const uint64_t others = std::max(options_.clients, 2u) - 1;
    return kStallLength * 2 * kMeanDuration / others;
  }
  return kMeanDuration / 2 + random_.Below(kMeanDuration + 1);
}

uint64_t Workload::Pause() {
  const uint64_t mean =
      options_.timing == WorkloadTiming::kTight ? kShortPause : kMeanDuration;
  return 1 + random_.Below(2 * mean);
}

uint64_t Workload::Between(uint64_t begin, uint64_t end) {
  // A stall may be longer than one draw reaches.
  const uint64_t length = end - begin + 1;
  if (length <= uint64_t{1} << 32) return begin + random_.Below(length);
  return begin + random_.Next() % length;
}

uint64_t Workload::PlantedCallsLeft() const {
  return static_cast<uint64_t>(Plant::kDone) - static_cast<uint64_t>(plant_);
}

bool Workload::PlantNow() const {
  if (plant_ == Plant::kDone || planted_call_is_open_) return false;
  const bool is_short =
      options_.operations / 2 < kPlantLength * options_.clients;
  return plant_ != Plant::kStore || is_short ||
         called_ >= options_.operations / 2;
}

void Workload::DrawPlantedCall(HistoryOperation& operation) {
  if (plant_ == Plant::kStore) {
    planted_key_ = random_.Below(options_.keys);
    planted_value_ =
        options_.values == 0 ? NewValue() : uint64_t{options_.values} + 1;
    operation.kind = OperationKind::kStore;
    operation.value = planted_value_;
  } else if (plant_ == Plant::kRemove) {
    operation.kind =
        random_.OneIn(2) ? OperationKind::kStore : OperationKind::kDelete;
    if (operation.kind == OperationKind::kStore) operation.value = NewValue();
  }
  operation.key = planted_key_;
  plant_ = static_cast<Plant>(static_cast<int>(plant_) + 1);
  planted_call_is_open_ = true;
}

void Workload::Act(HistoryOperation& operation) {
  if (operation.kind != OperationKind::kClear) {
    Perform(operation, map_[operation.key]);
    return;
  }
  for (Content& content : map_) Perform(operation, content);
}

void Workload::Perform(HistoryOperation& operation, Content& content) {
  const Cell before = content.now;
  const Answer answer = mortsafe::Perform(operation, content.now);
  if (operation.kind != OperationKind::kClear) Record(answer, operation);
  if (before.has_value() && before != content.now) content.previous = *before;
}

void Workload::VisitKey(Client& client) {
  HistoryOperation& range = client.operation;
  const Key key = client.next_key;
  client.next_key = key + 1 == options_.keys ? 0 : key + 1;
  --client.keys_to_visit;
  range.ok = true;
  const Cell& cell = map_[key].now;
  if (!cell.has_value()) return;
  range.entries.emplace_back(key, *cell);
  if (random_.OneIn(kStopOneIn * options_.keys)) {
    range.ok = false;
    client.keys_to_visit = 0;
  }
}

void Workload::MakePlace() {
  if (kept() < kept_.size()) return;
  std::vector<Kept> larger(2 * kept_.size());
  for (uint64_t ticket = handed_out_; ticket < called_; ++ticket) {
    larger[ticket & (larger.size() - 1)] = std::move(KeptAt(ticket));
  }
  kept_ = std::move(larger);
}

History GenerateWorkload(const WorkloadOptions& options) {
  History history;
  history.operations.reserve(options.operations);
  Workload workload(options);
  while (std::optional<HistoryOperation> operation = workload.Next()) {
    history.operations.push_back(std::move(*operation));
  }
  return history;
}

}  // namespace mortsafe
