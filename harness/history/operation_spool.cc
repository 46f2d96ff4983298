#include "harness/history/operation_spool.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mortsafe {
namespace {

// What all operations have; a Range's entries follow it.
struct Record {
  uint64_t line = 0;
  uint64_t call_time = 0;
  uint64_t return_time = 0;
  Key key = 0;
  Value value = 0;
  Value old_value = 0;
  Value result = 0;
  uint64_t entries = 0;
  uint32_t client = 0;
  OperationKind kind = OperationKind::kLoad;
  bool has_result = false;
  bool ok = false;
};
static_assert(std::is_trivially_copyable_v<Record>);

absl::Status Failed(const char* what) {
  return absl::UnavailableError(absl::StrCat(
      "the temporary file for operations that cannot be read again cannot be ",
      what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OperationSpool>> OperationSpool::Create() {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) return Failed("made");
  return std::unique_ptr<OperationSpool>(new OperationSpool(file));
}

absl::Status OperationSpool::Add(const SpooledOperation& spooled) {
  const HistoryOperation& operation = spooled.operation;
  Record record;
  record.line = spooled.line;
  record.call_time = operation.call_time;
  record.return_time = operation.return_time;
  record.key = operation.key;
  record.value = operation.value;
  record.old_value = operation.old_value;
  record.result = operation.result.value_or(0);
  record.entries = operation.entries.size();
  record.client = operation.client;
  record.kind = operation.kind;
  record.has_result = operation.result.has_value();
  record.ok = operation.ok;
  const auto& entries = operation.entries;
  if (std::fwrite(&record, sizeof(record), 1, file_.get()) != 1 ||
      std::fwrite(entries.data(), sizeof(entries[0]), entries.size(),
                  file_.get()) != entries.size()) {
    return Failed("written");
  }
  return absl::OkStatus();
}

absl::Status OperationSpool::Rewind() {
  if (std::fflush(file_.get()) != 0 ||
      std::fseek(file_.get(), 0, SEEK_SET) != 0) {
    return Failed("written");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> OperationSpool::Next(SpooledOperation& spooled) {
  Record record;
  if (std::fread(&record, sizeof(record), 1, file_.get()) != 1) {
    if (std::ferror(file_.get()) != 0) return Failed("read");
    return false;
  }
  HistoryOperation& operation = spooled.operation;
  spooled.line = record.line;
  operation.client = record.client;
  operation.kind = record.kind;
  operation.key = record.key;
  operation.value = record.value;
  operation.old_value = record.old_value;
  operation.result.reset();
  if (record.has_result) operation.result = record.result;
  operation.ok = record.ok;
  operation.call_time = record.call_time;
  operation.return_time = record.return_time;
  operation.entries.resize(record.entries);
  if (std::fread(operation.entries.data(), sizeof(operation.entries[0]),
                 record.entries, file_.get()) != record.entries) {
    return Failed("read");
  }
  return true;
}

}  // namespace mortsafe
