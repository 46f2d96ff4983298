"""The journal of all nights of a folder: DIR/nightly.jsonl, a record a line.

A record is written whole, with one append and an fsync, or not at all: what a
kill left of a line is dropped when the journal is opened, and what a full disk
left of it at once. So a turn counts exactly when its record is there.

Members of records; what does not apply is left out:

  record       "begin" of a night, "turn", or "night", which is over
  night        the night's name: COMMIT-SEED-SHARD-NUMBER
  commit       that was built
  seed         of the night, or of the turn
  shard        "I/N"
  start        UTC, "2026-11-27T15:04:16Z"
  seconds      that it took

"begin" has besides:
  hours        of --hours
  replays      names of the findings that the night looks at first

"turn" has besides:
  turn         its number in the night; with the night, what names the turn
  kind         replay, regressions, canary, fuzz, hunt, verify or stress
  target       the fuzz target, or the command of mortsafe
  preset       the build
  map          the map, where the turn is of one
  spent        seconds of the night's budget that were used up when it ended
  executions   of hunts and fuzz targets; of stress, operations
  coverage     libFuzzer's cov, or the hunt's pairs of switches
  features     libFuzzer's ft
  corpus       inputs in libFuzzer's corpus
  peak_rss_mb  of all its processes together
  bounds       of verify, "THREADSxOPERATIONSxKEYS"
  done         of verify, the part of these bounds that is done, from 0 to 1
  program      of verify, a digest of the program: another one starts afresh
  findings     names of the folders under DIR/findings; of a replay, that which
               still fails
  error        of the harness itself, in a line
  note         what else is to be said of it
  command      that repeats it

"night" has besides:
  hours        of --hours
  turns        how many there were
  executions   of all turns
  peak_rss_mb  of the turn that had most
  findings     names of all
  corpora      inputs in each corpus when all was merged
  left_out     what got no turn
  errors       of the harness itself
  status       the exit status
  command      that repeats it
"""

import json
import os
import threading


class CannotWrite(Exception):
  """The journal cannot be written, and is as it was before."""


def _whole_lines(data):
  """What of the bytes are whole lines."""
  return data[:data.rfind(b'\n') + 1]


class Journal:
  """The records of a folder, those of nights before included.

  Used by several threads; of processes there is only one (start.lock).
  """

  def __init__(self, path, say=lambda words: None):
    self._path = path
    self._mutex = threading.Lock()
    self.records = []
    self._turns = set()
    data = path.read_bytes() if path.exists() else b''
    whole = _whole_lines(data)
    if len(whole) < len(data):
      say(f'{path}: dropped the last line, which was cut short')
      os.truncate(path, len(whole))
    for number, line in enumerate(whole.splitlines(), 1):
      try:
        self._take(json.loads(line))
      except (ValueError, KeyError, TypeError, AttributeError):
        say(f'{path}:{number}: skipped, as it is not a record')

  def _take(self, record):
    """Counts a record, but a turn only once."""
    if record['record'] == 'turn':
      name = (record['night'], record['turn'])
      if name in self._turns:
        return
      self._turns.add(name)
    self.records.append(record)

  def append(self, record):
    """Writes a record and counts it. Raises CannotWrite."""
    line = json.dumps(record, separators=(',', ':')).encode() + b'\n'
    with self._mutex:
      try:
        self._write(line)
      except OSError as error:
        raise CannotWrite(f'{self._path}: {error.strerror}') from error
      self._take(record)

  def _write(self, line):
    """Appends the line, or leaves the file as it was."""
    file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
      size = os.fstat(file).st_size
      try:
        written = os.write(file, line)
        if written < len(line):
          # The second try says why the first one stopped.
          os.write(file, line[written:])
        os.fsync(file)
      except OSError:
        os.ftruncate(file, size)
        raise
    finally:
      os.close(file)

  def of(self, kind, night=None):
    """The records of a kind ("begin", "turn", "night"), of one night or all."""
    with self._mutex:
      return [each for each in self.records if each['record'] == kind and
              night in (None, each['night'])]

  def last(self, kind):
    """The last record of a kind, or None."""
    records = self.of(kind)
    return records[-1] if records else None

  def unfinished(self):
    """The record "begin" of the last night, if it is not over."""
    begin = self.last('begin')
    if begin and not self.of('night', begin['night']):
      return begin
    return None

  def has_turn(self, night, turn):
    """Whether the turn was counted."""
    with self._mutex:
      return (night, turn) in self._turns
