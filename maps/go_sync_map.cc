#include "maps/go_sync_map.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <system_error>
#include <vector>

#include "maps/go/types.h"

namespace mortsafe {
namespace {

// The functions of the library (maps/go/*.go).
struct Library {
  void (*version)(char* text, size_t size);
  uintptr_t (*make)();
  void (*free)(uintptr_t map);
  int32_t (*load)(uintptr_t map, uint64_t key, uint64_t* result);
  void (*store)(uintptr_t map, uint64_t key, uint64_t value);
  int32_t (*load_or_store)(uintptr_t map, uint64_t key, uint64_t value,
                           uint64_t* result);
  int32_t (*load_and_delete)(uintptr_t map, uint64_t key, uint64_t* result);
  void (*remove)(uintptr_t map, uint64_t key);
  void (*range)(uintptr_t map, MortsafeGoVisit visit, void* context);
  int64_t (*state)(uintptr_t map, MortsafeGoFields* fields,
                   MortsafeGoEntry* entries, size_t capacity);
#if MORTSAFE_GO_MINOR >= 20
  int32_t (*swap)(uintptr_t map, uint64_t key, uint64_t value,
                  uint64_t* result);
  int32_t (*compare_and_swap)(uintptr_t map, uint64_t key, uint64_t old_value,
                              uint64_t new_value);
  int32_t (*compare_and_delete)(uintptr_t map, uint64_t key,
                                uint64_t old_value);
#endif
#if MORTSAFE_GO_MINOR >= 23
  void (*clear)(uintptr_t map);
#endif
  std::optional<std::string> error;
};

std::string LastError() {
  // Go's library is loaded once, by one thread: a static initializer's.
  const char* const error = dlerror();  // NOLINT(concurrency-mt-unsafe)
  return error != nullptr ? error : "unknown error";
}

// Looks functions up, and remembers the first that is not there.
class Symbols {
 public:
  Symbols(void* file, Library& library) : file_(file), library_(library) {}

  template <class Function>
  void Find(const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(file_, name));
    if (function == nullptr && !library_.error) library_.error = LastError();
  }

 private:
  void* const file_;
  Library& library_;
};

// What was built along with this is what must be loaded.
std::optional<std::string> VersionError(const Library& library) {
  std::array<char, 100> text{};
  library.version(text.data(), text.size());
  if (std::string(text.data()) == MORTSAFE_GO_VERSION) return std::nullopt;
  return std::string("the library was built with ") + text.data() +
         ", and what uses it for " MORTSAFE_GO_VERSION;
}

Library LoadLibrary() {
  Library library{};
  // It cannot be unloaded: Go's run time does not end.
  void* const file = dlopen(GoSyncMap::PathOfLibrary().c_str(),
                            RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (file == nullptr) {
    library.error = LastError();
    return library;
  }
  Symbols symbols(file, library);
  symbols.Find("MortsafeGoVersion", library.version);
  symbols.Find("MortsafeGoNew", library.make);
  symbols.Find("MortsafeGoFree", library.free);
  symbols.Find("MortsafeGoLoad", library.load);
  symbols.Find("MortsafeGoStore", library.store);
  symbols.Find("MortsafeGoLoadOrStore", library.load_or_store);
  symbols.Find("MortsafeGoLoadAndDelete", library.load_and_delete);
  symbols.Find("MortsafeGoDelete", library.remove);
  symbols.Find("MortsafeGoRange", library.range);
  symbols.Find("MortsafeGoState", library.state);
#if MORTSAFE_GO_MINOR >= 20
  symbols.Find("MortsafeGoSwap", library.swap);
  symbols.Find("MortsafeGoCompareAndSwap", library.compare_and_swap);
  symbols.Find("MortsafeGoCompareAndDelete", library.compare_and_delete);
#endif
#if MORTSAFE_GO_MINOR >= 23
  symbols.Find("MortsafeGoClear", library.clear);
#endif
  if (!library.error) library.error = VersionError(library);
  return library;
}

const Library& Go() {
  static const auto* const library = new Library(LoadLibrary());
  return *library;
}

ReadDirtyState<uint64_t, uint64_t>::Entry EntryOf(
    const MortsafeGoEntry& listed) {
  using Pointer = GoSyncMap::State::Pointer;
  switch (listed.pointer) {
    case kMortsafeGoExpunged:
      return {.pointer = Pointer::kExpunged};
    case kMortsafeGoValue:
      return {.pointer = Pointer::kValue, .value = listed.value};
    default:
      return {};
  }
}

void AddRows(const std::vector<MortsafeGoEntry>& listed,
             GoSyncMap::State& state) {
  std::map<uint64_t, uint64_t> entry_in_read;  // By key.
  for (const MortsafeGoEntry& each : listed) {
    if (each.in_dirty != 0) continue;
    entry_in_read[each.key] = each.entry;
    state.rows[each.key] = {.entry = EntryOf(each), .in_read = true};
  }
  for (const MortsafeGoEntry& each : listed) {
    if (each.in_dirty == 0) continue;
    GoSyncMap::State::Row& row = state.rows[each.key];
    row.in_dirty = true;
    if (!row.in_read) {
      row.entry = EntryOf(each);
    } else if (entry_in_read[each.key] != each.entry) {
      row.own_of_dirty = EntryOf(each);
    }
  }
}

}  // namespace

std::string GoSyncMap::PathOfLibrary() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path() / MORTSAFE_GO_LIBRARY;
}

std::optional<std::string> GoSyncMap::LoadError() { return Go().error; }

GoSyncMap::GoSyncMap() : handle_(Go().make()) {}

GoSyncMap::~GoSyncMap() { Go().free(handle_); }

// What the handle stands for is changed.
// NOLINTBEGIN(readability-make-member-function-const)

std::optional<uint64_t> GoSyncMap::Load(Key key) {
  Value value = 0;
  if (Go().load(handle_, key, &value) == 0) return std::nullopt;
  return value;
}

void GoSyncMap::Store(Key key, Value value) { Go().store(handle_, key, value); }

std::pair<uint64_t, bool> GoSyncMap::LoadOrStore(Key key, Value value) {
  Value actual = 0;
  const bool loaded = Go().load_or_store(handle_, key, value, &actual) != 0;
  return {actual, loaded};
}

std::optional<uint64_t> GoSyncMap::LoadAndDelete(Key key) {
  Value value = 0;
  if (Go().load_and_delete(handle_, key, &value) == 0) return std::nullopt;
  return value;
}

void GoSyncMap::Delete(Key key) { Go().remove(handle_, key); }

#if MORTSAFE_GO_MINOR >= 20
std::optional<uint64_t> GoSyncMap::Swap(Key key, Value value) {
  Value previous = 0;
  if (Go().swap(handle_, key, value, &previous) == 0) return std::nullopt;
  return previous;
}

bool GoSyncMap::CompareAndSwap(Key key, Value old_value, Value new_value) {
  return Go().compare_and_swap(handle_, key, old_value, new_value) != 0;
}

bool GoSyncMap::CompareAndDelete(Key key, Value old_value) {
  return Go().compare_and_delete(handle_, key, old_value) != 0;
}
#endif

#if MORTSAFE_GO_MINOR >= 23
void GoSyncMap::Clear() { Go().clear(handle_); }
#endif

void GoSyncMap::RangeOver(RawVisit visit, void* context) {
  Go().range(handle_, visit, context);
}

std::optional<GoSyncMap::State> GoSyncMap::InnerState() {
  MortsafeGoFields fields{};
  std::vector<MortsafeGoEntry> listed(64);
  while (true) {
    const int64_t count =
        Go().state(handle_, &fields, listed.data(), listed.size());
    if (count < 0) return std::nullopt;
    const bool complete = static_cast<size_t>(count) <= listed.size();
    listed.resize(static_cast<size_t>(count));
    if (complete) break;
  }
  State state;
  state.amended = fields.amended != 0;
  state.has_dirty = fields.has_dirty != 0;
  state.misses = fields.misses;
  AddRows(listed, state);
  return state;
}

// NOLINTEND(readability-make-member-function-const)

}  // namespace mortsafe
