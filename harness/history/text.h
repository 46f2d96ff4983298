// Text forms of histories: JSON Lines (the fixed contract of history.jsonl) and
// prose for one operation.

#ifndef MORTSAFE_HARNESS_HISTORY_TEXT_H_
#define MORTSAFE_HARNESS_HISTORY_TEXT_H_

#include <string>

#include "harness/history/history.h"

namespace mortsafe {

// One operation a line, sorted by call time, then client:
// {"client":0,"op":"load_or_store","key":1,"value":7,"result":5,"ok":true,
//  "call":12,"return":19}
// Members that the operation does not have are left out; `result` is null where
// nothing came back; a pending operation has no `return`, `result` or `ok`.
std::string ToJsonLines(const History& history);

// The call alone, as code: "CompareAndSwap(0, 1, 2)".
std::string CallText(const HistoryOperation& operation);

// What came back, as a reader would say it: "7", "absent", "stored 7",
// "loaded 5", "swapped", "not swapped", "deleted", "not deleted",
// "{0: 1, 1: 2}", "{0: 1} (stopped)", "pending"; "done" for Store, Delete,
// Clear.
std::string ResultText(const HistoryOperation& operation);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_TEXT_H_
