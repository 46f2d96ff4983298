#include "harness/linearize/history_generator.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/linearize/specification.h"

namespace mortsafe {
namespace {

uint64_t Below(int bound, Random& random) {
  return random.Below(static_cast<uint64_t>(bound));
}

Value RandomValue(const HistoryBounds& bounds, Random& random) {
  return 1 + Below(bounds.values, random);
}

// A call with random arguments.
HistoryOperation RandomCall(const HistoryBounds& bounds, Random& random) {
  HistoryOperation operation;
  do {
    operation.kind = kAllOperationKinds[Below(kOperationKindCount, random)];
  } while (!bounds.kinds.Has(operation.kind));
  if (HasKey(operation.kind)) operation.key = Below(bounds.keys, random);
  if (StoresValue(operation.kind)) {
    operation.value = RandomValue(bounds, random);
  }
  if (ComparesValue(operation.kind)) {
    operation.old_value = RandomValue(bounds, random);
  }
  return operation;
}

// A random part of `kinds` that is not empty.
OperationKindSet SomeOf(OperationKindSet kinds, Random& random) {
  OperationKindSet some;
  while (some == OperationKindSet()) {
    for (OperationKind kind : kAllOperationKinds) {
      if (kinds.Has(kind) && random.OneIn(2)) some.Add(kind);
    }
  }
  return some;
}

// Runs the calls of a few clients, interleaved, on one map.
class Simulation {
 public:
  // `faulty` simulates a map that is not always correct.
  Simulation(const HistoryBounds& bounds, bool faulty, Random& random)
      : bounds_(bounds),
        random_(random),
        faulty_(faulty),
        map_(static_cast<size_t>(bounds.keys)),
        old_(map_.size()),
        clients_(static_cast<size_t>(bounds.clients)) {}

  History Run() {
    int to_call = bounds_.operations;
    // Now and then, clients are stopped in the middle of their operations.
    const bool stops = random_.OneIn(3);
    for (int busy = 0; to_call > 0 || busy > 0;) {
      if (stops && to_call == 0 && random_.OneIn(4)) break;
      const size_t number = Below(bounds_.clients, random_);
      Client& client = clients_[number];
      if (client.phase != Phase::kIdle) {
        Advance(client);
        if (client.phase == Phase::kIdle) --busy;
      } else if (to_call > 0) {
        Call(number);
        --to_call;
        ++busy;
      }
      if (!random_.OneIn(4)) ++now_;
    }
    return std::move(history_);
  }

 private:
  enum class Phase { kIdle, kCalled, kEffective };
  struct Client {
    Phase phase = Phase::kIdle;
    size_t operation = 0;
    Key next_key = 0;  // Of a Range.
    // Answers stay here until the operation returns.
    HistoryOperation outcome;
  };

  void Call(size_t number) {
    Client& client = clients_[number];
    client.phase = Phase::kCalled;
    client.operation = history_.operations.size();
    client.next_key = 0;
    HistoryOperation operation = RandomCall(bounds_, random_);
    operation.client = static_cast<uint32_t>(number);
    operation.call_time = now_;
    client.outcome = operation;
    history_.operations.push_back(std::move(operation));
  }

  void Advance(Client& client) {
    if (client.phase == Phase::kCalled) {
      if (TakeEffect(client)) client.phase = Phase::kEffective;
      return;
    }
    client.outcome.return_time = now_;
    history_.operations[client.operation] = client.outcome;
    client.phase = Phase::kIdle;
  }

  // Whether the operation has taken all its effect.
  bool TakeEffect(Client& client) {
    HistoryOperation& operation = client.outcome;
    if (operation.kind == OperationKind::kRange) return Visit(client);
    if (operation.kind == OperationKind::kClear) return Empty(client);
    Act(operation);
    return true;
  }

  void Act(HistoryOperation& operation) {
    Cell& cell = map_[operation.key];
    Cell& old = old_[operation.key];
    const Cell before = cell;
    Cell seen = faulty_ && random_.OneIn(5) ? old : cell;
    Record(Perform(operation, seen), operation);
    if (!faulty_ || !random_.OneIn(8)) cell = seen;
    if (cell != before) old = before;
  }

  // A Clear's next step; whether it was the last one.
  bool Empty(Client& client) {
    do {
      map_[client.next_key++].reset();
    } while (!faulty_ && client.next_key < map_.size());
    return client.next_key == map_.size();
  }

  // One key of a Range; whether it was the last one.
  bool Visit(Client& client) {
    HistoryOperation& range = client.outcome;
    const Key key = client.next_key++;
    if (map_[key].has_value()) {
      range.entries.emplace_back(key, *map_[key]);
      if (random_.OneIn(6)) return true;  // The callback stops it.
    }
    range.ok = client.next_key == map_.size();
    return range.ok;
  }

  const HistoryBounds& bounds_;
  Random& random_;
  const bool faulty_;
  std::vector<Cell> map_;
  std::vector<Cell> old_;  // What each key held before its last change.
  std::vector<Client> clients_;
  uint64_t now_ = 0;
  History history_;
};

// Gives an operation a random well-formed result.
void RandomizeResult(const HistoryBounds& bounds, Random& random,
                     HistoryOperation& operation) {
  operation.ok = random.OneIn(2);
  operation.entries.clear();
  const std::optional<Value> seen =
      operation.ok ? std::optional(RandomValue(bounds, random)) : std::nullopt;
  switch (operation.kind) {
    case OperationKind::kLoad:
    case OperationKind::kLoadAndDelete:
    case OperationKind::kSwap:
      operation.result = seen;
      break;
    case OperationKind::kLoadOrStore:
      operation.result = operation.ok ? seen : operation.value;
      break;
    case OperationKind::kRange:
      operation.ok = !random.OneIn(4);
      for (int key = 0; key < bounds.keys; ++key) {
        if (random.OneIn(2)) continue;
        operation.entries.emplace_back(key, RandomValue(bounds, random));
      }
      if (!operation.entries.empty() && random.OneIn(16)) {
        operation.entries.push_back(operation.entries.front());
      }
      break;
    case OperationKind::kCompareAndSwap:
    case OperationKind::kCompareAndDelete:
      break;
    case OperationKind::kStore:
    case OperationKind::kDelete:
    case OperationKind::kClear:
      operation.ok = false;
      break;
  }
}

}  // namespace

History GenerateLinearizableHistory(const HistoryBounds& bounds,
                                    Random& random) {
  return Simulation(bounds, /*faulty=*/false, random).Run();
}

History GenerateFaultyHistory(const HistoryBounds& bounds, Random& random) {
  return Simulation(bounds, /*faulty=*/true, random).Run();
}

History GenerateWildHistory(const HistoryBounds& bounds, Random& random) {
  History history;
  const int span = 2 * bounds.operations;
  for (int i = 0; i < bounds.operations; ++i) {
    HistoryOperation operation = RandomCall(bounds, random);
    operation.client = static_cast<uint32_t>(Below(bounds.clients, random));
    operation.call_time = Below(span, random);
    if (!random.OneIn(8)) {
      operation.return_time = operation.call_time + Below(span / 2 + 1, random);
      RandomizeResult(bounds, random, operation);
    }
    history.operations.push_back(std::move(operation));
  }
  return history;
}

History GenerateHistory(const HistoryBounds& bounds, Random& random) {
  HistoryBounds smaller = bounds;
  smaller.operations = 1 + static_cast<int>(Below(bounds.operations, random));
  smaller.clients = 1 + static_cast<int>(Below(bounds.clients, random));
  smaller.keys = 1 + static_cast<int>(Below(bounds.keys, random));
  if (!random.OneIn(4)) smaller.kinds = SomeOf(bounds.kinds, random);
  switch (random.Below(8)) {
    case 0:
    case 1:
      return GenerateLinearizableHistory(smaller, random);
    case 2:
    case 3:
      return GenerateWildHistory(smaller, random);
    default:
      return GenerateFaultyHistory(smaller, random);
  }
}

}  // namespace mortsafe
