"""Makes what somebody has found smaller: what scripts/minimize does.

Programs with a schedule go to `mortsafe minimize`, in the first build that shows
what is wrong: the plain one, then those with a sanitizer. Inputs of other targets
go to libFuzzer, and are kept as a night keeps them (findings.py).

What a run has come to lies in OUT/.minimizing-KEY, whose name is of the input,
and is removed in the end: the next run of the same command goes on from there.
"""

import hashlib
import json
import pathlib
import shlex
import shutil

from night import commands, given as givens, outputs, plan, smaller
from night.builds import BuildFailed
from night.findings import Findings
from night.given import BadUsage
from night.process import Limits

FOUND, BAD_USAGE, HARNESS_ERROR = 1, 2, 3
PRESETS = ('release', 'asan', 'tsan')
# Single clients have no races; this one sees all else.
FUZZ_PRESET = 'fuzz-asan'
# As the target program_interleavings.
_PREEMPTIONS = 2
# Nobody waits for longer.
SECONDS = 300


class HarnessError(Exception):
  """Something of Mortsafe's own went wrong; in a line."""


class Stopped(Exception):
  """Somebody stopped us before anything was found."""


def _last_line(output):
  lines = [line for line in output.splitlines() if line.strip()]
  return lines[-1].strip() if lines else 'it said nothing'


def _key(given):
  """Names what was given, as far as it counts."""
  path = given.path
  files = ([path / name for name in ('program.txt', 'schedule.txt')]
           if path.is_dir() else [path])
  digest = hashlib.sha1(f'{given.target} {given.map} {given.kind}\n'.encode())
  for file in files:
    digest.update(file.read_bytes() if file.exists() else b'')
  return digest.hexdigest()[:12]


class Minimiser:
  """Minimises one input; `stop` is an event that ends it early."""

  def __init__(self, root, out, builds, run, say, stop):
    self._root = root
    self._out = out
    self._builds = builds
    self._run = run
    self._say = say
    self._stop = stop

  def minimise(self, given):
    """The folder of the finding, or None. Raises BadUsage, HarnessError, …"""
    scratch = self._out / f'.minimizing-{_key(given)}'
    scratch.mkdir(parents=True, exist_ok=True)
    try:
      if given.has_program:
        folder = self._program(given, scratch)
      else:
        folder = self._input(given, scratch)
    except BadUsage:
      shutil.rmtree(scratch, ignore_errors=True)
      raise
    if not self._stop.is_set():
      shutil.rmtree(scratch, ignore_errors=True)
    elif folder is None:
      raise Stopped()
    return folder

  def _mortsafe(self, preset):
    self._builds.build(preset, 'mortsafe')
    return f'build/{preset}/bin/mortsafe'

  def _program(self, given, scratch):
    """By mortsafe, in the first build that shows it."""
    other = None
    for preset in sorted(PRESETS, key=lambda each: each != given.preset):
      program = self._mortsafe(preset)
      path, name = given.path, given.map
      if not name and path.is_file():
        name = self._map_of(self._told(given, program, scratch))
      if given.target == 'program_interleavings':
        path, name = self._explored(given, name, program, preset, scratch), ''
      folder = path and self._minimised(program, preset, path, name, scratch)
      if self._stop.is_set():
        return folder or other
      if folder and given.kind in ('', self._kind(folder)):
        return folder
      if folder:
        self._say(f'{preset}: shows {self._kind(folder)}, not {given.kind}')
      else:
        self._say(f'{preset}: nothing wrong')
      other = other or folder
    return other

  def _kind(self, folder):
    return json.loads((folder / 'meta.json').read_text())['kind']

  def _minimised(self, program, preset, path, name, scratch):
    """What a build's `mortsafe minimize` writes, or None."""
    ended = smaller.with_mortsafe(
        self._run, program, path, scratch / f'{preset}.log', out=self._out,
        name=name, resume=scratch / preset, seconds=SECONDS)
    return self._folder(ended, ended.output)

  def _folder(self, ended, output):
    """The folder that an ending names, or None."""
    folder = smaller.folder_told(output)
    if ended.status == FOUND and folder:
      return pathlib.Path(self._root, folder)
    if ended.status == 0 or self._stop.is_set():
      return None
    if ended.status == BAD_USAGE:
      raise BadUsage(_last_line(output).removeprefix('mortsafe: '))
    raise HarnessError(f'mortsafe {outputs.unknown_end(ended)}')

  def _told(self, given, program, scratch):
    """The lines in which an input says what it is: map, program, schedule."""
    # As one of this target it is told without being run.
    shown = self._run(
        [program, 'show', given.path, '--target', 'program_interleavings'],
        scratch / 'show.log', Limits(SECONDS))
    if shown.status:
      raise BadUsage(_last_line(shown.output).removeprefix('mortsafe: '))
    return shown.output.splitlines()

  def _map_of(self, told):
    """The map that an input names, or that of those that name none."""
    names = [line.removeprefix('map: ') for line in told
             if line.startswith('map: ')]
    return names[0] if names else givens.DEFAULT_MAP

  def _explored(self, given, name, program, preset, scratch):
    """A finding of the input's program under some schedule, or None."""
    text = ' | '.join(line for line in self._told(given, program, scratch)
                      if line.startswith(('initial', 'thread')))
    explored = self._run(
        [program, 'explore', '--map', name, '--program', text,
         '--preemptions', str(_PREEMPTIONS), '--out', scratch / 'explored'],
        scratch / f'explore-{preset}.log', Limits(SECONDS))
    return self._folder(explored, explored.output)

  def _input(self, given, scratch):
    """By libFuzzer, unless the target takes it without a word."""
    self._builds.build(FUZZ_PRESET, given.target)
    place = commands.Place(self._root, self._out, scratch, self._out, self._out)
    place.artifacts.mkdir(exist_ok=True)
    turn = plan.Turn(0, 'replay', given.target, FUZZ_PRESET, given.map)
    command = commands.input_command(turn, place, given.path)
    ended = self._run(command, scratch / 'log', Limits(SECONDS))
    if ended.why == 'stopped':
      return None
    outcome = outputs.read(turn, place, ended)
    if outcome.error:
      raise HarnessError(f'{given.target} {outcome.error}')
    if not outcome.found:
      return None
    candidate = outcome.found[0]
    name = Findings(self._out, self._run, self._builds.build_mortsafe).keep(
        turn, candidate, place, commands.repeated(command), minimise=True)
    return self._out / name


def tell(folder, given):
  """What there is now, and how it is kept, in lines."""
  lines = [f'finding: {folder}']
  test = folder / 'regression_test.cc'
  path = shlex.quote(str(folder))
  if test.exists():
    return [*lines, f'regression test: {test}',
            f'keep it: scripts/regressions {path}']
  return [*lines, f'keep it: cp {path}/input corpus/{given.target}/'
                  'WHAT-IT-IS, which every build replays']


def main(options, root, builds, run, say, stop):
  """Minimises what the options name; the exit status."""
  try:
    given = givens.read(options.input, options.map, options.target)
    out = pathlib.Path(options.out).absolute()
    folder = Minimiser(root, out, builds, run, say, stop).minimise(given)
  except BadUsage as error:
    say(f'minimize: {error}')
    return BAD_USAGE
  except Stopped:
    say('minimize: stopped; the same command goes on')
    return HARNESS_ERROR
  except (BuildFailed, HarnessError, OSError) as error:
    say(f'minimize: {error}')
    return HARNESS_ERROR
  if folder is None:
    say(f'{given.path}: shows nothing wrong')
    return 0
  if stop.is_set():
    say('stopped: as small as it is by now; the same command goes on')
  for line in tell(folder, given):
    print(line)
  return FOUND
