"""Runs one child process group within limits of time, memory and output."""

import dataclasses
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

GUARD = pathlib.Path(__file__).with_name('guard.py')
# How long a group may take to end after it was asked to.
GRACE_SECONDS = 10
_LOOK_SECONDS = 0.25
_PAGE_MB = os.sysconf('SC_PAGE_SIZE') / 2**20


@dataclasses.dataclass(frozen=True)
class Limits:
  """What ends a process group.

  Attributes:
    stop_after: asked to end (SIGINT) after so many seconds, if any.
    seconds: killed after so many seconds, as it hangs.
    rss_mb: killed when it has more memory than that.
    output_mb: killed when it has printed more than that.
  """
  seconds: float
  rss_mb: int = 4096
  stop_after: float = 0
  output_mb: int = 64


@dataclasses.dataclass(frozen=True)
class Ended:
  """How a process group ended.

  Attributes:
    status: the exit status, or the signal's number, negative.
    why: '' by itself or because stop_after was over, 'hang', 'memory', 'output'
      of a limit, 'stopped' with the night.
    seconds: that it ran.
    peak_rss_mb: the most memory that all its processes had together.
    output: what it printed on standard error and, unless kept apart, output.
    stdout: what it printed on standard output.
  """
  status: int
  why: str
  seconds: float
  peak_rss_mb: int
  output: str
  stdout: str = ''


def group_rss_mb(group):
  """The memory that the processes of a group have at the moment."""
  pages = 0
  for entry in os.scandir('/proc'):
    if not entry.name.isdigit():
      continue
    try:
      with open(f'/proc/{entry.name}/stat', 'rb') as file:
        # After the name, which is in brackets and may hold anything.
        fields = file.read().rpartition(b')')[2].split()
    except OSError:
      continue  # It has ended.
    if int(fields[2]) == group:
      pages += int(fields[21])
  return int(pages * _PAGE_MB)


class _Group:
  """A process group that runs under the guard."""

  def __init__(self, command, cwd, stdout, stderr):
    self._lifeline, held = os.pipe()
    self._held = held
    try:
      self._process = subprocess.Popen(
          [sys.executable, '-ISs', str(GUARD), str(self._lifeline), *command],
          cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
          pass_fds=[self._lifeline], start_new_session=True)
    except OSError:
      os.close(held)
      raise
    finally:
      os.close(self._lifeline)
    self.pid = self._process.pid
    self._watched = os.pidfd_open(self.pid)

  def wait(self, seconds):
    """Whether it ended within so many seconds."""
    return bool(select.select([self._watched], [], [], max(0, seconds))[0])

  def signal(self, number):
    try:
      os.killpg(self.pid, number)
    except ProcessLookupError:
      pass

  def close(self):
    """Ends what is left of it; the exit status and the peak of one process."""
    # Its leader is not waited for yet: the number can be nobody else's.
    self.signal(signal.SIGKILL)
    _, status, usage = os.wait4(self.pid, 0)
    self._process.returncode = os.waitstatus_to_exitcode(status)
    os.close(self._watched)
    os.close(self._held)
    return self._process.returncode, usage.ru_maxrss // 1024


def _watch(group, limits, stop, size_of_output):
  """Waits for the end of a group; why it was ended, and its peak of memory."""
  start = time.monotonic()
  peak = 0
  asked = None
  why = ''
  while not group.wait(_LOOK_SECONDS):
    seconds = time.monotonic() - start
    rss = group_rss_mb(group.pid)
    peak = max(peak, rss)
    if rss > limits.rss_mb:
      return 'memory', peak
    if size_of_output() > limits.output_mb * 2**20:
      return 'output', peak
    if asked is not None and seconds - asked > GRACE_SECONDS:
      return why or 'hang', peak
    if seconds > limits.seconds:
      return 'hang', peak
    if asked is None and stop.is_set():
      why = 'stopped'
    if asked is None and (why or limits.stop_after and
                          seconds > limits.stop_after):
      group.signal(signal.SIGINT)
      asked = seconds
  return why, peak


def run(command, log, limits, stop, cwd=None, apart=None):
  """Runs a command to its end or a limit's. Raises OSError.

  `log` is a path for what it prints; `apart`, another one, for what it prints on
  standard output. `stop` is an event that ends it.
  """
  start = time.monotonic()
  paths = [path for path in (log, apart) if path]
  for path in paths:
    path.write_bytes(b'')
  # Appending, as both may be the same file.
  with log.open('ab') as errors, (apart or log).open('ab') as output:
    group = _Group([str(part) for part in command], cwd, output, errors)
    try:
      why, peak = _watch(group, limits, stop,
                         lambda: sum(path.stat().st_size for path in paths))
    finally:
      status, largest = group.close()
  return Ended(status, why, time.monotonic() - start, max(peak, largest),
               _text(log), _text(apart) if apart else '')


def _text(path):
  """The last part of a file, as text."""
  with path.open('rb') as file:
    file.seek(max(0, os.fstat(file.fileno()).st_size - 4 * 2**20))
    return file.read().decode(errors='replace')
