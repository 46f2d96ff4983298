"""What `print` shows of read/dirty maps and of the seam's types.

`print/r` shows them as they are. A printer never raises: what cannot be read
is said in its place. Where it returned a gdb.Value, gdb would leave addresses
out.
"""

import re

import gdb
import gdb.printing

from mortsafe_gdb import layout, read_dirty, text


def _or_why_not(describe):
    """Makes a to_string() of a method that may raise gdb.error."""

    def to_string(self):
        try:
            return describe(self)
        except gdb.error as error:
            return f"<unreadable: {error}>"

    return to_string


class MapPrinter:
    """A map, in a line."""

    def __init__(self, value):
        self._value = value

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        map_ = read_dirty.ReadDirtyMap(self._value)
        return "mortsafe::ReadDirtyMap: " + text.summary(map_)


class TablePrinter:
    """A read or dirty table: its keys and their entries."""

    def __init__(self, value):
        self._value = value

    def _table(self):
        return layout.PointerTable(layout.plain_value(self._value["entries"]))

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        return f"table of {self._table().count}"

    def display_hint(self):
        """Called by gdb: children are keys and values by turns."""
        return "map"

    def children(self):
        """Called by gdb."""
        try:
            table = self._table()
        except gdb.error:
            return
        reader = read_dirty.EntryReader()
        for number, (key, entry) in enumerate(table.elements()):
            yield f"key {number}", text.quoted(key)
            yield f"entry {number}", text.entry_text(reader.read(entry))


class EntryPrinter:
    """An entry: "value 10", "nil", "expunged", "marked 10"."""

    def __init__(self, value):
        self._value = value

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        reader = read_dirty.EntryReader()
        return text.entry_text(reader.read_atomic(self._value["p"]))


class AtomicPrinter:
    """What an atomic holds."""

    def __init__(self, value):
        self._value = value

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        return layout.atomic_value(self._value).format_string()


class PlainPrinter:
    """What a plain object holds."""

    def __init__(self, value):
        self._value = value

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        return layout.plain_value(self._value).format_string()


class MutexPrinter:
    """Who holds a mutex."""

    def __init__(self, value):
        self._value = value

    @_or_why_not
    def to_string(self):
        """Called by gdb."""
        return text.mutex_text(self._value)


class _Printers(gdb.printing.PrettyPrinter):
    """Chooses by the name of the type.

    In products the seam's types are std's own; printers that come with the
    standard library are asked first by gdb, and win.
    """

    _PRINTERS = (
        (re.compile(r"^mortsafe::ReadDirtyMap<.*>::Entry$"), EntryPrinter),
        (re.compile(r"^mortsafe::ReadDirtyMap<.*>::Table$"), TablePrinter),
        (re.compile(r"^(mortsafe(::modelled)?|std)::atomic<.*>$"),
         AtomicPrinter),
        (re.compile(r"^mortsafe(::modelled|::native)?::plain<.*>$"),
         PlainPrinter),
        (re.compile(r"^(mortsafe(::modelled)?|std)::mutex$"), MutexPrinter),
    )

    def __init__(self):
        super().__init__("mortsafe")

    def __call__(self, value):
        name = layout.type_name(value.type)
        for pattern, printer in self._PRINTERS:
            if pattern.match(name):
                return printer(value)
        return MapPrinter(value) if read_dirty.is_map(value.type) else None


def register():
    """Makes the printers known to gdb, in place of those of last time."""
    gdb.printing.register_pretty_printer(None, _Printers(), replace=True)
