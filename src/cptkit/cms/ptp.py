"""The procedure-to-procedure pairs of the National Correct Coding Initiative.

Quirks
------
* CMS's text edition is tab-separated; its titles are stacked over four lines,
  below a copyright line.
* The practitioner table comes in parts (``f1`` to ``f4``), each a zip with a text
  and a workbook; the outpatient hospital table has the same columns and only its
  name (``ccioph``) tells it apart.
* A deletion date is the last day of the pair; ``*`` or blank means that it
  stands. A pair deleted on the day it took effect, or with indicator 9, never
  stood at all.
* Copies of the pairs in force have no dates.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cptkit.errors import SourceFileError

from ._cells import one_of, procedure_code
from ._files import MAX_BYTES, Member, Source, read_members, source_name
from ._sniff import KINDS, sniff
from ._text import HEADER_WITHIN, decode, delimiter, title_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PairRow", "Term", "read_files", "read_member", "version_date"]

_T = TypeVar("_T")
_Numbered = tuple[int, list[str]]

_GZIP = b"\x1f\x8b"
_HEAD = 64 * 1024
_VERSION = re.compile(r"ccipra-v(\d{2})([0-3])r\d", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}", re.ASCII)
_INDICATOR = one_of("0", "1", "9")


class Term(NamedTuple):
    """From when to when a pair stands, and whether a modifier sets it apart."""

    effective: date | None
    deleted: date | None
    indicator: str


class PairRow(NamedTuple):
    """One pair: column 2 is not paid beside column 1."""

    column1: str
    column2: str
    term: Term


class _Titles(NamedTuple):
    """The titles, and where the columns of a term stand; None where there is none."""

    cells: list[str]
    effective: int | None
    deleted: int | None
    indicator: int


def read_files(source: Source) -> list[Member]:
    """The files of pairs in a file, a folder, a CMS zip or a gzip.

    Raises:
        SourceFileError: There is none, or one is the outpatient hospital table.
    """
    members = [_unpacked(member) for member in read_members(source)]
    found = [member for member in members if _has_titles(member)]
    if not found:
        kind = sniff(members[0].data)
        what = f"is {KINDS[kind].label}" if kind else "has no titles of pairs"
        raise SourceFileError(
            f"{what}; expected CMS's practitioner PTP file, with the columns Column 1,"
            " Column 2, Effective Date, Deletion Date and Modifier",
            path=source_name(source),
        )
    for member in found:
        if "ccioph" in member.name.lower():
            msg = "holds the pairs of outpatient hospitals; give the practitioner file"
            raise SourceFileError(msg, path=member.name)
    return found


def read_member(member: Member) -> Iterator[PairRow]:
    """Yield the pairs of one file, in file order.

    Raises:
        SourceFileError: A row cannot be read; says file, line and column.
    """
    rows = _numbered(decode(member.data, member.name), member.name)
    titles = next(found for _, row in rows if (found := _titles(row)))
    places = [at for at in titles[1:] if at is not None]
    width, term_of = 1 + max(places), itemgetter(*places)
    codes: dict[str, str] = {}
    terms: dict[object, Term] = {}
    read = 0
    for line, row in rows:
        row.extend([""] * (width - len(row)))
        # A million rows hold few distinct codes and terms: each is read once.
        try:
            pair = PairRow(codes[row[0]], codes[row[1]], terms[term_of(row)])
        except KeyError:
            cells = [cell.strip(" \x1a") for cell in row]
            if not any(cells) or not (read or cells[0]):
                continue  # blank, or another line of the titles
            pair = _pair(_Row(member.name, line, cells, titles))
            codes[row[0]], codes[row[1]] = pair.column1, pair.column2
            terms[term_of(row)] = pair.term
        read += 1
        yield pair
    if not read:
        msg = "has titles and no pairs; it was cut short, download it again"
        raise SourceFileError(msg, path=member.name)


def version_date(name: str) -> date | None:
    """The first day of the quarter that a file's name tells, None where it tells none.

    CMS counts the versions from 1994: v30.2 is the third quarter of 2024.

    >>> version_date("ccipra-v302r0-f1.TXT")
    datetime.date(2024, 7, 1)
    """
    if version := _VERSION.search(name):
        return date(1994 + int(version[1]), 1 + 3 * int(version[2]), 1)
    if day := _ISO_DATE.search(name):
        try:
            return date.fromisoformat(day[0])
        except ValueError:
            return None
    return None


def _unpacked(member: Member) -> Member:
    """The file inside a gzip, read no further than the limit."""
    if not member.data.startswith(_GZIP):
        return member
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(member.data, MAX_BYTES)
    except zlib.error as error:
        msg = f"is a damaged gzip ({error}); download it again"
        raise SourceFileError(msg, path=member.name) from error
    if not stream.eof:
        msg = f"is a cut gzip, or unpacks to more than {MAX_BYTES // 2**20} MB"
        raise SourceFileError(msg, path=member.name)
    return Member(member.name, data)


def _has_titles(member: Member) -> bool:
    """Whether the titles of pairs stand at the head of a file."""
    if b"\x00" in member.data[:_HEAD]:
        return False
    head = decode(member.data[:_HEAD], member.name)
    try:
        return any(
            _titles(row) is not None
            for count, (_, row) in enumerate(_numbered(head, member.name))
            if count < HEADER_WITHIN
        )
    except SourceFileError:  # a head cut inside a quoted cell
        return False


def _numbered(text: str, name: str) -> Iterator[_Numbered]:
    """Each record, with the line it ends on."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter(text))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        msg = f"the record is not CSV ({error}); download the file again"
        raise SourceFileError(msg, path=name, line=reader.line_num) from error


def _titles(row: list[str]) -> _Titles | None:
    """The titles, where a row begins with those of the two codes."""
    cells = [title_key(cell) for cell in row]
    if [cell.replace(" ", "") for cell in cells[:2]] != ["COLUMN1", "COLUMN2"]:
        return None
    found = {
        word: at
        for at, cell in enumerate(cells)
        for word in ("EFFECTIVE", "DELETION", "MODIFIER")
        if cell.startswith(word)
    }
    if "MODIFIER" not in found:
        return None
    return _Titles(
        cells, found.get("EFFECTIVE"), found.get("DELETION"), found["MODIFIER"]
    )


class _Row(NamedTuple):
    """One row of pairs as cells, and where it stands."""

    name: str
    line: int
    cells: list[str]
    titles: _Titles

    def parse(self, at: int | None, parse: Callable[[str], _T]) -> _T:
        """The cell at *at*, parsed; a refusal names file, line and column."""
        try:
            return parse("" if at is None else self.cells[at])
        except ValueError as error:
            raise SourceFileError(
                str(error),
                path=self.name,
                line=self.line,
                column=None if at is None else self.titles.cells[at],
            ) from error


def _pair(row: _Row) -> PairRow:
    titles = row.titles
    effective = None
    if titles.effective is not None:
        effective = row.parse(titles.effective, _day)
    deleted = row.parse(titles.deleted, _day_or_none)
    indicator = row.parse(titles.indicator, _INDICATOR)
    term = Term(effective, deleted, indicator)
    return PairRow(row.parse(0, procedure_code), row.parse(1, procedure_code), term)


def _day(cell: str) -> date:
    """A date as CMS writes it here, 20240701, or as spreadsheets save it."""
    try:
        if _DATE.fullmatch(cell):
            digits = cell.replace("-", "")
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        pass
    msg = f"{cell!r} is not a date; expected eight digits such as 20240701"
    raise ValueError(msg)


def _day_or_none(cell: str) -> date | None:
    return None if cell in ("", "*") else _day(cell)
