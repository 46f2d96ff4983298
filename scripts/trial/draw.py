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


def draw(plot):
  """The plot as SVG, or None without matplotlib."""
  return charts.curves(
      plot['name'], plot['title'], plot['x'], plot['y'],
      [(series['name'], series['points']) for series in plot['series']])


def main():
  trial, page, out = map(pathlib.Path, sys.argv[1:])
  text = page.read_text(encoding='utf-8')
  for claim in json.loads(trial.read_text(encoding='utf-8'))['claims']:
    for plot in claim['plots']:
      svg = draw(plot)
      place = f'<figure data-plot="{plot["name"]}">'
      if svg:
        text = text.replace(place, place + svg)
  out.parent.mkdir(parents=True, exist_ok=True)
  out.write_text(text, encoding='utf-8')


if __name__ == '__main__':
  main()
