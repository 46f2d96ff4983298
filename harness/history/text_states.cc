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

void TextStates::Pieces::Add(string_view piece, size_t maker) {
  makers[piece].push_back(maker);
  lengths.insert(piece.size());
}

const TextStates::Makers* TextStates::Pieces::Find(string_view piece) const {
  const auto found = makers.find(piece);
  return found == makers.end() ? nullptr : &found->second;
}

TextStates::TextStates(TextTable* table) : table_(*table) {
  puts_.Add("", AddMaker("", /*is_put=*/true, 0));
  Return(0, 0);
}

size_t TextStates::Put(std::string text, uint64_t time) {
  const Makers* const known = puts_.Find(text);
  const string_view kept =
      known != nullptr ? makers_[known->front()].piece : Keep(std::move(text));
  const Value value = known != nullptr ? makers_[known->front()].text
                                       : table_.Add(TextTable::kEmpty, kept);
  const size_t put = AddMaker(kept, /*is_put=*/true, time);
  makers_[put].text = value;
  puts_.Add(kept, put);
  return put;
}

size_t TextStates::Append(std::string piece, uint64_t time) {
  const string_view kept = Keep(std::move(piece));
  const size_t append = AddMaker(kept, /*is_put=*/false, time);
  appends_.Add(kept, append);
  return append;
}

void TextStates::Return(size_t maker, uint64_t time) {
  makers_[maker].return_time = time;
  if (!makers_[maker].is_put) return;
  const uint64_t latest_call =
      returned_puts_.empty() ? 0 : returned_puts_.back().second;
  returned_puts_.emplace_back(time,
                              std::max(latest_call, makers_[maker].call_time));
}

void TextStates::Fail(size_t maker) { makers_[maker].has_failed = true; }

absl::StatusOr<Value> TextStates::Get(string_view text, uint64_t call_time) {
  if (text.empty()) return TextTable::kEmpty;
  const uint64_t overwrite = LastOverwrite(call_time);
  std::vector<Place> places(text.size() + 1);
  PlacePuts(text, overwrite, places);
  if (!PlaceAppends(text, overwrite, places)) {
    return Ambiguous(text, "takes too long to take apart");
  }
  if (places.back().ways > 1) {
    return Ambiguous(text, "can be made in more than one way");
  }
  if (places.back().ways == 0) return FromNowhere(text);
  const std::optional<Parts> parts = PartsOf(places);
  return parts.has_value() ? Assemble(*parts) : FromNowhere(text);
}

Value TextStates::UnseenText(size_t append) {
  return table_.Add(TextTable::kEmpty,
                    Keep(absl::StrCat("...", makers_[append].piece)));
}

string_view TextStates::Keep(std::string text) {
  kept_.push_back(std::move(text));
  return kept_.back();
}

size_t TextStates::AddMaker(string_view piece, bool is_put, uint64_t time) {
  Maker& maker = makers_.emplace_back();
  maker.piece = piece;
  maker.is_put = is_put;
  maker.call_time = time;
  return makers_.size() - 1;
}

// The latest call of a put that had returned before `call_time`: whatever
// returned before it is overwritten.
uint64_t TextStates::LastOverwrite(uint64_t call_time) const {
  const auto after = std::partition_point(
      returned_puts_.begin(), returned_puts_.end(),
      [=](const auto& put) { return put.first < call_time; });
  return after == returned_puts_.begin() ? 0 : std::prev(after)->second;
}

bool TextStates::IsOut(const Maker& maker, uint64_t overwrite) const {
  return maker.has_failed || maker.return_time < overwrite;
}

// Which of `makers`, that append the same, can have come next at `place`.
TextStates::Choice TextStates::Choose(const Place& place, const Makers& makers,
                                      uint64_t overwrite) const {
  Choice choice;
  for (const size_t append : makers) {
    const Maker& maker = makers_[append];
    if (IsOut(maker, overwrite)) continue;
    if (maker.swap.has_value() && place.ways == 1) {
      if (maker.swap->first != place.text) continue;
      // What came before took place once, and this was next.
      if (!place.is_put || place.is_known_put) return {1, append};
    }
    if (choice.ways == 0) choice.append = append;
    if (++choice.ways == 2) break;
  }
  return choice;
}

void TextStates::PlacePuts(string_view text, uint64_t overwrite,
                           std::vector<Place>& places) const {
  for (const size_t length : puts_.lengths) {
    if (length > text.size()) break;
    const Makers* const puts = puts_.Find(text.substr(0, length));
    if (puts == nullptr) continue;
    const bool is_possible = std::any_of(
        puts->begin(), puts->end(),
        [&](size_t put) { return !IsOut(makers_[put], overwrite); });
    if (!is_possible) continue;
    Place& place = places[length];
    place.ways = 1;
    place.is_put = true;
    place.is_known_put = puts->size() == 1;
    place.text = makers_[puts->front()].text;
  }
}

// False if that takes too long: pieces of many lengths that begin alike could
// make it quadratic.
bool TextStates::PlaceAppends(string_view text, uint64_t overwrite,
                              std::vector<Place>& places) const {
  size_t work = 64 * text.size() + (size_t{1} << 16);
  for (size_t start = 0; start < text.size(); ++start) {
    if (places[start].ways == 0) continue;
    for (const size_t length : appends_.lengths) {
      if (length > text.size() - start) break;
      const Makers* const makers = appends_.Find(text.substr(start, length));
      const size_t cost = length + (makers == nullptr ? 0 : makers->size());
      if (cost > work) return false;
      work -= cost;
      if (makers == nullptr) continue;
      GoOn(places, start, Choose(places[start], *makers, overwrite),
           places[start + length]);
    }
  }
  return true;
}

void TextStates::GoOn(const std::vector<Place>& places, size_t start,
                      Choice choice, Place& next) const {
  if (choice.ways == 0) return;
  next.ways = std::min(2, next.ways + choice.ways * places[start].ways);
  if (next.ways > 1) return;
  next.append = choice.append;
  next.append_start = start;
  if (!places[start].text.has_value()) return;
  const auto known = extended_.find({*places[start].text, choice.append});
  if (known != extended_.end()) next.text = known->second;
}

// Nothing if an append would have had to take place twice. REQUIRES: there is
// one way to make the text.
std::optional<TextStates::Parts> TextStates::PartsOf(
    const std::vector<Place>& places) {
  ++gets_;
  Parts parts;
  const Place* place = &places.back();
  for (; !place->is_put; place = &places[place->append_start]) {
    if (std::exchange(makers_[place->append].last_get, gets_) == gets_) {
      return std::nullopt;
    }
    parts.appends.push_back(place->append);
  }
  parts.put = *place->text;
  std::reverse(parts.appends.begin(), parts.appends.end());
  return parts;
}

Value TextStates::Assemble(const Parts& parts) {
  Value text = parts.put;
  for (const size_t append : parts.appends) {
    const auto [known, is_new] = extended_.try_emplace(std::pair(text, append));
    if (is_new) known->second = table_.Add(text, makers_[append].piece);
    if (!makers_[append].swap.has_value()) {
      makers_[append].swap = {text, known->second};
    }
    text = known->second;
  }
  return text;
}

Value TextStates::FromNowhere(string_view text) {
  const auto [known, is_new] =
      from_nowhere_.try_emplace(std::string(text), TextTable::kEmpty);
  if (is_new) known->second = table_.Add(TextTable::kEmpty, Keep(known->first));
  return known->second;
}

}  // namespace mortsafe
