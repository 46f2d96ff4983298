"""What lies where: the seam's types, the map's tables, and std::string by hand.

Everything here reads memory and nothing else, so that it works on core files
and wherever another thread may have stopped. All functions may raise
gdb.error: gdb.MemoryError where an address cannot be read.
"""

import re

import gdb

_INTEGERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR)
_STRING = re.compile(r"^std::(__\w+::)?(basic_string<char, |string$)")
_LONGEST_STRING = 1 << 16


def plain_type(type_):
    """The type without references, typedefs and qualifiers."""
    type_ = type_.strip_typedefs()
    if type_.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        type_ = type_.target().strip_typedefs()
    return type_.unqualified()


def type_name(type_):
    """The name of plain_type(type_), or an empty string."""
    return plain_type(type_).name or ""


def at(address, type_):
    """The object of the type at an address; not read before it is used."""
    return gdb.Value(address).cast(type_.pointer()).dereference()


def member(pointer, name):
    """The member of what a pointer points to.

    By its address: gdb would look for the dynamic type of what is dereferenced,
    and warn where that has no name of its own.
    """
    owner = plain_type(plain_type(pointer.type).target())
    for field in owner.fields():
        if field.name == name:
            return at(int(pointer) + field.bitpos // 8, field.type)
    raise gdb.error(f"{owner} has no {name}")


def innermost(value, type_):
    """The object of the type that begins where `value` does.

    Goes down first members and base classes: std::atomic keeps its value at
    different depths for pointers, integers and the rest.
    """
    wanted = plain_type(type_)
    while plain_type(value.type) != wanted:
        members = [field for field in plain_type(value.type).fields()
                   if hasattr(field, "bitpos")]
        if not members:
            raise gdb.error(f"{value.type} holds no {wanted}")
        value = value[members[0]]
    return value


def atomic_value(atomic):
    """What a mortsafe::atomic or std::atomic holds."""
    return innermost(atomic, plain_type(atomic.type).template_argument(0))


def plain_value(plain):
    """What a mortsafe::plain holds."""
    return plain["value_"]


def is_integer(type_):
    """Whether it is what C++ calls an integral type."""
    return plain_type(type_).code in _INTEGERS


def is_string(type_):
    """Whether it is std::string."""
    return _STRING.match(type_name(type_)) is not None


def string_bytes(string):
    """The bytes of a std::string."""
    word = gdb.lookup_type("unsigned long")
    words = at(int(string.address), word.array(1))
    size = int(words[1])
    if size > _LONGEST_STRING:
        raise gdb.error(f"a string of {size} bytes")
    if size == 0:
        return b""
    memory = gdb.selected_inferior().read_memory(int(words[0]), size)
    return memory.tobytes()


class PointerTable:
    """A mortsafe::PointerTable (maps/pointer_table.h).

    Attributes:
      count: how many elements it counts.
      fault: after elements(), what does not fit together, or None.
    """

    def __init__(self, table):
        type_ = plain_type(table.type)
        self._key_type = type_.template_argument(0)
        self.count = int(table["size_"])
        self._cells = table["cells_"]
        self._room = int(table["room_"])
        self.fault = None

    def elements(self):
        """Yields (key, pointer) in the table's order.

        Another thread may have stopped in the middle of an insertion, and what
        was freed may be looked at: ends at the first that cannot be read.
        """
        self.fault = None
        if self.count > self._room:
            self.fault = f"it counts {self.count}, but has room for {self._room}"
            return
        try:
            for number in range(self.count):
                cell = self._cells + number
                pointer = member(cell, "pointer")
                pointer.fetch_lazy()
                yield self._key(cell), pointer
        except gdb.MemoryError as error:
            self.fault = str(error)

    def _key(self, cell):
        """The key of a cell: the one member of its union."""
        owner = plain_type(plain_type(cell.type).target())
        place, = (field.bitpos // 8 for field in owner.fields()
                  if field.name != "pointer")
        return at(int(cell) + place, self._key_type)


def symbol_at(address):
    """What begins at the address, as a symbol, or an empty string."""
    words = gdb.execute(f"info symbol {address:#x}", to_string=True)
    symbol, found, _ = words.partition(" in section ")
    return symbol if found and not re.search(r" \+ \d+$", symbol) else ""
