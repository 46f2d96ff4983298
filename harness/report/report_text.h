// The text of a report while it is put together: titles, lines, paragraphs.

#ifndef MORTSAFE_HARNESS_REPORT_REPORT_TEXT_H_
#define MORTSAFE_HARNESS_REPORT_REPORT_TEXT_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"

namespace mortsafe {

class ReportText {
 public:
  explicit ReportText(const TerminalOptions& options);

  const Painter& painter() const { return painter_; }

  void AddLine(absl::string_view line);
  // After an empty line.
  void AddTitle(absl::string_view title);
  // `text` wrapped, with `first` before it and the same room before the rest;
  // nothing if it is empty.
  void AddParagraph(absl::string_view first, absl::string_view text);
  // Text that is laid out already.
  void AddText(absl::string_view text);
  // The beginning of `report`, if there is one; `file` has the rest.
  void AddCrash(absl::string_view report, absl::string_view file);

  std::string Take() { return std::move(text_); }

 private:
  const Painter painter_;
  const size_t width_;
  std::string text_;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_REPORT_TEXT_H_
