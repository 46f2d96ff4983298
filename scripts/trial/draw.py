#!/usr/bin/python3
"""Draws the plots of a trial into its page.

Usage: draw.py TRIAL.json PAGE.html OUT.html

TRIAL.json is what `mortsafe verdict --json` printed, PAGE.html what its --html
wrote, with a place for each plot. matplotlib draws them as SVG, in the page's
colours (scripts/night/charts.py); without it the places stay empty.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from night import charts  # pylint: disable=wrong-import-position


# Nanoseconds in a millisecond, which is what people read.
_MILLISECOND = 1e6


def axis(label):
  """What stands at an axis, and what its numbers are divided by."""
  if label.endswith(', ns'):
    return label.removesuffix('ns') + 'ms', _MILLISECOND
  return label, 1


def curves(plot):
  """The labels of its axes, and (name, points) of its curves."""
  (x_label, x_unit), (y_label, y_unit) = axis(plot['x']), axis(plot['y'])
  return x_label, y_label, [
      (series['name'], [(x / x_unit, y / y_unit) for x, y in series['points']])
      for series in plot['series']]


def draw(plot, order):
  """The plot as SVG, or None without matplotlib. Maps whose names are in
  `order` look alike in all plots."""
  return charts.curves(plot['name'], plot['title'], *curves(plot), order)


class Unreadable(Exception):
  """Input that is not what it should be, in one line."""


def plots(text):
  """All plots of a trial, in its order."""
  try:
    return [plot for claim in json.loads(text)['claims']
            for plot in claim['plots']]
  except (ValueError, KeyError, TypeError) as error:
    raise Unreadable('expected the JSON document of a trial') from error


def filled(page, all_plots):
  """The page with its plots."""
  order = list(dict.fromkeys(series['name'] for plot in all_plots
                             for series in plot['series']))
  for plot in all_plots:
    place = f'<figure data-plot="{plot["name"]}">'
    if place not in page:
      raise Unreadable(f"there is no place for the plot '{plot['name']}'")
    svg = draw(plot, order)
    if svg:
      page = page.replace(place, place + svg)
  return page


def main(arguments):
  if len(arguments) != 3:
    print('draw.py: expected TRIAL.json PAGE.html OUT.html', file=sys.stderr)
    return 2
  trial, page, out = map(pathlib.Path, arguments)
  path = trial
  try:
    all_plots = plots(trial.read_text(encoding='utf-8'))
    path = page
    text = filled(page.read_text(encoding='utf-8'), all_plots)
  except (OSError, Unreadable, UnicodeDecodeError) as error:
    reason = error.strerror if isinstance(error, OSError) else error
    print(f'draw.py: {path}: {reason}', file=sys.stderr)
    return 2
  out.parent.mkdir(parents=True, exist_ok=True)
  out.write_text(text, encoding='utf-8')
  return 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
