#include "harness/explore/trace_parts.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "harness/base/bytes.h"
#include "harness/explore/address_book.h"
#include "harness/explore/explored_step.h"
#include "harness/explore/wakeup_tree.h"

namespace mortsafe {
namespace {

void Put(const std::vector<TracePoint>& points, ByteWriter& writer) {
  writer.Put(uint64_t{points.size()});
  for (const TracePoint& point : points) {
    writer.Put(point.enabled);
    writer.Put(point.chosen);
    writer.Put(point.step);
    writer.PutAll(point.asleep);
    writer.Put(point.unsure);
    writer.PutAll(point.planned);
  }
}

void Get(ByteReader& reader, std::vector<TracePoint>& points) {
  for (auto count = reader.Get<uint64_t>(); count > 0; --count) {
    TracePoint& point = points.emplace_back();
    reader.Get(point.enabled);
    reader.Get(point.chosen);
    reader.Get(point.step);
    reader.GetAll(point.asleep);
    reader.Get(point.unsure);
    reader.GetAll(point.planned);
  }
}

void TranslatePlan(Plan& plan, const Translation& translate) {
  for (PlannedStep& each : plan) translate(each.step);
}

}  // namespace

void TracePoint::Translate(const Translation& translate) {
  translate(step);
  translate(asleep);
  TranslatePlan(planned, translate);
}

void TracePart::Translate(const Translation& translate) {
  translate(points);
  TranslatePlan(ahead, translate);
}

void TraceRest::Translate(const Translation& translate) {
  if (first.has_value()) translate(*first);
  translate(before);
  translate(points);
}

std::string ToBytes(const TracePart& part) {
  ByteWriter writer;
  writer.PutAll(part.sites);
  Put(part.points, writer);
  writer.PutAll(part.ahead);
  return writer.Take();
}

TracePart TracePartOf(absl::string_view bytes) {
  ByteReader reader(bytes);
  TracePart part;
  reader.GetAll(part.sites);
  Get(reader, part.points);
  reader.GetAll(part.ahead);
  return part;
}

std::string ToBytes(const TraceRest& rest) {
  ByteWriter writer;
  writer.PutAll(rest.sites);
  writer.Put(rest.learned);
  writer.Put(rest.first.has_value());
  if (rest.first.has_value()) writer.Put(*rest.first);
  writer.Put(uint64_t{rest.before.size()});
  for (const TraceRest::Reversal& reversal : rest.before) {
    writer.Put(reversal.point);
    writer.PutAll(reversal.steps);
  }
  Put(rest.points, writer);
  writer.Put(rest.on_the_way);
  return writer.Take();
}

TraceRest TraceRestOf(absl::string_view bytes) {
  ByteReader reader(bytes);
  TraceRest rest;
  reader.GetAll(rest.sites);
  reader.Get(rest.learned);
  if (reader.Get<bool>()) rest.first = reader.Get<ExploredStep>();
  for (auto count = reader.Get<uint64_t>(); count > 0; --count) {
    TraceRest::Reversal& reversal = rest.before.emplace_back();
    reader.Get(reversal.point);
    reader.GetAll(reversal.steps);
  }
  Get(reader, rest.points);
  reader.Get(rest.on_the_way);
  return rest;
}

}  // namespace mortsafe
