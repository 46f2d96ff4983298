#include "harness/history/edn.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mortsafe {
namespace {

using ::testing::HasSubstr;
using Kind = EdnValue::Kind;

// The value, written anew; the test fails unless it is all there is.
std::string Read(absl::string_view text) {
  const absl::StatusOr<EdnValue> value = TakeEdn(text);
  if (!value.ok()) return std::string(value.status().message());
  EXPECT_EQ(text, "");
  return EdnText(*value);
}

EdnValue Scalar(absl::string_view text) { return TakeEdn(text).value(); }

TEST(TakeEdnTest, ReadsScalars) {
  EXPECT_EQ(Scalar("nil").kind, Kind::kNil);
  EXPECT_EQ(Scalar("true").kind, Kind::kBoolean);
  EXPECT_EQ(Scalar(":ok").kind, Kind::kKeyword);
  EXPECT_EQ(Scalar(":ok").text, ":ok");
  EXPECT_EQ(Scalar("ok").kind, Kind::kSymbol);
  EXPECT_EQ(Scalar("-").kind, Kind::kSymbol);
  EXPECT_EQ(Scalar("1.5").kind, Kind::kFloat);
  EXPECT_EQ(Scalar("-1e3").kind, Kind::kFloat);
  EXPECT_EQ(Scalar("\\(").kind, Kind::kCharacter);
  EXPECT_EQ(Scalar("\\newline").text, "\\newline");
}

TEST(TakeEdnTest, OneIntegerHasOneText) {
  EXPECT_EQ(Scalar("7").kind, Kind::kInteger);
  EXPECT_EQ(Scalar("7"), Scalar("+7"));
  EXPECT_EQ(Scalar("7"), Scalar("7N"));
  EXPECT_EQ(Scalar("0"), Scalar("-0"));
  EXPECT_EQ(Scalar("-7").text, "-7");
  EXPECT_EQ(Scalar("123456789012345678901234567890").text,
            "123456789012345678901234567890");
  EXPECT_NE(Scalar("7"), Scalar("\"7\""));
}

TEST(TakeEdnTest, StringsHaveEscapes) {
  EXPECT_EQ(Scalar(R"("a\n\t\r\\\"b")").text, "a\n\t\r\\\"b");
  EXPECT_EQ(Scalar("\"\"").text, "");
  EXPECT_THAT(Read(R"("\q")"), HasSubstr("found a backslash before another"));
}

TEST(TakeEdnTest, ReadsCollections) {
  EXPECT_EQ(Read("[1 2,3]"), "[1 2 3]");
  EXPECT_EQ(Read(" ( ) "), "()");
  EXPECT_EQ(Read("#{1 :a}"), "#{1 :a}");
  EXPECT_EQ(Read("{:a [1 {:b \"}\"}], :c nil}"), "{:a [1 {:b \"}\"}] :c nil}");
  EXPECT_EQ(Read("#jepsen.history.Op{:a 1}"), "#jepsen.history.Op {:a 1}");
  EXPECT_EQ(Read("#inst \"2026\""), "#inst \"2026\"");
}

TEST(TakeEdnTest, TakesOneValueAndTheBlanksAroundIt) {
  absl::string_view text = " 1, 2 ";
  EXPECT_EQ(TakeEdn(text).value(), Scalar("1"));
  EXPECT_EQ(text, "2 ");
  EXPECT_EQ(TakeEdn(text).value(), Scalar("2"));
  EXPECT_EQ(text, "");
  EXPECT_EQ(Read(""), "expected an EDN value, found the end");
}

TEST(TakeEdnTest, WhatIsNoEdnIsAnError) {
  EXPECT_THAT(Read("[1"), HasSubstr("\"]\", found the end (cut short?)"));
  EXPECT_THAT(Read("{:a 1"), HasSubstr("\"}\", found the end (cut short?)"));
  EXPECT_THAT(Read("\"abc"), HasSubstr("a closing quote, found the end"));
  EXPECT_THAT(Read("[1}"), HasSubstr("found \"}\""));
  EXPECT_THAT(Read("{:a}"), HasSubstr("a value for each key"));
  EXPECT_THAT(Read("007"), HasSubstr("expected an EDN number, found 007"));
  EXPECT_THAT(Read("1x"), HasSubstr("expected an EDN number, found 1x"));
  EXPECT_THAT(Read("#"), HasSubstr("something else than a tag"));
  EXPECT_THAT(Read("#_ 1"), HasSubstr("something else than a tag"));
  EXPECT_THAT(Read("#tag"), HasSubstr("found the end"));
}

TEST(TakeEdnTest, NestingIsBounded) {
  const auto nested = [](int depth) {
    return absl::StrCat(std::string(depth, '['), std::string(depth, ']'));
  };
  EXPECT_EQ(Read(nested(kMaxEdnDepth)), nested(kMaxEdnDepth));
  EXPECT_THAT(Read(nested(kMaxEdnDepth + 1)), HasSubstr("at most 32 levels"));
  EXPECT_THAT(Read(std::string(500'000, '[')), HasSubstr("at most 32 levels"));
  std::string tags;
  for (int i = 0; i < 100'000; ++i) tags += "#a ";
  EXPECT_THAT(Read(tags), HasSubstr("at most 32 levels"));
}

}  // namespace
}  // namespace mortsafe
