// Every finding that was kept in corpus/regressions, one file each, named
// MAP.DEFECT.VIOLATION: the map with that defect shows the violation still, and
// without it shows nothing, under the same program and schedule. A map that was
// wrong by itself has the defect "none", and shows nothing.
//
// Sanitizers may stop an execution before it shows what was seen without them,
// so builds with one are content with any violation; and of what the order of
// all steps tells in plain builds they need not see anything.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/base/read_file.h"
#include "harness/base/violation_kind.h"
#include "harness/hunt/observer.h"
#include "harness/model/sanitizers.h"
#include "harness/program/input.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using ::testing::SizeIs;

constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

absl::string_view Hunt() {
  if (kAddressSanitizer) return "hunt-asan";
  return kThreadSanitizer ? "hunt-tsan" : "hunt";
}

std::vector<std::string> FileNames() {
  std::vector<std::string> names;
  for (const auto& file :
       std::filesystem::directory_iterator(MORTSAFE_REGRESSIONS)) {
    names.push_back(file.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What `choice` shows of the input: a slug, or "nothing". `wanted`, if it shows
// that among others.
std::string Shown(const SubjectChoice& choice, const Input& input,
                  std::optional<ViolationKind> wanted = std::nullopt) {
  Observer observer(choice);
  std::optional<Observation> observation =
      observer.FindFirst(input.program, {&input.schedule, 1}, wanted);
  if (!observation.has_value() && wanted.has_value()) {
    observation =
        observer.FindFirst(input.program, {&input.schedule, 1}, std::nullopt);
  }
  if (!observation.has_value()) return "nothing";
  return std::string(Slug(observation->kind));
}

class RegressionsTest : public ::testing::TestWithParam<std::string> {
 protected:
  RegressionsTest() : parts_(absl::StrSplit(GetParam(), '.')) {}

  void SetUp() override {
    ASSERT_THAT(parts_, SizeIs(3)) << "expected MAP.DEFECT.VIOLATION";
    const auto bytes =
        ReadFile(absl::StrCat(MORTSAFE_REGRESSIONS, "/", GetParam()));
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    bytes_.assign(bytes->begin(), bytes->end());
  }

  Input input() const { return DecodeInput(bytes_); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  SubjectChoice Faithful() const { return *FindSubject(parts_[0]); }
  bool IsOfDefect() const { return parts_[1] != "none"; }
  SubjectChoice Broken() const {
    return *FindSubject(absl::StrCat(parts_[0], ":", parts_[1]));
  }
  const std::string& violation() const { return parts_[2]; }
  bool IsSeenBy(absl::string_view driver) const {
    return absl::c_linear_search(Broken().defect->seen_by, std::string(driver));
  }

 private:
  const std::vector<std::string> parts_;
  std::vector<uint8_t> bytes_;
};

TEST_P(RegressionsTest, IsShownByTheDefectAlone) {
  EXPECT_EQ(Shown(Faithful(), input()), "nothing");
  if (!IsOfDefect()) return;
  const SubjectChoice broken = Broken();
  ASSERT_EQ(broken.Name(),
            absl::StrCat(Faithful().Name(), ":", broken.defect->name));
  if (!IsSeenBy(Hunt())) {
    GTEST_SKIP() << "this build does not see the defect";
  }
  const std::optional<ViolationKind> kind = ViolationKindFromSlug(violation());
  ASSERT_TRUE(kind.has_value()) << violation();
  const bool is_found_by_order =
      kind == ViolationKind::kDataRace || kind == ViolationKind::kUseAfterFree;
  if (kSanitized && is_found_by_order && IsSeenBy("hunt")) {
    GTEST_SKIP() << "this build need not see the violation";
  }
  const std::string shown = Shown(broken, input(), kind);
  if (kSanitized) {
    EXPECT_NE(shown, "nothing");
  } else {
    EXPECT_EQ(shown, violation());
  }
}

// No byte is there for nothing.
TEST_P(RegressionsTest, IsWrittenAsTheCodecWritesIt) {
  EXPECT_EQ(EncodeInput(input()), bytes());
}

INSTANTIATE_TEST_SUITE_P(Corpus, RegressionsTest,
                         ::testing::ValuesIn(FileNames()),
                         [](const auto& name) {
                           return absl::StrReplaceAll(
                               name.param, {{"-", "_"}, {".", "__"}});
                         });

}  // namespace
}  // namespace mortsafe
