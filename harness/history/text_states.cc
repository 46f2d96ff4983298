#include "harness/history/text_states.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"

namespace mortsafe {
namespace {

using absl::string_view;

absl::Status Ambiguous(string_view text, string_view why) {
  constexpr size_t kMost = 40;
  return absl::InvalidArgumentError(absl::StrCat(
      "expected a text that tells which appends made it, found one that ", why,
      ": \"", absl::CHexEscape(text.substr(0, kMost)),
      text.size() > kMost ? "...\"" : "\""));
}

}  // namespace

Value TextTable::Add(Value before, string_view piece) {
  texts_.push_back({.before = before, .piece = piece});
  return texts_.size() - 1;
}

std::string TextTable::TextOf(Value value) const {
  std::vector<string_view> pieces;
  for (; value != kEmpty; value = texts_[value].before) {
    pieces.push_back(texts_[value].piece);
  }
  std::string text;
  for (size_t i = pieces.size(); i > 0; --i) {
    absl::StrAppend(&text, pieces[i - 1]);
  }
  return text;
}

const std::vector<uint64_t>* TextStates::Pieces::Find(string_view piece) const {
  const auto found = makers.find(piece);
  return found == makers.end() ? nullptr : &found->second;
}

Value TextStates::Put(std::string text) {
  if (const std::vector<uint64_t>* const known = puts_.Find(text)) {
    return known->front();
  }
  const string_view kept = Keep(std::move(text));
  const Value value = table_.Add(TextTable::kEmpty, kept);
  puts_.makers[kept] = {value};
  puts_.lengths.insert(kept.size());
  return value;
}

size_t TextStates::Append(std::string piece) {
  const size_t append = appends_.size();
  const string_view kept = Keep(std::move(piece));
  appends_.emplace_back().piece = kept;
  appended_.makers[kept].push_back(append);
  appended_.lengths.insert(kept.size());
  return append;
}

absl::StatusOr<Value> TextStates::Get(string_view text) {
  if (text.empty()) return TextTable::kEmpty;
  const absl::StatusOr<std::optional<Parts>> parts = Split(text);
  if (!parts.ok()) return parts.status();
  if (!parts->has_value()) return FromNowhere(text);
  return Assemble(**parts);
}

std::optional<std::pair<Value, Value>> TextStates::SeenSwap(
    size_t append) const {
  return appends_[append].swap;
}

Value TextStates::UnseenText(size_t append) {
  return table_.Add(TextTable::kEmpty,
                    Keep(absl::StrCat("...", appends_[append].piece)));
}

string_view TextStates::Keep(std::string text) {
  kept_.push_back(std::move(text));
  return kept_.back();
}

Value TextStates::FromNowhere(string_view text) {
  const auto [known, is_new] =
      from_nowhere_.try_emplace(text, TextTable::kEmpty);
  if (is_new) known->second = table_.Add(TextTable::kEmpty, Keep(known->first));
  return known->second;
}

Value TextStates::Assemble(const Parts& parts) {
  Value text = parts.put;
  for (const size_t append : parts.appends) {
    const auto [known, is_new] = extended_.try_emplace({text, append});
    if (is_new) known->second = table_.Add(text, appends_[append].piece);
    // A second text to have been appended to cannot be true: the text after it
    // is one that nothing makes.
    std::optional<std::pair<Value, Value>>& swap = appends_[append].swap;
    if (!swap.has_value()) swap = {text, known->second};
    text = known->second;
  }
  return text;
}

// Nothing if there is no way to make the text, an error if there may be two.
absl::StatusOr<std::optional<TextStates::Parts>> TextStates::Split(
    string_view text) {
  // For each place in the text: in how many ways, at most 2, it can be reached
  // from the start, and where the last piece of one of these ways began.
  struct Place {
    uint32_t ways = 0;
    uint32_t piece_start = 0;
    const std::vector<uint64_t>* makers = nullptr;
    bool is_put = false;
  };
  std::vector<Place> places(text.size() + 1);
  places[0] = {.ways = 1, .is_put = true};
  for (const size_t length : puts_.lengths) {
    if (length > text.size()) break;
    if (const auto* const put = puts_.Find(text.substr(0, length))) {
      places[length] = {.ways = 1, .makers = put, .is_put = true};
    }
  }
  // Pieces of many lengths that begin alike could make this quadratic.
  size_t work = 64 * text.size() + (size_t{1} << 16);
  for (size_t start = 0; start < text.size(); ++start) {
    if (places[start].ways == 0) continue;
    for (const size_t length : appended_.lengths) {
      if (length > text.size() - start) break;
      if (length > work) return Ambiguous(text, "takes too long to take apart");
      work -= length;
      const auto* const makers = appended_.Find(text.substr(start, length));
      if (makers == nullptr) continue;
      Place& place = places[start + length];
      place = {.ways = std::min(2u, place.ways + places[start].ways),
               .piece_start = static_cast<uint32_t>(start),
               .makers = makers};
    }
  }
  if (places.back().ways == 0) return std::nullopt;
  if (places.back().ways > 1) {
    return Ambiguous(text, "can be made in several ways");
  }
  ++gets_;
  Parts parts;
  size_t end = text.size();
  for (; !places[end].is_put; end = places[end].piece_start) {
    if (places[end].makers->size() > 1) {
      return Ambiguous(text, "has a piece that was appended more than once");
    }
    const size_t append = places[end].makers->front();
    // Each append takes place once.
    if (std::exchange(appends_[append].last_get, gets_) == gets_) {
      return std::nullopt;
    }
    parts.appends.push_back(append);
  }
  if (end > 0) parts.put = places[end].makers->front();
  std::reverse(parts.appends.begin(), parts.appends.end());
  return parts;
}

}  // namespace mortsafe
