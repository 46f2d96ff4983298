"""Tests of scripts/minimize, on a project whose programs pretend (fakes.py), and
once on the real one where it is built."""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import types
import unittest
from unittest import mock

from night import fakes, given, minimise, process, smaller

ROOT = pathlib.Path(__file__).resolve().parents[2]
MORTSAFE = ROOT / 'build' / 'release' / 'bin' / 'mortsafe'
HISTORY = 'corpus/regressions/hash-trie-collide.missing-recheck.lost-store'


class Built(fakes.Built):
  """Notes what is built."""

  def __init__(self, root):
    super().__init__(root)
    self.built = []

  def build(self, preset, *targets):
    self.built.append((preset, *targets))


def run_real(out):
  """Minimises a real input with the real program; the exit status."""
  options = types.SimpleNamespace(input=ROOT / HISTORY, map='', target='',
                                  out=out)
  stop = threading.Event()
  with mock.patch.object(minimise, 'print', lambda _: None, create=True):
    return minimise.main(
        options, ROOT, Built(ROOT),
        lambda command, log, limits: process.run(command, log, limits, stop,
                                                 ROOT),
        lambda _: None, stop)


class MinimiseTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)
    self.out = self.root / 'out'
    self.said, self.printed = [], []
    self.stop = threading.Event()
    self.built = Built(self.root)

  def make(self, **behaviour):
    fakes.make(self.root, **{name.replace('_', ' ') if name.startswith(
        'mortsafe') else name: value for name, value in behaviour.items()})

  def behave(self, behaviour):
    fakes.behave(self.root, behaviour)

  def run_program(self, command, log, limits):
    return process.run(command, log, limits, self.stop, self.root)

  def minimise(self, path, name='', target=''):
    options = types.SimpleNamespace(input=path, map=name, target=target,
                                    out=self.out)
    with mock.patch.object(minimise, 'print', self.printed.append,
                           create=True):
      return minimise.main(options, self.root, self.built, self.run_program,
                           self.said.append, self.stop)

  def input(self, name='corpus/program_schedule/crash-1', text='bytes'):
    path = self.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path

  def commands(self):
    return (self.root / 'commands.txt').read_text().splitlines()

  def left(self):
    return sorted(path.name for path in self.out.iterdir())

  def test_a_program_becomes_a_finding_and_is_told(self):
    self.make()
    self.assertEqual(self.minimise(self.input()), minimise.FOUND)
    folder = self.out / 'wrong-order'
    self.assertEqual(self.printed, [
        f'finding: {folder}', f'regression test: {folder}/regression_test.cc',
        f'keep it: scripts/regressions {folder}'])
    self.assertEqual(self.left(), ['wrong-order'])
    self.assertEqual(self.built.built, [('release', 'mortsafe')])
    self.assertIn('--map read-dirty-epoch', self.commands()[-1])

  def test_an_input_may_name_its_map(self):
    self.make()
    self.behave({'mortsafe show': 'named'})
    for target in ('program_schedule', 'program_interleavings'):
      with self.subTest(target=target):
        self.assertEqual(
            self.minimise(self.input(f'corpus/{target}/crash-1')),
            minimise.FOUND if target == 'program_schedule' else 0)
        self.assertIn('--map named-map', self.commands()[-1])

  def test_what_the_plain_build_does_not_see_sanitizers_may(self):
    self.make()
    self.behave({'mortsafe minimize release': 'nothing',
                 'mortsafe minimize asan': 'nothing',
                 'mortsafe minimize tsan': 'data-race'})
    self.assertEqual(self.minimise(self.input()), minimise.FOUND)
    self.assertEqual([preset for preset, _ in self.built.built],
                     ['release', 'asan', 'tsan'])
    self.assertEqual(self.left(), ['data-race'])

  def test_what_no_build_sees_is_nothing_wrong(self):
    self.make()
    self.behave({'mortsafe minimize': 'nothing'})
    self.assertEqual(self.minimise(self.input()), 0)
    self.assertEqual(len(self.built.built), 3)
    self.assertIn('shows nothing wrong', self.said[-1])
    self.assertEqual(self.left(), [])

  def test_a_finding_keeps_its_kind(self):
    self.make()
    self.behave({'mortsafe minimize release': 'lost-store',
                 'mortsafe minimize asan': 'use-after-free'})
    folder = self.root / 'found'
    folder.mkdir()
    (folder / 'meta.json').write_text(json.dumps(
        {'kind': 'use-after-free', 'build': 'release'}))
    self.input('found/report.txt')
    self.assertEqual(self.minimise(folder / 'report.txt'), minimise.FOUND)
    self.assertEqual(self.printed[0], f'finding: {self.out}/use-after-free')
    self.assertNotIn('--map', self.commands()[0])

  def test_a_finding_is_tried_in_its_own_build_first(self):
    self.make()
    folder = self.root / 'found'
    folder.mkdir()
    (folder / 'meta.json').write_text(json.dumps(
        {'kind': 'wrong-order', 'build': 'tsan'}))
    self.assertEqual(self.minimise(folder), minimise.FOUND)
    self.assertEqual(self.built.built, [('tsan', 'mortsafe')])

  def test_an_input_for_every_schedule_is_explored_first(self):
    self.make()
    self.behave({'mortsafe explore': 'crash'})
    path = self.input('corpus/program_interleavings/crash-1')
    with mock.patch.object(smaller, 'folder_told', side_effect=[
        'explored', str(self.out / 'wrong-order')]):
      (self.root / 'explored').mkdir()
      self.assertEqual(self.minimise(path, 'broad'), minimise.FOUND)
    shown, explored, minimised = self.commands()
    self.assertIn('release mortsafe show', shown)
    self.assertIn('explore --map broad --program thread 1: Load(7) '
                  '--preemptions 2', explored)
    self.assertIn(f'minimize {self.root}/explored', minimised)

  def test_inputs_of_other_targets_go_to_libfuzzer(self):
    self.make(codec_round_trip='crash')
    path = self.input('codec_round_trip-crash-1', 'large')
    self.assertEqual(self.minimise(path), minimise.FOUND)
    self.assertEqual(self.built.built, [('fuzz-asan', 'codec_round_trip')])
    [name] = self.left()
    self.assertTrue(name.startswith('codec_round_trip-wrong-order'), name)
    self.assertEqual((self.out / name / 'input').read_text(), 'i')
    self.assertIn('corpus/codec_round_trip/', self.printed[-1])
    self.assertTrue(any('-minimize_crash=1' in each and '-seed=1' in each
                        for each in self.commands()))

  def test_libfuzzer_goes_on_where_a_kill_left_it(self):
    self.make(codec_round_trip='crash')
    path = self.input('codec_round_trip-crash-1', 'large')
    # pylint: disable=protected-access
    scratch = self.out / f'.minimizing-{minimise._key(given.read(path))}'
    scratch.mkdir(parents=True)
    (scratch / 'smaller').write_text('half')
    started = []
    really_run = self.run_program

    def run(command, log, limits):
      if '-minimize_crash=1' in command:
        started.append(pathlib.Path(command[-1]).read_text())
      return really_run(command, log, limits)

    self.run_program = run
    self.assertEqual(self.minimise(path), minimise.FOUND)
    self.assertEqual(started, ['half'])
    self.assertFalse(scratch.exists())

  def test_what_a_target_takes_is_nothing_wrong(self):
    self.make()
    path = self.input('corpus/codec_round_trip/new')
    self.assertEqual(self.minimise(path), 0)
    self.assertEqual(self.left(), [])

  def test_bad_usage_is_told_in_a_line(self):
    self.make()
    folder = self.root / 'finding'
    folder.mkdir()
    (folder / 'meta.json').write_text('{')
    unknown = self.input('crash-1')
    for path in (self.root / 'nowhere', folder, unknown, self.root):
      with self.subTest(path=path):
        self.said.clear()
        self.assertEqual(self.minimise(path), minimise.BAD_USAGE)
        self.assertEqual(len(self.said), 1)
        self.assertIn(str(path), self.said[0])
    self.behave({'mortsafe minimize': 'unreadable'})
    self.said.clear()
    self.assertEqual(self.minimise(self.input()), minimise.BAD_USAGE)
    self.assertEqual(self.said, ['minimize: no such thing'])

  def test_our_own_errors_are_told_apart(self):
    self.make(codec_round_trip='unknown')
    self.behave({'mortsafe minimize': 'broken', 'codec_round_trip': 'unknown'})
    for path in (self.input(), self.input('corpus/codec_round_trip/x')):
      self.assertEqual(self.minimise(path), minimise.HARNESS_ERROR)

  def test_a_stop_keeps_how_far_it_came(self):
    self.make()
    self.behave({'mortsafe minimize': 'hang'})
    path = self.input()
    really_run = self.run_program

    def run(command, log, limits):
      self.stop.set()
      return really_run(command, log, limits)

    self.run_program = run
    self.assertEqual(self.minimise(path), minimise.HARNESS_ERROR)
    self.assertIn('goes on', self.said[-1])
    [left] = self.left()
    self.assertTrue(left.startswith('.minimizing-'))
    self.stop.clear()
    self.run_program = really_run
    self.behave({})
    self.assertEqual(self.minimise(path), minimise.FOUND)
    self.assertIn(f'--resume {self.out}/{left}/release', self.commands()[-1])
    self.assertEqual(self.left(), ['wrong-order'])


class GivenTest(unittest.TestCase):

  def read(self, file, **more):
    with tempfile.TemporaryDirectory() as folder:
      path = pathlib.Path(folder) / file
      path.parent.mkdir(parents=True, exist_ok=True)
      path.write_text('x')
      return given.read(path, **more)

  def test_the_folder_or_the_name_says_the_target(self):
    self.assertEqual(self.read('history_readers/a').target, 'history_readers')
    self.assertEqual(self.read('map_vs_specification-crash-1').target,
                     'map_vs_specification')
    self.assertEqual(self.read('a', target='canary').target, 'canary')

  def test_a_map_alone_means_a_program(self):
    found = self.read('a', name='read-dirty:c1')
    self.assertEqual((found.target, found.map),
                     ('program_schedule', 'read-dirty:c1'))

  def test_a_regression_names_its_map(self):
    self.assertEqual(self.read('regressions/locked.x-y.lost-store').map,
                     'locked:x-y')
    self.assertEqual(self.read('regressions/locked.none.lost-store').map,
                     'locked')

  def test_a_kept_finding_says_all(self):
    with tempfile.TemporaryDirectory() as folder:
      path = pathlib.Path(folder)
      (path / 'input').write_text('x')
      (path / 'finding.json').write_text(json.dumps(
          {'target': 'map_vs_specification', 'map': 'locked', 'kind': 'k'}))
      found = given.read(path)
      self.assertEqual((found.target, found.map, found.kind, found.path),
                       ('map_vs_specification', 'locked', 'k', path / 'input'))

  def test_every_fuzz_target_is_known(self):
    corpora = {path.name for path in (ROOT / 'corpus').iterdir()}
    self.assertEqual(corpora, set(given.TARGETS))


@unittest.skipUnless(MORTSAFE.exists(), 'mortsafe is not built')
class RealMinimiseTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.out = pathlib.Path(folder.name)

  def files(self):
    return {str(path.relative_to(self.out)): path.read_bytes()
            for path in sorted(self.out.rglob('*')) if path.is_file()}

  def test_the_same_input_gives_the_same_bytes(self):
    self.assertEqual(run_real(self.out), minimise.FOUND)
    first = self.files()
    self.assertTrue(any(name.endswith('regression_test.cc') for name in first))
    self.assertEqual(run_real(self.out), minimise.FOUND)
    self.assertEqual(self.files(), first)

  def test_a_kill_at_any_moment_is_taken_up_again(self):
    self.assertEqual(run_real(self.out), minimise.FOUND)
    kinds = {name.split('/')[0] for name in self.files()}
    for delay in (0.05, 0.15, 0.25):
      with subprocess.Popen(
          [sys.executable, '-B', '-m', 'night.minimise_test', self.out],
          cwd=ROOT / 'scripts') as child:
        # Which moment it hits does not matter.
        try:
          child.wait(delay)
        except subprocess.TimeoutExpired:
          child.send_signal(signal.SIGKILL)
      self.assertEqual(run_real(self.out), minimise.FOUND)
      self.assertEqual({name.split('/')[0] for name in self.files()}, kinds)


if __name__ == '__main__':
  # As the child of a test that kills it.
  sys.exit(run_real(pathlib.Path(sys.argv[1])))
