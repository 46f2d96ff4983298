// The byte form of inputs. Corpora hold these bytes, so the layout is stable:
//
//   the map      if byte 0 has 0xFC: its code follows, in four bytes, low byte
//                first, and then all else; 0 says that there is none
//   byte 0       bits 0-1 the schedule's mode (2: kRandom or kPos, 3: kPct or
//                kSurw), bits 2-7 the thread count's code
//   byte 1       the number of keys' code
//   per section  (initial, then each thread) a byte for the number of
//                operations, then two bytes per operation:
//                  bits 0-2 the key, modulo the number of keys; bits 3-7 the
//                  kind's code
//                  compares: the old value, modulo the number of stored values
//                  plus one; Range: the stop; else nothing
//   the rest     kSwitches: four bytes a switch (thread, step low, step high,
//                next); kSticky: a byte a choice; else the seed, low byte
//                first, and a byte that is 1 for kPos and kSurw, and else
//                missing or ignored
//
// Codes make arbitrary bytes mean small programs, which is what a fuzzer needs:
// a size within the usual range has a short code that low bits carry, and any
// other size is written behind an escape (the high nibble is 0xF).

#include "harness/program/input.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "harness/base/check.h"
#include "harness/base/random.h"
#include "harness/program/for_each_operation.h"

namespace mortsafe {
namespace {

constexpr uint8_t kEscape = 0xf0;

constexpr bool IsEscaped(uint8_t byte) { return byte >= kEscape; }
constexpr uint8_t Escape(size_t low) {
  return static_cast<uint8_t>(kEscape | low);
}

// Thread counts have six bits: codes from kExplicitThreads on write the count.
constexpr std::array<uint8_t, 4> kUsualThreads = {2, 3, 2, 4};
constexpr uint8_t kExplicitThreads = 54;
// Announces a map's code.
constexpr uint8_t kMapFollows = 63;
constexpr int kMapCodeBytes = 4;
static_assert(kExplicitThreads + kMaxThreads < kMapFollows);

constexpr size_t DecodeThreadCount(uint8_t code) {
  if (code < kExplicitThreads) return kUsualThreads[code % 4];
  const size_t count = code - size_t{kExplicitThreads};
  return count <= kMaxThreads ? count : kUsualThreads[0];
}

constexpr uint8_t EncodeThreadCount(size_t count) {
  for (size_t code = 0; code < kUsualThreads.size(); ++code) {
    if (kUsualThreads[code] == count) return static_cast<uint8_t>(code);
  }
  return static_cast<uint8_t>(kExplicitThreads + count);
}

constexpr std::array<uint8_t, 4> kUsualKeys = {1, 2, 2, 3};

constexpr size_t DecodeKeyCount(uint8_t byte) {
  return IsEscaped(byte) ? 1 + (byte & 7u) : kUsualKeys[byte % 4];
}

constexpr uint8_t EncodeKeyCount(size_t count) {
  for (size_t code = 0; code < kUsualKeys.size(); ++code) {
    if (kUsualKeys[code] == count) return static_cast<uint8_t>(code);
  }
  return Escape(count - 1);
}

// Operation counts are usually `least` to `least` + 3.
constexpr size_t kLeastInitial = 0;
constexpr size_t kLeastPerThread = 1;

constexpr size_t DecodeOperationCount(uint8_t byte, size_t least) {
  return IsEscaped(byte) ? byte & 15u : least + byte % 4;
}

constexpr uint8_t EncodeOperationCount(size_t count, size_t least) {
  const bool usual = least <= count && count < least + 4;
  return usual ? static_cast<uint8_t>(count - least) : Escape(count);
}

// A kind's first code is its own number; the rest of the five bits' codes make
// the kinds that most defects need more frequent.
constexpr std::array<OperationKind, 22> kFrequentKinds = {
    OperationKind::kLoad,           OperationKind::kLoad,
    OperationKind::kLoad,           OperationKind::kLoad,
    OperationKind::kLoad,           OperationKind::kStore,
    OperationKind::kStore,          OperationKind::kStore,
    OperationKind::kStore,          OperationKind::kStore,
    OperationKind::kDelete,         OperationKind::kDelete,
    OperationKind::kDelete,         OperationKind::kDelete,
    OperationKind::kLoadAndDelete,  OperationKind::kLoadAndDelete,
    OperationKind::kLoadAndDelete,  OperationKind::kLoadAndDelete,
    OperationKind::kLoadOrStore,    OperationKind::kSwap,
    OperationKind::kCompareAndSwap, OperationKind::kCompareAndDelete,
};

constexpr OperationKind DecodeKind(uint8_t code) {
  return code < kOperationKindCount
             ? kAllOperationKinds[code]
             : kFrequentKinds[code - kOperationKindCount];
}
static_assert(kOperationKindCount + kFrequentKinds.size() == 32);

// The bytes of an input from the first to the last; zeros follow.
class ByteReader {
 public:
  explicit ByteReader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t Next() {
    if (position_ == bytes_.size()) return 0;
    return bytes_[position_++];
  }
  absl::Span<const uint8_t> Rest() const { return bytes_.subspan(position_); }

 private:
  absl::Span<const uint8_t> bytes_;
  size_t position_ = 0;
};

Operation DecodeOperation(ByteReader& reader, size_t keys) {
  const uint8_t head = reader.Next();
  const uint8_t operand = reader.Next();
  Operation operation;
  operation.kind = DecodeKind(head >> 3);
  if (HasKey(operation.kind)) operation.key = (head & 7u) % keys;
  // Becomes a value in NumberValues, once the stored values are known.
  if (ComparesValue(operation.kind)) operation.old_value = operand;
  if (operation.kind == OperationKind::kRange) {
    const uint32_t stop = operand & 15u;
    operation.stop_after = stop <= kMaxStop ? stop : 0;
  }
  return operation;
}

void DecodeSection(ByteReader& reader, size_t least, size_t keys,
                   std::vector<Operation>& operations) {
  operations.resize(DecodeOperationCount(reader.Next(), least));
  for (Operation& operation : operations) {
    operation = DecodeOperation(reader, keys);
  }
}

void NumberValues(Program& program) {
  Value stored = 0;
  ForEachOperation(program, [&](Operation& operation) {
    if (StoresValue(operation.kind)) operation.value = ++stored;
  });
  ForEachOperation(program, [&](Operation& operation) {
    operation.old_value %= stored + 1;
  });
}

void DecodeProgram(ByteReader& reader, size_t threads, Program& program) {
  const size_t keys = DecodeKeyCount(reader.Next());
  DecodeSection(reader, kLeastInitial, keys, program.initial);
  if (threads == 0 && program.initial.empty()) threads = 1;
  program.threads.resize(threads);
  for (auto& thread : program.threads) {
    DecodeSection(reader, kLeastPerThread, keys, thread);
  }
  NumberValues(program);
}

// Bytes up to kMaxThreads write a thread; any other means one that exists.
uint32_t DecodeThread(uint8_t byte, size_t threads) {
  return byte <= kMaxThreads ? byte : byte % static_cast<uint32_t>(threads + 1);
}

// An escaped thread announces a step of two bytes: most steps are small.
Switch DecodeSwitch(absl::Span<const uint8_t> bytes, size_t threads) {
  const bool wide = IsEscaped(bytes[0]);
  const uint8_t thread = wide ? bytes[0] & 15u : bytes[0];
  return {.thread = DecodeThread(thread, threads),
          .step = bytes[1] + (wide ? uint32_t{bytes[2]} << 8 : 0),
          .next = DecodeThread(bytes[3], threads)};
}

void EncodeSwitch(const Switch& s, std::vector<uint8_t>& bytes) {
  Check(s.thread <= kMaxThreads && s.next <= kMaxThreads && s.step <= 0xffff,
        "a switch to be encoded keeps the bounds");
  bytes.push_back(s.step > 0xff ? Escape(s.thread)
                                : static_cast<uint8_t>(s.thread));
  bytes.push_back(static_cast<uint8_t>(s.step));
  bytes.push_back(static_cast<uint8_t>(s.step >> 8));
  bytes.push_back(static_cast<uint8_t>(s.next));
}

std::vector<Switch> DecodeSwitches(absl::Span<const uint8_t> bytes,
                                   size_t threads) {
  std::vector<Switch> switches;
  switches.reserve(bytes.size() / 4);
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    switches.push_back(DecodeSwitch(bytes, threads));
  }
  return switches;
}

// The modes that share two bits with another, which came first.
constexpr uint8_t kLaterMode = 1;
constexpr int kSeedBytes = 8;

constexpr ScheduleMode EarlierMode(ScheduleMode mode) {
  if (mode == ScheduleMode::kPos) return ScheduleMode::kRandom;
  if (mode == ScheduleMode::kSurw) return ScheduleMode::kPct;
  return mode;
}

constexpr ScheduleMode LaterMode(ScheduleMode mode) {
  return mode == ScheduleMode::kRandom ? ScheduleMode::kPos
                                       : ScheduleMode::kSurw;
}

// Numbers are written low byte first.
uint64_t DecodeNumber(ByteReader& reader, int size) {
  uint64_t number = 0;
  for (int i = 0; i < size; ++i) number |= uint64_t{reader.Next()} << (8 * i);
  return number;
}

void EncodeNumber(uint64_t number, int size, std::vector<uint8_t>& bytes) {
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
  }
}

void DecodeSeed(ByteReader& reader, ScheduleSpec& spec) {
  spec.seed = DecodeNumber(reader, kSeedBytes);
  if (reader.Next() == kLaterMode) spec.mode = LaterMode(spec.mode);
}

void DecodeSchedule(ByteReader& reader, size_t threads, ScheduleSpec& spec) {
  const absl::Span<const uint8_t> rest = reader.Rest();
  switch (spec.mode) {
    case ScheduleMode::kSwitches:
      spec.schedule.switches = DecodeSwitches(rest, threads);
      return;
    case ScheduleMode::kSticky:
      spec.choices.assign(rest.begin(), rest.end());
      return;
    default:
      DecodeSeed(reader, spec);
      return;
  }
}

void EncodeSchedule(const ScheduleSpec& spec, std::vector<uint8_t>& bytes) {
  switch (spec.mode) {
    case ScheduleMode::kSwitches:
      for (const Switch& s : spec.schedule.switches) EncodeSwitch(s, bytes);
      return;
    case ScheduleMode::kSticky:
      bytes.insert(bytes.end(), spec.choices.begin(), spec.choices.end());
      return;
    default:
      EncodeNumber(spec.seed, kSeedBytes, bytes);
      if (spec.mode != EarlierMode(spec.mode)) bytes.push_back(kLaterMode);
      return;
  }
}

using StoredValues = absl::InlinedVector<Value, 32>;

// Writes sections of one program, whose stored values it knows in order.
class ProgramEncoder {
 public:
  ProgramEncoder(const Program& program, std::vector<uint8_t>& bytes)
      : bytes_(bytes) {
    ForEachOperation(program, [&](const Operation& operation) {
      if (StoresValue(operation.kind)) stored_.push_back(operation.value);
    });
  }

  void EncodeSection(const std::vector<Operation>& operations, size_t least) {
    bytes_.push_back(EncodeOperationCount(operations.size(), least));
    for (const Operation& operation : operations) {
      bytes_.push_back(static_cast<uint8_t>(
          static_cast<unsigned>(operation.kind) << 3 | operation.key));
      bytes_.push_back(Operand(operation));
    }
  }

 private:
  // Old values are written by their place among the stored ones, from 1.
  uint8_t Operand(const Operation& operation) const {
    if (!ComparesValue(operation.kind)) {
      return static_cast<uint8_t>(operation.stop_after);
    }
    const auto found =
        std::find(stored_.begin(), stored_.end(), operation.old_value);
    if (found == stored_.end()) return 0;
    return static_cast<uint8_t>(found - stored_.begin() + 1);
  }

  std::vector<uint8_t>& bytes_;
  StoredValues stored_;
};

size_t KeyCount(const Program& program) {
  Key highest = 0;
  ForEachOperation(program, [&](const Operation& operation) {
    highest = std::max(highest, operation.key);
  });
  return static_cast<size_t>(highest) + 1;
}

}  // namespace

ScheduleSpec NthSchedule(const ScheduleSpec& spec, uint32_t index) {
  ScheduleSpec nth = spec;
  if (index != 0) nth.seed = DeriveSeed(spec.seed, index);
  return nth;
}

Input DecodeInput(absl::Span<const uint8_t> bytes) {
  ByteReader reader(bytes);
  Input input;
  uint8_t head = reader.Next();
  if (head >> 2 == kMapFollows) {
    input.map_code = static_cast<uint32_t>(DecodeNumber(reader, kMapCodeBytes));
    head = reader.Next();
  }
  DecodeProgram(reader, DecodeThreadCount(head >> 2), input.program);
  input.schedule.mode = static_cast<ScheduleMode>(head & 3u);
  DecodeSchedule(reader, input.program.threads.size(), input.schedule);
  return input;
}

std::vector<uint8_t> EncodeInput(const Input& input) {
  const Program& program = input.program;
  Check(Validate(program).ok(), "a program to be encoded is valid");
  std::vector<uint8_t> bytes;
  if (input.map_code != 0) {
    bytes.push_back(kMapFollows << 2);
    EncodeNumber(input.map_code, kMapCodeBytes, bytes);
  }
  bytes.push_back(static_cast<uint8_t>(
      EncodeThreadCount(program.threads.size()) << 2 |
      static_cast<unsigned>(EarlierMode(input.schedule.mode))));
  bytes.push_back(EncodeKeyCount(KeyCount(program)));
  ProgramEncoder encoder(program, bytes);
  encoder.EncodeSection(program.initial, kLeastInitial);
  for (const auto& thread : program.threads) {
    encoder.EncodeSection(thread, kLeastPerThread);
  }
  EncodeSchedule(input.schedule, bytes);
  return bytes;
}

}  // namespace mortsafe
