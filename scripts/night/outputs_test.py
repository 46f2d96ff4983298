"""Tests of night.outputs: what outputs say, and what they do not."""

import json
import unittest

from night import fakes, outputs, plan
from night.process import Ended

PROGRESS = ('INFO: Seed: 1\n'
            '#2\tINITED cov: 10 ft: 20 corp: 3/9b exec/s: 0 rss: 30Mb\n'
            '#99\tNEW    cov: 12 ft: 25 corp: 4/9b lim: 4096 exec/s: 9 '
            'rss: 31Mb L: 3/4 MS: 1 Custom-\n')
STATS = 'stat::number_of_executed_units: 99\n'
TOLD = ('lost Store\nThread 1 lost it.\n'
        'See it with\n  mortsafe replay INPUT --map locked\n'
        '==7== ERROR: libFuzzer: deadly signal\n')


def ended(status=0, output='', why='', stdout=''):
  return Ended(status, why, 1.0, 30, output, stdout)


class OutputsTest(unittest.TestCase):

  def setUp(self):
    self.place = fakes.place_of(self)
    self.turn = plan.Turn(1, 'fuzz', 'program_schedule', 'fuzz-asan', seed=7,
                          seconds=5)

  def read(self, turn=None, artifact='crash-1', **how):
    if artifact:
      (self.place.artifacts / artifact).write_text('x')
    return outputs.read(turn or self.turn, self.place, ended(**how))


class FuzzerTest(OutputsTest):

  def test_counts(self):
    outcome = self.read(artifact=None, output=PROGRESS + STATS)
    self.assertEqual(outcome.numbers, {'coverage': 12, 'features': 25,
                                       'corpus': 4, 'executions': 99})
    self.assertEqual((outcome.found, outcome.error), ([], ''))

  def test_executions_are_those_that_the_target_counts_if_it_does(self):
    outcome = self.read(artifact=None,
                        output=STATS + 'mortsafe: 1584 executions\n')
    self.assertEqual(outcome.numbers['executions'], 1584)

  def test_a_crash_is_what_the_target_told(self):
    outcome = self.read(status=77, output=PROGRESS + TOLD + STATS)
    [found] = outcome.found
    self.assertEqual((found.kind, found.map, found.shape),
                     ('lost-store', 'locked', 'lost Store'))
    self.assertEqual(found.input, self.place.artifacts / 'crash-1')

  def test_limits_of_an_input_are_findings(self):
    for status, kind in ((70, 'time-out'), (71, 'out-of-memory')):
      [found] = self.read(status=status).found
      self.assertEqual(found.kind, kind)

  def test_a_single_file_is_its_own_artifact(self):
    [found] = self.read(artifact=None, status=77,
                        output='Running: corpus/a\nRunning: corpus/b\n').found
    self.assertEqual(found.input, self.place.root / 'corpus/b')

  def test_what_nobody_knows_is_an_error_and_no_finding(self):
    for how in ({'status': 77, 'artifact': None}, {'status': 1},
                {'status': -9}, {'status': 127, 'artifact': None}):
      with self.subTest(**how):
        outcome = self.read(**how)
        self.assertEqual(outcome.found, [])
        self.assertIn('ended with', outcome.error)
      (self.place.artifacts / 'crash-1').unlink(missing_ok=True)

  def test_the_end_of_the_night_is_no_error(self):
    outcome = self.read(artifact=None, status=72, why='stopped')
    self.assertEqual((outcome.found, outcome.error), ([], ''))

  def test_hangs_and_eaters_of_memory_are_findings(self):
    for why, kind in (('hang', 'hang'), ('memory', 'out-of-memory')):
      [found] = self.read(artifact=None, status=-9, why=why).found
      self.assertEqual(found.kind, kind)


class CanaryTest(OutputsTest):

  def error(self, **how):
    turn = plan.Turn(1, 'canary', 'canary', 'fuzz-asan', says='lost [A-Z]')
    outcome = self.read(turn, **how)
    self.assertEqual(outcome.found, [])
    (self.place.artifacts / 'crash-1').unlink(missing_ok=True)
    return outcome.error

  def test_must_fail_as_expected(self):
    self.assertEqual(self.error(status=77, output=TOLD), '')
    for how in ({'status': 0, 'output': TOLD},
                {'status': 77, 'output': 'something else\n'},
                {'status': 77, 'output': TOLD, 'artifact': None},
                {'status': -11, 'output': TOLD}):
      with self.subTest(**how):
        self.assertIn('a silent harness', self.error(**how))


class MortsafeTest(OutputsTest):

  def setUp(self):
    super().setUp()
    self.turn = plan.Turn(1, 'verify', 'verify', 'release', 'broad', 7, 5,
                          bounds='2x1x2', shard='2/3', progress='file')

  def test_takes_over_the_document(self):
    folder = self.place.artifacts / 'x'
    document = {'executions': 5, 'done': 0.5, 'seconds': 1,
                'findings': [{'kind': 'lost-store', 'folder': str(folder)}]}
    outcome = self.read(artifact=None, status=1, stdout=json.dumps(document))
    self.assertEqual(outcome.numbers, {'executions': 5, 'done': 0.5})
    self.assertEqual([(each.kind, each.folder) for each in outcome.found],
                     [('lost-store', folder)])

  def test_no_document_is_an_error(self):
    self.assertIn('status 3: no such thing', self.read(
        artifact=None, status=3, output='mortsafe: no such thing\n')
                  .error.replace('mortsafe: ', ''))


del OutputsTest

if __name__ == '__main__':
  unittest.main()
