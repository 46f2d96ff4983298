// The trial as a page (docs/verdict.md) and as text for a terminal, and whether
// a page agrees with a trial.

#ifndef MORTSAFE_HARNESS_VERDICT_PAGE_H_
#define MORTSAFE_HARNESS_VERDICT_PAGE_H_

#include <string>
#include <vector>

#include "harness/verdict/document.h"
#include "harness/verdict/trial.h"

namespace mortsafe {

// What is said of how a page came about; nothing that a page must agree on.
struct PageOrigin {
  std::string command;  // "build/release/bin/mortsafe verdict --seconds 60"
  std::string build;    // "release"
  std::string version;
};

Document MakePage(const Trial& trial, const PageOrigin& origin);

// A table of the verdicts, `width` columns wide, and what did not run.
std::string TerminalTable(const Trial& trial, int width);

// How a page in Markdown disagrees with a trial, a line each; nothing if it
// agrees. Claims, verdicts, chapters, programs and bounds are compared, never
// figures. What did not run here does not disagree, nor does what a full trial
// alone has, nor what a trial of some claims leaves out.
std::vector<std::string> Disagreements(const Trial& trial,
                                       const std::string& markdown);

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_VERDICT_PAGE_H_
