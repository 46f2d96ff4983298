#include "harness/history/event_reader.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "harness/base/operation_kind.h"
#include "harness/history/edn.h"
#include "harness/history/history.h"
#include "harness/history/history_reader.h"
#include "harness/history/line_reader.h"
#include "harness/history/recorded_event.h"
#include "harness/history/text_states.h"
#include "harness/history/value_names.h"

namespace mortsafe {
namespace {

using Type = RecordedEvent::Type;
using Function = RecordedEvent::Function;

bool IsNil(const EdnValue& value) { return value.kind == EdnValue::Kind::kNil; }

bool IsScalar(const EdnValue& value) {
  switch (value.kind) {
    case EdnValue::Kind::kNil:
    case EdnValue::Kind::kBoolean:
    case EdnValue::Kind::kInteger:
    case EdnValue::Kind::kString:
    case EdnValue::Kind::kKeyword:
      return true;
    default:
      return false;
  }
}

// A put, or an append, whose meaning is not known before somebody has seen it.
struct TextCall {
  TextStates* states = nullptr;
  size_t maker = 0;
  bool is_append = false;
};

// An operation that has not been handed out.
struct Slot {
  enum class State : uint8_t { kOpen, kDone, kLeftOut };

  State state = State::kOpen;
  HistoryOperation operation;
  uint64_t line = 0;
  std::optional<TextCall> text;
};

class EventReader : public HistoryReader {
 public:
  EventReader(LineReader lines, HistoryFormat format)
      : lines_(std::move(lines)), format_(format) {}

  absl::StatusOr<bool> Next(HistoryOperation& operation) override {
    while (true) {
      while (!slots_.empty() && IsReady(slots_.front())) {
        const bool is_given = Give(slots_.front(), operation);
        slots_.pop_front();
        ++first_slot_;
        if (is_given) return true;
      }
      if (at_end_) return false;
      absl::Status status = ReadLine();
      if (!status.ok()) return status;
    }
  }

  uint64_t line() const override { return line_; }
  bool IsInCallOrder() const override { return true; }
  std::string KeyText(Key key) const override { return keys_.TextOf(key); }
  std::string ValueText(Value value) const override {
    if (!IsOfText(family_.value_or(Function::kRead))) {
      return values_.TextOf(value);
    }
    return absl::StrCat("\"", absl::CHexEscape(texts_.TextOf(value)), "\"");
  }

 private:
  // What is known of a process that has been heard of.
  struct Process {
    // The operation that it has open.
    std::optional<RecordedEvent> invoked;
    size_t slot = 0;
    // Of the invocation, or of the :info after which there must be no more.
    uint64_t line = 0;
    bool is_gone = false;
  };

  bool IsReady(const Slot& slot) const {
    if (at_end_ || slot.state == Slot::State::kLeftOut) return true;
    if (slot.state == Slot::State::kOpen) return false;
    return !slot.text.has_value() || !slot.text->is_append ||
           slot.text->states->SeenSwap(slot.text->maker).has_value();
  }

  // False if there is nothing to give.
  bool Give(Slot& slot, HistoryOperation& operation) {
    if (slot.state == Slot::State::kLeftOut) return false;
    if (slot.text.has_value() && slot.text->is_append) {
      BecomeMapOperation(*slot.text, slot.operation);
    }
    operation = std::move(slot.operation);
    line_ = slot.line;
    return true;
  }

  static void BecomeMapOperation(const TextCall& append,
                                 HistoryOperation& operation) {
    const bool returned = operation.return_time != kPending;
    const auto swap = append.states->SeenSwap(append.maker);
    if (!swap.has_value()) {
      operation.kind = OperationKind::kStore;
      operation.value = append.states->UnseenText(append.maker);
      return;
    }
    operation.value = swap->second;
    if (swap->first == TextTable::kEmpty) {
      operation.kind = OperationKind::kLoadOrStore;
      if (returned) operation.result = operation.value;
      return;
    }
    operation.kind = OperationKind::kCompareAndSwap;
    operation.old_value = swap->first;
    operation.ok = returned;
  }

  absl::Status ReadLine() {
    const absl::StatusOr<bool> more = lines_.Next();
    if (!more.ok()) return more.status();
    if (!*more) return End();
    const absl::StatusOr<std::optional<RecordedEvent>> event =
        format_ == HistoryFormat::kJepsen ? ParseJepsenLine(lines_.text())
                                          : ParseEdnLine(lines_.text());
    if (!event.ok()) return lines_.Error(event.status().message());
    if (!event->has_value()) return absl::OkStatus();
    const absl::Status status =
        (*event)->type == Type::kInvoke ? Invoke(**event) : Complete(**event);
    return status.ok() ? status : lines_.Error(status.message());
  }

  absl::Status End() {
    at_end_ = true;
    // Some other log is no history without operations.
    if (format_ == HistoryFormat::kJepsen && processes_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          lines_.name(), ": expected operations that jepsen.util logged"));
    }
    return absl::OkStatus();
  }

  absl::Status Invoke(const RecordedEvent& event) {
    Process& process = processes_[event.process];
    if (process.is_gone || process.invoked.has_value()) {
      return Expected("process ", event.process,
                      process.is_gone ? " not to be heard of after its :info"
                                      : " to complete its operation",
                      " of line ", process.line);
    }
    if (!family_.has_value()) family_ = event.function;
    if (IsOfText(*family_) != IsOfText(event.function)) {
      return Expected(IsOfText(*family_) ? ":get, :put or :append"
                                         : ":read, :write or :cas",
                      " in a history that began with ", Name(*family_),
                      ", found ", Name(event.function));
    }
    if (!IsScalar(event.key)) return NotScalar("key", event.key);
    Slot slot;
    slot.line = lines_.number();
    slot.operation.client = event.process;
    slot.operation.call_time = lines_.number();
    slot.operation.key = keys_.NumberOf(event.key);
    absl::Status status = SetArguments(event, slot);
    if (!status.ok()) return status;
    process = {.invoked = event,
               .slot = first_slot_ + slots_.size(),
               .line = lines_.number()};
    slots_.push_back(std::move(slot));
    return absl::OkStatus();
  }

  absl::Status SetArguments(const RecordedEvent& event, Slot& slot) {
    switch (event.function) {
      case Function::kRead:
      case Function::kGet:
        slot.operation.kind = OperationKind::kLoad;
        return absl::OkStatus();
      case Function::kWrite:
        return SetWrite(event.value, slot.operation);
      case Function::kCas:
        return SetCas(event.value, slot.operation);
      case Function::kPut:
      case Function::kAppend:
        return SetText(event, slot);
    }
    return absl::OkStatus();
  }

  absl::Status SetWrite(const EdnValue& value, HistoryOperation& operation) {
    if (!IsScalar(value)) return NotScalar("value", value);
    operation.kind =
        IsNil(value) ? OperationKind::kDelete : OperationKind::kStore;
    if (!IsNil(value)) operation.value = values_.NumberOf(value);
    return absl::OkStatus();
  }

  absl::Status SetCas(const EdnValue& value, HistoryOperation& operation) {
    if (value.kind != EdnValue::Kind::kVector || value.elements.size() != 2) {
      return Expected("[OLD NEW] as value of a :cas, found ", EdnText(value));
    }
    const EdnValue& before = value.elements[0];
    const EdnValue& after = value.elements[1];
    if (!IsScalar(before)) return NotScalar("value", before);
    if (!IsScalar(after)) return NotScalar("value", after);
    if (IsNil(before)) {
      operation.kind =
          IsNil(after) ? OperationKind::kLoad : OperationKind::kLoadOrStore;
    } else {
      operation.kind = IsNil(after) ? OperationKind::kCompareAndDelete
                                    : OperationKind::kCompareAndSwap;
      operation.old_value = values_.NumberOf(before);
    }
    if (!IsNil(after)) operation.value = values_.NumberOf(after);
    return absl::OkStatus();
  }

  absl::Status SetText(const RecordedEvent& event, Slot& slot) {
    if (event.value.kind != EdnValue::Kind::kString) {
      return Expected("a string as value of a ", Name(event.function),
                      ", found ", EdnText(event.value));
    }
    const std::string& text = event.value.text;
    TextStates& states = StatesOf(slot.operation.key);
    if (event.function == Function::kPut) {
      const size_t put = states.Put(text, lines_.number());
      slot.text = TextCall{&states, put, false};
      slot.operation.kind =
          text.empty() ? OperationKind::kDelete : OperationKind::kStore;
      slot.operation.value = states.TextOfPut(put);
    } else if (!text.empty()) {
      slot.text = TextCall{&states, states.Append(text, lines_.number()), true};
    } else {
      // Whether an append of nothing took place makes no difference.
      slot.state = Slot::State::kLeftOut;
    }
    return absl::OkStatus();
  }

  absl::Status Complete(const RecordedEvent& event) {
    const auto found = processes_.find(event.process);
    if (found == processes_.end() || !found->second.invoked.has_value()) {
      return Expected("an :invoke of process ", event.process, " before its ",
                      Name(event.type));
    }
    Process& process = found->second;
    absl::Status status = Match(*process.invoked, event, process.line);
    if (!status.ok()) return status;
    // An append of nothing may be gone already.
    if (process.slot >= first_slot_) {
      const absl::Status finished =
          Finish(*process.invoked, event, slots_[process.slot - first_slot_]);
      if (!finished.ok()) return finished;
    }
    process.invoked.reset();
    process.is_gone = event.type == Type::kInfo;
    process.line = lines_.number();
    return absl::OkStatus();
  }

  // Whether the completion can be the one of what was invoked.
  static absl::Status Match(const RecordedEvent& invoked,
                            const RecordedEvent& completed, uint64_t line) {
    if (completed.function != invoked.function) {
      return Expected("the completion of the ", Name(invoked.function),
                      " of line ", line, ", found ", Name(completed.function));
    }
    if (!IsNil(completed.key) && completed.key != invoked.key) {
      return Expected("the key ", EdnText(invoked.key), " of line ", line,
                      ", found ", EdnText(completed.key));
    }
    const bool is_argument = invoked.function != Function::kRead &&
                             invoked.function != Function::kGet;
    if (is_argument && !IsNil(completed.value) &&
        completed.value != invoked.value) {
      return Expected("the value ", EdnText(invoked.value), " of line ", line,
                      ", found ", EdnText(completed.value));
    }
    return absl::OkStatus();
  }

  absl::Status Finish(const RecordedEvent& invoked,
                      const RecordedEvent& completed, Slot& slot) {
    if (slot.state == Slot::State::kLeftOut) return absl::OkStatus();
    slot.state = Slot::State::kDone;
    if (completed.type == Type::kFail) {
      slot.state = Slot::State::kLeftOut;
      if (slot.text.has_value()) slot.text->states->Fail(slot.text->maker);
    }
    if (completed.type != Type::kOk) return absl::OkStatus();
    slot.operation.return_time = lines_.number();
    if (slot.text.has_value()) {
      slot.text->states->Return(slot.text->maker, lines_.number());
    }
    return SetResult(invoked.function, completed.value, slot.operation);
  }

  absl::Status SetResult(Function function, const EdnValue& value,
                         HistoryOperation& operation) {
    switch (function) {
      case Function::kRead:
        if (!IsScalar(value)) return NotScalar("value", value);
        if (!IsNil(value)) operation.result = values_.NumberOf(value);
        operation.ok = operation.result.has_value();
        return absl::OkStatus();
      case Function::kGet:
        return SetGet(value, operation);
      case Function::kCas:
        operation.ok = operation.kind == OperationKind::kCompareAndSwap ||
                       operation.kind == OperationKind::kCompareAndDelete;
        if (operation.kind == OperationKind::kLoadOrStore) {
          operation.result = operation.value;
        }
        return absl::OkStatus();
      case Function::kWrite:
      case Function::kPut:
      case Function::kAppend:
        break;
    }
    return absl::OkStatus();
  }

  absl::Status SetGet(const EdnValue& value, HistoryOperation& operation) {
    if (!IsNil(value) && value.kind != EdnValue::Kind::kString) {
      return Expected("a string or nil as value of a :get, found ",
                      EdnText(value));
    }
    const absl::StatusOr<Value> text =
        StatesOf(operation.key).Get(value.text, operation.call_time);
    if (!text.ok()) return text.status();
    operation.ok = *text != TextTable::kEmpty;
    if (operation.ok) operation.result = *text;
    return absl::OkStatus();
  }

  TextStates& StatesOf(Key key) {
    std::unique_ptr<TextStates>& states = states_[key];
    if (states == nullptr) states = std::make_unique<TextStates>(&texts_);
    return *states;
  }

  template <typename... Words>
  static absl::Status Expected(const Words&... words) {
    return absl::InvalidArgumentError(absl::StrCat("expected ", words...));
  }

  static absl::Status NotScalar(absl::string_view what, const EdnValue& found) {
    return Expected("nil, a boolean, an integer, a string or a keyword as ",
                    what, ", found ", EdnText(found));
  }

  LineReader lines_;
  HistoryFormat format_;
  bool at_end_ = false;
  // A function of the family that the history is of.
  std::optional<Function> family_;
  std::unordered_map<uint32_t, Process> processes_;
  std::deque<Slot> slots_;
  // How many came before those in slots_.
  size_t first_slot_ = 0;
  uint64_t line_ = 0;
  ValueNames keys_;
  ValueNames values_;
  TextTable texts_;
  std::unordered_map<Key, std::unique_ptr<TextStates>> states_;
};

}  // namespace

std::unique_ptr<HistoryReader> ReadEvents(LineReader lines,
                                          HistoryFormat format) {
  return std::make_unique<EventReader>(std::move(lines), format);
}

}  // namespace mortsafe
