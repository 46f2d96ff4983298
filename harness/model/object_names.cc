#include "harness/model/object_names.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "harness/model/memory.h"
#include "harness/model/pod_vector.h"
#include "harness/sync/scheduler.h"

namespace mortsafe {

void ObjectNames::Add(const volatile void* object, const char* name,
                      std::optional<uint64_t> number) {
  given_.Append({object, name, number});
}

std::string ObjectNames::NameOf(const volatile void* object,
                                const Known& known) const {
  // The latest name, and the latest block, are those of the object that is
  // there now, should memory have been used twice.
  for (size_t i = known.name_count; i-- > 0;) {
    if (given_[i].object != object) continue;
    if (!given_[i].number.has_value()) return given_[i].name;
    return absl::StrCat(given_[i].name, "(", *given_[i].number, ")");
  }
  const auto* const address =
      static_cast<const char*>(const_cast<const void*>(object));
  for (size_t i = known.block_count; i-- > 0;) {
    const BlockRecord& block = (*known.blocks)[i];
    if (address < block.address || address >= block.address + block.size) {
      continue;
    }
    std::string name = absl::StrCat("T", block.thread, "#", block.number);
    if (address != block.address) {
      absl::StrAppend(&name, "+", address - block.address);
    }
    return name;
  }
  return NumberOf(object);
}

std::string ObjectNames::NumberOf(const volatile void* object) const {
  size_t i = 0;
  while (i < nameless_.size() && nameless_[i] != object) ++i;
  if (i == nameless_.size()) nameless_.Append(object);
  return absl::StrCat("object ", i + 1);
}

std::string ObjectNames::ValueText(const ShownValue& value,
                                   const Known& known) const {
  switch (value.form) {
    case ShownValue::Form::kNothing:
      return "";
    case ShownValue::Form::kInteger:
      return absl::StrCat(value.bits);
    case ShownValue::Form::kBoolean:
      return value.bits != 0 ? "true" : "false";
    case ShownValue::Form::kPointer:
      break;
  }
  if (value.bits == 0) return "nil";
  return NameOf(
      reinterpret_cast<const void*>(static_cast<uintptr_t>(value.bits)), known);
}

namespace {

const char* KindText(AccessKind kind) {
  switch (kind) {
    case AccessKind::kLoad:
      return "load";
    case AccessKind::kStore:
      return "store";
    case AccessKind::kReadModifyWrite:
      return "read-modify-write";
    case AccessKind::kCompareExchange:
      return "compare-exchange";
    case AccessKind::kFence:
      return "fence";
    case AccessKind::kPlainRead:
      return "read";
    case AccessKind::kPlainWrite:
      return "write";
    case AccessKind::kLock:
      return "lock";
    case AccessKind::kTryLock:
      return "try lock";
    case AccessKind::kUnlock:
      return "unlock";
    case AccessKind::kLockShared:
      return "lock shared";
    case AccessKind::kTryLockShared:
      return "try lock shared";
    case AccessKind::kUnlockShared:
      return "unlock shared";
    case AccessKind::kWait:
      return "wait";
    case AccessKind::kNotify:
      return "notify";
    case AccessKind::kJoin:
      return "join";
    case AccessKind::kYield:
      return "yield";
    case AccessKind::kCall:
      return "call";
    case AccessKind::kReturn:
      return "return";
  }
  return "access";
}

const char* OrderText(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return " (relaxed)";
    case std::memory_order_consume:
    case std::memory_order_acquire:
      return " (acquire)";
    case std::memory_order_release:
      return " (release)";
    case std::memory_order_acq_rel:
      return " (acq_rel)";
    case std::memory_order_seq_cst:
      break;
  }
  return "";
}

}  // namespace

std::string ActionText(const Access& access) {
  return absl::StrCat(KindText(access.kind), OrderText(access.order));
}

std::string DetailText(AccessKind kind, const AccessResult& result,
                       const ObjectNames& names,
                       const ObjectNames::Known& known) {
  const std::string read = names.ValueText(result.read, known);
  const std::string written = names.ValueText(result.written, known);
  if (kind == AccessKind::kTryLock || kind == AccessKind::kTryLockShared) {
    return result.failed ? "(taken)" : "";
  }
  if (result.failed) return absl::StrCat("fails: is ", read);
  if (!read.empty() && !written.empty()) {
    return absl::StrCat(read, " -> ", written);
  }
  if (!read.empty()) return absl::StrCat("= ", read);
  if (!written.empty()) return absl::StrCat(":= ", written);
  return "";
}

}  // namespace mortsafe
