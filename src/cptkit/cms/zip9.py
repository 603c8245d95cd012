"""The ZIP+4 to carrier and locality map (ZIP9), for the ZIPs ZIP5 flags.

Quirks
------
* Text of 80 columns, placed as in ZIP5 as far as both go: state 1-2, ZIP 3-7,
  carrier 8-12, locality 13-14, rural 15, plus-four flag 21, then the four
  digits in 22-25; year and quarter 76-80. The Part B indicator stands in 32,
  not in 23, and is not read.
* About a million records (1,076,014 in October 2025), 90 MB of mostly blanks.
* The layout is the one CMS describes beside the file; no file of CMS was at
  hand to test against. The CSV reading, by header names as in ZIP5 plus a
  column PLUS 4, is for copies saved from a workbook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

from . import _zip_records as shared
from ._cells import digits, locality_number, mac_number, parse_cells, state
from ._files import Member, Source, open_one

if TYPE_CHECKING:
    from ._cells import Parser

__all__ = ["Zip9Row", "read"]


class Zip9Row(NamedTuple):
    """One nine-digit ZIP code; rural is blank, R or B (super rural)."""

    zip: str
    plus_four: str
    state: str
    mac: str
    locality: str
    rural: str
    year_quarter: str


_PARSERS: tuple[Parser, ...] = (
    shared.ZIP,
    digits(4),
    state,
    mac_number,
    locality_number,
    shared.RURAL,
    shared.year_quarter,
)
_POSITIONS = {
    "zip": (3, 7),
    "extension": (22, 25),
    "state": (1, 2),
    "mac": (8, 12),
    "locality": (13, 14),
    "rural": (15, 15),
    "year_quarter": (76, 80),
}


def read(source: Source) -> tuple[Zip9Row, ...]:
    """Read a ZIP+4 file, in file order.

    Raises:
        SourceFileError: The source is missing, is no ZIP+4 file, or holds a
            record that cannot be read or a nine-digit ZIP twice.
    """
    return read_member(open_one(source, "zip9"))


def read_member(member: Member) -> tuple[Zip9Row, ...]:
    """Read one file already in memory.

    Thousands of records share all but the four digits: those are parsed once and
    their text is shared, which keeps a million rows small.
    """
    rows: list[Zip9Row] = []
    models: dict[tuple[str, ...], Zip9Row] = {}
    extensions: dict[str, str] = {}
    seen: dict[str, set[str]] = {}
    for line, cells in shared.cells(member, _POSITIONS, "ZIP+4"):
        key = (cells[0], *cells[2:])
        model = models.get(key)
        extension = extensions.get(cells[1])
        if model is None or extension is None:
            values = parse_cells(
                cells, _PARSERS, Zip9Row._fields, name=member.name, line=line
            )
            model = models.setdefault(key, Zip9Row._make(values))
            extension = extensions.setdefault(cells[1], str(values[1]))
        of_zip = seen.setdefault(model.zip, set())
        if extension in of_zip:
            raise SourceFileError(
                f"'{model.zip}-{extension}' is listed before; each stands once",
                path=member.name,
                line=line,
                column="zip",
            )
        of_zip.add(extension)
        rows.append(Zip9Row(model.zip, extension, *model[2:]))
    if not rows:
        raise SourceFileError("holds no ZIP codes", path=member.name)
    return tuple(rows)
