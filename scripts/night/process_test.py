"""Tests of night.process and night.guard, with children that misbehave.

Limits of seconds only end what never ends by itself, so that a slow machine
makes no difference.
"""

import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

from night import process
from night.process import Limits

_PAUSE = 'import signal; signal.pause()'


class ProcessTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)
    self.stop = threading.Event()

  def run_python(self, code, limits=Limits(600), **more):
    return process.run([sys.executable, '-Sc', code], self.folder / 'log',
                       limits, self.stop, **more)

  def test_tells_how_it_ended_and_what_it_said(self):
    ended = self.run_python('import sys; print("out"); '
                            'print("err", file=sys.stderr); sys.exit(77)')
    self.assertEqual((ended.status, ended.why), (77, ''))
    self.assertEqual(sorted(ended.output.split()), ['err', 'out'])
    self.assertGreater(ended.peak_rss_mb, 1)

  def test_keeps_standard_output_apart(self):
    ended = self.run_python('import sys; print("out"); '
                            'print("err", file=sys.stderr)',
                            apart=self.folder / 'stdout')
    self.assertEqual((ended.stdout, ended.output), ('out\n', 'err\n'))

  def test_tells_signals_from_statuses(self):
    ended = self.run_python('import os; os.kill(os.getpid(), 11)')
    self.assertEqual(ended.status, -signal.SIGSEGV)

  def test_tells_what_cannot_be_started(self):
    ended = process.run([self.folder / 'nothing'], self.folder / 'log',
                        Limits(600), self.stop)
    self.assertEqual(ended.status, 127)
    self.assertIn('No such file', ended.output)

  def test_ends_what_hangs(self):
    ended = self.run_python(_PAUSE, Limits(0.2))
    self.assertEqual((ended.status, ended.why), (-signal.SIGKILL, 'hang'))

  def test_ends_what_eats_memory(self):
    ended = self.run_python(
        'x = bytearray(200 * 2**20)\n'
        'x[::4096] = b"x" * len(x[::4096])\n' + _PAUSE,
        Limits(60, rss_mb=100))
    self.assertEqual(ended.why, 'memory')
    self.assertGreater(ended.peak_rss_mb, 100)

  def test_counts_the_memory_of_children(self):
    eat = ('x = bytearray(80 * 2**20); x[::4096] = b"x" * len(x[::4096]); '
           + _PAUSE)
    ended = self.run_python(
        'import subprocess, sys\n'
        f'all = [subprocess.Popen([sys.executable, "-Sc", {eat!r}])'
        ' for _ in range(2)]\n' + _PAUSE, Limits(60, rss_mb=150))
    self.assertEqual(ended.why, 'memory')

  def test_ends_what_prints_without_end(self):
    ended = self.run_python('while True: print("x" * 4096)',
                            Limits(60, output_mb=1))
    self.assertEqual(ended.why, 'output')

  def test_asks_what_may_stop_to_stop(self):
    # A signal before there is a handler would end it in another way.
    ended = self.run_python(
        'import signal, sys\n'
        'signal.signal(2, lambda *_: sys.exit(5))\n'
        'signal.pause()', Limits(600, stop_after=1))
    self.assertEqual(ended.why, '')
    self.assertIn(ended.status, (5, -signal.SIGINT))

  def test_the_night_s_end_is_its_end(self):
    self.stop.set()
    with mock.patch.object(process, 'GRACE_SECONDS', 0.2):
      ended = self.run_python('import signal; signal.signal(2, '
                              'signal.SIG_IGN)\n' + _PAUSE)
    self.assertEqual(ended.why, 'stopped')

  def test_leaves_nothing_behind(self):
    ended = self.run_python(
        'import os, subprocess, sys\n'
        f'child = subprocess.Popen([sys.executable, "-Sc", {_PAUSE!r}])\n'
        'print(child.pid)')
    self.assertEqual(ended.status, 0)
    self.assert_ends(int(ended.output))

  def assert_ends(self, pid):
    """A process that nobody here waits for ends, sooner or later."""
    try:
      watched = os.pidfd_open(pid)
    except ProcessLookupError:
      return
    ready = select.select([watched], [], [], 60)[0]
    os.close(watched)
    self.assertTrue(ready, 'it is still there')

  def test_a_killed_night_leaves_nothing_behind(self):
    log, fifo = self.folder / 'log', self.folder / 'fifo'
    child = (f'import os, signal; open({str(fifo)!r}, "w").write('
             'str(os.getpid())); signal.pause()')
    code = ('import pathlib, sys, threading\n'
            f'sys.path.insert(0, {str(process.GUARD.parents[1])!r})\n'
            'from night import process\n'
            f'process.run([sys.executable, "-Sc", {child!r}], '
            f'pathlib.Path({str(log)!r}), process.Limits(600), '
            'threading.Event())')
    os.mkfifo(fifo)
    night = subprocess.Popen([sys.executable, '-Bc', code],
                             start_new_session=True)
    # Opening waits for the child.
    pid = int(fifo.read_text())
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()
    self.assert_ends(pid)


if __name__ == '__main__':
  unittest.main()
