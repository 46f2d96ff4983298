"""One night from its beginning to its end: builds, turns, merges, page.

A night that was killed or interrupted is taken up again by the same command:
turns whose record is in the journal are over, all others are run, with the seeds
that they had or would have had. The budget is of turns; building before and
merging after them do not count.
"""

import collections
import concurrent.futures
import dataclasses
import errno
import math
import os
import shutil
import threading
import time
import traceback

from night import (builds, commands, dashboard, plan, start, summary,
                   turn as turns)
from night.corpora import Corpora
from night.findings import Findings
from night.journal import CannotWrite, Journal
from night.options import BAD_USAGE, FOUND, HARNESS_ERROR
from night.process import run as run_process

# A lane that finds the same bug again and again leaves its time to others.
MAX_FINDINGS_OF_LANE = 5
# So many errors are not of single turns.
MAX_ERRORS = 20
SHORTEST_TURN_SECONDS = 5
# Less is as good as none: a corpus file, a record or the page would be next.
MIN_FREE_BYTES = 32 * 2**20


class Night:
  """A night of a folder. `number_of_turns`, for tests, ends it by count."""

  def __init__(self, options, root, built, say, stop, number_of_turns=None):
    self._options = options
    self._root = root
    self._builds = built
    self._say = say
    self._stop = stop
    self._number_of_turns = number_of_turns
    self._cores = os.cpu_count()
    self._mutex = threading.Lock()
    self._busy = set()
    self._halted = threading.Event()
    self._trouble = []  # Errors of the harness that are of no turn.
    self._journal = Journal(options.out / 'nightly.jsonl', say)
    self._commit = built.commit()
    self._resumed = start.unfinished(self._journal, options, self._commit)
    self._begin = self._resumed or start.new_night(self._journal, options,
                                                   self._commit)
    self.name = self._begin['night']
    self._seed = self._begin['seed']
    # Of two nights neither finds the other's turns.
    self._folders = commands.Place(
        root, options.out / 'corpus', options.out / 'turns' / self.name,
        options.out / 'verify', options.out / 'findings')
    self._findings = Findings(self._folders.findings, self._run,
                              built.build_mortsafe)
    self._performer = turns.Performer(root, self._folders, self._findings, stop)
    self._started = time.monotonic()
    self._spent_before = max((each['spent'] for each in self._turns()),
                             default=0)

  def _run(self, command, log, limits):
    return run_process(command, log, limits, self._stop, self._root)

  def _turns(self):
    return self._journal.of('turn', self.name)

  def describe(self):
    """Prints the options, which repeat the night."""
    options = self._options
    self._say(f'nightly: seed {self._seed}, commit {self._commit[:12]}, shard '
              f'{options.shard_text}, {options.hours:g} h on {self._cores} '
              f'cores, in {options.out}')
    self._say(f'again: {options.command(self._seed)}')
    if self._resumed:
      done = len(self._turns())
      self._say(f'going on with the night {self.name}: {done} turns and '
                f'{self._spent_before / 60:.1f} minutes of it are over')

  def run(self):
    """Runs the night; its exit status."""
    try:
      self._prepare()
      self._take_turns()
      if not self._stopped():
        self._finish()
    except (CannotWrite, OSError, builds.BuildFailed) as error:
      # Ctrl-C ends the compilers, too.
      if not self._stop.is_set():
        self._note_trouble(error)
    self._end()
    return self._status()

  def _prepare(self):
    if not self._resumed:
      self._journal.append(self._begin)
    self._builds.build_all()
    self._maps = self._builds.maps()
    targets = self._builds.fuzz_targets()
    self._digest = self._builds.program_digest()
    number_of_lanes = len(list(plan.lanes(targets)))
    replays = [about for about in map(self._findings.about,
                                      self._begin['replays']) if about]
    self._plan = plan.Plan(
        self._seed,
        plan.seconds_of_turns(self._options.hours * 3600, number_of_lanes,
                              self._cores),
        targets, self._maps, replays)
    self._upcoming = iter(self._plan)
    self._corpora = Corpora(
        self._folders.corpora,
        {target for some in targets.values() for target in some}, self._run,
        self._say)
    self._corpora.prepare()
    self._exchange()
    self._folders.scratch.mkdir(parents=True, exist_ok=True)
    self._collect_abandoned()
    self._started = time.monotonic()

  def _collect_abandoned(self):
    """Keeps what killed turns of earlier nights had found."""
    for folder in sorted(self._folders.scratch.parent.iterdir()):
      if folder == self._folders.scratch:
        continue
      performer = turns.Performer(
          self._root, dataclasses.replace(self._folders, scratch=folder),
          self._findings, self._stop)
      for turn, names in performer.abandoned():
        if not self._journal.has_turn(folder.name, turn.number):
          self._say(f'kept what the killed turn "{turn}" of {folder.name} had '
                    f'found: {", ".join(names)}')
          self._record(turn, {'start': turns.utc_now(), 'seconds': 0,
                              'findings': names,
                              'note': 'killed before it was over'}, folder.name)
      shutil.rmtree(folder)

  def _exchange(self):
    if self._options.exchange:
      came, went = self._corpora.exchange(self._options.exchange)
      self._say(f'exchange: {came} inputs came, {went} went')

  def _spent(self):
    """Seconds of the budget that are used up."""
    return self._spent_before + time.monotonic() - self._started

  def _stopped(self):
    return self._stop.is_set() or self._halted.is_set()

  def _note_trouble(self, error):
    """Says in a line what went wrong, and takes no more turns."""
    self._trouble.append(str(error))
    self._say(f'nightly: {error}')
    self._halted.set()

  def _take_turns(self):
    """All turns of the night, on all cores."""
    workers = [threading.Thread(target=self._work) for _ in range(self._cores)]
    for worker in workers:
      worker.start()
    for worker in workers:
      worker.join()

  def _work(self):
    """Takes turns until none is left."""
    while not self._stopped():
      try:
        with self._mutex:
          turn = self._next()
        if turn is None:
          return
        self._perform(turn)
      except turns.Cut:
        return
      except CannotWrite as error:
        self._note_trouble(error)
      except OSError as error:
        full = ' (nothing that was recorded is lost)' if error.errno in (
            errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else ''
        self._note_trouble(f'{error}{full}')
      except Exception as error:  # pylint: disable=broad-exception-caught
        # Else the night would go on without this worker, and end well.
        traceback.print_exc()
        self._note_trouble(f'{turn}: {error!r}')

  def _next(self):
    """The next turn, or None when the night is over."""
    free = shutil.disk_usage(self._options.out).free
    if free < MIN_FREE_BYTES:
      raise OSError(errno.ENOSPC, 'hardly any space is left',
                    str(self._options.out))
    for turn in self._upcoming:
      if self._number_of_turns is not None:
        if turn.number >= self._number_of_turns:
          return None
      elif turn.number >= self._plan.opening_turns:
        left = self._options.hours * 3600 - self._spent()
        if left < SHORTEST_TURN_SECONDS:
          return None
        turn = dataclasses.replace(turn,
                                   seconds=min(turn.seconds, math.ceil(left)))
      if self._journal.has_turn(self.name, turn.number) or self._rests(turn):
        continue
      if turn.kind == 'verify':
        turn = self._bounded(turn)
      if turn:
        return turn
    return None

  def _lane_findings(self):
    """How often each lane has found something on each map."""
    return collections.Counter(
        (each['kind'], each['target'], each['preset'], each.get('map', ''))
        for each in self._turns() if each['findings'])

  def _rests(self, turn):
    lane = (turn.kind, turn.target, turn.preset, turn.map)
    return self._lane_findings()[lane] >= MAX_FINDINGS_OF_LANE

  def _bounded(self, turn):
    """The turn with what there is to verify next, or None."""
    finished = {(each['map'], each['bounds'])
                for each in self._journal.of('turn')
                if each.get('program') == self._digest and
                each.get('done') == 1 and
                each['shard'] == self._options.shard_text}
    maps = [each['name'] for each in self._maps if each['can_be_scheduled']]
    found = commands.bounds_left(turn.map, maps, finished, self._busy)
    if not found:
      return None
    self._busy.add(found)
    name, bounds = found
    shard = self._options.shard_text
    return dataclasses.replace(
        turn, map=name, bounds=bounds, shard=shard,
        progress=f'{name}-{bounds}-{shard.replace("/", "of")}-{self._digest}')

  def _perform(self, turn):
    """Performs a turn and records it."""
    try:
      members = self._performer.perform(turn)
    finally:
      self._busy.discard((turn.map, turn.bounds))
    self._record(turn, members, self.name)
    self._performer.forget(turn)
    errors = sum('error' in each for each in self._turns())
    if errors == MAX_ERRORS:
      self._note_trouble(f'{errors} turns ended with an error')

  def _record(self, turn, members, night):
    """Writes the record of a turn, and says so."""
    record = {'record': 'turn', 'night': night, 'turn': turn.number,
              'kind': turn.kind, 'target': turn.target, 'preset': turn.preset,
              'map': turn.map, 'seed': turn.seed, 'commit': self._commit,
              'shard': self._options.shard_text,
              'spent': round(self._spent(), 3), **members}
    if turn.finding:
      record['replayed'] = turn.finding
    if turn.bounds:
      record |= {'bounds': turn.bounds, 'program': self._digest}
    record = {name: value for name, value in record.items() if value != ''}
    self._journal.append(record)
    self._say(summary.line_of(turn, record))

  def _finish(self):
    """Merges the corpora, and writes that the night is over."""
    seconds = max(30, int(self._options.hours * 3600 / 20))
    scheduled = [each['name'] for each in self._maps
                 if each['can_be_scheduled']]

    def merge(target):
      if not self._stop.is_set():
        self._corpora.merge(
            target, f'build/fuzz-ubsan/bin/{target}',
            scheduled if target in plan.MAP_TARGETS else [''],
            self._folders.scratch, seconds)

    # The largest first, which would otherwise be alone at the end.
    sizes = self._corpora.sizes()
    with concurrent.futures.ThreadPoolExecutor(self._cores) as pool:
      list(pool.map(merge, sorted(sizes, key=sizes.get, reverse=True)))
    if self._stop.is_set():
      return
    self._exchange()
    records = self._turns()
    began = {(each['kind'], each['target'], each['preset'])
             for each in records}
    left_out = [str(lane) for lane in self._plan.lanes
                if (lane.kind, lane.target, lane.preset) not in began]
    self._journal.append({
        'record': 'night', 'night': self.name, 'commit': self._commit,
        'seed': self._seed, 'shard': self._options.shard_text,
        'hours': self._options.hours, 'start': self._begin['start'],
        'seconds': round(self._spent(), 3), 'turns': len(records),
        'executions': sum(each.get('executions', 0) for each in records),
        'peak_rss_mb': max((each.get('peak_rss_mb', 0) for each in records),
                           default=0),
        'findings': self._found(), 'corpora': self._corpora.sizes(),
        'left_out': left_out, 'errors': self._errors(),
        'status': self._status(),
        'command': self._options.command(self._seed)})
    shutil.rmtree(self._folders.scratch, ignore_errors=True)
    self._drop_old_progress()

  def _drop_old_progress(self):
    """Removes the progress of verifications of other programs."""
    if self._folders.verify.exists():
      for path in self._folders.verify.iterdir():
        if not path.name.endswith(self._digest):
          path.unlink()

  def _found(self):
    return sorted({name for each in self._turns() for name in each['findings']})

  def _errors(self):
    return [f'{each["target"]} {each["preset"]}: {each["error"]}'
            for each in self._turns() if 'error' in each] + self._trouble

  def _status(self):
    if self._errors():
      return HARNESS_ERROR
    return FOUND if self._found() else 0

  def _end(self):
    """Writes the page and the summary."""
    page = self._options.out / 'index.html'
    try:
      dashboard.write(page, self._journal.records, self._findings, self._root)
    except OSError as error:
      self._say(f'nightly: the page cannot be written: {error}')
    over = self._journal.of('night', self.name)
    for line in summary.lines(self._turns(), over[0] if over else None,
                              self._errors(), self._findings):
      self._say(line)
    self._say(f'page: {page}')
    self._say(f'again: {self._options.command(self._seed)}')


def main(options, root, built, say, stop, number_of_turns=None):
  """Runs a night, or goes on with one; the exit status."""
  try:
    with start.lock(options.out):
      night = Night(options, root, built, say, stop, number_of_turns)
      night.describe()
      return night.run()
  except start.InUse as error:
    say(f'nightly: {error}')
    return BAD_USAGE
  except (builds.BuildFailed, OSError) as error:
    say(f'nightly: {error}')
    return HARNESS_ERROR
