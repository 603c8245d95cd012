"""The pairs of codes not paid together, from CMS's own file, and its edition."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import attrs

from ._parse import parse_code
from ._release import parse_date
from ._source_file import SourceFile
from .errors import InvalidInputError, SourceFileError
from .indicators import Indicator, indicator

if TYPE_CHECKING:
    from .cms import Source
    from .cms._files import Member
    from .cms.ptp import Term


class PairIndicator(Indicator):
    """Whether a modifier sets the two codes of a pair apart."""

    NEVER = "0", "no modifier sets them apart"
    MODIFIER = "1", "a modifier may set them apart, where the record supports it"
    NOT_APPLICABLE = "9", "the pair was withdrawn from the day it began"


@attrs.frozen
class Edition:
    """One edition of one table of edits.

    Attributes:
        table: What it holds, for example ``medically unlikely edits``.
        release: CMS's quarter, for example ``2026Q3``.
        effective: First day of that quarter.
        ends: Last day of that quarter.
        since: First date of service it answers for exactly: the first day of the
            quarter, or earlier where the table dates every edit it ever held.
        rows: Rows read.
        sources: The files, with their sha256.
    """

    table: str
    release: str
    effective: date
    ends: date
    since: date
    rows: int
    sources: tuple[SourceFile, ...]

    def governs(self, on: date) -> bool:
        """Whether it answers exactly for a date of service."""
        return self.since <= on <= self.ends

    def __str__(self) -> str:
        return f"NCCI {self.table}, {self.release} (from {self.effective})"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; dates in ISO form."""
        return {
            "table": self.table,
            "release": self.release,
            "effective": self.effective.isoformat(),
            "ends": self.ends.isoformat(),
            "since": self.since.isoformat(),
            "rows": self.rows,
            "sources": [source.to_dict() for source in self.sources],
        }


@attrs.frozen
class Pair:
    """A procedure-to-procedure edit (PTP): column 2 is not paid beside column 1.

    Attributes:
        column1: The code that is paid.
        column2: The code that is not.
        indicator: Whether a modifier sets them apart.
        effective: First date of service, None where the file has no dates.
        deleted: Last date of service, None while the pair stands.
        exact: False where the file does not answer for the date of service.
    """

    column1: str
    column2: str
    indicator: PairIndicator
    effective: date | None
    deleted: date | None
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; dates in ISO form."""
        return {
            "column1": self.column1,
            "column2": self.column2,
            "indicator": self.indicator.value,
            "effective": self.effective and self.effective.isoformat(),
            "deleted": self.deleted and self.deleted.isoformat(),
            "exact": self.exact,
        }


_ENTRY = 6  # five characters of the column 2 code, one whose number is the term's


@attrs.frozen(repr=False)
class ProcedurePairs:
    """The procedure-to-procedure pairs of a user's CMS file; equal where editions are.

    A column 1 code holds its column 2 codes as one sorted text: two million pairs
    then take some 12 MiB, not 400.
    """

    edition: Edition
    _entries: dict[str, str] = attrs.field(eq=False)
    _terms: tuple[Term, ...] = attrs.field(eq=False)

    def find(self, column1: object, column2: object, on: object = None) -> Pair | None:
        """The pair in force on a date of service, None where there is none.

        Args:
            column1: The code that would be paid.
            column2: The code that would not.
            on: Date of service; left out, the first day of the file's quarter.

        Raises:
            NotPriced: A code or the date cannot be read.
        """
        first, second = parse_code(column1)[0], parse_code(column2)[0]
        day = self.edition.effective if on is None else parse_date(on)
        for term in self._terms_of(first, second):
            if _stands(term, day):
                kind = indicator(PairIndicator, term.indicator)
                exact = self.edition.governs(day)
                return Pair(first, second, kind, term.effective, term.deleted, exact)
        return None

    def _terms_of(self, column1: str, column2: str) -> list[Term]:
        text = self._entries.get(column1, "")
        low, high = 0, len(text) // _ENTRY
        while low < high:
            middle = (low + high) // 2
            if text[middle * _ENTRY : middle * _ENTRY + 5] < column2:
                low = middle + 1
            else:
                high = middle
        found: list[Term] = []
        while text[low * _ENTRY : low * _ENTRY + 5] == column2:
            found.append(self._terms[ord(text[low * _ENTRY + 5])])
            low += 1
        return found

    def __len__(self) -> int:
        return self.edition.rows

    def __repr__(self) -> str:
        return f"<ProcedurePairs {len(self):,} of {self.edition.release}>"

    def to_dict(self) -> dict[str, Any]:
        """What was loaded, as plain data; the pairs stay in the user's file."""
        return self.edition.to_dict()


def _stands(term: Term, on: date) -> bool:
    """Whether a pair is in force; one deleted on its first day never was."""
    if term.indicator == PairIndicator.NOT_APPLICABLE.value:
        return False
    if term.deleted is not None and (
        on > term.deleted or term.deleted == term.effective
    ):
        return False
    return term.effective is None or term.effective <= on


def load(path: Source, *more: Source, effective: object = None) -> ProcedurePairs:
    """Read the procedure-to-procedure pairs from CMS's practitioner file.

    Args:
        path: CMS's zip as downloaded, its text, a CSV, a gzip of one of them, or
            a folder.
        *more: The other parts; CMS publishes the table in four.
        effective: First day of the file's quarter, where neither its name
            (``ccipra-v302r0-f1.txt``, or an ISO date) nor dates in it tell.

    Raises:
        SourceFileError: A file is missing, is another table, or holds a row that
            cannot be read; says file, line and column.
        InvalidInputError: The quarter cannot be told, or the parts differ in it.

    Reading takes about two seconds a million pairs.
    """
    from .cms.ptp import read_files

    members = [member for source in (path, *more) for member in read_files(source)]
    seen: dict[str, str] = {}
    for member in members:
        first = seen.setdefault(member.sha256, member.name)
        if first != member.name:
            msg = f"is the same file as {first}; give each part once"
            raise SourceFileError(msg, path=member.name)
    return _gathered(members, effective)


def _gathered(members: list[Member], effective: object) -> ProcedurePairs:
    """The pairs of all parts, packed as `ProcedurePairs` keeps them."""
    from .cms.ptp import read_member

    numbers: dict[Term, int] = {}
    packed: dict[str, str] = {}
    sources: list[SourceFile] = []
    for member in members:
        count = 0
        for column1, pairs in groupby(read_member(member), key=itemgetter(0)):
            text = "".join(
                pair.column2 + chr(numbers.setdefault(pair.term, len(numbers)))
                for pair in pairs
            )
            packed[column1] = packed.get(column1, "") + text
            count += len(text) // _ENTRY
        name = member.name.replace("\\", "/").rpartition("/")[2]
        sources.append(SourceFile("pairs", name, member.sha256, count))
    for column1, text in packed.items():
        entries = [text[at : at + _ENTRY] for at in range(0, len(text), _ENTRY)]
        packed[column1] = "".join(sorted(entries))
    edition = _edition_of(members, tuple(sources), tuple(numbers), effective)
    return ProcedurePairs(edition, packed, tuple(numbers))


def _edition_of(
    members: list[Member],
    sources: tuple[SourceFile, ...],
    terms: tuple[Term, ...],
    effective: object,
) -> Edition:
    """The edition of a user's files: the quarter given, named, or of the last pair."""
    from .cms.ptp import version_date

    dates = [term.effective for term in terms if term.effective is not None]
    named = {day for each in members if (day := version_date(each.name)) is not None}
    if len(named) > 1:
        quarters = " and ".join(sorted(map(str, named)))
        msg = f"the parts are of different quarters: {quarters}; give those of one"
        raise InvalidInputError(msg)
    told = max(named, default=None) or max(dates, default=None)
    if effective is None and told is None:
        names = " and ".join(source.path for source in sources)
        msg = (
            f"{names} has no dates, and its name tells no quarter: give"
            " effective='2024-07-01', the first day of the file's quarter"
        )
        raise InvalidInputError(msg)
    day = told if effective is None else parse_date(effective)
    assert day is not None
    quarter = (day.month - 1) // 3
    first = date(day.year, 1 + 3 * quarter, 1)
    following = date(day.year + quarter // 3, 1 + 3 * (quarter + 1) % 12, 1)
    return Edition(
        "procedure-to-procedure pairs",
        f"{day.year}Q{quarter + 1}",
        first,
        following - timedelta(days=1),
        min(dates, default=first),
        sum(source.rows for source in sources),
        sources,
    )
