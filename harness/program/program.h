// A multi-threaded client program of a map: some initial operations, then
// threads of operations that run at the same time.
//
// The text form is meant to be written by hand:
//
//   # The key is promoted to `read`, then deleted while it is loaded.
//   initial:  Store(0, 1); Load(1)
//   thread 1: Delete(0); Load(0)
//   thread 2: Load(0)
//
// On a command line `|` stands for the end of a line. Threads are numbered
// from 1; client 0 performs the initial operations. A section may be empty, and
// `#` comments go to the end of the real line. Every stored value is positive
// and stored by one operation only, so that a value tells which operation wrote
// it.

#ifndef MORTSAFE_HARNESS_PROGRAM_PROGRAM_H_
#define MORTSAFE_HARNESS_PROGRAM_PROGRAM_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/program/operation.h"

namespace mortsafe {

// Bounds of what a program can hold, in every form.
inline constexpr int kMaxThreads = 8;
inline constexpr int kMaxOperationsPerThread = 15;
inline constexpr int kMaxInitialOperations = 15;
inline constexpr int kMaxKeys = 8;
// Range's callback stops at an entry with a number up to this, if it stops.
inline constexpr int kMaxStop = kMaxKeys;

struct Program {
  std::vector<Operation> initial;
  std::vector<std::vector<Operation>> threads;

  friend bool operator==(const Program&, const Program&) = default;
};

// The number of operations, initial ones included.
size_t OperationCount(const Program& program);

// The text form, one section a line, with a final newline.
std::string ToText(const Program& program);

// The same on one line, sections parted by " | ", for command lines.
std::string ToOneLine(const Program& program);

// Reads the text form. `source` names the text in errors, which read
// "SOURCE:LINE:COLUMN: expected …, found …" (columns count bytes from 1).
absl::StatusOr<Program> ParseProgram(absl::string_view text,
                                     absl::string_view source);

// OK when the program has a thread or an initial operation and keeps the bounds
// above, members that a kind does not use are zero, every stored value is
// positive and no value is stored twice; otherwise says what is wrong where.
// Exactly such programs have a text form that reads back.
absl::Status Validate(const Program& program);

// Renumbers the stored values 1, 2, … in order of appearance (initial
// operations first, then thread by thread), and old values with them; an old
// value that no operation stores becomes 0, which is never stored.
void RenumberValues(Program& program);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_PROGRAM_PROGRAM_H_
