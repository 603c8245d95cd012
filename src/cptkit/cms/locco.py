"""The counties of each locality (LOCCO).

Quirks
------
* MAC numbers and localities have lost leading zeros (``2102,1``).
* The state's name stands only on the first line of its group; blank lines
  separate groups. It is carried down.
* Cells have trailing blanks, names carry ``*`` footnote marks, and a footnote
  that begins with ``*`` ends the file.
* Missouri's rest-of-state locality is listed twice; equal rows are merged.
* Copies rewritten by others repeat the state's name and add its abbreviation.
* The county text is CMS's own, misprints included ("ORAGNGE").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ._cells import locality_number, mac_number, place_name
from ._files import Member, Source, open_one
from ._table import Table, read_table

if TYPE_CHECKING:
    from ._text import Record

__all__ = ["LoccoRow", "read"]


class LoccoRow(NamedTuple):
    """One locality and the counties it covers."""

    mac: str
    locality: str
    state_name: str
    area: str
    counties: str
    state: str


_COLUMNS = {
    "mac": r"\bMAC\b|CONTRACTOR|CARRIER",
    "locality": r"^LOCALITY( NUMBER)?$",
    "state_name": r"^STATE( NAME)?$",
    "area": r"FEE SCHEDULE AREA",
    "counties": r"^COUNTIES$",
    "state": r"STATE ABBREVIATION",
}


def read(source: Source) -> tuple[LoccoRow, ...]:
    """Read a LOCCO file, in file order.

    Raises:
        SourceFileError: The source is missing, is no LOCCO file, or gives one
            locality two different rows.
    """
    return read_member(open_one(source, "locco"))


def read_member(member: Member) -> tuple[LoccoRow, ...]:
    """Read one file already in memory."""
    table = read_table(member, "locco", _COLUMNS)
    rows: dict[tuple[str, str], LoccoRow] = {}
    state_name = ""
    for record in table.records:
        row = _row(table, record, state_name)
        state_name = row.state_name
        earlier = rows.setdefault((row.mac, row.locality), row)
        if earlier != row:
            raise table.refusal(
                record,
                f"{row.mac}-{row.locality} is listed before with other counties"
                f" ({earlier.counties!r}); a locality has one row",
                "locality",
            )
    return tuple(rows.values())


def _row(table: Table, record: Record, state_name: str) -> LoccoRow:
    row = LoccoRow(
        mac=table.parse(record, "mac", mac_number),
        locality=table.parse(record, "locality", locality_number),
        state_name=table.parse(record, "state_name", place_name) or state_name,
        area=table.parse(record, "area", _filled),
        counties=table.parse(record, "counties", _filled),
        state=table.parse(record, "state", place_name),
    )
    if not row.state_name:
        raise table.refusal(
            record, "is blank on the first row; nothing to carry down", "state_name"
        )
    return row


def _filled(cell: str) -> str:
    value = place_name(cell)
    if not value:
        raise ValueError("is blank; expected text")
    return value
