#include "maps/urcu_map.h"

#include <urcu/rculfhash.h>  // After the flavour, whose types it uses.
#include <urcu/urcu-memb.h>

#include <cstddef>

namespace mortsafe {
namespace {

using Key = UrcuMap::Key;
using Value = UrcuMap::Value;

struct Node {
  cds_lfht_node links;  // First: a pointer to it is one to the node.
  Key key;
  Value value;
  rcu_head when_unused;
};

Node* NodeOf(cds_lfht_node* links) { return reinterpret_cast<Node*>(links); }

void Free(rcu_head* head) {
  char* const bytes = reinterpret_cast<char*>(head);
  delete reinterpret_cast<Node*>(bytes - offsetof(Node, when_unused));
}

// Frees a node that was in the table once nobody can be looking at it.
void Retire(Node* node) { urcu_memb_call_rcu(&node->when_unused, Free); }

Node* NewNode(Key key, Value value) {
  auto* const node = new Node{};
  cds_lfht_node_init(&node->links);
  node->key = key;
  node->value = value;
  return node;
}

// Mixes all bits into all others, one to one: different keys have different
// hashes.
uint64_t HashOf(Key key) {
  key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
  key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
  return key ^ (key >> 31);
}

int Matches(cds_lfht_node* links, const void* key) {
  return NodeOf(links)->key == *static_cast<const Key*>(key) ? 1 : 0;
}

// RCU knows a thread as long as this object lives.
class Registration {
 public:
  Registration() { urcu_memb_register_thread(); }
  ~Registration() { urcu_memb_unregister_thread(); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
};

// What is retired meanwhile is not freed while this object lives.
class ReadSection {
 public:
  ReadSection() {
    thread_local const Registration registration;
    urcu_memb_read_lock();
  }
  ~ReadSection() { urcu_memb_read_unlock(); }
  ReadSection(const ReadSection&) = delete;
  ReadSection& operator=(const ReadSection&) = delete;
};

// Those that follow REQUIRE a ReadSection.

// Where the key is; null if nowhere.
Node* Find(cds_lfht* table, Key key, cds_lfht_iter& at) {
  cds_lfht_lookup(table, HashOf(key), Matches, &key, &at);
  cds_lfht_node* const found = cds_lfht_iter_get_node(&at);
  return found == nullptr ? nullptr : NodeOf(found);
}

// Removes the key's node if `wanted(value)`; the value that it had. Another
// thread may replace or remove what was found: then looks again.
template <class Wanted>
std::optional<Value> RemoveIf(cds_lfht* table, Key key, Wanted wanted) {
  while (true) {
    cds_lfht_iter at;
    Node* const found = Find(table, key, at);
    if (found == nullptr || !wanted(found->value)) return std::nullopt;
    if (cds_lfht_del(table, &found->links) != 0) continue;
    const Value value = found->value;
    Retire(found);
    return value;
  }
}

}  // namespace

UrcuMap::UrcuMap()
    : table_(cds_lfht_new_flavor(64, 64, 0,
                                 CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
                                 &urcu_memb_flavor, nullptr)) {}

UrcuMap::~UrcuMap() {
  {
    const ReadSection section;
    cds_lfht_iter at;
    for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr;
         cds_lfht_next(table_, &at)) {
      Node* const node = NodeOf(cds_lfht_iter_get_node(&at));
      if (cds_lfht_del(table_, &node->links) == 0) Retire(node);
    }
  }
  cds_lfht_destroy(table_, nullptr);
  urcu_memb_barrier();  // All that was retired is freed.
}

// What the pointer stands for is changed.
// NOLINTBEGIN(readability-make-member-function-const)

std::optional<Value> UrcuMap::Load(Key key) {
  const ReadSection section;
  cds_lfht_iter at;
  const Node* const found = Find(table_, key, at);
  if (found == nullptr) return std::nullopt;
  return found->value;
}

void UrcuMap::Store(Key key, Value value) { Swap(key, value); }

std::pair<Value, bool> UrcuMap::LoadOrStore(Key key, Value value) {
  Node* const node = NewNode(key, value);
  const ReadSection section;
  Node* const actual = NodeOf(
      cds_lfht_add_unique(table_, HashOf(key), Matches, &key, &node->links));
  if (actual == node) return {value, false};
  delete node;
  return {actual->value, true};
}

std::optional<Value> UrcuMap::LoadAndDelete(Key key) {
  const ReadSection section;
  return RemoveIf(table_, key, [](Value) { return true; });
}

void UrcuMap::Delete(Key key) { LoadAndDelete(key); }

std::optional<Value> UrcuMap::Swap(Key key, Value value) {
  Node* const node = NewNode(key, value);
  const ReadSection section;
  cds_lfht_node* const replaced =
      cds_lfht_add_replace(table_, HashOf(key), Matches, &key, &node->links);
  if (replaced == nullptr) return std::nullopt;
  const Value previous = NodeOf(replaced)->value;
  Retire(NodeOf(replaced));
  return previous;
}

bool UrcuMap::CompareAndSwap(Key key, Value old_value, Value new_value) {
  const ReadSection section;
  Node* node = nullptr;
  while (true) {
    cds_lfht_iter at;
    Node* const found = Find(table_, key, at);
    if (found == nullptr || found->value != old_value) break;
    if (node == nullptr) node = NewNode(key, new_value);
    if (cds_lfht_replace(table_, &at, HashOf(key), Matches, &key,
                         &node->links) == 0) {
      Retire(found);
      return true;
    }
  }
  delete node;  // Nobody has seen it.
  return false;
}

bool UrcuMap::CompareAndDelete(Key key, Value old_value) {
  const ReadSection section;
  return RemoveIf(table_, key, [&](Value value) { return value == old_value; })
      .has_value();
}

void UrcuMap::RangeOver(RawVisit visit, void* context) {
  const ReadSection section;
  cds_lfht_iter at;
  for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr;
       cds_lfht_next(table_, &at)) {
    const Node* const node = NodeOf(cds_lfht_iter_get_node(&at));
    if (!visit(context, node->key, node->value)) return;
  }
}

// NOLINTEND(readability-make-member-function-const)

}  // namespace mortsafe
