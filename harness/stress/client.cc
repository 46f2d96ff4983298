#include "harness/stress/client.h"

#include "harness/base/random.h"
#include "harness/program/operation.h"
#include "harness/sync/access_hook.h"

namespace mortsafe {

Client::Client(const ClientOptions& options, HistoryClock& clock,
               RecordQueue& queue)
    : clock_(clock),
      queue_(queue),
      mix_(options.mix),
      delays_(DeriveSeed(options.mix.seed, 1), options.delay),
      operations_(options.operations) {
  record_.client = options.number;
  record_.entries.reserve(MostEntries(options.mix.keys));
}

void Client::Run(AnyMap& map, const std::atomic<bool>& is_over) {
  mix_.Restart();
  while (operations_ > 0 && !is_over.load(std::memory_order_relaxed)) {
    --operations_;
    delays_.BeforeAccess();
    Perform(map);
    queue_.Push(record_);
    mix_.Learn(record_);
  }
  ended_ = std::chrono::steady_clock::now();
  queue_.Close();
}

void Client::Perform(AnyMap& map) {
  const Operation operation = mix_.Next();
  PrepareRecord(operation, record_);
  const ScopedAccessHook scoped(delays_.hook());
  record_.call_time = clock_.Call();
  map.Perform(operation, record_);
  record_.return_time = clock_.Return();
}

}  // namespace mortsafe
