#include "harness/cli/verify_summary.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "harness/base/operation_kind.h"
#include "harness/cli/driver_output.h"
#include "harness/cli/numbers.h"
#include "harness/hunt/verify.h"
#include "harness/subject/registry.h"
#include "mortsafe/memory_model.h"

namespace mortsafe {
namespace {

std::string Counted(int count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string KindsText(const VerifyResult& result) {
  std::vector<absl::string_view> names;
  for (const OperationKind kind : kAllOperationKinds) {
    if (result.kinds.Has(kind)) names.push_back(ApiName(kind));
  }
  return absl::StrJoin(names, ", ");
}

// "; these cover Store (a Swap, its result dropped) and …"
std::string CoveredText(const VerifyResult& result) {
  if (result.covered.empty()) return "";
  return absl::StrCat(
      "; these cover ",
      absl::StrJoin(result.covered, " and ",
                    [](std::string* text, const CoveredOperation& each) {
                      absl::StrAppend(text, ApiName(each.operation), " (",
                                      ApiName(each.by),
                                      ", its result dropped)");
                    }));
}

std::string StatesText(const VerifyResult& result) {
  const std::string classes =
      result.keys_are_alike
          ? absl::StrCat(" (", result.state_classes, " up to renaming of keys)")
          : "";
  if (result.states_known) {
    return absl::StrCat("from each of the ", result.states,
                        " states that a single client can bring its tables to",
                        classes);
  }
  return absl::StrCat("from the empty map and ", result.states - 1,
                      " other initial states", classes,
                      ", which need not be all");
}

}  // namespace

std::string VerifySummary(const VerifyOptions& options,
                          const VerifyResult& result) {
  const SubjectInfo& subject = *options.subject.subject;
  std::string opening = "Shown";
  if (result.interrupted) {
    return absl::StrFormat(
        "Nothing found until the interruption, with %.1f %% done%s.",
        100 * result.done,
        options.checkpoint.empty()
            ? ""
            : absl::StrCat("; --resume ", options.checkpoint, " goes on"));
  }
  if (options.shard_count > 1 && result.counts.endless == 0) {
    opening =
        absl::StrCat("Part ", options.shard + 1, " of ", options.shard_count,
                     " is done, and found nothing; all parts together "
                     "show");
  } else if (!result.complete) {
    opening = absl::StrCat("Nothing found, but not shown, because ",
                           WithCommas(result.counts.endless),
                           " programs go round in circles under schedules "
                           "that are not fair");
  }
  return absl::StrCat(
      opening, ": on ", options.subject.Name(), ", where ", subject.reclamation,
      ", every program of ", Counted(options.threads, "thread"), " with ",
      Counted(options.operations, "operation"),
      " each (and so, as far as histories go, every smaller one) on ",
      options.keys == 1 ? "one key"
                        : absl::StrCat("up to ", options.keys, " keys"),
      ", made of ", KindsText(result), CoveredText(result),
      ", every store with a value of its own, every compare with each value "
      "that can be there and one that cannot, and no Range stopped early, ",
      StatesText(result),
      options.memory == MemoryModel::kSc
          ? ", gives in every interleaving of its accesses "
          : ", gives in every execution ",
      MemoryText(options.memory),
      " a linearizable history, and no data race, use after free, deadlock, "
      "livelock, crash, leak or broken invariant (",
      WithCommas(result.counts.programs), " programs up to renaming of threads",
      result.keys_are_alike ? ", keys and values, " : " and values, ",
      WithCommas(result.counts.starts), " with their initial states, ",
      WithCommas(result.counts.executions), " executions).");
}

}  // namespace mortsafe
