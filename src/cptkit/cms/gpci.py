"""The geographic practice cost indices (GPCI): one row per locality.

Quirks
------
* Title lines above, footnote lines below: a row whose only filled cell is text.
* Columns are titled by year ("2026 PW GPCI (with 1.0 Floor)***"), so they are
  found by the words in the header, not by position.
* One 2026 edition has two work columns, without and with the 1.0 floor. The
  floored one is law for the whole of 2026 and is the one read.
* MAC numbers and localities lose leading zeros, indices lose trailing ones
  ("1", "0.86"); the state is empty in copies of 2020.
* Names carry ``*`` and ``**`` footnote marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

from ._cells import locality_number, mac_number, place_name, positive, state
from ._files import Member, Source, open_one
from ._table import Table, read_table
from ._text import title_key

if TYPE_CHECKING:
    from ._text import Record

__all__ = ["GpciRow", "read"]


class GpciRow(NamedTuple):
    """One locality; indices in thousandths."""

    mac: str
    state: str
    locality: str
    name: str
    work: int
    pe: int
    mp: int


_COLUMNS = {
    "mac": r"\bMAC\b|CONTRACTOR|CARRIER",
    "state": r"^STATE$",
    "locality": r"^LOCALITY( NUMBER)?$",
    "name": r"LOCALITY NAME",
    "work": r"\bP?W(ORK)? GPCI",
    "pe": r"\bPE GPCI",
    "mp": r"\bMP GPCI",
}
_FLOORED = re.compile(r"\bWITH 1\.0+ FLOOR")
_LARGEST = 9_999
_index = positive(3)


def read(source: Source) -> tuple[GpciRow, ...]:
    """Read a GPCI file, in file order.

    Raises:
        SourceFileError: The source is missing, is no GPCI file, names a locality
            twice or holds a value that cannot be read.
    """
    return read_member(open_one(source, "gpci"))


def read_member(member: Member) -> tuple[GpciRow, ...]:
    """Read one file already in memory."""
    table = read_table(member, "gpci", _COLUMNS, prefer=_floored)
    rows = tuple(_row(table, record) for record in table.records)
    table.refuse_duplicates([(row.mac, row.locality) for row in rows])
    return rows


def _floored(table: Table, column: str, found: list[int]) -> int:
    """Choose of two work columns the one with the floor."""
    floored = [i for i in found if _FLOORED.search(title_key(table.header.cells[i]))]
    if column != "work" or len(floored) != 1:
        raise SourceFileError(
            f"has {len(found)} columns that could be it:"
            f" {', '.join(repr(table.header.cells[i]) for i in found)}",
            path=table.name,
            line=table.header.line,
            column=column,
        )
    return floored[0]


def _row(table: Table, record: Record) -> GpciRow:
    return GpciRow(
        mac=table.parse(record, "mac", mac_number),
        state=table.parse(record, "state", _state),
        locality=table.parse(record, "locality", locality_number),
        name=table.parse(record, "name", place_name),
        work=table.parse(record, "work", _gpci),
        pe=table.parse(record, "pe", _gpci),
        mp=table.parse(record, "mp", _gpci),
    )


def _gpci(cell: str) -> int:
    value = _index(cell)
    if value > _LARGEST:
        raise ValueError(f"{cell!r} is too large for an index; expected about 1.000")
    return value


def _state(cell: str) -> str:
    return state(cell) if cell else ""
