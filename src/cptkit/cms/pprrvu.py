"""The relative value file (PPRRVU): one row per code and modifier.

Quirks
------
* 31 columns through 2025; 32 in 2026, where a pricing indicator stands between
  TEAM SURG and ENDO BASE. The number of columns decides, not the year.
* Eight or nine title lines come first, with the column titles stacked over the
  last of them; copies rewritten by others have one header line and no title.
* The July 2025 file separates records with a bare carriage return; the January
  and April ones close with a row that holds only an end-of-file mark.
* From 2026 two editions stand side by side, for qualifying APM participants
  (QPP) and for everyone else; only the conversion factor differs.
* The title of the March 2024 re-issue (RVU24AR) is the January one: its
  conversion factor tells.
* Spreadsheets drop leading zeros of codes, global days, supervision levels and
  imaging families; they are put back where only one reading is possible.
* The total columns are rounded conveniences. They must equal work + PE + MP,
  which catches a shifted row; prices never come from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

from ._cells import (
    MODIFIER,
    STATUS,
    decimal,
    flag,
    one_of,
    padded,
    parse_cells,
    plain,
    positive,
    procedure_code,
    shown,
)
from ._files import (
    Member,
    Source,
    ambiguous,
    none_found,
    of_kind,
    read_members,
    source_name,
)
from ._text import HEADER_WITHIN, Record, decode, records, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._cells import Parser

__all__ = ["RelativeValueFile", "RelativeValueRow", "read"]


class RelativeValueRow(NamedTuple):
    """One row; RVUs and percentages in hundredths, the factor in millionths."""

    code: str
    modifier: str
    descriptor: str
    status: str
    not_used: str
    work: int
    pe_nonfacility: int
    na_nonfacility: bool
    pe_facility: int
    na_facility: bool
    mp: int
    total_nonfacility: int
    total_facility: int
    pctc: str
    global_days: str
    pre: int
    intra: int
    post: int
    multiple_procedure: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    pricing: str
    endoscopic_base: str
    conversion_factor: int
    supervision: str
    calculation_flag: str
    imaging_family: str
    opps_pe_nonfacility: int
    opps_pe_facility: int
    opps_mp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeValueFile:
    """A relative value file.

    Attributes:
        path: Where it was read from, as errors name it.
        sha256: Digest of its bytes, in hexadecimal.
        release: Such as RVU26C, from the title line; None where there is none.
        released: The date CMS printed in the file, None where there is none.
        qpp: Whether this is the edition for qualifying APM participants; None
            from 2026 on where neither the name nor the factor tells.
        conversion_factor: In millionths of a dollar, one for the whole file.
        columns: 31 or 32.
        rows: In file order.
    """

    path: str
    sha256: str
    release: str | None
    released: date | None
    qpp: bool | None
    conversion_factor: int
    columns: int
    rows: tuple[RelativeValueRow, ...]


_PRICING_COLUMN = RelativeValueRow._fields.index("pricing")
_FACTOR_COLUMN = RelativeValueRow._fields.index("conversion_factor")
_COLUMNS_BEFORE_2026 = 31
_COLUMNS_2026 = 32

_TITLES = (
    "HCPCS",
    "MOD",
    "DESCRIPTION",
    "STATUS CODE",
    "NOT USED FOR MEDICARE PAYMENT",
    "WORK RVU",
    "NON-FAC PE RVU",
    "NON-FAC NA INDICATOR",
    "FACILITY PE RVU",
    "FACILITY NA INDICATOR",
    "MP RVU",
    "NON-FACILITY TOTAL",
    "FACILITY TOTAL",
    "PCTC IND",
    "GLOB DAYS",
    "PRE OP",
    "INTRA OP",
    "POST OP",
    "MULT PROC",
    "BILAT SURG",
    "ASST SURG",
    "CO-SURG",
    "TEAM SURG",
    "PRIC IND",
    "ENDO BASE",
    "CONV FACTOR",
    "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",
    "CALCULATION FLAG",
    "DIAGNOSTIC IMAGING FAMILY INDICATOR",
    "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "MP USED FOR OPPS PAYMENT AMOUNT",
)

_QUARTERS = {"JANUARY": "A", "APRIL": "B", "JULY": "C", "OCTOBER": "D"}
_TITLE = re.compile(r"\b20([0-9]{2})\b.*RELATIVE VALUE FILE\W+([A-Z]+)\s+RELEASE")
_RELEASED = re.compile(r"\bRELEASED\s+([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b")
_FACTORS_OF_REISSUES = {("RVU24A", 33_287500): "RVU24AR"}
_EDITIONS = {33_567500: True, 33_400900: False}
_FIRST_YEAR_OF_QPP = 26


def read(source: Source) -> RelativeValueFile:
    """Read a relative value file; of the two 2026 editions, the non-QPP one.

    Args:
        source: A CSV, a folder, a CMS zip, or the bytes of a CSV or zip.

    Raises:
        SourceFileError: The source is missing, is no relative value file, or
            holds something that cannot be read with certainty.
    """
    return choose_edition(source_name(source), read_editions(source))


def read_editions(source: Source) -> tuple[RelativeValueFile, ...]:
    """Read every relative value file in *source*, in order of name."""
    where = source_name(source)
    members = read_members(source)
    return editions(where, members)


def editions(where: str, members: tuple[Member, ...]) -> tuple[RelativeValueFile, ...]:
    """Read every relative value file among *members*, of which one must be."""
    found = of_kind(members, "pprrvu")
    if not found:
        raise none_found(where, members, "pprrvu")
    return tuple(read_member(member) for member in found)


def choose_edition(
    where: str, files: Iterable[RelativeValueFile], *, qpp: bool = False
) -> RelativeValueFile:
    """Choose the file of the wanted edition; a lone file is taken as it is."""
    files = tuple(files)
    wanted = [file for file in files if (file.qpp is True) is qpp]
    if len(wanted) == 1 or len(files) == 1:
        return (wanted or files)[0]
    raise ambiguous(where, [file.path for file in wanted or files], "pprrvu")


def read_member(member: Member) -> RelativeValueFile:
    """Read one file already in memory."""
    stream = records(decode(member.data, member.name), member.name)
    preamble = _preamble(stream, member.name)
    layout = _layout(preamble, member.name)
    rows: list[RelativeValueRow] = []
    lines: dict[tuple[str, str], int] = {}
    for record in stream:
        row = _row(record, layout, member.name)
        first = lines.setdefault((row.code, row.modifier), record.line)
        if first != record.line:
            raise SourceFileError(
                f"{row.code!r} with modifier {row.modifier!r} is already on line"
                f" {first}; a release holds each pair once",
                path=member.name,
                line=record.line,
                column=_TITLES[0],
            )
        rows.append(row)
    factor = _conversion_factor(rows, lines, member.name)
    release, released = _title(preamble, factor, member.name)
    return RelativeValueFile(
        path=member.name,
        sha256=member.sha256,
        release=release,
        released=released,
        qpp=_is_qpp(member.name, layout.columns, factor, release),
        conversion_factor=factor,
        columns=layout.columns,
        rows=tuple(rows),
    )


def _preamble(stream: Iterable[Record], name: str) -> list[Record]:
    """Take the records down to the header, which is the last of them."""
    preamble: list[Record] = []
    for record in stream:
        preamble.append(record)
        if title_key(record.cells[0]) == "HCPCS":
            return preamble
        if len(preamble) > HEADER_WITHIN:
            break
    raise SourceFileError(
        "has no header line whose first cell is 'HCPCS'; expected the CSV edition"
        " of the relative value file (PPRRVU)",
        path=name,
    )


class _Layout(NamedTuple):
    columns: int
    titles: tuple[str, ...]
    parsers: tuple[Parser, ...]


def _layout(preamble: list[Record], name: str) -> _Layout:
    """Decide the layout by column count, and check every column's title."""
    header = preamble[-1]
    columns = len(header.cells)
    if columns == _COLUMNS_2026:
        layout = _LAYOUT_2026
    elif columns == _COLUMNS_BEFORE_2026:
        layout = _LAYOUT_BEFORE_2026
    else:
        raise SourceFileError(
            f"the header has {columns} columns; expected 31 (through 2025) or 32"
            " (2026), with no column cut, added or merged",
            path=name,
            line=header.line,
        )
    for index, expected in enumerate(layout.titles):
        stacked = _stacked_title(preamble, index)
        if not stacked.endswith(expected.replace(" ", "")):
            raise SourceFileError(
                f"column {index + 1} is titled {header.cells[index]!r}; expected"
                f" {expected!r}, in the order CMS publishes",
                path=name,
                line=header.line,
                column=expected,
            )
    return layout


def _stacked_title(preamble: list[Record], index: int) -> str:
    """Gather a column's title from the lines down to the header, blanks out."""
    parts = [r.cells[index] for r in preamble if index < len(r.cells)]
    return title_key("".join(parts)).replace(" ", "")


def _row(record: Record, layout: _Layout, name: str) -> RelativeValueRow:
    line = record.line
    values = parse_cells(
        record.cells, layout.parsers, layout.titles, name=name, line=line
    )
    if layout.columns == _COLUMNS_BEFORE_2026:
        values.insert(_PRICING_COLUMN, "")
    row = RelativeValueRow._make(values)
    for title, total, practice_expense in (
        ("NON-FACILITY TOTAL", row.total_nonfacility, row.pe_nonfacility),
        ("FACILITY TOTAL", row.total_facility, row.pe_facility),
    ):
        expected = row.work + practice_expense + row.mp
        if total != expected:
            raise SourceFileError(
                f"{shown(total, 2)} is not work + PE + MP, which is"
                f" {shown(expected, 2)}; the row is damaged or shifted",
                path=name,
                line=line,
                column=title,
            )
    return row


def _conversion_factor(
    rows: list[RelativeValueRow], lines: dict[tuple[str, str], int], name: str
) -> int:
    if not rows:
        raise SourceFileError(
            "has a header and no rows; it was cut short, download it again", path=name
        )
    factor = rows[0].conversion_factor
    for row in rows:
        if row.conversion_factor != factor:
            raise SourceFileError(
                f"{shown(row.conversion_factor, 6)} differs from {shown(factor, 6)} on"
                " the first row; a release has one",
                path=name,
                line=lines[row.code, row.modifier],
                column=_TITLES[_FACTOR_COLUMN],
            )
    return factor


def _title(
    preamble: list[Record], factor: int, name: str
) -> tuple[str | None, date | None]:
    """Find release and release date in the lines above the header."""
    release: str | None = None
    released: date | None = None
    for record in preamble:
        text = title_key(" ".join(record.cells))
        if title := _TITLE.search(text):
            year, month = title.groups()
            if month in _QUARTERS:
                release = f"RVU{year}{_QUARTERS[month]}"
        if stamp := _RELEASED.search(text):
            released = _date(stamp, record.line, name)
    if release is not None:
        release = _FACTORS_OF_REISSUES.get((release, factor), release)
    return release, released


def _date(stamp: re.Match[str], line: int, name: str) -> date:
    month, day, year = map(int, stamp.groups())
    try:
        return date(year, month, day)
    except ValueError as error:
        raise SourceFileError(
            f"{stamp[0]!r} is not a date; expected month/day/year", path=name, line=line
        ) from error


def _is_qpp(name: str, columns: int, factor: int, release: str | None) -> bool | None:
    if factor in _EDITIONS:
        return _EDITIONS[factor]
    if release is not None and int(release[3:5]) < _FIRST_YEAR_OF_QPP:
        return False
    if columns == _COLUMNS_BEFORE_2026:
        return False
    last = name.replace("\\", "/").rpartition("/")[2].upper()
    if re.search(r"NON[-_ ]?QPP", last):
        return False
    return True if "QPP" in last else None


def _endoscopic_base(cell: str) -> str:
    return procedure_code(cell) if cell else ""


_RVU = decimal(2)
_NA = flag("NA", "")
_CONCEPT = one_of("0", "1", "2", "9")
_PARSERS: tuple[Parser, ...] = (
    procedure_code,
    MODIFIER,
    plain,
    STATUS,
    one_of("", "+"),
    _RVU,
    _RVU,
    _NA,
    _RVU,
    _NA,
    _RVU,
    _RVU,
    _RVU,
    one_of(*"0123456789"),
    padded("000", "010", "090", "MMM", "XXX", "YYY", "ZZZ"),
    _RVU,
    _RVU,
    _RVU,
    one_of(*"012345679"),
    one_of(*"01239"),
    _CONCEPT,
    _CONCEPT,
    _CONCEPT,
    one_of(*"0123456789"),
    _endoscopic_base,
    positive(6),
    padded(
        "01", "02", "03", "04", "05", "06", "09", "21", "22", "66", "6A", "77", "7A"
    ),
    one_of("0", "1"),
    padded(*(f"{family:02}" for family in range(1, 12)), "88", "99"),
    _RVU,
    _RVU,
    _RVU,
)
_LAYOUT_2026 = _Layout(_COLUMNS_2026, _TITLES, _PARSERS)
_LAYOUT_BEFORE_2026 = _Layout(
    _COLUMNS_BEFORE_2026,
    _TITLES[:_PRICING_COLUMN] + _TITLES[_PRICING_COLUMN + 1 :],
    _PARSERS[:_PRICING_COLUMN] + _PARSERS[_PRICING_COLUMN + 1 :],
)
