// The byte form: every input has one, and any bytes are an input.

#include "harness/program/input.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/base/random.h"
#include "harness/program/for_each_operation.h"
#include "harness/program/generator.h"

namespace mortsafe {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes RandomBytes(size_t size, Random& random) {
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.Next());
  return bytes;
}

Input Renumbered(Input input) {
  RenumberValues(input.program);
  return input;
}

Program Parsed(absl::string_view text) {
  return ParseProgram(text, "test").value();
}

ScheduleSpec RandomSchedule(Random& random) {
  ScheduleSpec spec;
  spec.mode = static_cast<ScheduleMode>(random.Below(kScheduleModeCount));
  switch (spec.mode) {
    case ScheduleMode::kSwitches:
      spec.schedule.switches.resize(random.Below(6));
      for (Switch& s : spec.schedule.switches) {
        s.thread = static_cast<uint32_t>(random.Below(kMaxThreads + 1));
        s.step =
            static_cast<uint32_t>(random.Below(0x10000) >> random.Below(16));
        s.next = static_cast<uint32_t>(random.Below(kMaxThreads + 1));
      }
      break;
    case ScheduleMode::kSticky:
      spec.choices = RandomBytes(random.Below(20), random);
      break;
    default:
      spec.seed = random.Next();
      break;
  }
  return spec;
}

TEST(InputTest, GeneratedInputsDecodeBack) {
  Random random(21);
  for (int round = 0; round < 5000; ++round) {
    const ProgramBounds bounds = {
        .threads = static_cast<int>(1 + random.Below(kMaxThreads)),
        .operations = static_cast<int>(1 + random.Below(15)),
        .keys = static_cast<int>(1 + random.Below(kMaxKeys)),
        .initial = static_cast<int>(random.Below(16))};
    Input input;
    GenerateProgram(bounds, random, input.program);
    input.schedule = RandomSchedule(random);
    if (random.OneIn(2)) input.map_code = static_cast<uint32_t>(random.Next());
    EXPECT_EQ(DecodeInput(EncodeInput(input)), input) << ToText(input.program);
  }
}

TEST(InputTest, ProgramsOfEverySizeDecodeBack) {
  for (size_t threads = 0; threads <= kMaxThreads; ++threads) {
    for (size_t operations = 0; operations <= kMaxOperationsPerThread;
         ++operations) {
      for (Key key = 0; key < kMaxKeys; ++key) {
        const Operation operation = {.kind = OperationKind::kDelete,
                                     .key = key};
        Input input;
        input.program.initial.resize(1);
        input.program.threads.resize(threads);
        for (auto& thread : input.program.threads) {
          thread.resize(operations, operation);
        }
        EXPECT_EQ(DecodeInput(EncodeInput(input)), input);
      }
    }
  }
}

TEST(InputTest, InitialSectionsOfEverySizeDecodeBack) {
  for (size_t operations = 0; operations <= kMaxInitialOperations;
       ++operations) {
    Input input;
    input.program.initial.resize(operations);
    input.program.threads.resize(1);
    EXPECT_EQ(DecodeInput(EncodeInput(input)), input);
  }
}

TEST(InputTest, OldValuesCanNameAnyOf135StoredValues) {
  constexpr size_t kMost = 135;
  for (Value expected = 0; expected <= kMost; ++expected) {
    Input input;
    input.program.initial.resize(kMaxInitialOperations);
    input.program.threads.resize(kMaxThreads);
    for (auto& thread : input.program.threads) {
      thread.resize(kMaxOperationsPerThread);
    }
    Value stored = 0;
    ForEachOperation(input.program, [&](Operation& operation) {
      operation = {.kind = OperationKind::kCompareAndSwap,
                   .key = stored % kMaxKeys,
                   .value = ++stored,
                   .old_value = expected};
    });
    ASSERT_EQ(stored, kMost);
    EXPECT_EQ(DecodeInput(EncodeInput(input)), input);
  }
}

TEST(InputTest, EveryStopDecodesBack) {
  for (uint32_t stop = 0; stop <= kMaxStop; ++stop) {
    Input input;
    input.program.threads = {
        {{.kind = OperationKind::kRange, .stop_after = stop}}};
    EXPECT_EQ(DecodeInput(EncodeInput(input)), input);
  }
}

TEST(InputTest, ValuesComeBackRenumbered) {
  Input input;
  input.program = Parsed(
      "initial: Store(0, 900) | thread 1: CompareAndSwap(0, 40, 77); "
      "CompareAndDelete(0, 12345) | thread 2: Store(0, 40)");
  EXPECT_EQ(ToOneLine(DecodeInput(EncodeInput(input)).program),
            "initial: Store(0, 1) | thread 1: CompareAndSwap(0, 3, 2); "
            "CompareAndDelete(0, 0) | thread 2: Store(0, 3)");
  EXPECT_EQ(DecodeInput(EncodeInput(input)), Renumbered(input));
}

TEST(InputTest, AnyBytesAreAValidInputThatDecodesBack) {
  Random random(22);
  for (int round = 0; round < 20000; ++round) {
    const Bytes bytes = RandomBytes(random.Below(80), random);
    const Input input = DecodeInput(bytes);
    ASSERT_TRUE(Validate(input.program).ok()) << Validate(input.program);
    ASSERT_EQ(Renumbered(input), input);
    ASSERT_EQ(DecodeInput(EncodeInput(input)), input);
  }
}

TEST(InputTest, NoBytesAreASmallProgram) {
  EXPECT_EQ(ToOneLine(DecodeInput({}).program),
            "thread 1: Load(0) | thread 2: Load(0)");
  EXPECT_EQ(DecodeInput({}).schedule, ScheduleSpec{});
}

TEST(InputTest, MissingBytesReadAsZero) {
  Random random(23);
  for (int round = 0; round < 1000; ++round) {
    const Bytes bytes = RandomBytes(1 + random.Below(10), random);
    const Program program = DecodeInput(bytes).program;
    Bytes padded(600);
    std::copy(bytes.begin(), bytes.end(), padded.begin());
    EXPECT_EQ(DecodeInput(padded).program, program);
  }
}

TEST(InputTest, TheLayoutIsStable) {
  Input input;
  input.program = Parsed(
      "initial: Store(0, 1) | thread 1: Delete(1); CompareAndDelete(0, 1) | "
      "thread 2: Range(stop 1)");
  input.schedule.schedule.switches = {{1, 5, 2}, {2, 0x1234, 0}};
  EXPECT_EQ(EncodeInput(input), (Bytes{0x00, 0x01,                    //
                                       0x01, 0x08, 0x00,              //
                                       0x01, 0x21, 0x00, 0x38, 0x01,  //
                                       0x00, 0x40, 0x01,              //
                                       0x01, 0x05, 0x00, 0x02,        //
                                       0xf2, 0x34, 0x12, 0x00}));
  input.schedule = {.mode = ScheduleMode::kPct, .seed = 0x0102030405060708};
  const Bytes bytes = EncodeInput(input);
  EXPECT_EQ(bytes[0], 0x03);
  EXPECT_EQ(Bytes(bytes.end() - 8, bytes.end()),
            (Bytes{8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST(InputTest, ASeedStandsForSchedulesOfItsModeThatAllDiffer) {
  const ScheduleSpec spec = {.mode = ScheduleMode::kPct, .seed = 9};
  ASSERT_EQ(ScheduleCount(spec), kSchedulesPerSeed);
  EXPECT_EQ(NthSchedule(spec, 0), spec);
  std::set<uint64_t> seeds;
  for (uint32_t i = 0; i < ScheduleCount(spec); ++i) {
    EXPECT_EQ(NthSchedule(spec, i).mode, ScheduleMode::kPct);
    seeds.insert(NthSchedule(spec, i).seed);
  }
  EXPECT_EQ(seeds.size(), kSchedulesPerSeed);
}

TEST(InputTest, ChoicesAndSwitchesAreOneSchedule) {
  const ScheduleSpec sticky = {.mode = ScheduleMode::kSticky, .choices = {9}};
  EXPECT_EQ(ScheduleCount(sticky), 1U);
  EXPECT_EQ(NthSchedule(sticky, 0), sticky);
  EXPECT_EQ(ScheduleCount(ScheduleSpec()), 1U);
}

// Inputs that say nothing of the map keep the bytes that they had before any
// did.
TEST(InputTest, TheMapComesFirstIfItIsSaid) {
  Input input;
  input.program = Parsed("thread 1: Load(0)");
  input.schedule = {.mode = ScheduleMode::kPct, .seed = 7};
  Bytes bytes = EncodeInput(input);
  input.map_code = 0x01020304;
  const Bytes head = {0xfc, 4, 3, 2, 1};
  bytes.insert(bytes.begin(), head.begin(), head.end());
  EXPECT_EQ(EncodeInput(input), bytes);
  EXPECT_EQ(DecodeInput(bytes), input);
  bytes[0] |= 3;
  EXPECT_EQ(DecodeInput(bytes), input) << "bits that mean nothing there";
  EXPECT_EQ(DecodeInput({0xfc, 4}).map_code, 4U);
}

// Bytes of which two modes share a value are told apart at the very end, so
// that inputs keep the meaning they had when there were four modes.
TEST(InputTest, TheLaterModesAreAByteBehindTheSeed) {
  Input input;
  input.program = Parsed("thread 1: Load(0)");
  for (const auto& [earlier, later] :
       {std::pair(ScheduleMode::kRandom, ScheduleMode::kPos),
        std::pair(ScheduleMode::kPct, ScheduleMode::kSurw)}) {
    input.schedule = {.mode = earlier, .seed = 0x0102030405060708};
    Bytes bytes = EncodeInput(input);
    EXPECT_EQ(bytes.back(), 1) << "the seed's last byte";
    bytes.push_back(2);
    EXPECT_EQ(DecodeInput(bytes), input) << "bytes that mean nothing";
    bytes.back() = 1;
    input.schedule.mode = later;
    EXPECT_EQ(EncodeInput(input), bytes);
    EXPECT_EQ(DecodeInput(bytes), input);
  }
}

TEST(InputTest, ScheduleBytesDoNotDisturbTheProgram) {
  Random random(24);
  for (int round = 0; round < 500; ++round) {
    Input input;
    GenerateProgram({}, random, input.program);
    input.schedule = {.mode = ScheduleMode::kSticky, .choices = Bytes(8)};
    Bytes bytes = EncodeInput(input);
    for (size_t i = 1; i <= 8; ++i) {
      bytes[bytes.size() - i] = static_cast<uint8_t>(random.Next());
    }
    bytes.push_back(7);
    const Input decoded = DecodeInput(bytes);
    EXPECT_EQ(decoded.program, input.program);
    EXPECT_EQ(decoded.schedule.choices.size(), 9u);
  }
}

TEST(InputTest, AnOperationsBytesChangeThatOperationOnly) {
  Input input;
  input.program = Parsed(
      "initial: Load(0) | thread 1: Load(0); Load(0) | thread 2: Load(0)");
  Bytes bytes = EncodeInput(input);
  bytes[6] = static_cast<uint8_t>(OperationKind::kDelete) << 3;
  EXPECT_EQ(ToOneLine(DecodeInput(bytes).program),
            "initial: Load(0) | thread 1: Delete(0); Load(0) | thread 2: "
            "Load(0)");
}

size_t DistinctKeys(const Program& program) {
  Key highest = 0;
  ForEachOperation(program, [&](const Operation& operation) {
    highest = std::max(highest, operation.key);
  });
  return static_cast<size_t>(highest) + 1;
}

// In the mode kSwitches, whether a map comes first or not.
Bytes WithSwitches(Bytes bytes) {
  bytes[0] &= 0xfc;
  bytes[5] &= 0xfc;
  return bytes;
}

TEST(InputTest, RandomBytesAreMostlySmallPrograms) {
  constexpr int kRounds = 4000;
  Random random(25);
  int small = 0;
  int small_steps = 0;
  for (int round = 0; round < kRounds; ++round) {
    Bytes bytes = RandomBytes(200, random);
    const Input input = DecodeInput(WithSwitches(std::move(bytes)));
    bool is_small = input.program.threads.size() <= 4 &&
                    input.program.initial.size() <= 4 &&
                    DistinctKeys(input.program) <= 3;
    for (const auto& thread : input.program.threads) {
      is_small = is_small && thread.size() <= 4;
    }
    small += is_small ? 1 : 0;
    small_steps += input.schedule.schedule.switches[0].step < 256 ? 1 : 0;
  }
  EXPECT_GT(small, kRounds * 2 / 3);
  EXPECT_GT(small_steps, kRounds * 8 / 10);
}

TEST(InputTest, RandomSwitchesMostlyNameThreadsThatExist) {
  Random random(26);
  int existing = 0;
  int total = 0;
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes = RandomBytes(120, random);
    const Input input = DecodeInput(WithSwitches(std::move(bytes)));
    for (const Switch& s : input.schedule.schedule.switches) {
      ASSERT_LE(s.thread, static_cast<uint32_t>(kMaxThreads));
      ASSERT_LE(s.next, static_cast<uint32_t>(kMaxThreads));
      const size_t threads = input.program.threads.size();
      existing += s.thread <= threads && s.next <= threads ? 1 : 0;
      ++total;
    }
  }
  EXPECT_GT(existing, total * 8 / 10);
}

TEST(InputDeathTest, InvalidProgramsHaveNoByteForm) {
  EXPECT_EXIT(EncodeInput(Input{}), testing::ExitedWithCode(3),
              "a program to be encoded is valid");
  Input input;
  input.program.threads.resize(1);
  input.schedule.schedule.switches = {{0, 0x10000, 1}};
  EXPECT_EXIT(EncodeInput(input), testing::ExitedWithCode(3),
              "a switch to be encoded keeps the bounds");
}

}  // namespace
}  // namespace mortsafe
