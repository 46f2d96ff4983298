// Style, class names and script of the page that html.h writes.

#ifndef MORTSAFE_HARNESS_REPORT_HTML_ASSETS_H_
#define MORTSAFE_HARNESS_REPORT_HTML_ASSETS_H_

#include "absl/strings/string_view.h"
#include "harness/linearize/violation.h"
#include "harness/report/wording.h"

namespace mortsafe {

// The content of the page's <style> element.
absl::string_view HtmlStyle();

// The classes by which the style knows roles and relations.
absl::string_view CssClass(Role role);
absl::string_view CssClass(Constraint::Relation relation);

// The content of the page's <script> element. Pointing at an element with
// `data-operation` or `data-constraint` highlights every element with the same
// attribute; a click keeps it so.
absl::string_view HtmlScript();

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_REPORT_HTML_ASSETS_H_
