#!/usr/bin/python3
"""Lines up what the scheduler did with what clients of a map called.

Usage: sched_timeline.py EVENTS HISTORY DOCUMENT OUT

EVENTS is what `perf script --ns -F comm,pid,tid,cpu,time,event,trace` printed of a
recording by CLOCK_MONOTONIC (`perf sched record -k mono`), HISTORY what `mortsafe
stress --timeline` wrote of the run in it, by the same clock, and DOCUMENT what its
--json printed, which says who was which thread (scripts/perf_sched). Writes both
in one time line to OUT, and prints which operations the scheduler interrupted.
"""

import collections
import dataclasses
import json
import pathlib
import re
import sys

# Rows of the table that is printed.
MOST = 15

_EVENT = re.compile(
    r'^\s*.+?\s+-?\d+/-?\d+\s+\[(?P<cpu>\d+)\]\s+'
    r'(?P<seconds>\d+)\.(?P<ns>\d{9}):\s+sched:(?P<name>\w+):\s+(?P<rest>.*)$')
_SWITCH = re.compile(
    r'prev_comm=.* prev_pid=(?P<prev>\d+) prev_prio=-?\d+ '
    r'prev_state=(?P<state>\S+) ==> '
    r'next_comm=(?P<comm>.*) next_pid=(?P<next>\d+) next_prio=-?\d+')
_WAKE = re.compile(r'comm=.* pid=(?P<pid>\d+) prio=-?\d+ .*target_cpu=(?P<cpu>\d+)')
_MOVE = re.compile(r'comm=.* pid=(?P<pid>\d+) prio=-?\d+ orig_cpu=(?P<old>\d+) '
                   r'dest_cpu=(?P<new>\d+)')


class Unreadable(Exception):
  """Input that is not what it should be, in one line."""


@dataclasses.dataclass(frozen=True)
class Event:
  """What the scheduler did to a thread. A thread that goes `off` its processor
  still wants it, or waits for something; `on`, it runs again."""
  time: int  # In nanoseconds.
  cpu: int
  thread: int
  kind: str  # 'on', 'off', 'other'
  text: str


@dataclasses.dataclass(frozen=True)
class Operation:
  client: int
  call: str
  answer: str
  start: int  # In nanoseconds.
  end: int


@dataclasses.dataclass(frozen=True)
class Interruption:
  """What an operation was off its processor for, in all."""
  operation: Operation
  times: int
  nanoseconds: int
  # Operations of other clients that began and ended while it was.
  meanwhile: int


def _of_switch(time, cpu, rest):
  switch = _SWITCH.search(rest)
  if not switch:
    return
  wants = switch['state'].startswith('R')
  yield Event(time, cpu, int(switch['prev']), 'off',
              f"{'has to leave' if wants else 'waits, and leaves'} processor "
              f"{cpu} to {switch['comm']} {switch['next']}")
  yield Event(time, cpu, int(switch['next']), 'on', f'runs on processor {cpu}')


def events(text):
  """All that `perf script` tells of threads, in order of time."""
  found = []
  for line in text.splitlines():
    match = _EVENT.match(line)
    if not match:
      continue
    time = int(match['seconds']) * 10**9 + int(match['ns'])
    cpu, rest = int(match['cpu']), match['rest']
    if match['name'] == 'sched_switch':
      found.extend(_of_switch(time, cpu, rest))
    elif match['name'] in ('sched_waking', 'sched_wakeup', 'sched_wakeup_new'):
      wake = _WAKE.search(rest)
      if wake:
        found.append(Event(time, cpu, int(wake['pid']), 'other',
                           f"is woken, for processor {int(wake['cpu'])}"))
    elif match['name'] == 'sched_migrate_task':
      move = _MOVE.search(rest)
      if move:
        found.append(Event(time, cpu, int(move['pid']), 'other',
                           f"moves from processor {move['old']} to {move['new']}"))
  if not any(event.kind == 'on' for event in found):
    raise Unreadable('expected events of the scheduler, found none')
  return sorted(found, key=lambda event: event.time)


def _call(line):
  name = ''.join(part.capitalize() for part in line['op'].split('_'))
  arguments = [str(line[member]) for member in ('key', 'old', 'value')
               if member in line]
  return f"{name}({', '.join(arguments)})"


def _answer(line):
  if 'entries' in line:
    return f"{len(line['entries'])} keys"
  if line.get('result') is not None:
    return str(line['result'])
  if 'result' in line:
    return 'absent'
  if 'ok' in line:
    return 'done' if line['ok'] else 'not done'
  return 'done'


def operations(text):
  """The operations of a history, in order of their calls."""
  found = []
  for number, each in enumerate(text.splitlines(), 1):
    try:
      line = json.loads(each)
      found.append(Operation(line['client'], _call(line), _answer(line),
                             int(line['call']), int(line['return'])))
    except (ValueError, KeyError, TypeError) as error:
      raise Unreadable(f'line {number} is no operation: {error}') from error
  if not found:
    raise Unreadable('expected a history, found no operation')
  return sorted(found, key=lambda operation: operation.start)


def threads(document):
  """Who was which client: the threads' numbers, and the clients'."""
  try:
    return {int(thread): int(client) for client, thread
            in json.loads(document)['timeline']['threads'].items()}
  except (ValueError, KeyError, TypeError, AttributeError) as error:
    raise Unreadable('expected the document of a run with --timeline') from error


def absences(all_events, clients):
  """When each client was off its processor: (from, to) by client, in order."""
  found = collections.defaultdict(list)
  since = {}
  for event in all_events:
    client = clients.get(event.thread)
    if client is None:
      continue
    if event.kind == 'off':
      since[client] = event.time
    elif event.kind == 'on' and client in since:
      found[client].append((since.pop(client), event.time))
  return found


def interruptions(all_operations, off):
  """The operations during which their clients were off their processors, the
  longest first."""
  found = []
  for operation in all_operations:
    # Of the operation, without what was before and after.
    parts = [(max(start, operation.start), min(end, operation.end))
             for start, end in off.get(operation.client, [])
             if start < operation.end and end > operation.start]
    if not parts:
      continue
    meanwhile = sum(
        1 for other in all_operations if other.client != operation.client and any(
            start <= other.start and other.end <= end for start, end in parts))
    found.append(Interruption(operation, len(parts),
                              sum(end - start for start, end in parts),
                              meanwhile))
  return sorted(found, key=lambda each: -each.nanoseconds)


def _microseconds(nanoseconds):
  return f'{nanoseconds / 1000:,.1f}'


def time_line(all_operations, all_events, clients):
  """The whole time line, a line for each thing that happened to a client."""
  first, last = all_operations[0].start, max(o.end for o in all_operations)
  happened = []
  for operation in all_operations:
    happened.append((operation.start, operation.client,
                     f'calls {operation.call}'))
    happened.append((operation.end, operation.client,
                     f'returns from {operation.call}: {operation.answer}'))
  for event in all_events:
    if event.thread in clients and first <= event.time <= last:
      happened.append((event.time, clients[event.thread], event.text))
  happened.sort(key=lambda each: each[0])
  return ''.join(f'{_microseconds(time - first):>14} us  client {client}  {text}\n'
                 for time, client, text in happened)


def summary(all_operations, all_events, clients):
  """Which operations were interrupted, and for how long."""
  found = interruptions(all_operations, absences(all_events, clients))
  first, last = all_operations[0].start, max(o.end for o in all_operations)
  switches = sum(1 for event in all_events
                 if event.kind == 'off' and event.thread in clients and
                 first <= event.time <= last)
  lines = [
      f'{len(all_operations):,} operations of {len(clients)} clients in '
      f'{_microseconds(last - first)} us; their threads left a processor '
      f'{switches:,} times, in the middle of {len(found):,} operations']
  if found:
    lines.append(f"{'off, us':>12}  {'took, us':>12}  times  meanwhile  operation")
  for each in found[:MOST]:
    operation = each.operation
    lines.append(
        f'{_microseconds(each.nanoseconds):>12}  '
        f'{_microseconds(operation.end - operation.start):>12}  {each.times:5}  '
        f'{each.meanwhile:9,}  client {operation.client}: {operation.call}: '
        f'{operation.answer}')
  return '\n'.join(lines) + '\n'


def main(arguments):
  if len(arguments) != 4:
    print('sched_timeline.py: expected EVENTS HISTORY DOCUMENT OUT',
          file=sys.stderr)
    return 2
  inputs = [pathlib.Path(each) for each in arguments[:3]]
  read = []
  for path, reader in zip(inputs, (events, operations, threads)):
    try:
      read.append(reader(path.read_text(encoding='utf-8', errors='replace')))
    except (OSError, Unreadable) as error:
      print(f'sched_timeline.py: {path}: {error}', file=sys.stderr)
      return 2
  all_events, all_operations, clients = read
  pathlib.Path(arguments[3]).write_text(
      time_line(all_operations, all_events, clients), encoding='utf-8')
  print(summary(all_operations, all_events, clients), end='')
  return 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
