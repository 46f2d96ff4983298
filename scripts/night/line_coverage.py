"""Which lines and branches of harness/ and maps/ inputs reach: source-based
coverage of the fuzz targets' plain programs (the preset `coverage`, llvm-cov).
"""

import dataclasses
import json
import os
import pathlib

from night.process import Limits

PRESET = 'coverage'
ROOMS = ('harness', 'maps')
_SECONDS = 3600
_PROFDATA, _COV = 'llvm-profdata-22', 'llvm-cov-22'


class Trouble(Exception):
  """Coverage could not be measured; in a line."""


@dataclasses.dataclass(frozen=True)
class Reached:
  """How much of the code was reached."""
  lines: int = 0
  all_lines: int = 0
  branches: int = 0
  all_branches: int = 0


class LineCoverage:
  """Measures; `run(command, log, limits)` runs a program."""

  def __init__(self, root, run, scratch):
    self._root = root
    self._run = run
    self._scratch = scratch
    scratch.mkdir(parents=True, exist_ok=True)

  def _program(self, target):
    return f'build/{PRESET}/bin/{target}'

  def _do(self, command):
    """Runs a command that must end well; what it printed."""
    ended = self._run(command, self._scratch / 'coverage.log',
                      Limits(_SECONDS, output_mb=1024))
    if ended.status or ended.why:
      last = [line for line in ended.output.splitlines() if line.strip()][-1:]
      raise Trouble(f'{command[0]}: status {ended.status} {ended.why}: '
                    f'{" ".join(last)}')
    return ended

  def profile(self, name, target, folder, maps):
    """Runs a target on the inputs of a folder; the path of the profile."""
    raw = []
    for number, each in enumerate(maps):
      raw.append(self._scratch / f'{name}-{target}-{number}.profraw')
      # By way of env, as our own environment is everybody's.
      self._do(['env', f'LLVM_PROFILE_FILE={raw[-1]}', self._program(target),
                *([f'--map={each}'] if each else []), folder])
    merged = self._scratch / f'{name}-{target}.profdata'
    self.merge(raw, merged)
    for path in raw:
      path.unlink()
    return merged

  def merge(self, profiles, merged):
    """Adds profiles up."""
    self._do([_PROFDATA, 'merge', '-o', merged, *profiles])

  def reached(self, profile, targets):
    """What a profile of these targets says."""
    programs = [self._program(target) for target in targets]
    more = [word for each in programs[1:] for word in ('-object', each)]
    summary = self._scratch / 'summary.json'
    self._do(['sh', '-c', 'out=$1; shift; exec "$@" >"$out"', 'sh', summary,
              _COV, 'export', '-summary-only', f'-instr-profile={profile}',
              programs[0], *more])
    return total(json.loads(summary.read_text()), self._root)


def total(document, root):
  """The sum over the files of the rooms of what llvm-cov exports."""
  sums = dict.fromkeys(('lines', 'branches'), (0, 0))
  rooms = tuple(os.path.join(root, room, '') for room in ROOMS)
  for file in document['data'][0]['files']:
    path = pathlib.Path(file['filename'])
    if not str(path).startswith(rooms) or path.stem.endswith('_test'):
      continue
    for what, (covered, count) in sums.items():
      found = file['summary'][what]
      sums[what] = (covered + found['covered'], count + found['count'])
  return Reached(*sums['lines'], *sums['branches'])
