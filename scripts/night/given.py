"""What somebody who has a failing input in hand gave us: of which target it is.

A finding's folder says so itself; of an input that libFuzzer wrote the folder or
the name may say it: corpus/TARGET/NAME, TARGET-crash-SHA1.
"""

import dataclasses
import json
import pathlib

# Inputs that are a program and a schedule, which mortsafe minimises.
PROGRAM_TARGETS = ('program_schedule', 'program_interleavings', 'canary',
                   'regressions')
# For which they are unless an input, or --map, names another
# (fuzzers/map_target.cc).
DEFAULT_MAP = 'read-dirty-epoch'
# fuzzers/canary.cc
CANARY_MAP = 'read-dirty:load-skips-recheck'
TARGETS = (*PROGRAM_TARGETS, 'map_vs_specification', 'codec_round_trip',
           'checker_vs_brute_force', 'history_readers')


class BadUsage(Exception):
  """What was given cannot be minimised; in a line."""


@dataclasses.dataclass(frozen=True)
class Given:
  """What was given.

  Attributes:
    path: the input, or the folder of a finding that mortsafe wrote.
    target: the fuzz target.
    map: the map, or '' where only the finding or the input may name it.
    kind: what it is known to show, or ''.
    preset: the build that is known to show it, or ''.
  """
  path: pathlib.Path
  target: str
  map: str = ''
  kind: str = ''
  preset: str = ''

  @property
  def has_program(self):
    """Whether it is a program and a schedule."""
    return self.target in PROGRAM_TARGETS


def _about(path):
  """A finding's own words."""
  try:
    about = json.loads(path.read_text())
    if isinstance(about, dict):
      return about
    problem = 'expected an object'
  except (OSError, ValueError) as error:
    problem = str(error)
  raise BadUsage(f'{path}: {problem}')


def _of_night(folder, name):
  """A finding that scripts/nightly or scripts/minimize keeps."""
  about = _about(folder / 'finding.json')
  target = about.get('target')
  if target not in TARGETS or not (folder / 'input').is_file():
    raise BadUsage(f'{folder}: expected the input of a fuzz target, '
                   f'found a finding of {target}')
  return Given(folder / 'input', target, name or about.get('map', ''),
               about.get('kind', ''), about.get('preset', ''))


def _target_of(path):
  """The target that the folder or the name of an input says, or ''."""
  for target in TARGETS:
    if path.parent.name == target or path.name.startswith(f'{target}-'):
      return target
  return ''


def _map_of(path, target):
  """The map of an input of which nobody said it."""
  if target == 'regressions':
    return ':'.join(part for part in path.name.split('.')[:2] if part != 'none')
  return CANARY_MAP if target == 'canary' else ''


def read(path, name='', target=''):
  """What the path is; `name` and `target`, if given, count. Raises BadUsage."""
  path = pathlib.Path(path).absolute()
  if not path.exists():
    raise BadUsage(f'{path}: expected an input or a finding, found nothing '
                   'there')
  folder = path if path.is_dir() else path.parent
  if not target:
    if (folder / 'meta.json').exists():
      about = _about(folder / 'meta.json')
      # What another map shows may be something else.
      return Given(folder, 'program_schedule', name,
                   '' if name else about.get('kind', ''),
                   about.get('build', ''))
    if (folder / 'finding.json').exists():
      return _of_night(folder, name)
  if not path.is_file():
    raise BadUsage(f'{path}: expected an input or the folder of a finding')
  target = target or _target_of(path) or (name and 'program_schedule')
  if not target:
    raise BadUsage(f'{path}: neither its folder nor its name says which fuzz '
                   'target it is an input of; expected --target NAME')
  return Given(path, target, name or _map_of(path, target))
