// One operation in the project's own form of histories (text.h writes it):
//
//   {"client":0,"op":"load_or_store","key":1,"value":7,"result":5,"ok":true,
//    "call":12,"return":19}
//
// on one line. `op` is one of load, store, load_or_store, load_and_delete,
// delete, swap, compare_and_swap, compare_and_delete, range and clear, and says
// which members must be there:
//   client, call   always; a client is below 2^32
//   key            but for range and clear
//   value          store, load_or_store, swap, compare_and_swap: the argument
//   old            compare_and_*: what the value is compared with
//   return         the operation returned, at `call` or later; and then
//   result         load, load_or_store, load_and_delete, swap: what came back,
//                  null where nothing did; a load_or_store that stored has its
//                  own value
//   ok             the same, compare_and_* and range: loaded, present, done, or
//                  not stopped
//   entries        range: the pairs [key,value] that it visited
// Numbers are integers from 0 to 2^64-1; 2^64-1 is no time. What is wrong:
// another type, a member twice, `ok` and `result` that contradict each other,
// and a member of this list that the operation has not, because its meaning
// would be lost; but a pending operation may have results, which mean nothing,
// and null is as good as nothing there. Members of other names are ignored,
// whatever they hold in up to kMaxJsonDepth levels.

#ifndef MORTSAFE_HARNESS_HISTORY_JSON_LINE_H_
#define MORTSAFE_HARNESS_HISTORY_JSON_LINE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "harness/history/history.h"

namespace mortsafe {

// The object of a line is the first level.
inline constexpr int kMaxJsonDepth = 32;

// An error says what was expected, without a place; `operation` means nothing
// then.
absl::Status ParseJsonLine(absl::string_view line, HistoryOperation& operation);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_JSON_LINE_H_
