"""The rows of the relative value files, each distinct one once, for queries to join.

Most codes change once a year and are released four times. What a code is between
two changes is an edition. The releases in which one begins are the bits of a number,
so that as many of them as stand up to a release count the edition it holds.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from .._release import registry
from .numbers import ROWS
from .plans import release_names, schedule_of
from .readers import UNREADABLE

if TYPE_CHECKING:
    from .._release import Registry
    from .._store import Profile, Row

#: The RVUs of a row in hundredths, by what a query calls them.
_RVUS = {
    "work": "work",
    "pe": "pe_nonfacility",
    "pe_facility": "pe_facility",
    "mp": "mp",
    "cap_pe": "opps_pe_nonfacility",
    "cap_pe_facility": "opps_pe_facility",
    "cap_mp": "opps_mp",
}
RVU_COLUMNS = tuple(_RVUS)
_rvus_of = attrgetter(*_RVUS.values())

#: Releases whose changes one number holds; databases count in 64 bits.
_WORD = 60


class Shape(NamedTuple):
    """A distinct set of what the rules read of a row, by one row that has it.

    Attributes:
        release: The example's release.
        code: The example's code.
        rows: The rows that modifiers must ask for, to come to this shape.
    """

    release: str
    code: str
    rows: tuple[str, ...]


class ShapedRow(NamedTuple):
    """A row of an edition: the modifier it is of, its shape's number, its RVUs."""

    code: str
    edition: int
    modifier: str
    shape: int
    rvus: tuple[int, ...]


class Edition(NamedTuple):
    """What a code is from one of its changes to the next.

    Attributes:
        release: The first of it.
        rows: Its rows, but that of modifier 53; none where the code is not held.
    """

    release: str
    rows: list[Row]


class Editions:
    """The editions of every code in some releases.

    Attributes:
        of: By code, in the order of releases; the first is that of the first release,
            without rows where it does not hold the code.
        changes: The releases in which editions begin, by code.
    """

    def __init__(self, releases: tuple[str, ...]) -> None:
        self.of: dict[str, list[Edition]] = {}
        self.changes: dict[str, list[int]] = {}
        for at, name in enumerate(release_names()):
            if name in releases:
                self._add(at, name)

    def _add(self, at: int, name: str) -> None:
        found: dict[str, list[Row]] = {}
        for row in schedule_of(name).figures.all_rows():
            if row.modifier != "53":
                found.setdefault(row.code, []).append(row)
        before = [Edition(name, [])] if self.of else []
        for code in {*found, *self.of}:
            kept = found.get(code, [])
            known = self.of.setdefault(code, list(before))
            if not known:  # the first release of all
                known.append(Edition(name, kept))
            elif known[-1].rows != kept:
                known.append(Edition(name, kept))
                self.changes.setdefault(code, []).append(at)

    @property
    def most(self) -> int:
        """The most editions that a code has."""
        return max(map(len, self.of.values()), default=0)

    def words(self, code: str) -> tuple[int, ...]:
        """The changes of a code as bits, from the first release."""
        return words(sum(1 << at for at in self.changes.get(code, ())))

    def shaped(self) -> tuple[list[Shape], list[ShapedRow]]:
        """The shapes, and every row of every edition with its own.

        The last two shapes are of a code that a release does not hold, and of one
        that it holds without 26 and TC.
        """
        shapes: dict[Any, tuple[int, Shape]] = {}
        rows: list[ShapedRow] = []
        absent: list[tuple[str, int]] = []
        waivers = _law.waivers()
        for code, editions in self.of.items():
            waived = code if code in waivers else ""
            for edition, (release, of_code) in enumerate(editions):
                if not of_code:
                    absent.append((code, edition))
                for row in of_code:
                    key = (
                        _read(row.profile),
                        row.has_rvus,
                        row.has_cap,
                        row.modifier,
                        waived,
                    )
                    shape = len(shapes), Shape(release, code, (row.modifier,))
                    number, _ = shapes.setdefault(key, shape)
                    figures = _rvus_of(row)
                    rows.append(ShapedRow(code, edition, row.modifier, number, figures))
        unknown, nothing = len(shapes), (0,) * len(RVU_COLUMNS)
        rows += [
            ShapedRow(code, edition, part, unknown, nothing)
            for code, edition in absent
            for part in ROWS
        ]
        found = [shape for _, shape in shapes.values()]
        return [*found, *self._without_row()], rows

    def _without_row(self) -> list[Shape]:
        newest = registry().releases[-1].name
        whole = (
            Shape(release, code, ROWS[1:])
            for code, editions in self.of.items()
            for release, rows in editions
            if [row.modifier for row in rows] == [""]
        )
        nowhere = Shape(newest, UNREADABLE, ())  # no code is held
        return [Shape(newest, UNREADABLE, ROWS), next(whole, nowhere)]


@lru_cache(maxsize=4)
def editions_of(releases: tuple[str, ...], _held: Registry) -> Editions:
    """The editions in some releases, for as long as no other release is installed."""
    return Editions(releases)


@lru_cache(maxsize=4096)
def _read(profile: Profile) -> Profile:
    """What the rules read of a profile."""
    return profile._replace(**_UNREAD)


#: Indicators that no rule of a line alone reads.
_UNREAD: dict[str, Any] = dict.fromkeys(
    "not_used na_nonfacility na_facility pricing endoscopic_base supervision"
    " calculation_flag".split(),
    "",
)


def words(bits: int) -> tuple[int, ...]:
    """Bits of the releases at hand, in as many numbers as they need."""
    parts = range(0, len(release_names()), _WORD)
    return tuple(bits >> part & (1 << _WORD) - 1 for part in parts)


def bit_columns(what: str) -> list[str]:
    """The columns that hold `words`."""
    return [f"{what}_{part}" for part, _ in enumerate(words(0))]
