// Which operations one client calls: random ones that the map offers, reads and
// writes in equal parts, and seldom those over all keys.

#ifndef MORTSAFE_HARNESS_STRESS_OPERATION_MIX_H_
#define MORTSAFE_HARNESS_STRESS_OPERATION_MIX_H_

#include <array>
#include <cstdint>
#include <vector>

#include "harness/base/operation_kind.h"
#include "harness/base/random.h"
#include "harness/history/history.h"
#include "harness/program/operation.h"

namespace mortsafe {

struct MixOptions {
  OperationKindSet operations;  // What the map offers.
  uint64_t keys = 1;            // Keys are 0 … keys - 1.
  uint64_t seed = 0;
  // Values are first_value, first_value + value_step, …, so that clients store
  // different ones.
  Value first_value = 1;
  Value value_step = 1;
};

// For one client.
class OperationMix {
 public:
  // REQUIRES: the map offers Load; 0 < keys <= 2^32.
  explicit OperationMix(const MixOptions& options);

  // The next operation. A compare-and-… compares with what the client last saw
  // or stored under the key, so that it has a chance.
  Operation Next();

  // Tells what came back.
  void Learn(const HistoryOperation& operation);

  // Forgets what was seen, for another map. Values go on.
  void Restart();

 private:
  OperationKind DrawKind();

  Random random_;
  const uint64_t keys_;
  const Value value_step_;
  Value next_value_;
  // How much is drawn for the kinds up to each.
  std::array<uint64_t, kOperationKindCount> up_to_ = {};
  std::vector<Value> latest_;  // By key; 0: none.
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_STRESS_OPERATION_MIX_H_
