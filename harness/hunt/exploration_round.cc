#include "harness/hunt/exploration_round.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "harness/base/check.h"
#include "harness/hunt/explore_program.h"
#include "harness/hunt/isolation.h"
#include "harness/hunt/left_bytes.h"
#include "harness/hunt/observer.h"
#include "harness/hunt/program_runner.h"

namespace mortsafe {
namespace {

constexpr std::chrono::milliseconds kPollInterval{100};

}  // namespace

bool ExploredPart::IsTheLast() const {
  return !refusal.empty() || endless || began_anew ||
         (observation.has_value() && !IsSymptom(observation->kind));
}

void ExplorationRound::Part::Clear() {
  executions = 0;
  done = false;
  blocked = 0;
  complete = endless = cut = began_anew = found = false;
  execution = 0;
  refusal.Set("");
  rest = {};
}

void ExplorationRound::Clear(size_t parts) {
  board_->stop = IsStopped();
  board_->next = 0;
  board_->end = parts;
  for (Part& part : board_->parts) part.Clear();
  for (Worker& worker : board_->workers) worker.current = kMostParts;
  rests_.clear();
}

void ExplorationRound::EndAfter(size_t part) {
  size_t end = board_->end.load();
  while (part + 1 < end && !board_->end.compare_exchange_weak(end, part + 1)) {
  }
}

void ExplorationRound::Tell(const ExploredProgram& explored, Part& part) {
  part.blocked = explored.blocked;
  part.complete = explored.complete;
  part.endless = explored.endless;
  part.cut = explored.cut;
  part.began_anew = explored.began_anew;
  part.refusal.Set(explored.refusal);
  part.found = explored.finding.has_value();
  if (!part.found) return;
  part.execution = explored.finding->execution;
  part.kind = *explored.finding->result.kind;
  part.how.Set(explored.finding->schedule, explored.finding->steps);
}

void ExplorationRound::Work(size_t worker,
                            const std::vector<std::string>& parts,
                            uint64_t max_executions) {
  Worker& me = board_->workers[worker];
  ExploreProgramOptions options = {.memory = options_.memory,
                                   .max_executions = max_executions,
                                   .max_preemptions = options_.max_preemptions,
                                   .stop = &board_->stop,
                                   .progress = &me.progress,
                                   .pulse = &me.pulse};
  ProgramRunner runner(subject_);
  PartExplorer explorer(runner, program_, options);
  while (!board_->stop) {
    const size_t number = board_->next.fetch_add(1);
    if (number >= board_->end) return;
    me.progress.Clear();
    me.current = number;
    Part& part = board_->parts[number];
    std::string rest;
    options.executions = &part.executions;
    const ExploredProgram explored =
        options.max_preemptions.has_value()
            ? ExploreProgram(runner, program_, options)
            : explorer.Explore(parts[number], max_executions, part.executions,
                               rest);
    Tell(explored, part);
    part.worker = worker;
    part.rest = rests_[worker]->Append(rest);
    part.done = true;
    me.current = kMostParts;
    ExploredPart seen;
    Collect(number, seen);
    if (seen.IsTheLast()) EndAfter(number);
  }
}

uint64_t ExplorationRound::Executions() const {
  uint64_t executions = 0;
  for (const Part& part : board_->parts) executions += part.executions;
  return executions;
}

void ExplorationRound::NoteCrash(size_t worker, const Crash& crash,
                                 std::vector<ExploredPart>& explored) {
  const Worker& crashed = board_->workers[worker];
  Check(crashed.current < explored.size(),
        "a process that explores ended while it explored nothing");
  ExploredPart& part = explored[crashed.current];
  Observation observation;
  observation.kind = crash.kind;
  observation.crash = crash;
  observation.steps = crashed.progress.steps;
  observation.schedule = crashed.progress.schedule();
  part.observation = observation;
  part.execution = board_->parts[crashed.current].executions + 1;
  EndAfter(crashed.current);
}

bool ExplorationRound::Supervise(std::vector<Process>& processes,
                                 std::vector<ExploredPart>& explored) {
  bool running = false;
  for (size_t i = 0; i < processes.size(); ++i) {
    Process& process = processes[i];
    if (process.child == nullptr) continue;
    if (!process.child->HasEnded(running ? std::chrono::milliseconds(0)
                                         : kPollInterval)) {
      running = true;
      if (process.watch.IsStuck(board_->workers[i].pulse)) {
        process.child->KillForTimeOut();
      }
      continue;
    }
    const std::optional<Crash> crash = process.child->crash();
    if (crash.has_value()) NoteCrash(i, *crash, explored);
    process.child.reset();
  }
  return running;
}

void ExplorationRound::Collect(size_t number, ExploredPart& explored) {
  const Part& part = board_->parts[number];
  explored.executions = part.executions;
  if (!part.done) return;
  explored.blocked = part.blocked;
  explored.complete = part.complete;
  explored.endless = part.endless;
  explored.cut = part.cut;
  explored.began_anew = part.began_anew;
  explored.refusal = part.refusal.Get();
  if (!part.found) return;
  Observation observation;
  observation.kind = part.kind;
  observation.steps = part.how.steps;
  observation.schedule = part.how.schedule();
  explored.observation = observation;
  explored.execution = part.execution;
}

std::vector<ExploredPart> ExplorationRound::Explore(
    const std::vector<std::string>& parts, uint64_t max_executions,
    absl::FunctionRef<void(uint64_t)> on_poll) {
  Check(!parts.empty() && parts.size() <= kMostParts && options_.workers > 0 &&
            options_.workers <= kMostWorkers,
        "a round has 1 to 64 parts and workers");
  Clear(parts.size());
  std::vector<ExploredPart> explored(parts.size());
  const size_t workers =
      std::min(parts.size(), static_cast<size_t>(options_.workers));
  std::vector<Process> processes;
  for (size_t i = 0; i < workers; ++i) {
    rests_.push_back(std::make_unique<LeftBytes>());
    processes.push_back(
        {std::make_unique<Child>([&, i] { Work(i, parts, max_executions); }),
         StuckWatch(options_.patience)});
  }
  while (Supervise(processes, explored)) {
    if (IsStopped()) board_->stop = true;
    on_poll(Executions());
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = board_->parts[i];
    Collect(i, explored[i]);
    explored[i].ended = part.done && !board_->stop;
    if (part.done) explored[i].rest = rests_[part.worker]->Read(part.rest);
  }
  return explored;
}

}  // namespace mortsafe
