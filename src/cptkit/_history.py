"""One code through every release at hand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from ._change import Change, effects_of, terms_of
from ._code import Code
from ._fees import is_facility, is_paid
from ._money import dollars, in_dollars
from ._parse import hyphenated
from ._schedule import open_release, releases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from ._release import Release
    from ._rvus import Rvus


@attrs.frozen
class HistoryEntry:
    """The code in one release.

    Attributes:
        code: The code as that release has it: RVUs, indicators, status.
        nonfacility: The national payment outside a facility, in dollars; None
            where the release does not pay it on its RVUs.
        facility: The same in a facility.
    """

    code: Code
    nonfacility: Decimal | None
    facility: Decimal | None

    @property
    def release(self) -> Release:
        """The release."""
        return self.code.release

    @property
    def rvus(self) -> Rvus:
        """The row's RVUs in the release."""
        return self.code.rvus

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        payments = {"nonfacility": self.nonfacility, "facility": self.facility}
        return {
            "release": self.release.name,
            "effective": self.release.effective.isoformat(),
            "ends": self.release.ends.isoformat(),
            "rvus": self.rvus.to_dict(),
            "indicators": {
                name: each.value for name, each in self.code.indicators.items()
            },
            **{k: None if v is None else str(v) for k, v in payments.items()},
        }


@attrs.frozen(repr=False)
class History:
    """A code in every release that has it, oldest first; from `Code.history`.

    Iterating yields its entries; payments are national.

    Attributes:
        number: The code.
        modifier: The row: blank, ``26``, ``TC`` or ``53``.
        entries: One for each release that has the row.
        missing: Names of the releases at hand that have not.
    """

    number: str
    modifier: str
    entries: tuple[HistoryEntry, ...]
    missing: tuple[str, ...]

    def __iter__(self) -> Iterator[HistoryEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def years(self) -> tuple[HistoryEntry, ...]:
        """The last release of each year."""
        last = {each.release.effective.year: each for each in self.entries}
        return tuple(last.values())

    def changes(self, setting: str = "non-facility") -> tuple[Change, ...]:
        """Each change of the national payment from one release to the next.

        Raises:
            InvalidInputError: The setting is neither of the two.

        >>> import cptkit
        >>> cptkit.code("99213").history().changes()[-1].conversion_factor_effect
        Decimal('3.00')
        """
        facility = is_facility(setting)
        found: list[Change] = []
        for old, new in pairwise(each.code for each in self.entries):
            start, end = (
                terms_of(code._schedule, {}, facility=facility)  # noqa: SLF001 - its own
                for code in (old, new)
            )
            effects = effects_of(old._row, new._row, start, end)  # noqa: SLF001 - its rows
            if effects is not None and effects.after != effects.before:
                names = old.release.name, new.release.name
                found.append(Change(self.number, self.modifier, *names, effects))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts and RVUs as text."""
        return {
            "number": self.number,
            "modifier": self.modifier,
            "entries": [each.to_dict() for each in self.entries],
            "missing": list(self.missing),
        }

    def __repr__(self) -> str:
        name = hyphenated(self.number, self.modifier)
        return f"<History of {name} in {len(self.entries)} releases>"

    def _repr_html_(self) -> str:
        from .render.changes import history_card

        return history_card(self)


YEAR_HEADS = ("Release", "Work", "Total", "Non-facility", "Facility")
YEAR_NOTE = (
    "The last release of each year: work and total RVUs outside a facility, and the"
    " national payment in each setting."
)


def year_rows(past: History) -> list[tuple[str, ...]]:
    """The years as they are shown, under `YEAR_HEADS`."""
    return [
        (
            f"{each.release.effective.year} ({each.release.name})",
            str(each.rvus.work),
            str(each.rvus.total_nonfacility),
            in_dollars(each.nonfacility),
            in_dollars(each.facility),
        )
        for each in past.years
    ]


def history_of(number: str, modifier: str) -> History:
    """The history of one row; see `Code.history`."""
    entries: list[HistoryEntry] = []
    missing: list[str] = []
    for release in releases():
        schedule = open_release(release)
        row = schedule.figures.find(number, modifier)
        if row is None:
            missing.append(release.name)
            continue
        code = Code(number, row.modifier, row, schedule)
        paid: list[Decimal | None] = [None, None]
        if is_paid(row):
            sides = (terms_of(schedule, {}, facility=f) for f in (False, True))
            paid = [dollars(terms.fee(row)) for terms in sides]
        entries.append(HistoryEntry(code, *paid))
    return History(number, modifier, tuple(entries), tuple(missing))
