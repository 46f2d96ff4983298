#include "harness/explore/graph_parts.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "harness/base/bytes.h"
#include "harness/base/check.h"
#include "harness/explore/address_book.h"
#include "harness/explore/execution_graph.h"
#include "harness/explore/graph_search.h"

namespace mortsafe {
namespace {

// Of one graph, at most so many parts, and none of fewer events than that: the
// first events have by far the most left.
constexpr EventId kMostPieces = 4;
constexpr EventId kFewestEvents = 4;

}  // namespace

std::string ToBytes(const GraphPart& part) {
  ByteWriter writer;
  writer.PutAll(part.sites);
  writer.PutAll(part.blocks);
  writer.Put(part.stride);
  writer.PutText(part.graph);
  writer.Put(part.floor);
  writer.Put(part.is_revisit);
  writer.Put(part.base);
  writer.Put(part.changed);
  writer.PutAll(part.pending);
  writer.PutAll(part.locations);
  return writer.Take();
}

GraphPart GraphPartOf(absl::string_view bytes) {
  ByteReader reader(bytes);
  GraphPart part;
  reader.GetAll(part.sites);
  reader.GetAll(part.blocks);
  reader.Get(part.stride);
  part.graph = reader.GetText();
  reader.Get(part.floor);
  reader.Get(part.is_revisit);
  reader.Get(part.base);
  reader.Get(part.changed);
  reader.GetAll(part.pending);
  reader.GetAll(part.locations);
  return part;
}

std::string ToBytes(const GraphRest& rest) {
  ByteWriter writer;
  writer.PutAll(rest.sites);
  writer.Put(rest.learned);
  writer.Put(uint64_t{rest.parts.size()});
  for (const std::string& part : rest.parts) writer.PutText(part);
  return writer.Take();
}

GraphRest GraphRestOf(absl::string_view bytes) {
  ByteReader reader(bytes);
  GraphRest rest;
  reader.GetAll(rest.sites);
  reader.Get(rest.learned);
  for (auto count = reader.Get<uint64_t>(); count > 0; --count) {
    rest.parts.push_back(reader.GetText());
  }
  return rest;
}

void GraphSearch::Begin(absl::string_view part, const AddressBook& book) {
  Check(!started_, "a part is given to a search that has begun");
  const Translation translate(book, Translation::Direction::kFromCommon);
  GraphPart begun = GraphPartOf(part);
  spin_detector_.Know(std::move(begun.sites));
  if (!begun.blocks.empty()) orders_.TurnTo(begun.blocks);
  stride_ = begun.stride;
  if (begun.graph.empty()) return;
  for (LocationObject& location : begun.locations) translate(location.address);
  KnowLocations(begun.locations);
  current_->Assign(begun.graph, translate);
  floor_ = begun.floor;
  is_revisit_ = begun.is_revisit;
  base_ = begun.base;
  changed_ = begun.changed;
  pending_ = std::move(begun.pending);
  started_ = true;
}

void GraphSearch::LeaveGraph(EventId floor, const AddressBook& book,
                             Pieces& pieces) {
  const Translation translate(book, Translation::Direction::kToCommon);
  ExecutionGraph& graph = *current_;
  const EventId events = graph.size() - floor;
  const EventId size =
      std::max(kFewestEvents, (events + kMostPieces - 1) / kMostPieces);
  while (graph.size() > floor) {
    GraphPart& piece = pieces.emplace_back();
    piece.blocks = orders_.blocks();
    piece.stride = 0;
    piece.graph = graph.ToBytes(translate);
    piece.floor = graph.size() - floor > size ? graph.size() - size : floor;
    piece.is_revisit = IsRevisit();
    piece.base = base_;
    piece.changed = changed_;
    piece.pending = pending_;
    piece.locations = locations();
    for (LocationObject& location : piece.locations) {
      translate(location.address);
    }
    while (graph.size() > piece.floor) graph.RemoveLast();
  }
}

void GraphSearch::LeaveOrders(Pieces& pieces) {
  const uint64_t stride = stride_;
  // Every other one of them each.
  for (int i = 0; i < 2 && NextOrder(); ++i) {
    GraphPart& piece = pieces.emplace_back();
    piece.blocks = orders_.blocks();
    piece.stride = 2 * stride;
  }
}

std::string GraphSearch::Leave(const AddressBook& book) {
  Check(started_, "a search is left that has not begun");
  if (has_run_ && !began_anew_) TakeIn();
  GraphRest rest;
  rest.sites = spin_detector_.sites();
  rest.learned = began_anew_;
  if (rest.learned) return ToBytes(rest);
  Pieces pieces;
  LeaveGraph(Floor(), book, pieces);
  while (!frames_.empty()) {
    PopFrame();
    LeaveGraph(Floor(), book, pieces);
  }
  LeaveOrders(pieces);
  for (GraphPart& piece : pieces) {
    piece.sites = rest.sites;
    rest.parts.push_back(ToBytes(piece));
  }
  return ToBytes(rest);
}

}  // namespace mortsafe
