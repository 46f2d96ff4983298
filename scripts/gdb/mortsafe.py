"""Shows Mortsafe's read/dirty map in gdb: printers and a command.

  (gdb) source scripts/gdb/mortsafe.py
  (gdb) print map
  (gdb) mortsafe-state map
  (gdb) mortsafe-state --json map
  (gdb) mortsafe-state --output state.json map

Works on live processes and on core files of programs with debug information
(-g), and calls nothing in the program. `print` shows a line; `mortsafe-state`
shows each key, and exports what ReadDirtyMap::StateJson() would return
(maps/read_dirty_state.h). `help mortsafe-state` says more.

Written for gdb 13 and libstdc++; the code is in mortsafe_gdb/, a package of
its own, as all that gdb sources shares one namespace.
"""

import os
import sys


def _load():
    """Imports the package, anew where it was sourced before."""
    folder = os.path.dirname(os.path.abspath(__file__))
    for name in [name for name in sys.modules
                 if name.partition(".")[0] == "mortsafe_gdb"]:
        del sys.modules[name]
    writes_bytecode = not sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    try:
        # pylint: disable=import-outside-toplevel
        from mortsafe_gdb import command, printers
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode = not writes_bytecode
    printers.register()
    command.register()


_load()
