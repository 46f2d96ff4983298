"""Performs one turn: runs it, keeps what it found, and makes its record.

A turn has a folder of its own until its record is written. Whatever a kill
leaves in one is found again by whoever performs the turn next, or by the next
night.
"""

import dataclasses
import datetime
import json
import shutil
import time

from night import commands, outputs, plan, process


def utc_now():
  """The time as records have it."""
  return datetime.datetime.now(datetime.timezone.utc).strftime(
      '%Y-%m-%dT%H:%M:%SZ')


class Cut(Exception):
  """The turn was stopped before it was over and had found nothing."""


class Performer:
  """Performs the turns of a night.

  `folders` is a commands.Place whose scratch has a folder for each turn; `stop`
  ends what runs.
  """

  def __init__(self, root, folders, findings, stop):
    self._root = root
    self._folders = folders
    self._findings = findings
    self._stop = stop

  def place(self, turn):
    """Where a turn runs."""
    return dataclasses.replace(self._folders,
                               scratch=self._folders.scratch / str(turn.number))

  def perform(self, turn):
    """Performs a turn; the members of its record. Raises OSError, Cut."""
    place = self.place(turn)
    already = self._harvest(turn, place)
    shutil.rmtree(place.artifacts, ignore_errors=True)
    place.artifacts.mkdir(parents=True)
    # Before anything is found: a kill leaves no finding that is of no turn.
    (place.scratch / 'turn.json').write_text(
        json.dumps(dataclasses.asdict(turn)))
    command = commands.command(turn, place)
    apart = None
    if commands.is_mortsafe(turn):
      place.verify.mkdir(parents=True, exist_ok=True)
      apart = place.scratch / 'stdout'
    start, clock = utc_now(), time.monotonic()
    ended = process.run(command, place.scratch / 'log', commands.limits(turn),
                        self._stop, self._root, apart)
    outcome = outputs.read(turn, place, ended)
    if ended.why == 'stopped' and not outcome.found and not already:
      raise Cut()
    repeat = commands.repeated(command)
    names = self._keep(turn, place, outcome.found, repeat)
    record = {'start': start, 'seconds': round(time.monotonic() - clock, 3),
              **outcome.numbers, 'peak_rss_mb': ended.peak_rss_mb,
              'findings': sorted({*already, *names}),
              'error': outcome.error, 'note': outcome.note,
              'command': repeat}
    return record

  def _keep(self, turn, place, found, repeat):
    """Keeps what was found; the names."""
    if turn.kind == 'replay':
      return [turn.finding] if found else []
    return [self._findings.keep(turn, each, place, repeat,
                                minimise=not self._stop.is_set())
            for each in found]

  def _harvest(self, turn, place):
    """Keeps what the turn had found when it was killed; all names so far."""
    noted = place.scratch / 'kept.json'
    try:
      already = json.loads(noted.read_text())
    except (OSError, ValueError):
      already = []
    left = outputs.left_behind(turn, place)
    if left:
      repeat = commands.repeated(commands.command(turn, place))
      already += self._keep(turn, place, left, repeat)
      temporary = noted.with_suffix('.new')
      temporary.write_text(json.dumps(already))
      temporary.rename(noted)
    return already

  def forget(self, turn):
    """Removes the turn's folder, as its record is written."""
    shutil.rmtree(self.place(turn).scratch, ignore_errors=True)

  def abandoned(self):
    """What killed turns of this folder had found: (turn, names)."""
    for path in sorted(self._folders.scratch.glob('*/turn.json')):
      try:
        turn = plan.Turn(**json.loads(path.read_text()))
      except (OSError, ValueError, TypeError):
        continue  # Killed before there was anything to find.
      names = self._harvest(turn, self.place(turn))
      if names:
        yield turn, sorted(set(names))
