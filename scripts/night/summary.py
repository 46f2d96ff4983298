"""What is printed of turns, and of a night at its end."""

import collections


def line_of(turn, record):
  """A turn in a line, for people."""
  words = [f'{turn.number:5} {turn}']
  if turn.bounds:
    words.append(f'{turn.bounds} {100 * record.get("done", 0):.3g} % done')
  if 'executions' in record:
    words.append(f'{record["executions"]:,} executions')
  if 'features' in record:
    words.append(f'cov {record["coverage"]} ft {record["features"]}')
  words.append(f'{record["seconds"]:.1f} s')
  if 'peak_rss_mb' in record:
    words.append(f'{record["peak_rss_mb"]} MB')
  if record['findings']:
    words.append(f'FOUND {", ".join(record["findings"])}')
  if 'error' in record:
    words.append(f'ERROR {record["error"]}')
  return ', '.join(words)


def lines(turns, over, errors, kept):
  """A night's end in lines, for people.

  `turns` are its records, `over` is the one that says that it is over, or None;
  `kept` are the Findings.
  """
  counts = collections.Counter(name for each in turns
                               for name in each['findings'])
  yield ''
  for name, count in sorted(counts.items()):
    yield f'FOUND {name}, {count} times: {kept.folder / name}'
    about = kept.about(name)
    if about:
      yield f'  {about["replay"]}'
  for error in errors:
    yield f'ERROR {error}'
  if over and over['left_out']:
    yield f'left out, as time was short: {", ".join(over["left_out"])}'
  executions = sum(each.get('executions', 0) for each in turns)
  peak = max((each.get('peak_rss_mb', 0) for each in turns), default=0)
  found = f'{len(counts)} found' if counts else 'nothing found'
  yield (f'{len(turns)} turns, {executions:,} executions, at most {peak} MB '
         f'each; {found}')
  if not over:
    yield 'the night is not over: the same command goes on with it'
