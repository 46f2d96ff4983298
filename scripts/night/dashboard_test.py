"""Tests of night.dashboard, night.series and night.charts."""

import html.parser
import pathlib
import re
import tempfile
import unittest

from night import charts, dashboard, series

START = '2026-11-27T15:04:{:02}Z'


def turn(second, **more):
  return {'record': 'turn', 'night': 'a', 'turn': second, 'kind': 'fuzz',
          'target': 'program_schedule', 'preset': 'fuzz-asan', 'map': 'broad',
          'start': START.format(second), 'seconds': 2, 'executions': 100,
          'coverage': 10, 'peak_rss_mb': 7, 'findings': [], **more}


def night(status=0, **more):
  return {'record': 'night', 'night': 'a', 'commit': 'c0ffee', 'seed': 1,
          'shard': '1/1', 'hours': 1, 'start': START.format(0), 'seconds': 9,
          'turns': 2, 'executions': 200, 'peak_rss_mb': 7, 'findings': [],
          'corpora': {'program_schedule': 4}, 'left_out': [], 'errors': [],
          'status': status, 'command': 'scripts/nightly --seed 1', **more}


class Kept:
  """Stands for Findings."""

  def __init__(self, folder):
    self.folder = folder

  def about(self, name):
    return {'name': name, 'kind': 'lost-store', 'replay': f'replay <{name}>'}


class _Checker(html.parser.HTMLParser):
  """Whether what is opened is closed, and what is loaded from elsewhere."""
  VOID = ('meta', 'br')

  def __init__(self):
    super().__init__()
    self.open = []
    self.loads = []

  def handle_starttag(self, tag, attributes):
    if tag not in self.VOID:
      self.open.append(tag)
    self.loads += [value for name, value in attributes
                   if name in ('src', 'data') or
                   name in ('href', 'xlink:href') and '#' not in value]

  def handle_startendtag(self, tag, attributes):
    pass

  def handle_endtag(self, tag):
    assert self.open.pop() == tag, tag


class SeriesTest(unittest.TestCase):

  def test_a_point_is_the_mean_over_the_maps_so_far(self):
    [line] = series.of_target(
        [turn(1, coverage=10), turn(2, map='narrow', coverage=20),
         turn(3, coverage=14)], 'coverage')
    self.assertEqual(line.values, [10, 15, 17])

  def test_each_build_has_a_line(self):
    lines = series.of_target([turn(1), turn(2, preset='fuzz-tsan')],
                             'executions per second')
    self.assertEqual([(line.name, line.values) for line in lines],
                     [('fuzz-asan', [50]), ('fuzz-tsan', [50])])

  def test_findings_are_counted_over_all_nights(self):
    found = series.findings([turn(1, findings=['x']),
                             turn(2, findings=['x', 'y'], night='b')])
    self.assertEqual([(each.name, each.count) for each in found],
                     [('x', 2), ('y', 1)])

  def test_shards_verify_together(self):
    def verify(shard, done, program='p'):
      return turn(1, kind='verify', bounds='2x1x1', program=program, done=done,
                  shard=shard)
    self.assertEqual(
        series.verified([verify('1/2', 1, 'old'), verify('1/2', 0.5),
                         verify('1/2', 1), verify('2/2', 0.5)]),
        {'broad': {'2x1x1': 0.75}})


class PageTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name)

  def page(self, *records):
    return dashboard.page(list(records), Kept(self.root / 'findings'),
                          self.root)

  def check(self, page):
    checker = _Checker()
    checker.feed(page)
    self.assertEqual(checker.open, [])
    return checker.loads

  def test_is_whole_and_loads_nothing(self):
    page = self.page(turn(1), turn(2), night())
    self.assertEqual(self.check(page), [])
    self.assertNotIn('<script', page)
    self.assertNotRegex(page, r'url\((?!#)')
    self.assertIn('Nothing found', page)

  def test_is_the_same_for_the_same_records(self):
    records = turn(1), turn(2, preset='fuzz-tsan'), night()
    self.assertEqual(self.page(*records), self.page(*records))

  def test_links_findings_and_escapes_what_it_is_told(self):
    page = self.page(turn(1, findings=['a&b']),
                     night(1, findings=['a&b'], errors=['<oh>']))
    self.assertEqual(self.check(page), ['findings/a&b/output.txt'])
    self.assertIn('1 found', page)
    self.assertIn('replay &lt;a&amp;b&gt;', page)
    self.assertIn('&lt;oh&gt;', page)

  def test_has_something_to_say_before_there_is_anything(self):
    self.check(self.page())
    self.assertIn('No night is over yet', self.page())
    begin = {'record': 'begin', 'night': 'b', 'commit': 'beef', 'shard': '1/1',
             'start': START.format(9)}
    self.assertIn('not over', self.page(begin))

  def test_shows_the_exam_of_the_page_or_of_its_journal(self):
    (self.root / 'docs').mkdir()
    (self.root / 'docs' / 'exam.md').write_text(
        '| defect | hunt, 3 seeds | minimised |\n| --- | --- | --- |\n'
        '| a:b | 419 (0.1 s) | 2 operations |\n| a:c | missed by 3 | |\n')
    self.assertIn('hunt, 3 seeds</td><td class="number">2</td>', self.page())
    (self.root / 'build' / 'exam').mkdir(parents=True)
    (self.root / 'build' / 'exam' / 'results.jsonl').write_text(
        '{"run":"a:b verify 1","found":{"executions":7,"seconds":1}}\n{"ru')
    self.assertIn('<td>verify</td><td class="number">1</td>', self.page())

  def test_replaces_the_page_as_a_whole(self):
    path = self.root / 'index.html'
    path.write_text('before')
    with self.assertRaises(KeyError):
      dashboard.write(path, [{}], Kept(self.root), self.root)
    self.assertEqual(path.read_text(), 'before')
    self.assertEqual([each.name for each in self.root.iterdir()],
                     ['index.html'])
    dashboard.write(path, [turn(1)], Kept(self.root), self.root)
    self.assertIn('Mortsafe', path.read_text())


class ChartTest(unittest.TestCase):

  def setUp(self):
    turns = [turn(1), turn(40), turn(20, preset='fuzz-tsan')]
    self.lines = series.of_target(turns, 'coverage')
    if charts.lines('x', self.lines) is None:
      self.skipTest('matplotlib is not installed')

  def test_takes_its_colours_from_the_page(self):
    drawn = charts.lines('x', self.lines)
    self.assertIn('var(--line-1)', drawn)
    self.assertNotRegex(drawn, '#[0-9a-f]{6}(?![0-9a-f])')
    self.assertIn('fuzz-tsan', drawn)

  def test_has_no_style_of_its_own(self):
    drawn = charts.lines('x', self.lines)
    self.assertTrue(drawn.startswith('<svg viewBox='))
    self.assertNotIn('<style', drawn)
    self.assertNotIn('http', re.sub(r'xmlns(:\w+)?="[^"]*"', '', drawn))

  def test_a_build_looks_alike_in_all_charts(self):
    of_tsan = series.of_target([turn(20, preset='fuzz-tsan')], 'coverage')
    drawn = charts.lines('x', of_tsan, ('fuzz-asan', 'fuzz-tsan'))
    self.assertIn('var(--line-2)', drawn)
    self.assertNotIn('var(--line-1)', drawn)


if __name__ == '__main__':
  unittest.main()
