"""Numbers of the page: what the records of all nights say over time."""

import dataclasses
import datetime


def time_of(record):
  """When a record's turn or night began."""
  return datetime.datetime.strptime(record['start'], '%Y-%m-%dT%H:%M:%SZ')


@dataclasses.dataclass(frozen=True)
class Series:
  """One line of a chart: the build, when, and what then."""
  name: str
  times: list
  values: list


def _per_second(record):
  if record.get('executions') and record['seconds'] > 0:
    return record['executions'] / record['seconds']
  return None


# What is drawn of the turns of a target.
MEASURES = {
    'coverage': lambda record: record.get('coverage'),
    'executions per second': _per_second,
}
_DRAWN = ('fuzz', 'hunt', 'verify', 'stress')


def of_target(turns, measure):
  """The Series of each build of a target, of its turns.

  Maps take turns, and one covers more than the other: each point is the mean
  over all maps of the last turn that each had by then.
  """
  value_of = MEASURES[measure]
  latest, series = {}, {}
  for record in turns:
    value = value_of(record)
    if value is None:
      continue
    of_maps = latest.setdefault(record['preset'], {})
    of_maps[record.get('map', '')] = value
    line = series.setdefault(record['preset'],
                             Series(record['preset'], [], []))
    line.times.append(time_of(record))
    line.values.append(sum(of_maps.values()) / len(of_maps))
  return [series[name] for name in sorted(series)]


def by_target(records):
  """The turns of each target that is drawn, in the order of their start.

  Fuzz targets come first, then mortsafe's commands.
  """
  turns = [each for each in records if each['record'] == 'turn' and
           each['kind'] in _DRAWN and 'start' in each]
  targets = {}
  for record in sorted(turns, key=lambda each: each['start']):
    targets.setdefault((record['kind'] != 'fuzz', record['target']),
                       []).append(record)
  return {target: targets[of_fuzz, target]
          for of_fuzz, target in sorted(targets)}


def span(targets):
  """The first and the last time of all these turns, a minute apart at least."""
  times = [time_of(each) for turns in targets.values() for each in turns]
  last = max(times)
  return min(min(times), last - datetime.timedelta(minutes=1)), last


def corpus_sizes(records):
  """The Series of each corpus's size at the end of each night."""
  series = {}
  for record in records:
    if record['record'] == 'night':
      for target, size in record['corpora'].items():
        line = series.setdefault(target, Series(target, [], []))
        line.times.append(time_of(record))
        line.values.append(size)
  return [series[name] for name in sorted(series)]


@dataclasses.dataclass(frozen=True)
class Found:
  """How often and when a finding was seen."""
  name: str
  count: int
  first: str
  last: str
  last_night: str


def findings(records):
  """All Found, the latest first."""
  found = {}
  for record in records:
    if record['record'] == 'turn' and 'start' in record:
      for name in record['findings']:
        found.setdefault(name, []).append(record)
  all_found = [Found(name, len(turns), min(each['start'] for each in turns),
                     max(each['start'] for each in turns), turns[-1]['night'])
               for name, turns in sorted(found.items())]
  return sorted(all_found, key=lambda each: each.last, reverse=True)


def verified(records):
  """How much of each map's bounds is verified, by the last program.

  Shards together: {map: {bounds: part done}}.
  """
  turns = [each for each in records if each.get('bounds') and 'done' in each]
  if not turns:
    return {}
  parts = {}
  for each in turns:
    if each['program'] == turns[-1]['program']:
      key = (each['map'], each['bounds'])
      shards = parts.setdefault(key, {})
      shards[each['shard']] = max(each['done'], shards.get(each['shard'], 0))
  table = {}
  for (name, bounds), shards in parts.items():
    count = int(next(iter(shards)).partition('/')[2])
    table.setdefault(name, {})[bounds] = sum(shards.values()) / count
  return table
