"""For tests of the trial's scripts: a folder, and programs in it that pretend to be
those that the scripts run."""

import pathlib
import tempfile
import unittest


class FolderTest(unittest.TestCase):
  """Each test has a folder of its own."""

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.folder = pathlib.Path(folder.name)

  def pretend(self, path, script):
    """Makes a program in the folder that does what the shell script says."""
    program = self.folder / path
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text('#!/bin/sh\n' + script, encoding='utf-8')
    program.chmod(0o755)
