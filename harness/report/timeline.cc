#include "harness/report/timeline.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/history/history.h"
#include "harness/history/text.h"
#include "harness/linearize/violation.h"
#include "harness/report/escape.h"
#include "harness/report/finding.h"
#include "harness/report/html_assets.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

// All lengths in CSS pixels, whole numbers: the page is the same everywhere.
constexpr int kLabelWidth = 84;
constexpr int kTop = 34;
constexpr int kLaneHeight = 92;
constexpr int kBoxHeight = 48;
constexpr int kEventGap = 30;
constexpr int kCharacterWidth = 8;
constexpr int kBoxPadding = 14;
constexpr int kBadgeRoom = 26;
constexpr int kMaxAnswerCharacters = 28;

// A moment at which something was called or returned.
struct Event {
  uint64_t time = 0;
  // Calls come before returns of the same time: those overlap. An operation
  // that is called and returns at one time still calls first.
  bool is_return = false;

  friend auto operator<=>(const Event&, const Event&) = default;
};

struct Box {
  int left = 0;
  int right = 0;
  int top = 0;
  bool is_pending = false;

  int middle() const { return (left + right) / 2; }
  int bottom() const { return top + kBoxHeight; }
  int center() const { return top + kBoxHeight / 2; }
};

struct Point {
  int x = 0;
  int y = 0;
};

// A cubic Bézier curve.
struct Curve {
  Point from;
  Point control_from;
  Point control_to;
  Point to;

  // The point at `t` sixteenths of the way.
  Point At(int t) const {
    const int s = 16 - t;
    const auto mix = [&](int a, int b, int c, int d) {
      return (a * s * s * s + 3 * b * s * s * t + 3 * c * s * t * t +
              d * t * t * t) /
             4096;
    };
    return {mix(from.x, control_from.x, control_to.x, to.x),
            mix(from.y, control_from.y, control_to.y, to.y)};
  }
};

std::string AnswerLine(const HistoryOperation& operation) {
  return Cut(AnswerText(operation), kMaxAnswerCharacters);
}

int BoxWidth(const HistoryOperation& operation, Role role) {
  const size_t characters =
      std::max(CallText(operation).size(), AnswerLine(operation).size());
  return static_cast<int>(characters) * kCharacterWidth + 2 * kBoxPadding +
         (role == Role::kBystander ? 0 : kBadgeRoom);
}

class Timeline {
 public:
  explicit Timeline(const Finding& finding)
      : finding_(finding), operations_(finding.history.operations) {
    PlaceLanes();
    PlaceBoxes();
  }

  std::string Svg() {
    const int height =
        kTop + static_cast<int>(lanes_.size()) * kLaneHeight + 22;
    absl::StrAppend(
        &svg_,
        "<svg class=\"timeline\" role=\"group\" aria-label=\"Timeline of ",
        "the calls\" viewBox=\"0 0 ", width_, " ", height, "\" width=\"",
        width_, "\" height=\"", height, "\">\n");
    AddMarkers();
    AddLanes(height);
    // Lines pass behind boxes; the letters that name them lie on top of all.
    for (size_t i = 0; i < ConstraintCount(); ++i) AddArrow(i);
    for (size_t i = 0; i < operations_.size(); ++i) AddBox(i);
    for (size_t i = 0; i < ConstraintCount(); ++i) AddLetter(i);
    return svg_ + "</svg>\n";
  }

 private:
  void PlaceLanes() {
    std::set<uint32_t> clients;
    for (const HistoryOperation& operation : operations_) {
      clients.insert(operation.client);
    }
    for (uint32_t client : clients) {
      lanes_.emplace(client, static_cast<int>(lanes_.size()));
    }
  }

  int LaneTop(uint32_t client) const {
    return kTop + lanes_.at(client) * kLaneHeight;
  }

  // Events from left to right, each a gap after the one before, and far enough
  // from the call it returns from for the box to hold its text.
  void PlaceBoxes() {
    std::map<Event, std::vector<size_t>> events;
    for (size_t i = 0; i < operations_.size(); ++i) {
      const HistoryOperation& operation = operations_[i];
      events[{operation.call_time, false}].push_back(i);
      events[{operation.return_time, true}].push_back(i);
    }
    boxes_.resize(operations_.size());
    int x = kLabelWidth + 8 - kEventGap;
    for (const auto& [event, indices] : events) {
      x += kEventGap;
      for (size_t i : indices) {
        if (event.is_return) {
          x = std::max(x, boxes_[i].left + Width(i));
        }
      }
      for (size_t i : indices) {
        if (!event.is_return) boxes_[i].left = x;
        boxes_[i].right = x;
      }
    }
    for (size_t i = 0; i < operations_.size(); ++i) {
      boxes_[i].top =
          LaneTop(operations_[i].client) + (kLaneHeight - kBoxHeight) / 2;
      boxes_[i].is_pending = operations_[i].return_time == kPending;
    }
    width_ = std::max(x, kLabelWidth) + 24;
  }

  int Width(size_t operation) const {
    return BoxWidth(operations_[operation], RoleOf(finding_, operation));
  }

  void AddMarkers() {
    absl::StrAppend(&svg_, "<defs>");
    for (absl::string_view relation :
         {"finished-before", "read-from", "overwrote"}) {
      absl::StrAppend(
          &svg_, "<marker id=\"head-", relation, "\" class=\"", relation,
          "\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" ",
          "markerHeight=\"7\" orient=\"auto-start-reverse\"><path class=\"head",
          "\" d=\"M0 1 L10 5 L0 9 z\"/></marker>");
    }
    absl::StrAppend(&svg_, "</defs>\n");
  }

  void AddLanes(int height) {
    for (const auto& [client, lane] : lanes_) {
      const int y = kTop + lane * kLaneHeight + kLaneHeight / 2;
      absl::StrAppend(&svg_, "<text class=\"lane-name\" x=\"0\" y=\"", y + 4,
                      "\">", ClientName(finding_.history, client),
                      "</text><line class=\"lane\" ", "x1=\"", kLabelWidth,
                      "\" y1=\"", y, "\" x2=\"", width_ - 10, "\" y2=\"", y,
                      "\"/>\n");
    }
    absl::StrAppend(&svg_, "<text class=\"axis\" x=\"", width_ - 10, "\" y=\"",
                    height - 8,
                    "\" text-anchor=\"end\">time \xe2\x86\x92</text>\n");
  }

  void AddBox(size_t index) {
    const HistoryOperation& operation = operations_[index];
    const Box& box = boxes_[index];
    const Role role = RoleOf(finding_, index);
    const size_t number = WitnessNumber(finding_, index);
    absl::StrAppend(&svg_, "<g class=\"box ", CssClass(role),
                    box.is_pending ? " pending" : "",
                    "\" tabindex=\"0\" data-operation=\"", index, "\"><title>",
                    EscapeHtml(absl::StrCat(
                        ClientName(finding_.history, operation.client), ": ",
                        CallText(operation), " ", AnswerText(operation))),
                    "</title><rect x=\"", box.left, "\" y=\"", box.top,
                    "\" width=\"", box.right - box.left, "\" height=\"",
                    kBoxHeight, "\" rx=\"7\"/>");
    int text = box.left + kBoxPadding;
    if (number > 0) {
      absl::StrAppend(&svg_, "<circle class=\"badge\" cx=\"", box.left + 18,
                      "\" cy=\"", box.center(), "\" r=\"10\"/><text class=\"",
                      "badge-text\" x=\"", box.left + 18, "\" y=\"",
                      box.center() + 4, "\" text-anchor=\"middle\">", number,
                      "</text>");
      text += kBadgeRoom - 6;
    }
    AddText("call", text, box.top + 20, CallText(operation));
    AddText("answer", text, box.top + 38, AnswerLine(operation));
    absl::StrAppend(&svg_, "</g>\n");
  }

  void AddText(absl::string_view css_class, int x, int y,
               absl::string_view text) {
    absl::StrAppend(&svg_, "<text class=\"", css_class, "\" x=\"", x, "\" y=\"",
                    y, "\">", EscapeHtml(text), "</text>");
  }

  size_t ConstraintCount() const {
    return finding_.violation.has_value()
               ? finding_.violation->constraints.size()
               : 0;
  }

  void OpenArrow(size_t index) {
    const Constraint& constraint = finding_.violation->constraints[index];
    absl::StrAppend(&svg_, "<g class=\"arrow ", CssClass(constraint.relation),
                    "\" data-constraint=\"", index, "\"><title>",
                    EscapeHtml(ConstraintText(finding_, constraint)),
                    "</title>");
  }

  void AddArrow(size_t index) {
    const Constraint& constraint = finding_.violation->constraints[index];
    const Curve curve = Route(constraint);
    const auto point = [](Point p) { return absl::StrCat(p.x, " ", p.y); };
    OpenArrow(index);
    absl::StrAppend(&svg_, "<path class=\"line\" marker-end=\"url(#head-",
                    CssClass(constraint.relation), ")\" d=\"M",
                    point(curve.from), " C", point(curve.control_from), " ",
                    point(curve.control_to), " ", point(curve.to),
                    "\"/></g>\n");
  }

  void AddLetter(size_t index) {
    const Point at = LetterPlace(Route(finding_.violation->constraints[index]));
    letters_.push_back(at);
    OpenArrow(index);
    absl::StrAppend(&svg_, "<circle cx=\"", at.x, "\" cy=\"", at.y,
                    "\" r=\"9\"/><text x=\"", at.x, "\" y=\"", at.y + 4,
                    "\" text-anchor=\"middle\">", ConstraintLetter(index),
                    "</text></g>\n");
  }

  // As near the middle of the curve as is clear of boxes and other letters.
  Point LetterPlace(const Curve& curve) const {
    for (int t : {8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13}) {
      if (IsClear(curve.At(t))) return curve.At(t);
    }
    return curve.At(8);
  }

  bool IsClear(Point p) const {
    constexpr int kRoom = 11;
    const auto covers = [&](const Box& box) {
      return p.x > box.left - kRoom && p.x < box.right + kRoom &&
             p.y > box.top - kRoom && p.y < box.bottom() + kRoom;
    };
    const auto touches = [&](Point letter) {
      return std::abs(p.x - letter.x) < 2 * kRoom &&
             std::abs(p.y - letter.y) < 2 * kRoom;
    };
    return std::none_of(boxes_.begin(), boxes_.end(), covers) &&
           std::none_of(letters_.begin(), letters_.end(), touches);
  }

  Curve Route(const Constraint& constraint) const {
    const Box& first = boxes_[constraint.first];
    const Box& second = boxes_[constraint.second];
    const bool same_lane = first.top == second.top;
    if (constraint.relation == Constraint::Relation::kFinishedBefore) {
      if (same_lane)
        return Arc({first.right - 8, first.top}, {second.left + 8, second.top},
                   -34);
      return Sideways({first.right, first.center()},
                      {second.left, second.center()});
    }
    // The relations of values leave and enter at different places, as do two
    // calls that missed each other.
    const bool read = constraint.relation == Constraint::Relation::kReadFrom;
    int shift = read ? -14 : 14;
    if (constraint.relation == Constraint::Relation::kMissed) {
      shift = constraint.first < constraint.second ? -24 : 24;
    }
    const Point from = {first.middle() + shift, first.top};
    const Point to = {second.middle() + shift, second.top};
    if (same_lane && read) return Arc(from, to, -34);
    if (same_lane) {
      return Arc({from.x, first.bottom()}, {to.x, second.bottom()}, 34);
    }
    return first.top < second.top ? Upright({from.x, first.bottom()}, to)
                                  : Upright(from, {to.x, second.bottom()});
  }

  static Curve Arc(Point from, Point to, int rise) {
    return {from, {from.x + 10, from.y + rise}, {to.x - 10, to.y + rise}, to};
  }

  // Leaves to the right and enters from the left.
  static Curve Sideways(Point from, Point to) {
    const int reach = std::max(24, (to.x - from.x) / 2);
    return {from, {from.x + reach, from.y}, {to.x - reach, to.y}, to};
  }

  // Leaves and enters through the top or bottom.
  static Curve Upright(Point from, Point to) {
    const int reach = (to.y - from.y) / 2;
    return {from, {from.x, from.y + reach}, {to.x, to.y - reach}, to};
  }

  const Finding& finding_;
  const std::vector<HistoryOperation>& operations_;
  std::map<uint32_t, int> lanes_;
  std::vector<Box> boxes_;
  std::vector<Point> letters_;
  int width_ = 0;
  std::string svg_;
};

}  // namespace

std::string ConstraintLetter(size_t index) {
  const std::string letter(1, static_cast<char>('a' + index % 26));
  return index < 26 ? letter : absl::StrCat(letter, index / 26);
}

std::string TimelineSvg(const Finding& finding) {
  if (finding.history.operations.empty()) return "";
  return Timeline(finding).Svg();
}

}  // namespace mortsafe
