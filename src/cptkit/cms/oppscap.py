"""The OPPS caps by locality (OPPSCAP): what an imaging service may pay at most.

Quirks
------
* The last column is spelled NON-FACILTY PRICE in 2025, NON-FACILITY PRICE in
  copies of earlier years.
* Southern California localities (17, 18, 26, 71-74) are listed under carrier
  01112 as well as 01182, with the same prices; both are kept as they stand.
* Prices lose trailing zeros in the July 2025 file ("126.9").
* Some releases shipped an old file (RVU21A, B and D) or one made with another
  conversion factor (RVU24C). It is a cross-check, not a source: a cap computed
  from the relative value row is right in all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

from ._cells import (
    MODIFIER,
    STATUS,
    decimal,
    locality_number,
    mac_number,
    parse_cells,
    procedure_code,
)
from ._files import Member, Source, open_one
from ._sniff import is_oppscap
from ._text import HEADER_WITHIN, Record, decode, records, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._cells import Parser

__all__ = ["OppsCapRow", "read"]


class OppsCapRow(NamedTuple):
    """One code in one locality; prices in cents."""

    code: str
    modifier: str
    status: str
    mac: str
    locality: str
    facility: int
    nonfacility: int


_TITLES = (
    ("HCPCS",),
    ("MOD",),
    ("PROCSTAT",),
    ("CARRIER",),
    ("LOCALITY",),
    ("FACILITY PRICE",),
    ("NON-FACILITY PRICE", "NON-FACILTY PRICE"),
)
_COLUMNS = tuple(spellings[0] for spellings in _TITLES)
_PARSERS: tuple[Parser, ...] = (
    procedure_code,
    MODIFIER,
    STATUS,
    mac_number,
    locality_number,
    decimal(2),
    decimal(2),
)


def read(source: Source) -> tuple[OppsCapRow, ...]:
    """Read an OPPSCAP file, in file order.

    Raises:
        SourceFileError: The source is missing, is no OPPSCAP file, or holds a
            row that cannot be read or one code and locality twice.
    """
    return read_member(open_one(source, "oppscap"))


def read_member(member: Member) -> tuple[OppsCapRow, ...]:
    """Read one file already in memory."""
    stream = records(decode(member.data, member.name), member.name)
    _check_header(stream, member.name)
    rows: dict[tuple[str, ...], OppsCapRow] = {}
    for record in stream:
        values = parse_cells(
            record.cells, _PARSERS, _COLUMNS, name=member.name, line=record.line
        )
        row = OppsCapRow._make(values)
        key = (row.code, row.modifier, row.mac, row.locality)
        if rows.setdefault(key, row) is not row:
            raise SourceFileError(
                f"{row.code!r} with modifier {row.modifier!r} is listed before in"
                f" {row.mac}-{row.locality}; each stands once",
                path=member.name,
                line=record.line,
                column=_COLUMNS[0],
            )
    if not rows:
        raise SourceFileError(
            "has a header and no rows; it was cut short, download it again",
            path=member.name,
        )
    return tuple(rows.values())


def _check_header(stream: Iterable[Record], name: str) -> None:
    for seen, record in enumerate(stream):
        titles = [title_key(cell) for cell in record.cells]
        if is_oppscap(titles):
            _check_titles(titles, name, record.line)
            return
        if seen >= HEADER_WITHIN:
            break
    raise SourceFileError(
        "has no header that begins with HCPCS, MOD, PROCSTAT", path=name
    )


def _check_titles(titles: list[str], name: str, line: int) -> None:
    fits = len(titles) == len(_TITLES) and all(
        title in spellings for title, spellings in zip(titles, _TITLES, strict=True)
    )
    if not fits:
        raise SourceFileError(
            f"the header is {', '.join(titles)!r}; expected {', '.join(_COLUMNS)!r}",
            path=name,
            line=line,
        )
