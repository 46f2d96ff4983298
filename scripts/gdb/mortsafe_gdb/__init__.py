"""Shows Mortsafe's read/dirty map in gdb; sourced by ../mortsafe.py.

  layout      what lies where: the seam's types and libstdc++'s
  read_dirty  the state of a read/dirty map, as a value
  text        that state as a table and as JSON
  printers    what `print` shows
  command     mortsafe-state
"""
