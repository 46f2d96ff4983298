// What a class needs to be a subject, and which operations it offers.
//
// Load, Store and Delete are required; every further operation of the ten that
// a class has is found by its signature and used:
//
//   using Key = std::uint64_t;  using Value = std::uint64_t;
//   std::optional<Value> Load(Key);
//   void Store(Key, Value);
//   void Delete(Key);
//   std::pair<Value, bool> LoadOrStore(Key, Value);      // {actual, loaded}
//   std::optional<Value> LoadAndDelete(Key);
//   std::optional<Value> Swap(Key, Value);
//   bool CompareAndSwap(Key, Value old_value, Value new_value);
//   bool CompareAndDelete(Key, Value old_value);
//   void Range(F);                    // F: bool(Key, Value), false stops
//   void Clear();
//   std::optional<std::string> CheckInvariants();        // Called at rest.
//   std::string StateText();                             // Called at rest.
//   std::string StateJson();                             // Called at rest.
//
// StateText() tells all that can influence what later operations do, except
// which keys and values are meant: keys are written as numbers, values are
// numbered in order of appearance. It lets `mortsafe verify` start from every
// state that the map can be in. StateJson() shows the inner state to people,
// and is compared with what the map's design says of it (registry.h).

#ifndef MORTSAFE_HARNESS_SUBJECT_CONCURRENT_MAP_H_
#define MORTSAFE_HARNESS_SUBJECT_CONCURRENT_MAP_H_

#include <concepts>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/operation_kind.h"

namespace mortsafe {

template <class Map>
concept ConcurrentMap = requires(Map& map, Key key, Value value) {
  { map.Load(key) } -> std::convertible_to<std::optional<Value>>;
  map.Store(key, value);
  map.Delete(key);
};

template <class Map>
concept HasLoadOrStore = requires(Map& map, Key key, Value value) {
  {
    map.LoadOrStore(key, value)
  } -> std::convertible_to<std::pair<Value, bool>>;
};
template <class Map>
concept HasLoadAndDelete = requires(Map& map, Key key) {
  { map.LoadAndDelete(key) } -> std::convertible_to<std::optional<Value>>;
};
template <class Map>
concept HasSwap = requires(Map& map, Key key, Value value) {
  { map.Swap(key, value) } -> std::convertible_to<std::optional<Value>>;
};
template <class Map>
concept HasCompareAndSwap = requires(Map& map, Key key, Value value) {
  { map.CompareAndSwap(key, value, value) } -> std::convertible_to<bool>;
};
template <class Map>
concept HasCompareAndDelete = requires(Map& map, Key key, Value value) {
  { map.CompareAndDelete(key, value) } -> std::convertible_to<bool>;
};
template <class Map>
concept HasRange =
    requires(Map& map) { map.Range([](Key, Value) { return true; }); };
template <class Map>
concept HasClear = requires(Map& map) { map.Clear(); };
template <class Map>
concept HasCheckInvariants = requires(Map& map) {
  { map.CheckInvariants() } -> std::convertible_to<std::optional<std::string>>;
};

template <class Map>
concept HasStateText = requires(Map& map) {
  { map.StateText() } -> std::convertible_to<std::string>;
};

template <class Map>
concept HasStateJson = requires(Map& map) {
  { map.StateJson() } -> std::convertible_to<std::string>;
};

// The operations that `Map` offers.
template <ConcurrentMap Map>
constexpr OperationKindSet OperationsOf() {
  OperationKindSet operations;
  operations.Add(OperationKind::kLoad);
  operations.Add(OperationKind::kStore);
  operations.Add(OperationKind::kDelete);
  if (HasLoadOrStore<Map>) operations.Add(OperationKind::kLoadOrStore);
  if (HasLoadAndDelete<Map>) operations.Add(OperationKind::kLoadAndDelete);
  if (HasSwap<Map>) operations.Add(OperationKind::kSwap);
  if (HasCompareAndSwap<Map>) operations.Add(OperationKind::kCompareAndSwap);
  if (HasCompareAndDelete<Map>) {
    operations.Add(OperationKind::kCompareAndDelete);
  }
  if (HasRange<Map>) operations.Add(OperationKind::kRange);
  if (HasClear<Map>) operations.Add(OperationKind::kClear);
  return operations;
}

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_SUBJECT_CONCURRENT_MAP_H_
