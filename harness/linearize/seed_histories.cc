#include "harness/linearize/seed_histories.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "harness/linearize/history_builder.h"

namespace mortsafe {
namespace {

class Seeds {
 public:
  template <typename Write>
  void Add(absl::string_view name, Write write) {
    HistoryBuilder builder;
    write(builder);
    seeds_.push_back({std::string(name), builder.history()});
  }

  std::vector<SeedHistory> Take() { return std::move(seeds_); }

 private:
  std::vector<SeedHistory> seeds_;
};

void AddStaleValues(Seeds& seeds) {
  seeds.Add("stale-value-after-delete", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).By(1).Delete(0);
    h.At(4, 5).By(2).Load(0, 1);
  });
  seeds.Add("load-beside-delete", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 5).By(1).Delete(0);
    h.At(3, 4).By(2).Load(0, 1);
    h.At(6, 7).By(2).Load(0);
  });
  seeds.Add("stale-value-after-overwrite", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 9).By(1).Swap(0, 2, 1);
    h.At(3, 4).By(2).Load(0, 2);
    h.At(5, 6).By(2).Load(0, 1);
  });
  seeds.Add("resurrected-key", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 9).By(1).LoadAndDelete(0, 1);
    h.At(3, 4).By(2).Load(0);
    h.At(5, 6).By(2).LoadOrStoreLoaded(0, 2, 1);
  });
}

void AddLostAndFound(Seeds& seeds) {
  seeds.Add("value-from-nowhere", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).By(1).Load(0, 3);
  });
  seeds.Add("lost-store", [](HistoryBuilder& h) {
    h.At(0, 4).By(1).LoadOrStoreStored(0, 1);
    h.At(1, 5).By(2).LoadOrStoreStored(0, 2);
  });
  seeds.Add("false-absence", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).By(1).CompareAndSwap(0, 1, 2, true);
    h.At(4, 6).By(2).Load(0, 2);
    h.At(4, 5).By(1).CompareAndDelete(0, 2, false);
  });
  seeds.Add("double-take", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 5).By(1).LoadAndDelete(0, 1);
    h.At(3, 6).By(2).CompareAndDelete(0, 1, true);
  });
  seeds.Add("one-value-stored-twice", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 5).By(1).LoadAndDelete(0, 1);
    h.At(3, 6).By(2).LoadAndDelete(0, 1);
    h.At(4, 7).By(3).Store(0, 1);
  });
}

void AddPendingAndEqualTimes(Seeds& seeds) {
  seeds.Add("pending-store-was-seen", [](HistoryBuilder& h) {
    h.PendingSince(0).By(1).Store(0, 1);
    h.At(1, 2).By(2).Load(0);
    h.At(3, 4).By(2).Load(0, 1);
    h.PendingSince(3).By(3).CompareAndDelete(0, 1);
    h.At(5, 6).By(2).Load(0);
  });
  seeds.Add("equal-times-are-concurrent", [](HistoryBuilder& h) {
    h.At(0, 0).By(1).Store(0, 1);
    h.At(0, 0).By(2).Load(0);
    h.At(0, 3).By(3).Swap(0, 2, 1);
    h.At(3, 3).By(1).Load(0, 1);
  });
}

void AddRangesAndClears(Seeds& seeds) {
  seeds.Add("torn-range", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).Store(1, 2);
    h.At(4, 8).By(1).Range({{1, 2}});
    h.At(5, 6).By(2).Load(0, 1);
  });
  seeds.Add("duplicated-range", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).Store(1, 2);
    h.At(4, 5).By(1).Range({{0, 1}, {1, 2}, {0, 1}});
  });
  seeds.Add("range-sees-keys-at-several-moments", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 9).By(1).Range({{0, 1}, {1, 2}});
    h.At(3, 4).By(2).Delete(0);
    h.At(5, 6).By(2).Store(1, 2);
  });
  seeds.Add("non-atomic-clear", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).Store(1, 2);
    h.At(4, 9).By(1).Clear();
    h.At(5, 6).By(2).Load(0);
    h.At(7, 8).By(2).Load(1, 2);
  });
  seeds.Add("clear-beside-stopped-range", [](HistoryBuilder& h) {
    h.At(0, 1).Store(0, 1);
    h.At(2, 3).Store(1, 2);
    h.At(4, 9).By(1).Clear();
    h.At(5, 6).By(2).StoppedRange({{0, 1}});
    h.At(7, 8).By(2).Load(1);
    h.PendingSince(7).By(3).Clear();
  });
}

}  // namespace

std::vector<SeedHistory> SeedHistories() {
  Seeds seeds;
  AddStaleValues(seeds);
  AddLostAndFound(seeds);
  AddPendingAndEqualTimes(seeds);
  AddRangesAndClears(seeds);
  return seeds.Take();
}

}  // namespace mortsafe
