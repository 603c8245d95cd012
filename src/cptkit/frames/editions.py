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
        rows: The rows that modifiers must ask for, to come to this shape: its own,
            and those that the code does not have.
    """

    release: str
    code: str
    rows: tuple[str, ...]


class ShapedRow(NamedTuple):
    """A row of an edition: its shape's number, if it has one, and its RVUs."""

    shape: int | None
    rvus: tuple[int, ...]


#: What stands where an edition has no row.
_NOTHING = (0,) * len(RVU_COLUMNS)


class Shaped(NamedTuple):
    """Every row of every edition with its shape.

    Attributes:
        shapes: The shapes; the first is of a code that a release does not hold.
        rows: For every edition of a code one row, or one for each of `ROWS` where
            any edition has parts of its own.
        begins: How many rows stand before those of a code.
        parts: The codes that have parts.
    """

    shapes: list[Shape]
    rows: list[ShapedRow]
    begins: dict[str, int]
    parts: frozenset[str]


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
        for code in {**found, **self.of}:  # in one order, whatever the process
            kept = found.get(code, [])
            known = self.of.setdefault(code, list(before))
            if not known:  # the first release of all
                known.append(Edition(name, kept))
            elif known[-1].rows != kept:
                known.append(Edition(name, kept))
                self.changes.setdefault(code, []).append(at)

    def words(self, code: str) -> tuple[int, ...]:
        """The changes of a code as bits, from the first release."""
        return words(sum(1 << at for at in self.changes.get(code, ())))

    def shaped(self) -> Shaped:
        """The rows in one order, so that one number finds any of them."""
        newest = registry().releases[-1].name
        shapes: dict[Any, tuple[int, Shape]] = {
            None: (0, Shape(newest, UNREADABLE, ROWS))  # no code is held
        }
        rows = [ShapedRow(0, _NOTHING)]
        begins: dict[str, int] = {}
        parts: set[str] = set()
        for code, editions in self.of.items():
            begins[code] = len(rows)
            asked: tuple[str, ...] = ROWS[:1]
            if any(row.modifier for edition in editions for row in edition.rows):
                asked = ROWS
                parts.add(code)
            for edition in editions:
                rows += _shaped(code, edition, asked, shapes)
        found = [shape for _, shape in shapes.values()]
        return Shaped(found, rows, begins, frozenset(parts))


def _shaped(
    code: str,
    edition: Edition,
    asked: tuple[str, ...],
    shapes: dict[Any, tuple[int, Shape]],
) -> list[ShapedRow]:
    """The rows of an edition that are *asked* for, with their shapes."""
    if not edition.rows:
        return [ShapedRow(0, _NOTHING)] * len(asked)
    held = {row.modifier: row for row in edition.rows}
    absent = tuple(part for part in ROWS if part not in held)
    waived = code if code in _law.waivers() else ""
    found: dict[str, ShapedRow] = {}
    for modifier, row in held.items():
        of_rules = _read(row.profile), row.has_rvus, row.has_cap
        answers_for = (modifier, *absent) if modifier == "" else (modifier,)
        shape = len(shapes), Shape(edition.release, code, answers_for)
        number, _ = shapes.setdefault((*of_rules, answers_for, waived), shape)
        found[modifier] = ShapedRow(number, _rvus_of(row))
    whole = found.get("", ShapedRow(None, _NOTHING))
    return [found.get(part, whole._replace(rvus=_NOTHING)) for part in asked]


@lru_cache(maxsize=4)
def editions_of(releases: tuple[str, ...], _held: Registry) -> Editions:
    """The editions in some releases, for as long as no other release is installed."""
    return Editions(releases)


@lru_cache(maxsize=4096)
def _read(profile: Profile) -> Profile:
    """What the rules read of a profile; of an endoscopic base, whether there is one."""
    base = "some" if profile.endoscopic_base else ""
    return profile._replace(**_UNREAD, endoscopic_base=base)


#: Indicators that no rule of a line alone reads.
_UNREAD: dict[str, Any] = dict.fromkeys(
    "not_used na_nonfacility na_facility pricing supervision calculation_flag".split(),
    "",
)


def words(bits: int) -> tuple[int, ...]:
    """Bits of the releases at hand, in as many numbers as they need."""
    parts = range(0, len(release_names()), _WORD)
    return tuple(bits >> part & (1 << _WORD) - 1 for part in parts)


def bit_columns(what: str) -> list[str]:
    """The columns that hold `words`."""
    return [f"{what}_{part}" for part, _ in enumerate(words(0))]
