"""Tests of whole nights, on a project whose programs pretend (fakes.py)."""

import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

from night import commands, fakes, night, options, outputs, start
from night.process import Limits

# All of the opening, and a turn for each lane.
TURNS = 22
_OPENING = 9


def whole_lines(path):
  """The records of a journal, all of which must be whole."""
  text = path.read_text()
  assert text.endswith('\n')
  return [json.loads(line) for line in text.splitlines()]


class NightTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)
    self.out = self.root / 'out'
    self.out.mkdir()
    self.said = []
    # The page has tests of its own, and its charts take their time.
    patch = mock.patch.object(night.dashboard, 'write')
    self.write_page = patch.start()
    self.addCleanup(patch.stop)

  def options(self, **more):
    return options.Options(**{'hours': 1, 'shard': 1, 'shards': 1,
                              'out': self.out, 'seed': None, 'exchange': None,
                              **more})

  def run_night(self, turns=TURNS, stop=None, **more):
    """Runs a night, or goes on with one; the exit status."""
    return night.main(self.options(**more), self.root, fakes.Built(self.root),
                      self.said.append, stop or threading.Event(), turns)

  def records(self, kind='turn'):
    return [each for each in whole_lines(self.out / 'nightly.jsonl')
            if each['record'] == kind]

  def words(self):
    return '\n'.join(self.said)

  def assert_all_turns_once(self, turns=TURNS):
    self.assertEqual(sorted(each['turn'] for each in self.records()),
                     list(range(turns)))

  def test_a_quiet_night_finds_nothing(self):
    fakes.make(self.root)
    self.assertEqual(self.run_night(), 0)
    self.assert_all_turns_once()
    self.assertEqual({each['kind'] for each in self.records()},
                     {'regressions', 'canary', 'fuzz', 'hunt', 'verify',
                      'stress'})
    [over] = self.records('night')
    self.assertEqual((over['turns'], over['status'], over['findings']),
                     (TURNS, 0, []))
    self.assertEqual(over['executions'],
                     sum(each['executions'] for each in self.records()))
    self.assertGreater(over['corpora']['program_schedule'], 0)
    # Nothing in the project itself.
    self.assertEqual([path.name for path in
                      (self.root / 'corpus' / 'program_schedule').iterdir()],
                     ['seed'])
    self.assertEqual(list((self.out / 'turns').iterdir()), [])
    self.write_page.assert_called_once()

  def test_says_what_got_no_turn(self):
    fakes.make(self.root)
    self.run_night(_OPENING + 4)
    self.assertEqual(len(self.records('night')[0]['left_out']), 13 - 4)
    self.assertIn('left out', self.words())

  def test_the_next_night_has_another_seed_unless_it_is_named(self):
    fakes.make(self.root)
    for _ in range(2):
      self.run_night(2)
    self.run_night(2, seed=5)
    seeds = [each['seed'] for each in self.records('begin')]
    self.assertEqual(len(set(seeds)), 3)
    self.assertEqual(seeds[2], 5)
    self.assertIn('seed 5,', self.words())
    self.run_night(2, seed=seeds[0])
    nights = [each['night'] for each in self.records('begin')]
    self.assertEqual(len(set(nights)), 4)
    of_first, of_last = ([each['seed'] for each in self.records()
                          if each['night'] == name]
                         for name in (nights[0], nights[3]))
    self.assertEqual(sorted(of_first), sorted(of_last))

  def test_findings_are_kept_folded_and_counted(self):
    fakes.make(self.root, **{'program_schedule fuzz-tsan': 'race',
                             'mortsafe hunt': 'crash'})
    self.assertEqual(self.run_night(), options.FOUND)
    names = [name for each in self.records() for name in each['findings']]
    counts = collections.Counter(names)
    # Of the regressions and of the lane.
    race = [name for name in counts if 'data-race' in name]
    self.assertEqual([counts[name] for name in race], [2])
    self.assertIn(f'FOUND {race[0]}, 2 times', self.words())
    self.assertEqual({path.name for path in (self.out / 'findings').iterdir()},
                     set(names))
    self.assertTrue((self.out / 'findings' / race[0] / 'input').exists())
    hunted = [name for name in counts if 'lost-store' in name]
    self.assertEqual(len(hunted), 2)  # hunt and hunt-c11

  def test_what_failed_is_tried_first_until_it_is_mended(self):
    fakes.make(self.root, **{'mortsafe hunt': 'crash',
                             'mortsafe replay': 'crash'})
    self.run_night()
    found = sorted({name for each in self.records()
                    for name in each['findings']})
    fakes.behave(self.root, {'mortsafe replay': 'crash'})
    self.assertEqual(self.run_night(3), options.FOUND)
    last = self.records('begin')[-1]['night']
    first = [each for each in self.records() if each['night'] == last][:2]
    self.assertEqual({each['kind'] for each in first}, {'replay'})
    self.assertEqual(sorted(each['replayed'] for each in first), found)
    self.assertEqual(sorted(each['findings'][0] for each in first), found)
    fakes.behave(self.root, {})
    self.assertEqual(self.run_night(3), 0)
    self.assertEqual(self.run_night(3), 0)
    last = self.records('begin')[-1]
    self.assertEqual(last['replays'], [])

  def test_slow_inputs_hangs_and_eaters_of_memory_are_findings(self):
    fakes.make(self.root, **{'program_schedule fuzz-asan': 'slow input',
                             'codec_round_trip fuzz-asan': 'hang',
                             'map_vs_specification fuzz-ubsan': 'eat'})
    tight = {('codec_round_trip', 'fuzz-asan'): Limits(0.5),
             ('map_vs_specification', 'fuzz-ubsan'): Limits(600, rss_mb=150)}

    def limits(turn, really=commands.limits):
      return tight.get((turn.target, turn.preset)) or really(turn)

    with mock.patch.object(commands, 'limits', limits):
      self.assertEqual(self.run_night(), options.FOUND)
    kinds = {(each['target'], name.split('-')[-2]) for each in self.records()
             for name in each['findings']}
    self.assertIn(('program_schedule', 'out'), kinds)  # time-out
    self.assertIn(('codec_round_trip', 'hang'), kinds)
    self.assertIn(('map_vs_specification', 'memory'), kinds)

  def test_a_silent_canary_is_an_error_of_the_harness(self):
    fakes.make(self.root, **{'canary fuzz-ubsan': 'silent'})
    self.assertEqual(self.run_night(), options.HARNESS_ERROR)
    self.assertIn('a silent harness', self.words())

  def test_a_planted_race_that_nobody_reports_is_one_too(self):
    fakes.make(self.root, **{'program_schedule fuzz-tsan': None})
    with mock.patch.dict(night.plan.CANARIES, {'fuzz-tsan': (
        night.plan.Canary('canary', '', 'words that nobody says'),)}):
      self.assertEqual(self.run_night(), options.HARNESS_ERROR)

  def test_an_end_that_nobody_knows_is_one_too_and_stops_no_other(self):
    fakes.make(self.root, **{'codec_round_trip fuzz-tsan': 'unknown'})
    self.assertEqual(self.run_night(), options.HARNESS_ERROR)
    self.assert_all_turns_once()
    self.assertIn('ended with status 127', self.words())

  def test_a_build_that_fails_is_one_too(self):
    fakes.make(self.root)
    with mock.patch.object(fakes.Built, 'build_all',
                           side_effect=night.builds.BuildFailed('no')):
      self.assertEqual(self.run_night(), options.HARNESS_ERROR)
    self.assertEqual(self.records(), [])

  def test_a_mistake_of_ours_is_one_too(self):
    fakes.make(self.root)
    with mock.patch.object(outputs, 'read', side_effect=KeyError('x')):
      with mock.patch('traceback.print_exc'):
        self.assertEqual(self.run_night(), options.HARNESS_ERROR)

  def test_two_nights_never_share_a_folder(self):
    fakes.make(self.root)
    with start.lock(self.out):
      self.assertEqual(self.run_night(), options.BAD_USAGE)
    self.assertEqual(len(self.said), 1)
    self.assertIn(str(self.out), self.words())

  def test_an_interruption_ends_it_in_order_and_is_no_end(self):
    fakes.make(self.root, codec_round_trip='hang')
    stop = threading.Event()
    started = [0]

    def command(turn, place, really=commands.command):
      started[0] += turn.target == 'codec_round_trip'
      if started[0]:
        stop.set()
      return really(turn, place)

    with mock.patch.object(commands, 'command', command):
      self.assertEqual(self.run_night(stop=stop), 0)
    self.assertEqual(self.records('night'), [])
    self.assertIn('the same command goes on', self.words())
    self.write_page.assert_called_once()
    fakes.behave(self.root, {})
    self.assertEqual(self.run_night(), 0)
    self.assertIn('going on with the night', self.words())
    self.assert_all_turns_once()

  def kill_a_turn(self):
    """Leaves what a kill of a night of two turns does; the turn.

    The night is not over, and one turn has no record but had found something.
    """
    fakes.make(self.root)
    self.run_night(2)
    begin, [first, second] = self.records('begin')[0], self.records()
    (self.out / 'nightly.jsonl').write_text(
        ''.join(json.dumps(each) + '\n' for each in (begin, first)))
    turn = night.plan.Turn(second['turn'], 'fuzz', 'codec_round_trip',
                           'fuzz-asan', seed=second['seed'])
    scratch = self.out / 'turns' / begin['night'] / str(turn.number)
    (scratch / 'found').mkdir(parents=True)
    (scratch / 'found' / 'crash-1').write_text('input')
    (scratch / 'log').write_text('all wrong\n==1== ERROR: libFuzzer: dead\n')
    (scratch / 'turn.json').write_text(json.dumps(vars(turn)))
    return turn

  def assert_finding_is_kept(self, turn):
    [kept] = [each for each in self.records() if each['turn'] == turn.number and
              each['night'] == self.records('begin')[0]['night']]
    self.assertEqual(len(kept['findings']), 1)
    folder = self.out / 'findings' / kept['findings'][0]
    self.assertEqual((folder / 'input').read_text(), 'input')
    self.assertEqual(list((self.out / 'turns').iterdir()), [])

  def test_what_a_killed_turn_had_found_is_kept_by_another_night(self):
    turn = self.kill_a_turn()
    with mock.patch.object(fakes.Built, 'commit', lambda _: 'f00d' * 10):
      self.run_night(2)
    self.assert_finding_is_kept(turn)

  def test_what_a_killed_turn_had_found_is_kept_when_it_goes_on(self):
    turn = self.kill_a_turn()
    # The plan has a turn of another kind there, which makes no difference to
    # what is kept, but would find nothing itself.
    plan = mock.patch.object(night.plan.Plan, '__iter__', lambda _: iter([turn]))
    with plan:
      self.assertEqual(self.run_night(2), options.FOUND)
    self.assert_finding_is_kept(turn)


_NIGHT = f'''
import pathlib, resource, sys, threading
sys.dont_write_bytecode = True
sys.path.insert(0, {str(pathlib.Path(__file__).parents[1])!r})
from night import fakes, night, options
root = pathlib.Path(sys.argv[1])
limit = int(sys.argv[2])
if limit:
  resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
night.dashboard.write = lambda *_: None
sys.exit(night.main(
    options.Options(1, 1, 1, root / "out", None, None), root,
    fakes.Built(root), lambda words: print(words, flush=True),
    threading.Event(), {TURNS}))
'''


class KilledNightTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)
    (self.root / 'out').mkdir()
    fakes.make(self.root, **{'program_schedule fuzz-tsan': 'race'})

  def start(self, limit=0):
    return subprocess.Popen(
        [sys.executable, '-c', _NIGHT, str(self.root), str(limit)],
        stdout=subprocess.PIPE, text=True, start_new_session=True)

  def turns(self):
    return [each for each in whole_lines(self.root / 'out' / 'nightly.jsonl')
            if each['record'] == 'turn']

  def assert_as_if_never_cut(self):
    """Every turn once, with its seed; each finding that was counted is kept."""
    turns = {each['turn']: each for each in self.turns()}
    self.assertEqual(len(self.turns()), TURNS)
    self.assertEqual(sorted(turns), list(range(TURNS)))
    seed = json.loads((self.root / 'out' / 'nightly.jsonl').read_text()
                      .splitlines()[0])['seed']
    for number, each in turns.items():
      self.assertEqual(each['seed'], night.plan.seeds.turn_seed(seed, number))
    names = {name for each in turns.values() for name in each['findings']}
    self.assertEqual(len(names), 1)
    self.assertEqual({path.name for path in
                      (self.root / 'out' / 'findings').iterdir()}, names)

  def test_goes_on_as_if_nothing_had_happened(self):
    chance = random.Random(20)
    for _ in range(5):
      running = self.start()
      # So many lines, then wherever it is by then.
      for _ in range(chance.randrange(1, 8)):
        running.stdout.readline()
      os.killpg(running.pid, signal.SIGKILL)
      words = running.communicate()[0]
      self.assertEqual(running.returncode, -signal.SIGKILL, words)
    running = self.start()
    words = running.communicate()[0]
    self.assertEqual(running.returncode, options.FOUND, words)
    self.assertIn('going on with the night', words)
    self.assert_as_if_never_cut()

  def test_a_full_disk_loses_nothing_that_was_recorded(self):
    running = self.start(limit=4000)
    words = running.communicate()[0]
    self.assertEqual(running.returncode, options.HARNESS_ERROR, words)
    self.assertIn('nightly.jsonl: File too large', words)
    before = self.turns()
    self.assertLess(len(before), TURNS)
    self.assertGreater(len(before), 0)
    running = self.start()
    words = running.communicate()[0]
    self.assertEqual(running.returncode, options.FOUND, words)
    self.assertEqual(self.turns()[:len(before)], before)
    self.assert_as_if_never_cut()


if __name__ == '__main__':
  unittest.main()
