"""Tests of night.findings."""

import json
import pathlib
import unittest

from night import fake_programs, fakes, plan
from night.findings import Findings
from night.outputs import Candidate
from night.process import Ended


def turn(target='program_schedule', preset='fuzz-tsan'):
  return plan.Turn(3, 'fuzz', target, preset, 'broad', 9, 5)


class FindingsTest(unittest.TestCase):

  def setUp(self):
    self.place = fakes.place_of(self)
    self.kinds = {}
    self.built = []
    self.commands = []
    self.findings = Findings(self.place.findings, self.run_program, self.build)

  def build(self, preset):
    self.built.append(preset)
    return True

  def run_program(self, command, log, limits):
    """`mortsafe minimize` of a build finds what self.kinds says."""
    del log, limits
    command = [str(word) for word in command]
    self.commands.append(command)
    if command[1] == 'minimize':
      preset = command[0].split('/')[1]
      if preset in self.kinds:
        folder = pathlib.Path(command[-1]) / 'finding'
        folder.mkdir(parents=True)
        (folder / 'meta.json').write_text(json.dumps(
            {'kind': self.kinds[preset]}))
        (folder / 'program.txt').write_text('thread 1: Load(5)')
        (folder / 'input').write_text('small')
        return Ended(1, '', 0, 0, '')
    return Ended(0, '', 0, 0, '')

  def candidate(self, kind='lost-store', shape='x', report='lost Store\n'):
    path = self.place.scratch / 'crash-1'
    path.write_text('large')
    return Candidate(kind, shape, 'broad', input=path, report=report)

  def keep(self, candidate, minimise=True, by=turn()):
    return self.findings.keep(by, candidate, self.place, 'the command',
                              minimise)

  def test_keeps_what_replays_it(self):
    name = self.keep(self.candidate(), minimise=False)
    folder = self.place.findings / name
    self.assertEqual((folder / 'input').read_text(), 'large')
    self.assertIn('lost Store', (folder / 'output.txt').read_text())
    about = self.findings.about(name)
    self.assertEqual((about['kind'], about['map'], about['command']),
                     ('lost-store', 'broad', 'the command'))
    self.assertIn(str(folder / 'input'), about['replay'])

  def test_folds_equal_ones_and_no_others(self):
    first = self.keep(self.candidate(), minimise=False)
    same = self.keep(self.candidate(), minimise=False)
    others = {self.keep(self.candidate(kind='double-take'), minimise=False),
              self.keep(self.candidate(shape='y'), minimise=False),
              self.keep(self.candidate(), minimise=False,
                        by=turn('program_interleavings'))}
    self.assertEqual(first, same)
    self.assertEqual(len(others | {first}), 4)
    self.assertEqual(len(list(self.place.findings.iterdir())), 4)

  def test_minimises_in_the_plain_build_what_it_sees(self):
    self.kinds = {'release': 'lost-store'}
    name = self.keep(self.candidate())
    self.assertEqual((self.place.findings / name / 'input').read_text(),
                     'small')
    self.assertEqual(self.built, ['release'])
    self.assertIn('mortsafe replay', self.findings.about(name)['replay'])

  def test_minimises_races_where_they_are_seen_and_keeps_the_kind(self):
    self.kinds = {'release': 'lost-store', 'tsan': 'data-race'}
    report = fake_programs.race_report(1, 2)
    name = self.keep(self.candidate('data-race', 'x', report))
    self.assertEqual(self.built, ['release', 'tsan'])
    self.assertEqual(self.findings.about(name)['kind'], 'data-race')

  def test_keeps_the_input_that_nobody_can_minimise(self):
    name = self.keep(self.candidate())
    self.assertEqual((self.place.findings / name / 'input').read_text(),
                     'large')
    self.assertIn('-minimize_crash=1', self.commands[-1])

  def test_leaves_other_targets_to_libfuzzer(self):
    self.kinds = {'release': 'lost-store'}
    self.keep(self.candidate(), by=turn('map_vs_specification'))
    self.assertEqual(self.built, [])
    self.assertIn('-minimize_crash=1', self.commands[0])

  def test_minimises_nothing_twice(self):
    first = self.keep(self.candidate())
    self.commands.clear()
    self.assertEqual(self.keep(self.candidate()), first)
    self.assertEqual(self.commands, [])

  def test_minimises_nothing_when_it_is_not_to(self):
    self.keep(self.candidate(), minimise=False)
    self.assertEqual(self.commands, [])

  def test_keeps_what_has_no_input(self):
    name = self.keep(Candidate('hang', '', '', report='and then nothing'))
    self.assertEqual(self.findings.about(name)['replay'], 'the command')


if __name__ == '__main__':
  unittest.main()
