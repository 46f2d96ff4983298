// Every execution graph of a program that RC11 allows, once: truly stateless
// optimal partial-order reduction (Kokologiannakis, Marmanis, Gladstein,
// Vafeiadis: "Truly Stateless, Optimal Dynamic Partial Order Reduction",
// POPL 2022).
//
//   GraphSearch search;
//   while (search.Next()) {
//     outcome = execution.Run({.memory = &search}, search.strategy(), body);
//   }
//   … search.executions(), search.blocked()
//
// Threads run one after the other, as far as they come. A read reads from each
// write that it may read from in turn, a write takes each place that it may
// take, and is then offered to each earlier read that it does not follow from:
// the read reads from it, and what was added after the read and is no cause of
// the write is forgotten, but only if it was all added in the standard way
// (reads read from the latest write, writes come last); then nobody else does
// the same. The search is depth-first and keeps the graphs that the present one
// came from: memory polynomial in the length of an execution.
//
// An exclusive read may read from a write that has been taken by another
// read-modify-write: only so that its own write can be offered to the other.
// Locks are read-modify-writes, too. Taking a lock before somebody else did has
// the other forget that it did, and wait until the lock is free again; so
// nobody is found waiting in the end but in a deadlock.
//
// Where threads perform operations whose order in real time matters, all this
// is done for each of those orders (real_time_orders.h): calls and returns come
// in their turn then. A return is part of the past of the calls that it
// precedes, and a call of that of the returns after it, so that no choice
// undoes that; but only what had returned before a call happens before it. An
// operation that waits for one that is to be called later cannot go on in such
// an order, which is given up.
//
// A thread that spins (spin_detector.h) waits for one of the reads of its round
// to read something else.
//
// Graphs that come one after the other have their first events in common, and
// so have their executions, as soon as these have performed just those events:
// such a place can be kept, and later executions go on from there. That is done
// where a graph parts from the one before, for others will part there, too.

#ifndef MORTSAFE_HARNESS_EXPLORE_GRAPH_SEARCH_H_
#define MORTSAFE_HARNESS_EXPLORE_GRAPH_SEARCH_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/explore/address_book.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_memory.h"
#include "harness/explore/real_time_orders.h"
#include "harness/explore/seq_cst_order.h"
#include "harness/explore/spin_detector.h"
#include "harness/model/memory.h"
#include "harness/model/strategy.h"

namespace mortsafe {

struct GraphPart;

class GraphSearch final : public GraphMemory {
 public:
  // `operations[i]` is how many operations (Execution::BeginOperation) thread i
  // performs. Executions may go on from places that earlier ones kept
  // (ExecutionOptions::outside), if `keeps_places`, instead of repeating the
  // steps that lead there. What is explored is the same.
  explicit GraphSearch(std::vector<uint32_t> operations = {},
                       bool keeps_places = false);
  ~GraphSearch() override;

  // Prepares the next execution. False if there is none: every graph has been
  // explored.
  bool Next();
  // Prepares the latest execution once more, from its beginning.
  void Repeat();

  // Explores what `part` says (search_frontier.h), and no more. REQUIRES: comes
  // first of all.
  void Begin(absl::string_view part, const AddressBook& book);
  // In place of Next(), or after a Next() that found nothing more or began
  // anew: takes in the latest execution, and says what is left to others.
  // REQUIRES: Next() came before.
  std::string Leave(const AddressBook& book);

  // The search has begun anew, because it learned of a loop: all executions so
  // far do not count.
  bool began_anew() const { return began_anew_; }
  // Executions so far that came to an end, each another graph.
  uint64_t executions() const { return executions_; }
  // Executions in which a thread was left spinning, and could have read
  // something newer, or could not go on in its order in real time.
  uint64_t blocked() const { return blocked_; }
  // Whether the latest execution was.
  bool gave_up() const { return gave_up_; }

  // How the execution's threads are scheduled.
  SchedulingStrategy& strategy() { return scheduling_; }

 private:
  class Scheduling final : public SchedulingStrategy {
   public:
    explicit Scheduling(GraphSearch& search) : search_(search) {}
    uint32_t Choose(const ChoicePoint& point) override {
      return search_.ChooseThread(point);
    }
    size_t KeptPlaces() const override { return search_.place_count_; }
    bool FollowsSteps() const override { return true; }
    bool Arrived(uint32_t thread, const Whereabouts& whereabouts,
                 const NextStep& step) override {
      return search_.Arrive(thread, whereabouts, step);
    }

   private:
    GraphSearch& search_;
  };
  using Pieces = std::vector<GraphPart>;
  // A graph that the search came from, to go on with later.
  struct Frame {
    std::unique_ptr<ExecutionGraph> graph;
    EventId base = 0;
    EventId changed = kNoEvent;
    std::vector<EventId> pending;
    EventId revisited = 0;  // Events before it are those of the next frame.
  };
  // What is known at a place that was kept.
  struct Place {
    EventId passed = 0;  // So many events of the graph lead there, in `step`
    size_t step = 0;     // steps.
    GraphMemory::Mark memory;
    SpinDetector::Mark spin_detector;
    uint32_t threads = 0;
    std::array<size_t, kMaxModelThreads> visits;
    std::array<uint32_t, kMaxModelThreads> round_begin;
    ThreadSet spinning = 0;
    size_t block = 0;
    ThreadSet turns = 0;
  };
  uint32_t ChooseThread(const ChoicePoint& point);
  // Whether it has looked at the thread's frames.
  bool Arrive(uint32_t thread, const Whereabouts& whereabouts,
              const NextStep& step);

  // GraphMemory.
  void ChooseSource(EventId read) override;
  void ChoosePlace(EventId write) override;
  void PerformedRead(uint32_t thread, const volatile void* object) override;
  void PerformedWrite(uint32_t thread, const volatile void* object) override;
  void CalledOrReturned(uint32_t thread) override;

  // Prepares an execution of the present graph, from the last place that was
  // kept on the way, if any.
  void Prepare();
  void Prepare(const Place& place);
  void PrepareFromTheBeginning();
  void FindBranch();
  bool HasNoChoices(EventId passed) const;
  bool IsToBeKept() const;
  void Keep();
  // Finds out how far each thread need not be watched for spinning: to the last
  // event that the graph has of it already and that changes something.
  void SkipWhatIsKnown();
  bool Changes(EventId id) const;
  // Turns to the given block of the order in real time.
  void BeginBlock(size_t block);
  // Those of `point.enabled` whose call or return is to come later.
  ThreadSet OutOfTurn(const ChoicePoint& point) const;
  void ForgetEverything();
  // Counts the latest execution.
  void TakeIn();
  // Turns to the next of the orders in real time that are to be explored.
  bool NextOrder();
  // graph_parts.cc: the choices that are left for the present graph, once no
  // other follows from it; for the events from `floor` on.
  void LeaveGraph(EventId floor, const AddressBook& book, Pieces& pieces);
  // The orders that are left.
  void LeaveOrders(Pieces& pieces);
  // The present graph's first event with choices that are this search's.
  EventId Floor() const {
    return frames_.empty() ? std::max(floor_, base_) : base_;
  }
  // Whether the present graph came from another one.
  bool IsRevisit() const { return is_revisit_ || !frames_.empty(); }
  bool SpinnersReadTheLatest() const;

  // Turns to the next graph. False if none is left.
  bool Backtrack();
  // Gives the latest event another choice. Whether it has one with which the
  // execution can go on; if not, it may still have added a write, or turned to
  // another graph, to be gone on with here.
  bool NextChoice(EventId last);
  bool NextSource(EventId read);
  bool NextPlace(EventId write);
  // Adds the write of the exclusive read, right after what it reads from.
  // Whether that is consistent; if not, it is only offered to earlier reads.
  bool AddWriteOf(EventId read);
  // The same for all exclusive reads of this frame that have none.
  bool AddPendingWrites();
  // Offers the latest event, a write, to the next earlier read. Whether there
  // is a graph to go on with.
  bool NextOffer(EventId write);
  bool MayOffer(EventId write, EventId read) const;
  bool WasAddedInTheStandardWay(EventId id, EventId write) const;
  bool Revisit(EventId write, EventId read);
  // Whether there is an order of seq_cst events. Without `id`, the latest event
  // and what may have come with it, there was one.
  bool HasSeqCstOrder(EventId id);
  void PopFrame();
  std::unique_ptr<ExecutionGraph> FreshGraph();

  Scheduling scheduling_;
  std::unique_ptr<ExecutionGraph> current_;
  EventId base_ = 0;  // Events before it are given in this frame.
  // The read of this frame that was made to read from the write base_, if any.
  EventId changed_ = kNoEvent;
  // Exclusive reads of this frame whose writes must be added again.
  std::vector<EventId> pending_;
  std::vector<Frame> frames_;
  std::vector<std::unique_ptr<ExecutionGraph>> unused_;
  // A part that is explored by itself: it begins with a graph of which so many
  // events are settled, and that came from another one.
  EventId floor_ = 0;
  bool is_revisit_ = false;
  uint64_t stride_ = 1;  // Of so many orders, one; 0 for the present one alone.

  SeqCstOrder seq_cst_;
  RealTimeOrders orders_;
  size_t block_ = 0;     // Of the present order,
  ThreadSet turns_ = 0;  // and its threads that have not had their turn.
  size_t step_ = 0;
  const bool keeps_places_;
  // By how many events lead there; re-used.
  std::vector<std::unique_ptr<Place>> places_;
  size_t place_count_ = 0;
  // The step before which one is to be kept: where the latest execution and the
  // present graph part, if that is worth it.
  static constexpr size_t kNoStep = SIZE_MAX;
  size_t branch_ = kNoStep;
  // So many leading events of the present graph are those of the latest
  // execution's.
  EventId shared_ = 0;
  std::vector<bool> keep_;
  std::vector<EventId> renamed_;

  SpinDetector spin_detector_;
  ThreadSet spinning_ = 0;
  // By thread, how many events it had performed at each place it came to.
  std::array<std::vector<uint32_t>, kMaxModelThreads> visits_;
  std::array<uint32_t, kMaxModelThreads> round_begin_ = {};
  uint32_t watched_threads_ = 0;
  std::array<uint32_t, kMaxModelThreads> skipped_ = {};

  bool has_run_ = false;  // An execution that was not taken in yet.
  bool started_ = false;
  bool gave_up_ = false;
  bool began_anew_ = false;
  uint64_t executions_ = 0;
  uint64_t blocked_ = 0;
};

}  // namespace mortsafe

#endif  // MORTSAFE_HARNESS_EXPLORE_GRAPH_SEARCH_H_
