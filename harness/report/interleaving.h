// What happened, in order: calls and returns of the history merged by time with
// the steps of the trace, as rows that the text table and the page both show.

#ifndef MORTSAFE_HARNESS_REPORT_INTERLEAVING_H_
#define MORTSAFE_HARNESS_REPORT_INTERLEAVING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/finding.h"

namespace mortsafe {

struct InterleavingRow {
  enum class Kind : uint8_t {
    kCall,
    kStep,
    kReturn,
    kSwitch,  // `client` could have gone on, but another ran.
    kFolded,  // Several steps of `client`.
    kGap,     // Rows left out; belongs to no client.
  };
  Kind kind = Kind::kStep;
  uint32_t client = 0;
  uint64_t time = 0;  // Of a call, step or return.
  // Printable, on one line: "Load(0)", "load read = #1", "= 7", "-> client 2".
  std::string text;
  // The operation that it belongs to: an index into History::operations.
  std::optional<size_t> operation;
  uint64_t steps = 0;  // Of a kFolded row.
};

// Every row. Calls come before steps, and steps before returns, of the same
// time. The steps in which client 0 only starts and awaits the others are left
// out, unless there is no history.
std::vector<InterleavingRow> Interleaving(const Finding& finding);

enum class Fold : uint8_t {
  kInitial,  // Steps of client 0, which runs alone.
  // Those, and the others but for the three before and after each switch and
  // the last three: what a long trace is about.
  kFarFromSwitches,
};

// Puts one kFolded row in the place of each uninterrupted run of steps.
std::vector<InterleavingRow> FoldSteps(std::vector<InterleavingRow> rows,
                                       Fold fold);

// Keeps about `max_rows` rows, the first and the last ones, and between them
// only calls and returns; a kGap row stands for each run that is left out.
std::vector<InterleavingRow> CutMiddle(std::vector<InterleavingRow> rows,
                                       size_t max_rows);

// Who has rows, in ascending order.
std::vector<uint32_t> ClientsOf(const std::vector<InterleavingRow>& rows);

// The number of kStep rows of clients other than 0.
size_t StepCount(const std::vector<InterleavingRow>& rows);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_INTERLEAVING_H_
