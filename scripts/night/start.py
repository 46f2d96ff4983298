"""How a night begins: alone in its folder, anew or where it was cut off."""

import contextlib
import fcntl
import os

from night import seeds
from night.turn import utc_now


class InUse(Exception):
  """Another night has the folder."""


@contextlib.contextmanager
def lock(folder):
  """Has the folder for this process alone. Raises InUse."""
  file = os.open(folder / 'lock', os.O_RDWR | os.O_CREAT, 0o644)
  try:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
  except OSError as error:
    os.close(file)
    raise InUse(f"--out: another night is running in '{folder}'") from error
  try:
    yield
  finally:
    os.close(file)


def unfinished(journal, options, commit):
  """The record of the night that this command goes on with, or None."""
  begin = journal.unfinished()
  if (begin and begin['commit'] == commit and
      begin['hours'] == options.hours and
      begin['shard'] == options.shard_text and
      options.seed in (None, begin['seed'])):
    return begin
  return None


def new_night(journal, options, commit):
  """The record of a night that begins."""
  begins = journal.of('begin')
  seed = options.seed
  if seed is None:
    # Counted by commit and shard, so that another night is another seed.
    same = [each for each in begins if each['commit'] == commit and
            each['shard'] == options.shard_text]
    seed = seeds.mix(commit, options.shard_text, len(same))
  shard = options.shard_text.replace('/', 'of')
  return {'record': 'begin',
          'night': f'{commit[:12]}-{seed}-{shard}-{len(begins) + 1}',
          'commit': commit, 'seed': seed, 'shard': options.shard_text,
          'hours': options.hours, 'start': utc_now(),
          'replays': _failing(journal)}


def _failing(journal):
  """What the last night found, and what it had to look at and did not."""
  last = journal.last('begin')
  if not last:
    return []
  records = journal.of('turn', last['night'])
  seen = {each['replayed'] for each in records if 'replayed' in each}
  found = {name for each in records for name in each['findings']}
  return sorted(found | set(last['replays']) - seen)
