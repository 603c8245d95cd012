"""The anesthesia base units: one number per anesthesia code.

Quirks
------
* A tab-separated text file; the header is stacked over three lines.
* Spreadsheets drop the leading zeros of every code (``100`` is 00100).
* 01999, the unlisted procedure, has 0 units: CMS leaves it to the contractor.
"""

from __future__ import annotations

from typing import NamedTuple

from cptkit.errors import SourceFileError

from ._cells import digits, parse_cells, procedure_code
from ._files import Member, Source, open_one
from ._text import Record, decode, delimiter, records

__all__ = ["BaseUnitsRow", "read"]


class BaseUnitsRow(NamedTuple):
    """One anesthesia code and its base units."""

    code: str
    units: int


def read(source: Source) -> tuple[BaseUnitsRow, ...]:
    """Read a file of anesthesia base units, in file order.

    Raises:
        SourceFileError: The source is missing, is no such file, or holds a row
            that cannot be read or a code twice.
    """
    return read_member(open_one(source, "anesthesia_base"))


def read_member(member: Member) -> tuple[BaseUnitsRow, ...]:
    """Read one file already in memory."""
    rows: dict[str, BaseUnitsRow] = {}
    text = decode(member.data, member.name)
    for record in records(text, member.name, delimiter=delimiter(text)):
        if not rows and not record.cells[0].isdigit():
            continue
        row = _row(record, member.name)
        if rows.setdefault(row.code, row) is not row:
            raise SourceFileError(
                f"{row.code!r} is listed before; each code stands once",
                path=member.name,
                line=record.line,
                column="CODE",
            )
    if not rows:
        raise SourceFileError("holds no anesthesia codes", path=member.name)
    return tuple(rows.values())


def _row(record: Record, name: str) -> BaseUnitsRow:
    code, units = parse_cells(
        record.cells[:2], _PARSERS, _COLUMNS, name=name, line=record.line
    )
    return BaseUnitsRow(str(code), int(str(units)))


_PARSERS = (procedure_code, digits(2))
_COLUMNS = ("CODE", "BASE UNIT")
