#include "harness/hunt/isolated_exploration.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "harness/base/check.h"
#include "harness/base/memory_model_name.h"
#include "harness/explore/search_frontier.h"
#include "harness/hunt/checkpoint.h"
#include "harness/hunt/exploration_checkpoint.h"
#include "harness/hunt/exploration_round.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/observer.h"
#include "harness/program/program.h"
#include "harness/subject/registry.h"

namespace mortsafe {
namespace {

using Clock = std::chrono::steady_clock;

// So few that the parts of a round take alike, so many that to begin one costs
// little beside.
constexpr uint64_t kExecutionsPerPart = 16'384;
constexpr std::chrono::seconds kCheckpointInterval{5};

class Exploration {
 public:
  Exploration(const SubjectChoice& subject, const Program& program,
              const IsolatedExplorationOptions& options,
              const ExplorationCheckpointOptions* checkpoint)
      : subject_(subject),
        program_(program),
        options_(options),
        checkpoint_(checkpoint),
        frontier_(SearchFrontier::Create(options.memory)),
        round_(subject, program, options) {
    if (checkpoint_ != nullptr) kept_.exploration = Name();
  }

  // Takes up what the checkpoint has.
  absl::Status Resume() {
    const absl::StatusOr<ExplorationCheckpoint> saved =
        ReadExplorationCheckpoint(checkpoint_->path);
    if (absl::IsNotFound(saved.status())) {
      RememberFrontier();
      return Save();
    }
    if (!saved.ok()) return saved.status();
    const std::string difference =
        Difference(kept_.exploration, saved->exploration);
    if (!difference.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          checkpoint_->path, " is of another exploration: ", difference));
    }
    result_.executions = result_.resumed_executions = saved->executions;
    result_.resumed_seconds = saved->seconds;
    result_.blocked = saved->blocked;
    if (saved->symptom.has_value()) {
      Observation observation;
      observation.kind = saved->symptom->kind;
      observation.schedule = saved->symptom->schedule;
      observation.steps = saved->symptom->steps;
      result_.observation = observation;
      result_.executions_to_find = saved->symptom->execution;
    }
    frontier_->Load(saved->frontier);
    return absl::OkStatus();
  }

  absl::Status Run() {
    Clock::time_point saved = Clock::now();
    while (true) {
      RememberFrontier();
      if (checkpoint_ != nullptr &&
          Clock::now() - saved >= kCheckpointInterval) {
        saved = Clock::now();
        const absl::Status status = Save();
        if (!status.ok()) return status;
      }
      const std::vector<std::string> parts =
          frontier_->Take(ExplorationRound::kMostParts);
      result_.complete = parts.empty();
      if (parts.empty() || result_.executions >= options_.max_executions ||
          !ExploreParts(parts)) {
        break;
      }
    }
    if (checkpoint_ == nullptr) return absl::OkStatus();
    // A finding is told, whether progress can be kept or not.
    absl::Status status = Save();
    return result_.observation.has_value() ? absl::OkStatus() : status;
  }

  IsolatedExploration& result() { return result_; }

 private:
  VerificationName Name() const {
    return {{"program", checkpoint_->program},
            {"map", subject_.Name()},
            {"memory", std::string(mortsafe::Name(options_.memory))},
            {"explored", ToOneLine(program_)}};
  }

  // What is kept is as of the end of a round: there parts are of equal right.
  void RememberFrontier() {
    if (checkpoint_ == nullptr) return;
    kept_.executions = result_.executions;
    kept_.blocked = result_.blocked;
    kept_.frontier = frontier_->Save();
    kept_.symptom.reset();
    if (!result_.observation.has_value()) return;
    const Observation& seen = *result_.observation;
    kept_.symptom = {seen.kind, seen.schedule, seen.steps,
                     result_.executions_to_find};
  }

  absl::Status Save() {
    kept_.seconds =
        result_.resumed_seconds +
        std::chrono::duration<double>(Clock::now() - start_).count();
    return WriteExplorationCheckpoint(checkpoint_->path, kept_);
  }

  // Whether to go on.
  bool ExploreParts(const std::vector<std::string>& parts) {
    const uint64_t left = options_.max_executions - result_.executions;
    const bool bounded = options_.max_preemptions.has_value();
    const std::vector<ExploredPart> explored = round_.Explore(
        parts, bounded ? left : std::min(kExecutionsPerPart, left),
        [&](uint64_t executions) {
          if (!options_.on_progress) return;
          options_.on_progress(result_.executions + executions,
                               result_.resumed_executions);
        });
    std::vector<std::string> rests;
    for (const ExploredPart& part : explored) {
      if (part.began_anew && !result_.interrupted) {
        BeginAnew(part.rest);
        return true;
      }
      if (!Take(part)) return false;
      rests.push_back(part.rest);
    }
    if (result_.interrupted) return false;
    if (bounded) {
      result_.complete = explored[0].complete;
      result_.cut = explored[0].cut;
      return false;
    }
    frontier_->Merge(rests);
    return true;
  }

  void BeginAnew(const std::string& rest) {
    frontier_->BeginAnew(rest);
    result_.executions = result_.blocked = result_.executions_to_find = 0;
    result_.resumed_executions = 0;
    result_.observation.reset();
  }

  // Counts what a part showed. Whether others may still matter.
  bool Take(const ExploredPart& part) {
    const uint64_t before = result_.executions;
    const uint64_t left = options_.max_executions - before;
    const bool shows = part.observation.has_value() && part.execution <= left &&
                       !IsOutweighed(part.observation->kind);
    if (shows) {
      result_.observation = part.observation;
      result_.executions_to_find = before + part.execution;
    }
    result_.blocked += part.blocked;
    if (shows && !IsSymptom(part.observation->kind)) {
      result_.executions = result_.executions_to_find;
      return false;
    }
    result_.executions += std::min(part.executions, left);
    result_.refusal = part.refusal;
    result_.endless = part.endless;
    result_.interrupted |= !part.ended;
    return part.executions <= left && !part.IsTheLast();
  }

  // Whether something was seen that weighs no less.
  bool IsOutweighed(ViolationKind kind) const {
    return result_.observation.has_value() && IsSymptom(kind);
  }

  const SubjectChoice& subject_;
  const Program& program_;
  const IsolatedExplorationOptions& options_;
  const ExplorationCheckpointOptions* const checkpoint_;
  const std::unique_ptr<SearchFrontier> frontier_;
  ExplorationRound round_;
  const Clock::time_point start_ = Clock::now();
  ExplorationCheckpoint kept_;
  IsolatedExploration result_;
};

}  // namespace

IsolatedExploration ExploreInChildren(
    const SubjectChoice& subject, const Program& program,
    const IsolatedExplorationOptions& options) {
  Exploration exploration(subject, program, options, nullptr);
  Check(exploration.Run().ok(), "what keeps nothing failed to keep it");
  return std::move(exploration.result());
}

absl::StatusOr<IsolatedExploration> ExploreInChildren(
    const SubjectChoice& subject, const Program& program,
    const IsolatedExplorationOptions& options,
    const ExplorationCheckpointOptions& checkpoint) {
  Exploration exploration(subject, program, options, &checkpoint);
  absl::Status status = exploration.Resume();
  if (status.ok()) status = exploration.Run();
  if (!status.ok()) return status;
  return std::move(exploration.result());
}

}  // namespace mortsafe
