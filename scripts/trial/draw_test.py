#!/usr/bin/python3
"""Plots get to their places in a page, and none is lost without a word."""

import contextlib
import io
import json
import unittest
from unittest import mock

from trial import draw, pretenders


def plot(name, **members):
  return {'name': name, 'title': 'Title', 'x': 'x', 'y': 'y',
          'series': [{'name': 'read-dirty', 'points': [[0, 0], [1, 2]]}],
          **members}


def trial(*all_plots):
  return json.dumps({'claims': [{'plots': []}, {'plots': list(all_plots)}]})


PAGE = ('<p>before</p><figure data-plot="one"></figure>'
        '<figure data-plot="two"></figure>')


class DrawTest(pretenders.FolderTest):

  def run_on(self, trial_text, page_text):
    """The exit status, the message, and what was written."""
    paths = [self.folder / name for name in ('trial.json', 'page.html', 'out.html')]
    for path, text in zip(paths, (trial_text, page_text)):
      if text is not None:
        path.write_text(text, encoding='utf-8')
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
      status = draw.main([str(path) for path in paths])
    out = paths[2].read_text(encoding='utf-8') if paths[2].exists() else None
    return status, messages.getvalue(), out

  def test_each_plot_is_drawn_at_its_place(self):
    with mock.patch.object(draw, 'draw', lambda plot, _: f"<svg>{plot['name']}</svg>"):
      status, messages, out = self.run_on(trial(plot('one'), plot('two')), PAGE)
    self.assertEqual((status, messages), (0, ''))
    self.assertIn('data-plot="one"><svg>one</svg></figure>', out)
    self.assertIn('data-plot="two"><svg>two</svg></figure>', out)

  def test_without_a_library_the_places_stay_empty(self):
    with mock.patch.object(draw, 'draw', lambda plot, _: None):
      self.assertEqual(self.run_on(trial(plot('one')), PAGE), (0, '', PAGE))

  def test_a_map_looks_alike_in_all_plots(self):
    orders = []
    other = {'name': 'sharded', 'points': [[0, 0]]}
    with mock.patch.object(draw, 'draw', lambda _, order: orders.append(order)):
      self.run_on(trial(plot('one'), plot('two', series=[other])), PAGE)
    self.assertEqual(orders, [['read-dirty', 'sharded']] * 2)

  def test_nanoseconds_are_shown_as_milliseconds(self):
    self.assertEqual(
        draw.curves(plot('one', x='delay, ns', y='window, steps', series=[
            {'name': 'm', 'points': [[3000000, 7]]}])),
        ('delay, ms', 'window, steps', [('m', [(3, 7)])]))

  def test_a_plot_without_a_place_is_an_error(self):
    status, messages, out = self.run_on(trial(plot('three')), PAGE)
    self.assertEqual((status, out), (2, None))
    self.assertRegex(messages, r"^draw\.py: .*page\.html: .*'three'\n$")

  def test_what_cannot_be_read_is_named_in_one_line(self):
    for trial_text, page_text, where in (
        ('nothing', PAGE, 'trial.json'), ('{}', PAGE, 'trial.json'),
        (None, PAGE, 'trial.json'), (trial(), None, 'page.html')):
      for path in self.folder.iterdir():
        path.unlink()
      with self.subTest(where):
        status, messages, out = self.run_on(trial_text, page_text)
        self.assertEqual((status, out), (2, None))
        self.assertEqual(messages.count('\n'), 1)
        self.assertIn(where, messages)

  def test_without_arguments_it_says_what_it_expects(self):
    messages = io.StringIO()
    with contextlib.redirect_stderr(messages):
      self.assertEqual(draw.main([]), 2)
    self.assertIn('TRIAL.json PAGE.html OUT.html', messages.getvalue())


if __name__ == '__main__':
  unittest.main()
