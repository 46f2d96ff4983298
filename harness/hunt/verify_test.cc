// Verification counts the same however it is shared out, interrupted and taken
// up again, finds what is wrong, and claims no more than it did.

#include "harness/hunt/verify.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/checkpoint.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/initial_states.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"
#include "harness/model/sanitizers.h"
#include "harness/program/enumerate.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"
#include "mortsafe/sync.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;

// Sanitized executions take ten times as long.
constexpr int kKeys = kAddressSanitizer || kThreadSanitizer ? 1 : 2;

VerifyOptions Small(const char* map) {
  VerifyOptions options;
  options.subject = *FindSubject(map);
  options.threads = 2;
  options.operations = 1;
  options.keys = kKeys;
  return options;
}

VerifyResult MustVerify(const VerifyOptions& options) {
  const auto result = Verify(options);
  EXPECT_TRUE(result.ok()) << result.status();
  return *result;
}

std::string CheckpointPath(const char* name) {
  return absl::StrCat(::testing::TempDir(), "/", getpid(), "-", name);
}

TEST(VerifyTest, ExploresEveryProgramFromEveryStateThatFitsIt) {
  VerifyOptions options = Small("read-dirty");
  options.keys = 1;
  const VerifyResult result = MustVerify(options);
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.finding.has_value());

  // Nothing is the same up to renaming of a single key.
  const InitialStates states = FindInitialStates(options.subject, 1);
  const auto programs = ProgramEnumeration::Create(
      {2, 1, 1, VerifiedKinds(*options.subject.subject, true)});
  ProgramRunner runner(options.subject);
  VerifyCounts expected;
  for (uint64_t i = 0; i < programs->size(); ++i) {
    programs->Visit(i, [&](const EnumeratedProgram& program) {
      ++expected.programs;
      for (const InitialState& state : states.states) {
        if (!program.FitsStart(state.present)) continue;
        ++expected.starts;
        const ExploredProgram explored =
            ExploreProgram(runner, program.After(state.prefix, state.present));
        expected.executions += explored.executions;
        expected.blocked += explored.blocked;
      }
    });
  }
  EXPECT_EQ(result.counts, expected);
}

TEST(VerifyTest, CountsDoNotDependOnWorkersAndPartsAddUp) {
  VerifyOptions options = Small("read-dirty");
  const VerifyResult whole = MustVerify(options);
  EXPECT_TRUE(whole.complete);
  EXPECT_GT(whole.counts.executions, whole.counts.starts);
  options.workers = 3;
  EXPECT_EQ(MustVerify(options).counts, whole.counts);
  VerifyCounts sum;
  options.shard_count = 3;
  for (options.shard = 0; options.shard < 3; ++options.shard) {
    const VerifyResult part = MustVerify(options);
    EXPECT_FALSE(part.complete);
    sum.programs += part.counts.programs;
    sum.starts += part.counts.starts;
    sum.executions += part.counts.executions;
    sum.blocked += part.counts.blocked;
  }
  EXPECT_EQ(sum, whole.counts);
}

TEST(VerifyTest, CoveredOperationsAreLeftOutOnlyIfAskedTo) {
  VerifyOptions options = Small("read-dirty");
  options.keys = 1;
  const VerifyResult reduced = MustVerify(options);
  EXPECT_FALSE(reduced.kinds.Has(OperationKind::kStore));
  options.use_covered = false;
  const VerifyResult all = MustVerify(options);
  EXPECT_EQ(all.kinds, AllOperations());
  EXPECT_GT(all.counts.programs, reduced.counts.programs);
  EXPECT_FALSE(all.finding.has_value());
}

TEST(VerifyTest, TakesUpWhereACheckpointEnds) {
  VerifyOptions options = Small("read-dirty");
  options.checkpoint = CheckpointPath("resumed");
  const VerifyResult whole = MustVerify(options);
  auto saved = ReadCheckpoint(options.checkpoint);
  ASSERT_TRUE(saved.ok()) << saved.status();
  ASSERT_GT(saved->chunks.size(), 10u);

  // As if it had been interrupted; what is done counts as the file says.
  auto chunk = saved->chunks.begin();
  for (int i = 0; i < 5; ++i) chunk = saved->chunks.erase(chunk);
  chunk->second.executions += 1'000'000;
  ASSERT_TRUE(WriteCheckpoint(options.checkpoint, *saved).ok());
  const VerifyResult resumed = MustVerify(options);
  EXPECT_TRUE(resumed.complete);
  EXPECT_EQ(resumed.counts.executions, whole.counts.executions + 1'000'000);
  EXPECT_EQ(resumed.counts.programs, whole.counts.programs);
  EXPECT_EQ(ReadCheckpoint(options.checkpoint)->chunks.size(),
            saved->chunks.size() + 5);
  unlink(options.checkpoint.c_str());
}

TEST(VerifyTest, ACheckpointOfSomethingElseIsRefused) {
  VerifyOptions options = Small("read-dirty");
  options.checkpoint = CheckpointPath("other");
  MustVerify(options);
  options.subject = *FindSubject("read-dirty:c2");
  EXPECT_THAT(Verify(options).status().message(),
              HasSubstr("map: expected 'read-dirty:c2-delete-only-from-dirty', "
                        "found 'read-dirty'"));
  unlink(options.checkpoint.c_str());
}

TEST(VerifyTest, AFindingIsToldThoughProgressCannotBeKept) {
  VerifyOptions options = Small("read-dirty:c2");
  options.checkpoint = CheckpointPath("full");
  EXPECT_TRUE(MustVerify(options).finding.has_value());
  const std::string in_the_way = options.checkpoint + ".next";
  ASSERT_EQ(mkdir(in_the_way.c_str(), 0700), 0);
  EXPECT_TRUE(MustVerify(options).finding.has_value());
  options.checkpoint += "-other";
  ASSERT_EQ(rename(in_the_way.c_str(), (options.checkpoint + ".next").c_str()),
            0);
  EXPECT_THAT(Verify(options).status().message(),
              HasSubstr("cannot be written"));
  rmdir((options.checkpoint + ".next").c_str());
  unlink(CheckpointPath("full").c_str());
}

TEST(VerifyTest, ACheckpointOfAnotherProgramIsRefused) {
  VerifyOptions options = Small("read-dirty");
  options.checkpoint = CheckpointPath("program");
  options.program = "version 1";
  MustVerify(options);
  options.program = "version 2";
  const auto refused = Verify(options);
  EXPECT_EQ(refused.status().message(),
            options.checkpoint +
                " is of another verification: program: expected 'version 2', "
                "found 'version 1'");
  unlink(options.checkpoint.c_str());
}

TEST(VerifyTest, AFindingDoesNotDependOnWorkersAndReplays) {
  for (const char* map : {"read-dirty:c2", "read-dirty:c10"}) {
    VerifyOptions options = Small(map);
    options.operations = 2;
    options.keys = 2;
    const VerifyResult one = MustVerify(options);
    ASSERT_TRUE(one.finding.has_value()) << map;
    EXPECT_FALSE(one.complete);
    options.workers = 3;
    const VerifyResult three = MustVerify(options);
    ASSERT_TRUE(three.finding.has_value()) << map;
    EXPECT_EQ(three.counts, one.counts) << map;
    EXPECT_EQ(three.finding->program, one.finding->program) << map;
    ProgramRunner runner(options.subject);
    EXPECT_EQ(
        RunAsObserved(runner, one.finding->program, one.finding->observation)
            .kind,
        one.finding->observation.kind);
  }
}

VerifyOptions Weak(const char* map) {
  VerifyOptions options = Small(map);
  options.keys = 1;
  options.memory = MemoryModel::kC11;
  return options;
}

TEST(VerifyTest, UnderC11FaithfulMapsAreCleanWhateverTheWorkers) {
  for (const char* const map :
       {"read-dirty", "read-dirty-epoch", "hash-trie", "hash-trie-collide"}) {
    VerifyOptions options = Weak(map);
    const VerifyResult one = MustVerify(options);
    EXPECT_TRUE(one.complete) << map;
    EXPECT_FALSE(one.finding.has_value()) << map;
    EXPECT_EQ(one.counts.blocked, 0u) << map;
    options.workers = 3;
    EXPECT_EQ(MustVerify(options).counts, one.counts) << map;
    // The same programs from the same states. An operation may be called before
    // its first access and return after its last one.
    options.memory = MemoryModel::kSc;
    const VerifyResult strong = MustVerify(options);
    EXPECT_EQ(strong.counts.starts, one.counts.starts) << map;
    EXPECT_LE(strong.counts.executions, one.counts.executions) << map;
  }
}

TEST(VerifyTest, UnderC11RelaxedPublicationIsADataRaceThatReplays) {
  for (const char* const map : {"read-dirty:c5", "read-dirty-epoch:c5"}) {
    VerifyOptions options = Weak(map);
    const VerifyResult one = MustVerify(options);
    ASSERT_TRUE(one.finding.has_value()) << map;
    EXPECT_EQ(one.finding->observation.kind, ViolationKind::kDataRace) << map;
    ProgramRunner runner(options.subject);
    EXPECT_EQ(
        RunAsObserved(runner, one.finding->program, one.finding->observation)
            .kind,
        ViolationKind::kDataRace);
    options.workers = 2;
    const VerifyResult two = MustVerify(options);
    ASSERT_TRUE(two.finding.has_value()) << map;
    EXPECT_EQ(two.finding->program, one.finding->program) << map;
    EXPECT_EQ(two.finding->observation.schedule,
              one.finding->observation.schedule);
  }
}

TEST(VerifyTest, ACheckpointOfAnotherMemoryModelIsRefused) {
  VerifyOptions options = Weak("read-dirty");
  options.checkpoint = CheckpointPath("weak");
  MustVerify(options);
  options.memory = MemoryModel::kSc;
  EXPECT_THAT(Verify(options).status().message(),
              HasSubstr("memory: expected 'sc', found 'c11'"));
  unlink(options.checkpoint.c_str());
}

// Has a thread of its own.
class BusyMap {
 public:
  BusyMap() : thread_([] {}) {}
  ~BusyMap() { thread_.join(); }
  std::optional<Value> Load(Key) { return std::nullopt; }
  void Store(Key, Value) {}
  void Delete(Key) {}

 private:
  thread thread_;
};

TEST(VerifyTest, UnderC11AMapWithThreadsOfItsOwnIsRefused) {
  static const bool registered = RegisterMap<BusyMap>("verify::Busy");
  ASSERT_TRUE(registered);
  EXPECT_THAT(Verify(Weak("verify::Busy")).status().message(),
              HasSubstr("verify::Busy: the map starts threads of its own"));
}

// A map that aborts when a Load overlaps a Store of the same key.
template <bool kKeyZeroIsSafe>
class CrashingMap {
 public:
  std::optional<Value> Load(Key key) {
    const Value before = cells_[key].load();
    const bool is_safe = kKeyZeroIsSafe && key == 0;
    if (!is_safe && before != cells_[key].load()) std::abort();
    if (before == 0) return std::nullopt;
    return before;
  }
  void Store(Key key, Value value) { cells_[key].store(value); }
  void Delete(Key key) { cells_[key].store(0); }

 private:
  std::array<atomic<Value>, kMaxKeys> cells_ = {};
};

TEST(VerifyTest, ACrashOfTheMapIsAFinding) {
  static const bool registered =
      RegisterMap<CrashingMap<false>>("verify::Crashing");
  ASSERT_TRUE(registered);
  VerifyOptions options = Small("verify::Crashing");
  const VerifyResult one = MustVerify(options);
  ASSERT_TRUE(one.finding.has_value());
  EXPECT_TRUE(one.finding->observation.crash.has_value());
  EXPECT_FALSE(one.complete);
  options.workers = 2;
  const VerifyResult two = MustVerify(options);
  ASSERT_TRUE(two.finding.has_value());
  EXPECT_EQ(two.counts, one.counts);
  EXPECT_EQ(two.finding->program, one.finding->program);
}

TEST(VerifyTest, AFaultThatOneKeyAloneHasIsFound) {
  static const bool registered =
      RegisterMap<CrashingMap<true>>("verify::KeyOne");
  ASSERT_TRUE(registered);
  VerifyOptions options = Small("verify::KeyOne");
  options.keys = 2;
  const VerifyResult result = MustVerify(options);
  ASSERT_TRUE(result.finding.has_value());
  EXPECT_TRUE(result.finding->observation.crash.has_value());
}

// For such a map programs that differ in their keys are others.
TEST(VerifyTest, WhereKeysAreNotAlikeMoreProgramsAreTried) {
  VerifyOptions options = Small("read-dirty");
  options.keys = 2;
  const VerifyResult alike = MustVerify(options);
  EXPECT_TRUE(alike.keys_are_alike);
  SubjectInfo subject = *options.subject.subject;
  subject.keys_are_alike = false;
  options.subject.subject = &subject;
  const VerifyResult not_alike = MustVerify(options);
  EXPECT_FALSE(not_alike.keys_are_alike);
  EXPECT_GT(not_alike.counts.programs, alike.counts.programs);
  EXPECT_GT(not_alike.counts.executions, alike.counts.executions);
  EXPECT_FALSE(not_alike.finding.has_value());
}

TEST(CheckpointTest, TextIsReadBack) {
  Checkpoint checkpoint;
  checkpoint.verification = {{"map", "mine: really"}, {"keys", "1"}};
  checkpoint.seconds = 1.5;
  checkpoint.chunks[3] = {1, 2, 3, 4, 5};
  checkpoint.chunks[7] = {};
  const auto read = ParseCheckpoint(ToText(checkpoint), "file");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, checkpoint);
}

TEST(CheckpointTest, ErrorsNameTheLine) {
  const Checkpoint empty{
      .verification = {{"map", "x"}}, .seconds = 0, .chunks = {}};
  const std::string text = ToText(empty);
  EXPECT_THAT(ParseCheckpoint("", "f").status().message(),
              HasSubstr("f:1: expected 'mortsafe verify"));
  EXPECT_THAT(
      ParseCheckpoint(text.substr(0, text.size() - 1), "f").status().message(),
      HasSubstr("f:3: expected the end of the line"));
  EXPECT_THAT(
      ParseCheckpoint(absl::StrReplaceAll(text, {{"seconds", "s"}}), "f")
          .status()
          .message(),
      HasSubstr("f:3: expected 'seconds'"));
  EXPECT_THAT(
      ParseCheckpoint(absl::StrReplaceAll(text, {{"0.000", "nan"}}), "f")
          .status()
          .message(),
      HasSubstr("f:3: expected 'seconds'"));
  EXPECT_THAT(ParseCheckpoint(text + "chunk 1 2 3\n", "f").status().message(),
              HasSubstr("f:4: expected 'chunk' and six numbers"));
  const std::string chunk = "chunk 1 0 0 0 0 0\n";
  EXPECT_THAT(ParseCheckpoint(text + chunk + chunk, "f").status().message(),
              HasSubstr("f:5: expected"));
}

TEST(CheckpointTest, DifferencesAreNamed) {
  const VerificationName name = {{"map", "a"}, {"keys", "1"}};
  EXPECT_EQ(Difference(name, name), "");
  EXPECT_EQ(Difference(name, {{"map", "b"}}),
            "map: expected 'a', found 'b'; keys: expected '1', found nothing");
}

TEST(CheckpointTest, AMissingFileIsToldApartFromAnUnreadableOne) {
  EXPECT_TRUE(
      absl::IsNotFound(ReadCheckpoint(CheckpointPath("missing")).status()));
  EXPECT_THAT(ReadCheckpoint("/dev/full").status().message(),
              HasSubstr("found a pipe or a device"));
  EXPECT_THAT(WriteCheckpoint("/nonexistent/file", {}).message(),
              HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace mortsafe
