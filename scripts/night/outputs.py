"""What the output of a turn says: what was counted and found, and what failed.

Knows the words and statuses of libFuzzer, of mortsafe and of GoogleTest.
"""

import dataclasses
import json
import pathlib
import re

from night import commands, shapes

# Statuses of libFuzzer besides 0. Sanitizers end with the first one as well.
FUZZER_FOUND, FUZZER_TIMEOUT, FUZZER_OOM = 77, 70, 71
MORTSAFE_FOUND = 1


@dataclasses.dataclass
class Candidate:
  """Something that a turn found and that nobody has looked at yet.

  Attributes:
    kind: a slug.
    shape: what equal findings have in common.
    map: the map, or ''.
    input: the path of the fuzzer's input, if there is one.
    folder: the folder that mortsafe wrote, if it did.
    report: what was printed.
    minimised_in: the build whose mortsafe made it smaller, or ''.
  """
  kind: str
  shape: str
  map: str
  input: pathlib.Path | None = None
  folder: pathlib.Path | None = None
  report: str = ''
  minimised_in: str = ''


@dataclasses.dataclass
class Outcome:
  """What a turn's output says.

  Attributes:
    numbers: members of its record, such as executions.
    found: Candidates.
    error: of the harness itself, in a line, or ''.
    note: what else is to be said.
  """
  numbers: dict
  found: list
  error: str = ''
  note: str = ''


_PROGRESS = re.compile(
    r'^#\d+\t\S+\s+cov: (\d+) ft: (\d+) corp: (\d+)/.*?rss: (\d+)Mb', re.M)


def _fuzz_numbers(output):
  """What libFuzzer counted."""
  numbers = {}
  progress = _PROGRESS.findall(output)
  if progress:
    for name, value in zip(('coverage', 'features', 'corpus'), progress[-1]):
      numbers[name] = int(value)
  # An input may stand for several executions, which the target counts.
  executed = (re.search(r'^mortsafe: (\d+) executions$', output, re.M) or
              re.search(r'^stat::number_of_executed_units: (\d+)', output, re.M))
  if executed:
    numbers['executions'] = int(executed.group(1))
  return numbers


def _artifact(place, output):
  """The input of which libFuzzer reported something, or None."""
  kept = sorted(place.artifacts.glob('*-*'))
  if kept:
    return kept[0]
  # Single files are not kept once more.
  running = re.findall(r'^Running: (.*)$', output, re.M)
  if running:
    return place.root / running[-1]
  return None


def read_fuzzer(turn, place, ended):
  """What libFuzzer's words and files say."""
  outcome = Outcome(_fuzz_numbers(ended.output), [])
  artifact = _artifact(place, ended.output)
  expected = ended.status in (FUZZER_FOUND, FUZZER_TIMEOUT, FUZZER_OOM)
  if ended.status == 0 or ended.why == 'stopped' and not expected:
    return outcome
  if not expected or not artifact:
    outcome.error = unknown_end(ended)
    return outcome
  kind = {FUZZER_TIMEOUT: 'time-out', FUZZER_OOM: 'out-of-memory'}.get(
      ended.status) or shapes.kind_of_report(ended.output)
  outcome.found.append(Candidate(
      kind, shapes.of_report(ended.output),
      turn.map or shapes.map_of_report(ended.output), input=artifact,
      report=ended.output))
  return outcome


def read_mortsafe(turn, ended):
  """What mortsafe's document says."""
  outcome = Outcome({}, [])
  try:
    document = json.loads(ended.stdout)
  except ValueError:
    if ended.why != 'stopped':
      outcome.error = unknown_end(ended)
    return outcome
  outcome.numbers['executions'] = document.get('operations',
                                               document['executions'])
  for name in ('coverage', 'done'):
    if name in document:
      outcome.numbers[name] = document[name]
  for found in document['findings']:
    folder = pathlib.Path(found['folder']) if found['folder'] else None
    outcome.found.append(Candidate(
        found['kind'], shapes.of_folder(folder, found['kind']), turn.map,
        folder=folder, report=ended.output))
  if ended.status not in (0, MORTSAFE_FOUND):
    outcome.error = unknown_end(ended)
  return outcome


def read_canary(turn, place, ended):
  """Nothing, if it found what it must."""
  outcome = Outcome(_fuzz_numbers(ended.output), [])
  if ended.why == 'stopped':
    return outcome
  if (ended.status != FUZZER_FOUND or not _artifact(place, ended.output) or
      not re.search(turn.says, ended.output)):
    outcome.error = (f'a silent harness: {turn} ended with status '
                     f'{ended.status} and without "{turn.says}"')
  return outcome


def read_test(turn, ended):
  """What a GoogleTest program says."""
  failed = re.findall(r'^\[  FAILED  \] ([^\s,]+)', ended.output, re.M)
  outcome = Outcome({}, [])
  ran = re.search(r'^\[==========\] (\d+) tests? from', ended.output, re.M)
  if ran:
    outcome.numbers['executions'] = int(ran.group(1))
  for name in sorted(set(failed)):
    outcome.found.append(Candidate('failed-test', name, turn.map,
                                   report=ended.output))
  if ended.status and not failed:
    outcome.error = unknown_end(ended)
  return outcome


def read(turn, place, ended):
  """What became of a turn, whatever its kind."""
  if ended.why in ('hang', 'memory'):
    kind = {'hang': 'hang', 'memory': 'out-of-memory'}[ended.why]
    return Outcome(_fuzz_numbers(ended.output),
                   [Candidate(kind, '', turn.map, report=ended.output)])
  if ended.why == 'output':
    return Outcome({}, [], error=f'{turn} printed without end')
  if turn.kind == 'canary':
    return read_canary(turn, place, ended)
  if turn.target == 'regressions_test':
    return read_test(turn, ended)
  if commands.is_mortsafe(turn):
    if turn.kind == 'replay' and not ended.stdout.startswith('{'):
      return _read_replay(turn, ended)
    return read_mortsafe(turn, ended)
  return read_fuzzer(turn, place, ended)


def _read_replay(turn, ended):
  """What `mortsafe replay`, which prints no document, says."""
  if ended.status == MORTSAFE_FOUND:
    return Outcome({}, [Candidate('', '', turn.map, report=ended.output)])
  return Outcome({}, [], unknown_end(ended) if ended.status else '')


def left_behind(turn, place):
  """What a turn had found when it was killed."""
  if turn.kind not in ('fuzz', 'hunt', 'verify', 'stress'):
    return []  # It is found again.
  if commands.is_mortsafe(turn):
    return [Candidate(shapes.kind_of_folder(meta.parent),
                      shapes.of_folder(meta.parent,
                                       shapes.kind_of_folder(meta.parent)),
                      turn.map, folder=meta.parent)
            for meta in sorted(place.artifacts.glob('*/meta.json'))]
  log = place.scratch / 'log'
  output = log.read_text(errors='replace') if log.exists() else ''
  kinds = {'timeout': 'time-out', 'oom': 'out-of-memory'}
  return [Candidate(kinds.get(path.name.partition('-')[0]) or
                    shapes.kind_of_report(output), shapes.of_report(output),
                    turn.map or shapes.map_of_report(output), input=path,
                    report=output)
          for path in sorted(place.artifacts.glob('*-*'))]


def unknown_end(ended):
  """A line on an end that nobody expects."""
  lines = [line for line in ended.output.splitlines() if line.strip()]
  how = (f'signal {-ended.status}' if ended.status < 0 else
         f'status {ended.status}')
  return f'ended with {how}: {lines[-1].strip()[:200] if lines else ""}'
