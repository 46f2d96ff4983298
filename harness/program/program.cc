#include "harness/program/program.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/for_each_operation.h"

namespace mortsafe {
namespace {

void AppendSection(absl::string_view name, absl::string_view blanks,
                   const std::vector<Operation>& operations,
                   std::vector<std::string>& sections) {
  std::string section(name);
  if (!operations.empty()) absl::StrAppend(&section, blanks);
  absl::StrAppend(
      &section,
      absl::StrJoin(operations, "; ", [](std::string* out, const Operation& o) {
        absl::StrAppend(out, ToText(o));
      }));
  sections.push_back(std::move(section));
}

// One text a section; `initial_blanks` stand behind "initial:".
std::vector<std::string> Sections(const Program& program,
                                  absl::string_view initial_blanks) {
  std::vector<std::string> sections;
  if (!program.initial.empty()) {
    AppendSection("initial:", initial_blanks, program.initial, sections);
  }
  for (size_t i = 0; i < program.threads.size(); ++i) {
    AppendSection(absl::StrCat("thread ", i + 1, ":"), " ", program.threads[i],
                  sections);
  }
  return sections;
}

// An operation that Validate has seen to store `value`.
struct StoringOperation {
  Value value;
  size_t section;
  size_t index;
};

// Sections count from 0, which is the initial one; operations from 0.
std::string PlaceText(size_t section, size_t index) {
  if (section == 0) return absl::StrCat("initial operation ", index + 1);
  return absl::StrCat("operation ", index + 1, " of thread ", section);
}

// Checks a program operation by operation, remembering the stored values.
class Validator {
 public:
  absl::Status CheckSection(size_t section,
                            const std::vector<Operation>& operations,
                            int most) {
    if (operations.size() > static_cast<size_t>(most)) {
      return absl::InvalidArgumentError(
          absl::StrCat(section == 0 ? "the initial section" : "thread ",
                       section == 0 ? "" : absl::StrCat(section), " has ",
                       operations.size(), " operations, more than ", most));
    }
    for (size_t i = 0; i < operations.size(); ++i) {
      const std::string wrong = Wrong(operations[i], section, i);
      if (!wrong.empty()) {
        return absl::InvalidArgumentError(absl::StrCat(
            PlaceText(section, i), ", ", ToText(operations[i]), ", ", wrong));
      }
    }
    return absl::OkStatus();
  }

 private:
  // What is wrong with an operation; empty if nothing is.
  std::string Wrong(const Operation& operation, size_t section, size_t index) {
    if (operation.key >= kMaxKeys) {
      return absl::StrCat("has a key that is not below ", kMaxKeys);
    }
    if (operation.stop_after > kMaxStop) {
      return absl::StrCat("has a stop above ", kMaxStop);
    }
    if (HasUnusedMember(operation)) {
      return "sets a member that its kind does not use";
    }
    if (!StoresValue(operation.kind)) return "";
    if (operation.value == 0) return "stores 0, which is not positive";
    for (const StoringOperation& earlier : stored_) {
      if (earlier.value == operation.value) {
        return absl::StrCat("stores a value that ",
                            PlaceText(earlier.section, earlier.index),
                            " stores too");
      }
    }
    stored_.push_back({operation.value, section, index});
    return "";
  }

  static bool HasUnusedMember(const Operation& operation) {
    const OperationKind kind = operation.kind;
    return (!HasKey(kind) && operation.key != 0) ||
           (!StoresValue(kind) && operation.value != 0) ||
           (!ComparesValue(kind) && operation.old_value != 0) ||
           (kind != OperationKind::kRange && operation.stop_after != 0);
  }

  absl::InlinedVector<StoringOperation, 16> stored_;
};

}  // namespace

size_t OperationCount(const Program& program) {
  size_t count = program.initial.size();
  for (const auto& thread : program.threads) count += thread.size();
  return count;
}

std::string ToText(const Program& program) {
  std::string text;
  for (const std::string& section : Sections(program, "  ")) {
    absl::StrAppend(&text, section, "\n");
  }
  return text;
}

std::string ToOneLine(const Program& program) {
  return absl::StrJoin(Sections(program, " "), " | ");
}

absl::Status Validate(const Program& program) {
  if (program.threads.empty() && program.initial.empty()) {
    return absl::InvalidArgumentError("the program is empty");
  }
  if (program.threads.size() > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("the program has ", program.threads.size(),
                     " threads, more than ", kMaxThreads));
  }
  Validator validator;
  absl::Status status =
      validator.CheckSection(0, program.initial, kMaxInitialOperations);
  for (size_t i = 0; status.ok() && i < program.threads.size(); ++i) {
    status = validator.CheckSection(i + 1, program.threads[i],
                                    kMaxOperationsPerThread);
  }
  return status;
}

void RenumberValues(Program& program) {
  absl::InlinedVector<Value, 32> stored;
  ForEachOperation(program, [&](Operation& operation) {
    if (!StoresValue(operation.kind)) return;
    stored.push_back(operation.value);
    operation.value = stored.size();
  });
  ForEachOperation(program, [&](Operation& operation) {
    if (!ComparesValue(operation.kind)) return;
    const auto found =
        std::find(stored.begin(), stored.end(), operation.old_value);
    operation.old_value = found == stored.end()
                              ? 0
                              : static_cast<Value>(found - stored.begin()) + 1;
  });
}

}  // namespace mortsafe
