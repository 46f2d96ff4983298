#include "harness/report/html_assets.h"

#include "absl/strings/string_view.h"
#include "harness/linearize/violation.h"
#include "harness/report/wording.h"

namespace mortsafe {
namespace {

constexpr char kStyle[] = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --card: #ffffff; --ink: #1c1e21; --muted: #666b73;
  --line: #e2e0da; --soft: #efede8;
  --culprit: #b3261e; --culprit-soft: #fdeae7;
  --witness: #8a5a00; --witness-soft: #fff3d1;
  --finished-before: #55606e; --read-from: #1a62b3; --overwrote: #7b3fa0;
  --missed: #a8640c;
  --switch: #0b7a75;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131518; --card: #1c1f24; --ink: #e6e7e9; --muted: #9aa1ab;
    --line: #31363e; --soft: #262a31;
    --culprit: #ff8a80; --culprit-soft: #45211f;
    --witness: #f2c14e; --witness-soft: #3d3216;
    --finished-before: #aab4c2; --read-from: #7db5f5; --overwrote: #cf9bee;
    --missed: #eab066;
    --switch: #5fd0c9;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
    "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 40px 28px 64px; }
code, pre, .mono, svg text {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas,
    "DejaVu Sans Mono", monospace;
}
header .brand { color: var(--muted); font-size: 13px; letter-spacing: .04em; }
h1 {
  margin: 6px 0 4px; font-size: 32px; line-height: 1.2; color: var(--culprit);
  letter-spacing: -.01em;
}
header .map {
  display: inline-block; padding: 1px 10px; border-radius: 99px;
  background: var(--soft); font-size: 14px; overflow-wrap: anywhere;
}
header .sentence {
  margin: 16px 0 0; font-size: 19px; line-height: 1.5; max-width: 62em;
  overflow-wrap: anywhere;
}
section {
  position: relative; margin-top: 22px; padding: 20px 24px;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
}
h2 { margin: 0 0 12px; font-size: 17px; }
h2 small {
  margin-left: 8px; font-size: 13px; font-weight: 400; color: var(--muted);
}
.scroll { overflow-x: auto; }
.columns {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr));
  gap: 22px;
}
.columns section { min-width: 0; }
pre {
  margin: 0; padding: 12px 14px; background: var(--soft); border-radius: 8px;
  font-size: 13px; line-height: 1.5; overflow: auto;
}
pre.command {
  user-select: all; white-space: pre-wrap; overflow-wrap: anywhere;
}
pre.crash { max-height: 420px; }
p.note { margin: 10px 0 0; color: var(--muted); font-size: 13px; }

.timeline { display: block; margin: 0 auto; }
.timeline text { font-size: 13px; fill: var(--ink); }
.timeline .lane-name {
  font-weight: 600; fill: var(--muted); font-family: inherit;
}
.timeline .axis { fill: var(--muted); font-size: 12px; font-family: inherit; }
.timeline .lane { stroke: var(--line); stroke-width: 2; }
.box { cursor: pointer; outline: none; }
.box rect { fill: var(--soft); stroke: var(--line); stroke-width: 1.5; }
.box.bystander rect { fill-opacity: .8; }
.box .call { font-weight: 600; }
.timeline .box .answer { fill: var(--muted); }
.box.witness rect { fill: var(--witness-soft); stroke: var(--witness); }
.box.culprit rect {
  fill: var(--culprit-soft); stroke: var(--culprit); stroke-width: 2;
}
.timeline .box.culprit .answer { fill: var(--culprit); font-weight: 700; }
.box.pending rect { stroke-dasharray: 5 4; }
.box .badge { fill: var(--witness); }
.box.culprit .badge { fill: var(--culprit); }
.timeline .box .badge-text {
  fill: var(--card); font-weight: 700; font-size: 12px; font-family: inherit;
}
.box:focus rect, .box.hot rect, .box.kept rect { stroke-width: 3.5; }
.finished-before { --relation: var(--finished-before); }
.read-from { --relation: var(--read-from); }
.overwrote { --relation: var(--overwrote); }
.missed { --relation: var(--missed); }
.arrow .line { fill: none; stroke: var(--relation); stroke-width: 1.8; }
.arrow.read-from .line { stroke-dasharray: 7 4; }
.arrow.missed .line { stroke-dasharray: 10 3 2 3; }
.arrow.overwrote .line { stroke-dasharray: 2 4; stroke-linecap: round; }
.head { fill: var(--relation); }
.arrow circle { fill: var(--card); stroke: var(--relation); stroke-width: 1.5; }
.timeline .arrow text {
  fill: var(--relation); font-weight: 700; font-size: 12px;
  font-family: inherit;
}
.arrow.hot .line, .arrow.kept .line { stroke-width: 3.5; }
.arrow.hot circle, .arrow.kept circle { stroke-width: 3; }

.proof { margin: 16px 0 0; padding: 0; list-style: none; }
.proof li {
  display: flex; gap: 10px; align-items: baseline; padding: 4px 8px;
  border-radius: 6px; cursor: pointer;
}
.proof li.hot, .proof li.kept { background: var(--soft); }
.proof .letter {
  flex: none; width: 22px; height: 22px; border: 1.5px solid var(--relation);
  border-radius: 50%; color: var(--relation); font-size: 12px; font-weight: 700;
  line-height: 19px; text-align: center;
}
.proof .because { color: var(--relation); }

.interleaving {
  width: 100%; border-collapse: separate; border-spacing: 0; font-size: 13px;
}
.interleaving th {
  position: sticky; top: 0; padding: 6px 10px; background: var(--card);
  border-bottom: 2px solid var(--line); text-align: left;
}
.interleaving td {
  padding: 2px 10px; border-left: 3px solid transparent; vertical-align: top;
  overflow-wrap: anywhere;
}
.interleaving td.time {
  width: 1%; color: var(--muted); text-align: right;
  font-variant-numeric: tabular-nums;
}
.interleaving td.open {
  border-left-color: var(--line);
  background: color-mix(in srgb, var(--soft) 45%, transparent); cursor: pointer;
}
.interleaving td.open.witness {
  border-left-color: var(--witness);
  background: color-mix(in srgb, var(--witness-soft) 45%, transparent);
}
.interleaving td.open.culprit {
  border-left-color: var(--culprit);
  background: color-mix(in srgb, var(--culprit-soft) 45%, transparent);
}
.interleaving td.open.hot, .interleaving td.open.kept {
  background: var(--soft);
}
.interleaving td.open.witness.hot, .interleaving td.open.witness.kept {
  background: var(--witness-soft);
}
.interleaving td.open.culprit.hot, .interleaving td.open.culprit.kept {
  background: var(--culprit-soft);
}
.interleaving .call, .interleaving .return { font-weight: 700; }
.interleaving .witness.call, .interleaving .witness.return {
  color: var(--witness);
}
.interleaving .culprit.call, .interleaving .culprit.return {
  color: var(--culprit);
}
.interleaving .step, .interleaving .folded, .interleaving .gap {
  padding-left: 28px; color: var(--muted);
}
.interleaving .switch {
  padding-left: 28px; color: var(--switch); font-style: italic;
}
.choose {
  position: absolute; top: 20px; right: 24px; color: var(--muted);
  font-size: 13px; cursor: pointer;
}
.calls-only .step-row { display: none; }

dl {
  display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px;
  margin: 0;
}
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  body { background: none; }
  section { break-inside: avoid; }
  .choose { display: none; }
}
)css";

constexpr char kScript[] = R"js(
(function () {
  "use strict";
  function keyOf(target) {
    var element =
        target.closest && target.closest("[data-operation],[data-constraint]");
    if (!element) return null;
    var name = element.hasAttribute("data-operation") ? "data-operation"
                                                      : "data-constraint";
    return "[" + name + "=\"" + element.getAttribute(name) + "\"]";
  }
  function mark(key, name) {
    document.querySelectorAll("." + name).forEach(function (element) {
      element.classList.remove(name);
    });
    if (!key) return;
    document.querySelectorAll(key).forEach(function (element) {
      element.classList.add(name);
    });
  }
  var kept = null;
  ["mouseover", "focusin"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      mark(keyOf(event.target), "hot");
    });
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest(".choose")) return;
    var key = keyOf(event.target);
    kept = key === kept ? null : key;
    mark(kept, "kept");
  });
  var choice = document.getElementById("calls-only");
  if (choice) {
    choice.addEventListener("change", function () {
      document.body.classList.toggle("calls-only", choice.checked);
    });
  }
})();
)js";

}  // namespace

absl::string_view HtmlStyle() { return kStyle; }

absl::string_view CssClass(Role role) {
  switch (role) {
    case Role::kCulprit:
      return "culprit";
    case Role::kWitness:
      return "witness";
    case Role::kBystander:
      break;
  }
  return "bystander";
}

absl::string_view CssClass(Constraint::Relation relation) {
  switch (relation) {
    case Constraint::Relation::kFinishedBefore:
      return "finished-before";
    case Constraint::Relation::kReadFrom:
      return "read-from";
    case Constraint::Relation::kMissed:
      return "missed";
    case Constraint::Relation::kOverwrote:
      break;
  }
  return "overwrote";
}

absl::string_view HtmlScript() { return kScript; }

}  // namespace mortsafe
