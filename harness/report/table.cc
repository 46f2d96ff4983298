#include "harness/report/table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "harness/report/finding.h"
#include "harness/report/interleaving.h"
#include "harness/report/text_layout.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

using Kind = InterleavingRow::Kind;

constexpr absl::string_view kSeparator = " | ";
constexpr size_t kMinColumnWidth = 14;
// Of the table with its steps; beyond, a trace no longer fits a screen or two.
constexpr size_t kMaxRows = 400;

// What a row shows in its client's column, in two parts: continuation lines of
// a wrapped cell are indented below `text`.
struct Cell {
  std::string prefix;
  std::string text;
};

absl::string_view Mark(Role role) {
  switch (role) {
    case Role::kCulprit:
      return "! ";
    case Role::kWitness:
      return "* ";
    case Role::kBystander:
      break;
  }
  return "  ";
}

Cell CellOf(const Finding& finding, const InterleavingRow& row) {
  switch (row.kind) {
    case Kind::kCall:
    case Kind::kReturn:
      return {std::string(Mark(RoleOf(finding, row.operation))), row.text};
    case Kind::kSwitch:
      return {"    ~", row.text.substr(1)};
    case Kind::kStep:
    case Kind::kFolded:
    case Kind::kGap:
      break;
  }
  return {"    ", row.text};
}

std::string Painted(const Painter& painter, const Finding& finding,
                    const InterleavingRow& row, absl::string_view text) {
  switch (row.kind) {
    case Kind::kSwitch:
      return painter.Switch(text);
    case Kind::kStep:
    case Kind::kFolded:
    case Kind::kGap:
      return painter.Dim(text);
    case Kind::kCall:
    case Kind::kReturn:
      break;
  }
  switch (RoleOf(finding, row.operation)) {
    case Role::kCulprit:
      return painter.Culprit(text);
    case Role::kWitness:
      return painter.Witness(text);
    case Role::kBystander:
      break;
  }
  return std::string(text);
}

class Table {
 public:
  Table(const Finding& finding, std::vector<InterleavingRow> rows,
        const TableOptions& options)
      : finding_(finding),
        rows_(std::move(rows)),
        clients_(ClientsOf(rows_)),
        painter_(options.color) {
    SetWidths(static_cast<size_t>(std::max(options.width, 40)));
  }

  std::string Text() {
    AddHeader();
    for (const InterleavingRow& row : rows_) AddRow(row);
    AddLegend();
    return std::move(text_);
  }

 private:
  size_t ColumnOf(uint32_t client) const {
    const auto at = std::find(clients_.begin(), clients_.end(), client);
    return static_cast<size_t>(at - clients_.begin());
  }

  // Columns are as wide as their widest cell; where that is too much, the
  // widest ones give way.
  void SetWidths(size_t total) {
    for (uint32_t client : clients_) {
      widths_.push_back(std::max(kMinColumnWidth, ClientName(client).size()));
    }
    for (const InterleavingRow& row : rows_) {
      time_width_ = std::max(time_width_, absl::StrCat(row.time).size());
      if (row.kind == Kind::kGap) continue;
      const Cell cell = CellOf(finding_, row);
      size_t& width = widths_[ColumnOf(row.client)];
      width = std::max(width, cell.prefix.size() + DisplayWidth(cell.text));
    }
    const size_t separators = kSeparator.size() * clients_.size();
    const auto used = [&] {
      return std::accumulate(widths_.begin(), widths_.end(),
                             time_width_ + separators);
    };
    while (used() > total) {
      size_t& widest = *std::max_element(widths_.begin(), widths_.end());
      if (widest <= kMinColumnWidth) break;
      --widest;
    }
  }

  void AddLine(std::string line) {
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text_, line, "\n");
  }

  void AddHeader() {
    std::string names = PadRight("time", time_width_);
    std::string rule(time_width_, '-');
    for (size_t i = 0; i < clients_.size(); ++i) {
      absl::StrAppend(
          &names, kSeparator,
          painter_.Strong(PadRight(ClientName(clients_[i]), widths_[i])));
      absl::StrAppend(&rule, "-+-", std::string(widths_[i], '-'));
    }
    AddLine(std::move(names));
    AddLine(std::move(rule));
  }

  void AddRow(const InterleavingRow& row) {
    if (row.kind == Kind::kGap) {
      AddLine(painter_.Dim(absl::StrCat(
          std::string(time_width_ + kSeparator.size(), ' '), row.text)));
      return;
    }
    has_switch_ |= row.kind == Kind::kSwitch;
    const size_t column = ColumnOf(row.client);
    const Cell cell = CellOf(finding_, row);
    const bool has_time = row.kind == Kind::kCall || row.kind == Kind::kStep ||
                          row.kind == Kind::kReturn;
    std::string time = has_time ? absl::StrCat(row.time) : "";
    std::string prefix = cell.prefix;
    for (const std::string& line :
         Wrap(cell.text, widths_[column] - cell.prefix.size())) {
      AddCellLine(row, time, column, absl::StrCat(prefix, line));
      time.clear();
      prefix.assign(cell.prefix.size(), ' ');
    }
  }

  void AddCellLine(const InterleavingRow& row, absl::string_view time,
                   size_t column, absl::string_view cell) {
    std::string line =
        absl::StrCat(std::string(time_width_ - time.size(), ' '), time);
    for (size_t i = 0; i < clients_.size(); ++i) {
      absl::StrAppend(&line, kSeparator);
      if (i != column) {
        line.append(widths_[i], ' ');
        continue;
      }
      absl::StrAppend(&line, Painted(painter_, finding_, row, cell),
                      std::string(widths_[i] - DisplayWidth(cell), ' '));
    }
    AddLine(std::move(line));
  }

  void AddLegend() {
    if (finding_.violation.has_value()) {
      AddLine("");
      AddLine("!   the call that no order of the calls explains");
      AddLine("*   a call that proves it");
    }
    if (has_switch_) {
      if (!finding_.violation.has_value()) AddLine("");
      AddLine("~>  could have gone on, but another client ran");
    }
  }

  const Finding& finding_;
  const std::vector<InterleavingRow> rows_;
  const std::vector<uint32_t> clients_;
  const Painter painter_;
  size_t time_width_ = 4;
  std::vector<size_t> widths_;
  bool has_switch_ = false;
  std::string text_;
};

}  // namespace

std::string InterleavingTable(const Finding& finding,
                              const TableOptions& options) {
  std::vector<InterleavingRow> rows = Interleaving(finding);
  if (rows.empty()) return "";
  const Fold fold = StepCount(rows) > options.max_steps ? Fold::kFarFromSwitches
                                                        : Fold::kInitial;
  rows = CutMiddle(FoldSteps(std::move(rows), fold), kMaxRows);
  return Table(finding, std::move(rows), options).Text();
}

}  // namespace mortsafe
