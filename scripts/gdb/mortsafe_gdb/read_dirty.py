"""The state of a mortsafe::ReadDirtyMap, as a value.

  state = State(ReadDirtyMap(value))

Rows and entries are those of maps/read_dirty_state.h; what cannot be read
makes an entry "unreadable" or a note, and no exception. What the map looks
like is told by maps/read_dirty_map.h.
"""

import re

import gdb

from mortsafe_gdb import layout

_MAP = re.compile(r"^mortsafe::ReadDirtyMap<.*>$")
_EXPUNGED = re.compile(r"::Expunged\(\)::expunged$|8ExpungedEvE8expunged$")
_MARK = 1


def is_map(type_):
    """Whether the type is a read/dirty map."""
    return (_MAP.match(layout.type_name(type_)) is not None
            and any(field.name == "misses_"
                    for field in layout.plain_type(type_).fields()))


class Entry:
    """What a key's entry has.

    Attributes:
      state: "value", "nil", "expunged", "marked" or "unreadable".
      value: the value, of "value" and "marked"; otherwise None.
    """

    def __init__(self, state, value=None):
        self.state = state
        self.value = value


class EntryReader:
    """Reads entries; remembers which address stands for expunged."""

    def __init__(self):
        self._is_expunged = {}

    def read(self, pointer):
        """The Entry that a pointer to an entry object of the map points to."""
        try:
            return self.read_atomic(layout.member(pointer, "p"))
        except gdb.error:
            return Entry("unreadable")

    def read_atomic(self, atomic):
        """The same of the `p` of an entry object."""
        try:
            return self._read(layout.atomic_value(atomic))
        except gdb.error:
            return Entry("unreadable")

    def _read(self, box):
        address = int(box)
        if address == 0:
            return Entry("nil")
        if self._expunged(address):
            return Entry("expunged")
        holder = gdb.Value(address & ~_MARK).cast(box.type)
        value = layout.plain_value(layout.member(holder, "value"))
        value.fetch_lazy()
        return Entry("marked" if address & _MARK else "value", value)

    def _expunged(self, address):
        """Whether this is the address of the static object for expunged.

        Asked of the address, not of the name: compilers and demanglers spell
        the map's template arguments differently.
        """
        if address not in self._is_expunged:
            symbol = layout.symbol_at(address)
            self._is_expunged[address] = bool(_EXPUNGED.search(symbol))
        return self._is_expunged[address]


class ReadDirtyMap:
    """The parts of a map. Constructed from a gdb.Value of it.

    Attributes:
      read: the read table, or None where `read_` points nowhere yet.
      amended: whether `read` is amended.
      dirty: the dirty table, or None.
      misses, omitted: counts.
      mutex: the gdb.Value of the lock.
    """

    def __init__(self, value):
        snapshot = layout.atomic_value(value["read_"])
        self.read = None
        self.amended = False
        if int(snapshot) != 0:
            fields = layout.plain_value(layout.member(snapshot, "fields"))
            self.read = _entries_of(fields["table"])
            self.amended = bool(fields["amended"])
        self.dirty = None
        if int(value["dirty_"]) != 0:
            self.dirty = _entries_of(value["dirty_"])
        self.misses = int(value["misses_"])
        self.omitted = int(value["omitted_"])
        self.mutex = value["mutex_"]


def _entries_of(table_pointer):
    entries = layout.member(table_pointer, "entries")
    return layout.PointerTable(layout.plain_value(entries))


class Row:
    """The entry of a key, and which tables have it.

    Attributes:
      key: the gdb.Value of the key.
      entry: its Entry.
      in_read, in_dirty: which tables have the key.
      own_of_dirty: another Entry that `dirty` has for a key of `read`, or None.
    """

    def __init__(self, key, entry, in_read):
        self.key = key
        self.entry = entry
        self.in_read = in_read
        self.in_dirty = not in_read
        self.own_of_dirty = None


class State:
    """The state of a map.

    Attributes:
      map: the ReadDirtyMap.
      rows: the rows, ordered by their keys.
      notes: what does not fit together in memory, in words.
    """

    def __init__(self, map_):
        self.map = map_
        self.notes = []
        self._reader = EntryReader()
        self._rows = {}
        self._addresses = {}
        if map_.read is None:
            self.notes.append("read: there is none")
        else:
            self._add_table("read", map_.read, self._add_of_read)
        if map_.dirty is not None:
            self._add_table("dirty", map_.dirty, self._add_of_dirty)
        self.rows = [self._rows[order] for order in sorted(self._rows)]

    def _add_table(self, name, table, add):
        listed = set()
        for key, entry in table.elements():
            order = order_of(key)
            if order in listed:
                self.notes.append(f"{name}: it lists a key twice")
            listed.add(order)
            add(order, key, entry)
        if table.fault is not None:
            self.notes.append(f"{name}: {table.fault}")

    def _add_of_read(self, order, key, entry):
        self._addresses[order] = int(entry)
        content = self._reader.read(entry)
        self._rows[order] = Row(key, content, in_read=True)

    def _add_of_dirty(self, order, key, entry):
        if order not in self._addresses:
            content = self._reader.read(entry)
            self._rows[order] = Row(key, content, in_read=False)
            return
        row = self._rows[order]
        row.in_dirty = True
        if self._addresses[order] != int(entry):
            row.own_of_dirty = self._reader.read(entry)


def order_of(key):
    """What keys are told apart and ordered by: numbers and bytes as in C++.

    Others are ordered by what gdb shows of them.
    """
    try:
        if layout.is_integer(key.type):
            return (0, int(key))
        if layout.is_string(key.type):
            return (1, layout.string_bytes(key))
        return (2, key.format_string())
    except gdb.error:
        return (3, int(key.address))
