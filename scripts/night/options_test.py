"""Tests of night.options."""

import contextlib
import io
import pathlib
import tempfile
import unittest

from night import options


class OptionsTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)

  def parse(self, *arguments):
    return options.parse(arguments, 'the manual', self.folder)

  def refusal(self, *arguments):
    """The status and the words."""
    words = io.StringIO()
    with contextlib.redirect_stderr(words):
      with self.assertRaises(SystemExit) as ended:
        self.parse(*arguments)
    return ended.exception.code, words.getvalue()

  def test_has_defaults(self):
    found = self.parse()
    self.assertEqual((found.hours, found.shard_text, found.seed,
                      found.exchange), (8, '1/1', None, None))
    self.assertEqual(found.out, (self.folder / 'build/nightly').resolve())

  def test_repeats_a_night_by_its_command(self):
    found = self.parse('--hours', '0.034', '--shard', '2/3', '--exchange',
                       str(self.folder / 'x'))
    again = self.parse(*found.command(5).split()[1:])
    self.assertEqual((again.hours, again.shard, again.shards, again.out,
                      again.exchange, again.seed),
                     (0.034, 2, 3, found.out, found.exchange, 5))

  def test_refuses_in_one_line_what_is_wrong(self):
    (self.folder / 'file').write_text('')
    for arguments in (('--shard', '3/2'), ('--shard', '0/2'), ('--shard', 'x'),
                      ('--hours', '0'), ('--hours', 'nan'), ('--hours', 'soon'),
                      ('--hours', '1e9'), ('--seed', '-1'), ('--seed', '1.5'),
                      ('--seed', str(2**63)), ('--out', '/proc/none'),
                      ('--out', str(self.folder / 'file')), ('--hour', '1'),
                      ('--exchange', '/proc/none'), ('everything',)):
      with self.subTest(arguments=arguments):
        status, words = self.refusal(*arguments)
        self.assertEqual(status, options.BAD_USAGE)
        self.assertEqual(words.count('\n'), 1)
        self.assertIn(arguments[0], words)
        self.assertIn(arguments[-1], words)


if __name__ == '__main__':
  unittest.main()
