"""The command line of each kind of turn, and what its output says.

Knows the flags and words of libFuzzer and of mortsafe, and nothing of nights.
"""

import dataclasses
import json
import pathlib
import re
import shlex

from night import plan, shapes
from night.process import Limits

# An input takes milliseconds; even under ThreadSanitizer on a loaded machine.
INPUT_SECONDS = 25
# Of a process of ours at its worst, a tenth of this.
FUZZ_RSS_MB = 2048
# Time to start, to read a corpus and to end, on a loaded machine; what goes on
# for longer hangs.
SLACK_SECONDS = 120
# What canaries and their like may take; they need a second.
CANARY_RUNS = 200_000

# Statuses of libFuzzer besides 0. Sanitizers end with the first one as well.
FUZZER_FOUND, FUZZER_TIMEOUT, FUZZER_OOM = 77, 70, 71
MORTSAFE_FOUND = 1


@dataclasses.dataclass(frozen=True)
class Place:
  """Where a turn runs.

  Attributes:
    root: of the project.
    corpora: the folder with a growing corpus for each target.
    scratch: the turn's own folder.
    verify: the folder with the progress of verifications.
    findings: the folder with what was found.
  """
  root: pathlib.Path
  corpora: pathlib.Path
  scratch: pathlib.Path
  verify: pathlib.Path
  findings: pathlib.Path

  def program(self, preset, name):
    """The path of a program, as seen from the root."""
    return f'build/{preset}/bin/{name}'

  @property
  def artifacts(self):
    """Where libFuzzer and mortsafe write what they find."""
    return self.scratch / 'found'


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


def fuzz_command(turn, place):
  """libFuzzer for some seconds, from the corpora."""
  dictionary = pathlib.Path('fuzzers') / f'{turn.target}.dict'
  command = [place.program(turn.preset, turn.target),
             str(place.corpora / turn.target), f'corpus/{turn.target}']
  if turn.map:
    command.append(f'--map={turn.map}')
  if (place.root / dictionary).exists():
    command.append(f'-dict={dictionary}')
  return command + [f'-seed={turn.seed}', f'-max_total_time={turn.seconds}',
                    *_fuzz_limits(place)]


def _fuzz_limits(place):
  return [f'-timeout={INPUT_SECONDS}', f'-rss_limit_mb={FUZZ_RSS_MB}',
          '-print_final_stats=1', f'-artifact_prefix={place.artifacts}/']


def canary_command(turn, place):
  """libFuzzer from nothing, until it finds what it must."""
  flags = [f'--map={turn.map}'] if turn.map else []
  return [place.program(turn.preset, turn.target), *flags,
          f'-seed={turn.seed}', f'-runs={CANARY_RUNS}', *_fuzz_limits(place)]


def regressions_command(turn, place):
  """The test of all regressions, or a target on each of their inputs."""
  if turn.target == 'regressions_test':
    return [place.program(turn.preset, turn.target), '--gtest_brief=1']
  return [place.program(turn.preset, turn.target), 'corpus/regressions',
          f'--map={turn.map}', '-runs=0', *_fuzz_limits(place)]


def replay_command(turn, place):
  """What was found before, again: its input, else the turn that found it."""
  saved = place.findings / turn.finding / 'input'
  if turn.target == 'regressions_test':
    return regressions_command(turn, place)
  if is_mortsafe(turn):
    if saved.exists():
      return [place.program(turn.preset, 'mortsafe'), 'replay',
              str(saved.parent)]
    return mortsafe_command(turn, place)
  if not saved.exists():
    return fuzz_command(turn, place)
  flags = [f'--map={turn.map}'] if turn.map else []
  return [place.program(turn.preset, turn.target), *flags,
          *_fuzz_limits(place), str(saved)]


def is_mortsafe(turn):
  """Whether the turn is of a command of mortsafe, not of a fuzz target."""
  return turn.target in plan.COMMAND_WEIGHTS


def mortsafe_command(turn, place):
  """A command of mortsafe on a map, one core's worth of it."""
  name, _, memory = turn.target.partition('-')
  command = [place.program(turn.preset, 'mortsafe'), name, '--map', turn.map]
  if name == 'verify':
    threads, operations, keys = turn.bounds.split('x')
    command += ['--threads', threads, '--ops', operations, '--keys', keys]
    if turn.shard and not turn.shard.endswith('/1'):
      command += ['--shard', turn.shard]
    if turn.progress:
      command += ['--resume', str(place.verify / turn.progress)]
  else:
    command += ['--seconds', str(turn.seconds), '--seed', str(turn.seed)]
  if memory:
    command += ['--memory', memory]
  if name != 'stress':
    command += ['--workers', '1']
  return command + ['--json', '--out', str(place.artifacts)]


def limits(turn):
  """What ends a turn that does not end by itself."""
  seconds = turn.seconds + SLACK_SECONDS
  if turn.kind == 'regressions':
    seconds = 5 * SLACK_SECONDS
  # libFuzzer's own limit comes first, as it keeps the input.
  return Limits(seconds + INPUT_SECONDS, rss_mb=2 * FUZZ_RSS_MB,
                stop_after=turn.seconds if turn.kind == 'verify' else 0)


_PROGRESS = re.compile(
    r'^#\d+\t\S+\s+cov: (\d+) ft: (\d+) corp: (\d+)/.*?rss: (\d+)Mb', re.M)


def _fuzz_numbers(output):
  """What libFuzzer counted."""
  numbers = {}
  progress = _PROGRESS.findall(output)
  if progress:
    for name, value in zip(('coverage', 'features', 'corpus'), progress[-1]):
      numbers[name] = int(value)
  executed = re.search(r'^stat::number_of_executed_units: (\d+)', output, re.M)
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
  if is_mortsafe(turn):
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
  if is_mortsafe(turn):
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


def command(turn, place):
  """The command line of a turn, as run in the root."""
  makers = {'fuzz': fuzz_command, 'canary': canary_command,
            'regressions': regressions_command, 'replay': replay_command}
  return makers.get(turn.kind, mortsafe_command)(turn, place)


def repeated(words):
  """A command line as people repeat it: less where it wrote for the night."""
  kept = []
  words = iter(map(str, words))
  for word in words:
    if word == '--out':
      next(words)
    elif word != '--json' and not word.startswith('-artifact_prefix='):
      kept.append(word)
  return shlex.join(kept)


def bounds_left(first, maps, finished, busy):
  """The next (map, bounds) to verify, from a map on, or None.

  `finished` and `busy` are sets of them; of a map that is busy nothing is.
  """
  at = maps.index(first)
  for name in maps[at:] + maps[:at]:
    left = [bounds for bounds in plan.BOUNDS if (name, bounds) not in finished]
    if left and (name, left[0]) not in busy:
      return name, left[0]
  return None
