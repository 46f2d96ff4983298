"""The page about all nights of a folder: DIR/index.html.

One file with everything in it: no scripts, and nothing is loaded. It links the
folders of findings beside it by relative paths. Made of the journal's records
alone, and the same ones give the same page.
"""

import html
import json
import os
import pathlib
import re
import statistics

from night import charts, plan, series

_STYLE = pathlib.Path(__file__).with_name('style.css')
# Older ones are in the journal.
_NIGHTS_SHOWN = 30
_STATUS = {0: ('nothing found', 'good'), 1: ('found', 'bad'),
           3: ('harness error', 'bad')}


def _escaped(text):
  return html.escape(str(text))


def _table(heads, rows):
  """A table; heads that begin with # are of numbers. Rows are HTML."""
  names = ''.join(
      f'<th class="number">{_escaped(head[1:])}</th>' if head[0] == '#' else
      f'<th>{_escaped(head)}</th>' for head in heads)
  narrow = ' class="narrow"' if len(heads) < 3 else ''
  return (f'<div class="scroll"><table{narrow}><thead><tr>{names}</tr></thead>'
          f'<tbody>{"".join(rows)}</tbody></table></div>')


def _row(*cells, kind=''):
  """A row; numbers are set as such, and what is not is HTML already."""
  def cell(value):
    if isinstance(value, (int, float)):
      return f'<td class="number">{value:,}</td>'
    return f'<td>{value}</td>'
  mark = f' class="{kind}"' if kind else ''
  return f'<tr{mark}>{"".join(map(cell, cells))}</tr>'


def _section(title, small, content):
  return (f'<section><h2>{_escaped(title)}<small>{_escaped(small)}</small></h2>'
          f'{content}</section>')


def _time(text):
  """A record's time for people."""
  return f'<span class="word">{text[:10]} {text[11:16]}</span>'


def _duration(seconds):
  if seconds < 60:
    return f'{seconds:.0f} s'
  if seconds < 5400:
    return f'{seconds / 60:.0f} min'
  return f'{seconds / 3600:.1f} h'


def _counted(count, noun):
  return f'{count:,} {noun}{"" if count == 1 else "s"}'


def _word(text, kind):
  return f'<span class="{kind}">{_escaped(text)}</span>'


def _header(records, nights, found):
  """What the last night came to, in large letters."""
  if not nights:
    title, kind = 'No night is over yet', ''
  else:
    last = nights[-1]
    count = len(last['findings'])
    title = {0: 'Nothing found',
             1: f'{count} found',
             3: 'The harness itself failed'}[last['status']]
    kind = ' class="found"' if last['status'] else ''
  turns = [each for each in records if each['record'] == 'turn']
  executions = sum(each.get('executions', 0) for each in turns)
  seconds = sum(each['seconds'] for each in turns)
  when = (f'by the last night, {_time(nights[-1]["start"])} UTC · '
          if nights else '')
  return (f'<header><div class="brand">Mortsafe · nightly</div>'
          f'<h1{kind}>{title}</h1><p>{when}all so far: '
          f'{_counted(len(nights), "night")}, '
          f'{_counted(len(turns), "turn")} of {_duration(seconds)} together, '
          f'{charts.number_text(executions)} executions, '
          f'{_counted(len(found), "different finding")}</p></header>')


def _findings(records, nights, kept, found):
  if not found:
    return _section('Findings', '', '<p class="note">None in any night.</p>')
  latest = nights[-1]['night'] if nights else found[0].last_night
  rows = []
  for each in found:
    about = kept.about(each.name) or {}
    folder = f'findings/{each.name}'
    page = 'report.html' if (kept.folder / each.name / 'report.html').exists() \
        else 'output.txt'
    state = (_word('last night', 'bad') if each.last_night == latest
             else 'earlier')
    rows.append(_row(
        f'<a href="{_escaped(folder)}/{page}">{_escaped(each.name)}</a>',
        _escaped(about.get('kind', '')), each.count, _time(each.first),
        _time(each.last), state, kind='headed'))
    rows.append(f'<tr class="command"><td colspan="6"><code>'
                f'{_escaped(about.get("replay", ""))}</code></td></tr>')
  return _section('Findings', 'equal ones are one', _table(
      ['finding', 'kind', '#times', 'first', 'last', 'seen'], rows))


def _night_rows(nights, unfinished):
  """Rows of the last nights, the latest first."""
  if unfinished:
    yield _row(_time(unfinished['start']), _escaped(unfinished['commit'][:12]),
               _escaped(unfinished['shard']), '', '', '', '', '',
               'not over')
  for each in list(reversed(nights))[:_NIGHTS_SHOWN]:
    words, kind = _STATUS[each['status']]
    yield _row(_time(each['start']), _escaped(each['commit'][:12]),
               _escaped(each['shard']), _duration(each['seconds']),
               each['turns'], each['executions'], each['peak_rss_mb'],
               len(each['findings']), _word(words, kind), kind='headed')
    left_out = (f'<br>left out: {_escaped(", ".join(each["left_out"]))}'
                if each['left_out'] else '')
    errors = ''.join(f'<br><span class="bad">{_escaped(error)}</span>'
                     for error in each['errors'])
    yield (f'<tr class="command"><td colspan="9"><code>'
           f'{_escaped(each["command"])}</code>{left_out}{errors}</td></tr>')


def _nights(nights, unfinished):
  rows = list(_night_rows(nights, unfinished))
  return _section(
      'Nights', 'the latest first, each with what repeats it, given its commit and '
      'corpora',
      _table(['start, UTC', 'commit', 'shard', 'turns took', '#turns',
              '#executions', '#peak MB', '#found', 'status'], rows))


def _charts(records):
  """Coverage and throughput of each target."""
  content = []
  targets = series.by_target(records)
  for target, turns in targets.items():
    figures = []
    for measure in series.MEASURES:
      drawn = charts.lines(f'{target} {measure}',
                           series.of_target(turns, measure),
                           (*plan.FUZZ_PRESETS, 'release'),
                           series.span(targets))
      if drawn:
        figures.append(f'<figure><figcaption>{measure}</figcaption>{drawn}'
                       '</figure>')
    if figures:
      content.append(f'<h3>{_escaped(target)}</h3>'
                     f'<div class="pair">{"".join(figures)}</div>')
  if not content:
    return ('<p class="note">Charts are left out: there are no turns yet, or '
            'python3-matplotlib is not installed.</p>')
  return ''.join(content)


def _turns(records):
  """A table of what each target and build did in all nights."""
  lanes = {}
  for each in records:
    if each['record'] == 'turn' and each['kind'] != 'replay':
      lanes.setdefault((each['kind'], each['target'], each['preset']),
                       []).append(each)
  rows = []
  for (kind, target, preset), turns in sorted(lanes.items()):
    seconds = sum(each['seconds'] for each in turns)
    executions = sum(each.get('executions', 0) for each in turns)
    peaks = [each.get('peak_rss_mb', 0) for each in turns]
    rows.append(_row(
        _escaped(kind), _escaped(target), _escaped(preset), len(turns),
        round(seconds), executions,
        round(executions / seconds) if seconds else 0,
        round(statistics.median(peaks)), max(peaks),
        max((each.get('coverage', 0) for each in turns), default=0) or '',
        sum(bool(each['findings']) for each in turns)))
  return _section('Turns', 'of all nights; memory is of the whole process '
                  'group', _table(
      ['kind', 'target', 'build', '#turns', '#seconds', '#executions', '#a second',
       '#median peak MB', '#peak MB', '#coverage', '#with findings'], rows))


def _corpora(records, nights):
  all_series = series.corpus_sizes(records)
  if not all_series:
    return ''
  figure = charts.lines('corpora', all_series, width=9.8, height=2.4)
  rows = [_row(_escaped(name), size)
          for name, size in sorted(nights[-1]['corpora'].items())]
  chart = f'<figure>{figure}</figure>' if figure and len(nights) > 1 else ''
  return _section('Corpora', 'inputs when all was merged', chart +
                  _table(['target', '#inputs'], rows))


def _verified(records):
  table = series.verified(records)
  if not table:
    return ''
  rows = [_row(_escaped(name), *(
      '' if bounds not in done else
      _word('shown', 'good') if done[bounds] == 1 else
      f'{100 * done[bounds]:.3g} %' for bounds in plan.BOUNDS))
          for name, done in sorted(table.items())]
  return _section('Verified', 'threads x operations x keys; the program as it '
                  'was last', _table(['map', *plan.BOUNDS], rows))


def _exam(root):
  """The harness's own exam, as far as its results are here."""
  results = root / 'build' / 'exam' / 'results.jsonl'
  if results.exists():
    rows = _exam_rows(results)
    if rows:
      return _section('Exam', 'runs against the catalogue\'s defects '
                      '(scripts/exam)', _table(
          ['driver', '#runs', '#defects', '#missed runs',
           '#median executions', '#median seconds'], rows))
  return _exam_of_page(root / 'docs' / 'exam.md')


def _exam_rows(results):
  """A row for each driver of the exam's journal."""
  drivers = {}
  for line in results.read_text().splitlines():
    try:
      record = json.loads(line)
      defect, driver, _ = record['run'].split(' ')
    except (ValueError, KeyError):
      continue  # Cut short.
    drivers.setdefault(driver, []).append((defect, record['found']))
  rows = []
  for driver, runs in sorted(drivers.items()):
    hits = [found for _, found in runs if found]
    rows.append(_row(
        _escaped(driver), len(runs), len({defect for defect, _ in runs}),
        len(runs) - len(hits),
        round(statistics.median(each['executions'] for each in hits))
        if hits else '',
        round(statistics.median(each['seconds'] for each in hits), 2)
        if hits else ''))
  return rows


def _exam_of_page(page):
  """A row for each driver of the table in docs/exam.md."""
  try:
    lines = [[cell.strip() for cell in line.strip().strip('|').split('|')]
             for line in page.read_text().splitlines() if line.startswith('|')]
  except OSError:
    return ''
  rows = []
  heads = []
  for cells in lines:
    if cells[0] == 'defect':
      heads = cells[1:]
      columns = [[] for _ in heads]
      rows.append((heads, columns))
    elif heads and not cells[0].startswith('---'):
      for column, cell in zip(columns, cells[1:]):
        if cell:
          column.append(cell)
  made = []
  for heads, columns in rows:
    for head, column in zip(heads, columns):
      if head != 'minimised':
        missed = sum(cell.startswith('missed') for cell in column)
        some = sum(bool(re.search(r'\d+ of \d+$', cell)) for cell in column)
        made.append(_row(_escaped(head), len(column), some, missed))
  return _section('Exam', 'the table of docs/exam.md', _table(
      ['driver', '#defects', '#missed by some seeds', '#missed by all'], made))


def page(records, kept, root):
  """The page as text; `kept` are the Findings."""
  nights = [each for each in records if each['record'] == 'night']
  begins = [each for each in records if each['record'] == 'begin']
  over = {each['night'] for each in nights}
  unfinished = (begins[-1] if begins and begins[-1]['night'] not in over
                else None)
  found = series.findings(records)
  body = ''.join((
      _header(records, nights, found),
      _findings(records, nights, kept, found),
      _nights(nights, unfinished),
      _section('Coverage and throughput', 'means over the maps that take turns',
               _charts(records)),
      _turns(records),
      _verified(records),
      _corpora(records, nights),
      _exam(root)))
  return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
          '<meta name="viewport" content="width=device-width">'
          '<title>Mortsafe · nightly</title>'
          f'<style>{_STYLE.read_text()}</style></head>'
          f'<body><main>{body}</main></body></html>\n')


def write(path, records, kept, root):
  """Writes the page, whole or not at all. Raises OSError."""
  temporary = path.with_name(f'.{path.name}-{os.getpid()}')
  try:
    temporary.write_text(page(records, kept, root))
    temporary.rename(path)
  finally:
    temporary.unlink(missing_ok=True)
