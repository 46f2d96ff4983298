// Histories as Jepsen records them (recorded_event.h), as operations of a map:
// each invocation is paired with its completion, and times are the numbers of
// their lines.
//
//   :read -> value    a load that found it; nil: absent
//   :write value      a store; of nil: a delete
//   :cas [old new]    a compare_and_swap; from nil a load_or_store, to nil a
//                     compare_and_delete, from nil to nil a load
//   :get -> text      a load; the empty text, and nil, are absent
//   :put text         a store; of the empty text: a delete
//   :append text      what text_states.h makes of it
// An operation whose completion is :info, or missing, is pending. One that
// failed is left out: Jepsen says :fail of what did not take place, and no more
// than that. (For a :cas that may mean that the value was another one, as
// Porcupine's model of etcd takes it, or that no one ever asked.)

#ifndef MORTSAFE_HARNESS_HISTORY_EVENT_READER_H_
#define MORTSAFE_HARNESS_HISTORY_EVENT_READER_H_

#include <memory>

#include "harness/history/history_reader.h"
#include "harness/history/line_reader.h"

namespace mortsafe {

// Operations come in order of call. Memory grows with the number of operations
// called while one is open: up to the end if its completion is missing, or if
// it is an append that nobody sees; and with the number of different keys and
// texts. REQUIRES: `format` is kJepsen or kEdn.
std::unique_ptr<HistoryReader> ReadEvents(LineReader lines,
                                          HistoryFormat format);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_EVENT_READER_H_
