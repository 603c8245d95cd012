"""The anesthesia conversion factors (ANES): one row per locality.

Quirks
------
* Through 2025 one factor column; 2026 has two, **QP first, then everyone else**.
* The national factor stands in the column's title ("National Anes CF of
  20.3178"); copies rewritten by others have no national factor.
* Contractor numbers lose leading zeros in copies of 2020 and 2021; cells carry
  trailing blanks, names ``*`` marks.
* CMS's separate text edition is tab-separated and repeats the indices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..errors import SourceFileError
from ._cells import locality_number, mac_number, place_name, positive, scaled
from ._files import Member, Source, open_one
from ._table import Table, read_table
from ._text import title_key

if TYPE_CHECKING:
    from ._text import Record

__all__ = ["AnesthesiaFile", "AnesthesiaRow", "read"]


class AnesthesiaRow(NamedTuple):
    """One locality; factors in cents, the QP one None before 2026."""

    mac: str
    locality: str
    name: str
    factor: int
    qp_factor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnesthesiaFile:
    """The anesthesia factors of a year.

    Attributes:
        rows: In file order.
        national_factor: In millionths of a dollar, None where not stated.
        national_qp_factor: The same for qualifying APM participants.
    """

    rows: tuple[AnesthesiaRow, ...]
    national_factor: int | None
    national_qp_factor: int | None


_COLUMNS = {
    "mac": r"\bMAC\b|CONTRACTOR|CARRIER",
    "locality": r"^LOCALITY( NUMBER)?$",
    "name": r"LOCALITY NAME",
    "qp_factor": r"(?<!NON-)(?<!NON )QUALIFYING APM.*\bANES",
    "factor": r"^(?!QUALIFYING).*\bANES",
}
_OPTIONAL = frozenset({"qp_factor"})
_STATED = re.compile(r"\bOF +\$?([0-9]+\.[0-9]+)")
_factor = positive(2)


def read(source: Source) -> AnesthesiaFile:
    """Read a file of anesthesia conversion factors, in file order.

    Raises:
        SourceFileError: The source is missing, is no such file, names a locality
            twice or holds a factor that cannot be read.
    """
    return read_member(open_one(source, "anes"))


def read_member(member: Member) -> AnesthesiaFile:
    """Read one file already in memory."""
    table = read_table(member, "anes", _COLUMNS, optional=_OPTIONAL)
    rows = tuple(_row(table, record) for record in table.records)
    table.refuse_duplicates([(row.mac, row.locality) for row in rows])
    return AnesthesiaFile(
        rows=rows,
        national_factor=_national(table, "factor"),
        national_qp_factor=_national(table, "qp_factor"),
    )


def _row(table: Table, record: Record) -> AnesthesiaRow:
    has_qp = "qp_factor" in table.columns
    return AnesthesiaRow(
        mac=table.parse(record, "mac", mac_number),
        locality=table.parse(record, "locality", locality_number),
        name=table.parse(record, "name", place_name),
        factor=table.parse(record, "factor", _factor),
        qp_factor=table.parse(record, "qp_factor", _factor) if has_qp else None,
    )


def _national(table: Table, column: str) -> int | None:
    index = table.columns.get(column)
    if index is None:
        return None
    stated = _STATED.search(title_key(table.header.cells[index]))
    if stated is None:
        return None
    try:
        return scaled(stated[1], 6)
    except ValueError as error:
        raise SourceFileError(
            f"the title's factor: {error}", path=table.name, line=table.header.line
        ) from None
