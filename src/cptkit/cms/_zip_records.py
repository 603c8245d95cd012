"""What the ZIP5 and ZIP+4 files share: their cells, CSV or fixed width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cptkit.errors import SourceFileError

from ._cells import digits, flag, one_of
from ._text import Record, decode, records, title_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ._files import Member

WIDTH = 80
RURAL = one_of("", "R", "B")
ZIP = digits(5, 3)
PLUS_FOUR = flag("1", "0")

_LINE = re.compile(r"([^\n]*)\n?")
_CSV_TITLES = {
    "STATE": "state",
    "ZIP": "zip",
    "ZIP CODE": "zip",
    "CARRIER": "mac",
    "LOCALITY": "locality",
    "PRICING LOCALITY": "locality",
    "RURAL IND": "rural",
    "RURAL INDICATOR": "rural",
    "PLUS 4 FLAG": "plus_four",
    "PLUS FOUR FLAG": "plus_four",
    "PLUS 4": "extension",
    "PLUS FOUR": "extension",
    "YEAR/QTR": "year_quarter",
    "YEAR/QUARTER": "year_quarter",
}


def year_quarter(cell: str) -> str:
    """Read the quarter the map is of, such as 20261."""
    if not re.fullmatch(r"20[0-9]{2}[1-4]", cell):
        raise ValueError(f"{cell!r} is not a year and quarter; expected such as 20261")
    return cell


def cells(
    member: Member, columns: Mapping[str, tuple[int, int]], kind: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and the cells of *columns*, whichever the edition.

    Args:
        member: The file.
        columns: Column name to its first and last position in the text edition.
        kind: What to call it in a refusal.
    """
    text = decode(member.data, member.name)
    first = text.lstrip().partition("\n")[0]
    if "," in first:
        yield from _csv(text, member.name, columns, kind)
    else:
        yield from _fixed(text, member.name, columns)


def _csv(
    text: str, name: str, columns: Mapping[str, tuple[int, int]], kind: str
) -> Iterator[tuple[int, list[str]]]:
    wanted: list[int] = []
    for record in records(text, name):
        if wanted:
            yield record.line, _pick(record, wanted, name)
        else:
            wanted = _positions(record, columns, name, kind)


def _pick(record: Record, wanted: list[int], name: str) -> list[str]:
    if max(wanted) >= len(record.cells):
        raise SourceFileError(
            f"has {len(record.cells)} cells, fewer than the header; the row is cut",
            path=name,
            line=record.line,
        )
    return [record.cells[index] for index in wanted]


def _positions(
    record: Record, columns: Mapping[str, tuple[int, int]], name: str, kind: str
) -> list[int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(record.cells):
        column = _CSV_TITLES.get(title_key(cell))
        if column is not None:
            found.setdefault(column, index)
    missing = [column for column in columns if column not in found]
    if missing:
        raise SourceFileError(
            f"the header has no column for {', '.join(missing)}; expected a {kind}"
            " file as CMS publishes it",
            path=name,
            line=record.line,
        )
    return [found[column] for column in columns]


def _fixed(
    text: str, name: str, columns: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[int, list[str]]]:
    spans = [slice(first - 1, last) for first, last in columns.values()]
    for number, match in enumerate(_LINE.finditer(text), start=1):
        line = match[1]
        if not line.strip(" \x1a"):
            continue
        if len(line) != WIDTH:
            raise SourceFileError(
                f"is {len(line)} characters long, expected {WIDTH}; the file was cut"
                " or its blanks were changed",
                path=name,
                line=number,
            )
        yield number, [line[span].strip() for span in spans]
