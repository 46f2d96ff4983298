// Jepsen's view of a history: events, one a line. A process invokes an
// operation, and later a completion with the same process says how it went:
//   :ok    it took place, between the two lines
//   :fail  it did not take place
//   :info  nobody knows, and it may still take place; the process is never
//   heard
//          of again
// They come as text that Jepsen logs,
//   INFO  jepsen.util - 3 	:invoke	:cas	[1 2]
// with blanks or tabs in between, and as EDN maps,
//   {:process 3, :type :invoke, :f :cas, :value [1 2]}
// Without a key they are about one register. A key comes as the member :key, or
// in the value, as jepsen.independent has it: [KEY VALUE].

#ifndef MORTSAFE_HARNESS_HISTORY_RECORDED_EVENT_H_
#define MORTSAFE_HARNESS_HISTORY_RECORDED_EVENT_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "harness/history/edn.h"

namespace mortsafe {

struct RecordedEvent {
  enum class Type : uint8_t { kInvoke, kOk, kFail, kInfo };
  enum class Function : uint8_t {
    // Of a register: its value, nil at first.
    kRead,
    kWrite,
    kCas,
    // Of a text: empty at first.
    kGet,
    kPut,
    kAppend,
  };

  uint32_t process = 0;
  Type type = Type::kInvoke;
  Function function = Function::kRead;
  // Scalar; nil where there is no key.
  EdnValue key;
  // The argument or the result; nil where there is none. Of a kCas: a vector of
  // two. A failed or unknown operation has none, whatever is written there.
  EdnValue value;
};

// ":invoke", ":cas".
absl::string_view Name(RecordedEvent::Type type);
absl::string_view Name(RecordedEvent::Function function);

// Whether it is one of kGet, kPut, kAppend.
inline bool IsOfText(RecordedEvent::Function function) {
  return function >= RecordedEvent::Function::kGet;
}

// What a line says; nothing for what is none of a client's: the nemesis, other
// loggers, comments. An error says what was expected, without a place.
absl::StatusOr<std::optional<RecordedEvent>> ParseJepsenLine(
    absl::string_view line);
absl::StatusOr<std::optional<RecordedEvent>> ParseEdnLine(
    absl::string_view line);

// Whether `line` looks like one of a log, of whatever logger.
bool IsLogLine(absl::string_view line);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_HISTORY_RECORDED_EVENT_H_
