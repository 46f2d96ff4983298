"""Line charts as SVG for a page: drawn by matplotlib, coloured by the page.

The same numbers give the same bytes. Colours are the page's variables, so that a
chart is light or dark as the page is.
"""

import io
import os
import re
import tempfile

# Stands for a variable of the page until the chart is drawn.
_INK, _MUTED, _LINE = '#010101', '#020202', '#030303'
_LINES = ('#0a0001', '#0a0002', '#0a0003', '#0a0004', '#0a0005', '#0a0006',
          '#0a0007', '#0a0008')
_VARIABLES = {_INK: 'var(--ink)', _MUTED: 'var(--muted)', _LINE: 'var(--line)',
              **{colour: f'var(--line-{number})'
                 for number, colour in enumerate(_LINES, 1)}}
# Of so many points each is seen.
_FEW = 12
# Told apart without colours, too.
_DASHES = ('-', '--', ':', '-.')


def _matplotlib():
  """The library, or None where it is not installed."""
  # It wants a folder for its list of fonts, and need not have the user's.
  os.environ.setdefault('MPLCONFIGDIR', os.path.join(
      tempfile.gettempdir(), f'mortsafe-matplotlib-{os.getuid()}'))
  try:
    import matplotlib  # pylint: disable=import-outside-toplevel
  except ImportError:
    return None
  matplotlib.use('svg')
  matplotlib.rcParams.update({
      # Text stays text, in the page's font.
      'svg.fonttype': 'none', 'font.family': 'sans-serif', 'font.size': 9,
      'text.color': _INK, 'axes.edgecolor': _LINE, 'axes.labelcolor': _MUTED,
      'xtick.color': _MUTED, 'ytick.color': _MUTED, 'grid.color': _LINE,
      'axes.spines.top': False, 'axes.spines.right': False,
      'axes.spines.left': False, 'axes.grid': True, 'axes.grid.axis': 'y',
      'xtick.major.size': 3, 'ytick.major.size': 0, 'legend.frameon': False,
      'axes.linewidth': 0.8, 'grid.linewidth': 0.8})
  return matplotlib


def _cleaned(svg):
  """A drawing as part of a page: no prologue, no styles of its own."""
  svg = svg[svg.index('<svg'):]
  svg = re.sub(r'<metadata>.*?</metadata>\s*', '', svg, flags=re.S)
  svg = re.sub(r'<defs>\s*<style[^>]*>.*?</style>\s*</defs>\s*', '', svg,
               flags=re.S)
  svg = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 role="img">',
               svg, count=1)
  svg = re.sub(r"font: ([^;\"]*?)(\d+(?:\.\d+)?px) [^;\"]*", r'font-size: \2',
               svg)
  for colour, variable in _VARIABLES.items():
    svg = svg.replace(colour, variable)
  return svg


def number_text(value, _=None):
  """A number in a few letters."""
  for limit, unit in ((1e9, 'G'), (1e6, 'M'), (1e3, 'k')):
    if abs(value) >= limit:
      return f'{value / limit:.3g}{unit}'
  return f'{value:.3g}'


def _add_legend(axes, columns):
  """Above the chart, where no line is."""
  axes.legend(loc='lower left', bbox_to_anchor=(0, 1), borderaxespad=0.2,
              ncol=columns, fontsize=8.5, handlelength=2.2, borderpad=0,
              columnspacing=1.2)


def _svg_of(figure):
  file = io.StringIO()
  figure.savefig(file, format='svg', transparent=True,
                 metadata={'Date': None, 'Creator': None})
  return _cleaned(file.getvalue())


def lines(name, all_series, order=(), span=None, width=4.7, height=2.1):
  """A chart of some Series over time as SVG, or None without a library.

  `name` tells charts on one page apart; Series whose names are in `order` look
  alike in all charts; `span` is the time from the left to the right.
  """
  library = _matplotlib()
  if not library or not all_series:
    return None
  # pylint: disable=import-outside-toplevel
  from matplotlib import dates
  from matplotlib.figure import Figure
  from matplotlib.ticker import FuncFormatter, MaxNLocator
  library.rcParams['svg.hashsalt'] = name
  figure = Figure(figsize=(width, height), layout='constrained')
  axes = figure.add_subplot()
  names = [*order, *(each.name for each in all_series
                     if each.name not in order)]
  for series in all_series:
    number = names.index(series.name)
    few = len(series.times) <= _FEW
    axes.plot(series.times, series.values, label=series.name,
              color=_LINES[number % len(_LINES)],
              linestyle=_DASHES[number % len(_DASHES)], linewidth=1.5,
              marker='o' if few else None, markersize=3)
  # Room above, which the largest value would otherwise share with the legend.
  axes.margins(x=0.02)
  axes.set_ylim(0, 1.15 * max(max(each.values) for each in all_series) or 1)
  if span:
    left, right = span
    room = (right - left) * 0.02
    axes.set_xlim(left - room, right + room)
  locator = dates.AutoDateLocator(minticks=2, maxticks=5)
  axes.xaxis.set_major_locator(locator)
  axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
  axes.yaxis.set_major_locator(MaxNLocator(4))
  axes.yaxis.set_major_formatter(FuncFormatter(number_text))
  if len(all_series) > 1:
    _add_legend(axes, min(4, len(all_series)))
  return _svg_of(figure)


def curves(name, title, x_label, y_label, all_curves, order=(), width=6.4,
           height=3.2):
  """A chart of (name, [(x, y), …]) as SVG, or None without a library.

  `name` tells charts on one page apart; curves whose names are in `order` look
  alike in all charts.
  """
  library = _matplotlib()
  if not library or not all_curves:
    return None
  # pylint: disable=import-outside-toplevel
  from matplotlib.figure import Figure
  from matplotlib.ticker import FuncFormatter, MaxNLocator
  library.rcParams['svg.hashsalt'] = name
  figure = Figure(figsize=(width, height), layout='constrained')
  axes = figure.add_subplot(xlabel=x_label, ylabel=y_label)
  figure.suptitle(title, fontsize=10)
  names = [*order, *(label for label, _ in all_curves if label not in order)]
  for label, points in all_curves:
    number = names.index(label)
    axes.plot(*zip(*points), label=label, marker='o', markersize=3,
              color=_LINES[number % len(_LINES)],
              linestyle=_DASHES[number % len(_DASHES)], linewidth=1.5)
  for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(number_text))
  # Names of maps are long.
  _add_legend(axes, 2)
  return _svg_of(figure)
