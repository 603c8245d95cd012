"""The ZIP code to carrier and locality map (ZIP5).

Quirks
------
* Published as CSV and as text of 80 columns (state 1-2, ZIP 3-7, carrier 8-12,
  locality 13-14, rural 15, plus-four flag 21, year and quarter 76-80).
* A plus-four flag of 1 says that the nine-digit ZIP decides the locality; 581
  ZIPs of January 2026 carry it.
* The state column holds EM and WM (Missouri), EK and WK (Kansas) beside the
  usual abbreviations.
* The second rural column is of 2006 and is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

from . import _zip_records as shared
from ._cells import locality_number, mac_number, parse_cells, state
from ._files import Member, Source, open_one

if TYPE_CHECKING:
    from ._cells import Parser

__all__ = ["Zip5Row", "read"]


class Zip5Row(NamedTuple):
    """One ZIP code; rural is blank, R or B (super rural)."""

    zip: str
    state: str
    mac: str
    locality: str
    rural: str
    plus_four: bool
    year_quarter: str


_PARSERS: tuple[Parser, ...] = (
    shared.ZIP,
    state,
    mac_number,
    locality_number,
    shared.RURAL,
    shared.PLUS_FOUR,
    shared.year_quarter,
)
_POSITIONS = {
    "zip": (3, 7),
    "state": (1, 2),
    "mac": (8, 12),
    "locality": (13, 14),
    "rural": (15, 15),
    "plus_four": (21, 21),
    "year_quarter": (76, 80),
}


def read(source: Source) -> tuple[Zip5Row, ...]:
    """Read a ZIP5 file, in file order.

    Raises:
        SourceFileError: The source is missing, is no ZIP5 file, or holds a
            record that cannot be read or a ZIP code twice.
    """
    return read_member(open_one(source, "zip5"))


def read_member(member: Member) -> tuple[Zip5Row, ...]:
    """Read one file already in memory."""
    rows: dict[str, Zip5Row] = {}
    for line, cells in shared.cells(member, _POSITIONS, "ZIP5"):
        values = parse_cells(
            cells, _PARSERS, Zip5Row._fields, name=member.name, line=line
        )
        row = Zip5Row._make(values)
        if rows.setdefault(row.zip, row) is not row:
            raise SourceFileError(
                f"{row.zip!r} is listed before; each ZIP code stands once",
                path=member.name,
                line=line,
                column="zip",
            )
    if not rows:
        raise SourceFileError("holds no ZIP codes", path=member.name)
    return tuple(rows.values())
