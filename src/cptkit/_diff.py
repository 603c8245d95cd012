"""Two releases side by side: codes, RVUs, indicators and payments."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from ._change import Change, effects_of, terms_of
from ._fees import is_facility, is_paid, place_label
from ._parse import hyphenated
from ._rvus import Rvus, rvus_of
from ._schedule import FeeSchedule, schedule
from ._store import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ._change import Terms
    from ._impact import Impact
    from ._release import Release
    from ._store import Row

_RVUS = ("work", "pe_nonfacility", "pe_facility", "mp")
#: Fields of a profile that are compared, by the names codes have for them.
_INDICATORS = {
    "status": "status",
    "pctc": "pctc",
    "global_period": "global_days",
    "multiple_procedure": "multiple",
    "bilateral": "bilateral",
    "assistant": "assistant",
    "co_surgeon": "co_surgeon",
    "team": "team",
    "supervision": "supervision",
    "imaging_family": "imaging_family",
    "endoscopic_base": "endoscopic_base",
    "na_nonfacility": "na_nonfacility",
    "na_facility": "na_facility",
}


@attrs.frozen
class Revaluation:
    """A row whose RVUs differ, whether Medicare pays it or not.

    Attributes:
        number: The code.
        modifier: The row.
        before: Its RVUs in the earlier release.
        after: Its RVUs in the later one.
    """

    number: str
    modifier: str
    before: Rvus
    after: Rvus

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "number": self.number,
            "modifier": self.modifier,
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
        }


@attrs.frozen
class IndicatorChange:
    """An indicator of a row that differs.

    Attributes:
        number: The code.
        modifier: The row.
        name: The indicator, as `Code` names it.
        before: CMS's value in the earlier release, blank where none.
        after: CMS's value in the later one.
    """

    number: str
    modifier: str
    name: str
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return attrs.asdict(self)


@attrs.frozen(repr=False)
class Diff:
    """What a release changes against another; get it from `cptkit.diff`.

    Attributes:
        start: The earlier release.
        end: The later release.
        setting: ``non-facility`` or ``facility``.
        place: Where it is priced, as a heading.
    """

    start: Release
    end: Release
    setting: str
    place: str
    _before: Terms
    _after: Terms

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Codes of the later release that the earlier one has not, in code order."""
        old = set(self._before.schedule.numbers)
        return tuple(each for each in self._after.schedule.numbers if each not in old)

    @cached_property
    def deleted(self) -> tuple[str, ...]:
        """Codes of the earlier release that the later one has not."""
        new = set(self._after.schedule.numbers)
        return tuple(each for each in self._before.schedule.numbers if each not in new)

    @cached_property
    def _rows(self) -> tuple[tuple[Row, Row], ...]:
        """The rows that both releases have, in code order."""
        rows = self._before.schedule.figures.all_rows()
        old = {(row.code, row.modifier): row for row in rows}
        new = self._after.schedule.figures.all_rows()
        return tuple(
            (old[row.code, row.modifier], row)
            for row in new
            if (row.code, row.modifier) in old
        )

    @cached_property
    def repriced(self) -> tuple[Change, ...]:
        """Rows that both releases pay on their RVUs, and pay differently."""
        found: list[Change] = []
        for old, new in self._rows:
            effects = effects_of(old, new, self._before, self._after)
            if effects is not None and effects.after != effects.before:
                names = self.start.name, self.end.name
                found.append(Change(new.code, new.modifier, *names, effects))
        return tuple(found)

    @cached_property
    def revalued(self) -> tuple[Revaluation, ...]:
        """Rows whose RVUs differ, of every status."""
        return tuple(
            Revaluation(new.code, new.modifier, rvus_of(old), rvus_of(new))
            for old, new in self._rows
            if any(getattr(old, each) != getattr(new, each) for each in _RVUS)
        )

    @cached_property
    def indicators(self) -> tuple[IndicatorChange, ...]:
        """Every indicator that differs, row by row."""
        return tuple(_indicators(self._rows))

    @cached_property
    def newly_paid(self) -> tuple[str, ...]:
        """Rows of both releases that only the later one pays on their RVUs."""
        return tuple(
            hyphenated(new.code, new.modifier)
            for old, new in self._rows
            if is_paid(new) and not is_paid(old)
        )

    @cached_property
    def no_longer_paid(self) -> tuple[str, ...]:
        """Rows of both releases that only the earlier one pays on their RVUs."""
        return tuple(
            hyphenated(new.code, new.modifier)
            for old, new in self._rows
            if is_paid(old) and not is_paid(new)
        )

    def impact(self, volumes: Mapping[Any, Any], **where: Any) -> Impact:
        """What the later release does to a year of these services.

        Args:
            volumes: How many of each: ``{"99214": 1200, "71046-26": 300}``.
            **where: ``zip``, ``locality``, or ``state`` with ``county`` or
                ``name``, and ``setting``; those of the diff unless told.

        Raises:
            InvalidInputError: A code, a count or a word that cannot be read.
            NotPriced: The place cannot be read or found.

        >>> import cptkit
        >>> changed = cptkit.diff("RVU25D", "RVU26C")
        >>> changed.impact({"99214": 1200}, zip="60601").change
        Decimal('12672.00')
        """
        from ._impact import impact_of

        if not where:
            return impact_of(volumes, self)
        setting = where.pop("setting", self.setting)
        if not where:
            facility = is_facility(setting)
            before = self._before._replace(facility=facility)
            after = self._after._replace(facility=facility)
            return impact_of(volumes, _diff(before, after))
        other = diff(
            self._before.schedule, self._after.schedule, setting=setting, **where
        )
        return impact_of(volumes, other)

    @property
    def text(self) -> str:
        """What changed, in a few sentences."""
        revalued, moved = len(self.revalued), len(self.indicators)
        up = sum(each.change > 0 for each in self.repriced)
        return (
            f"{self.start.name} to {self.end.name}: {len(self.added):,} codes added,"
            f" {len(self.deleted):,} deleted, {revalued:,} rows revalued, {moved:,}"
            f" indicators changed. {self.place}, {self.setting}: {up:,} rows pay more,"
            f" {len(self.repriced) - up:,} pay less. Conversion factor"
            f" ${self.start.conversion_factor} to ${self.end.conversion_factor}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "start": self.start.name,
            "end": self.end.name,
            "setting": self.setting,
            "place": self.place,
            "added": list(self.added),
            "deleted": list(self.deleted),
            "newly_paid": list(self.newly_paid),
            "no_longer_paid": list(self.no_longer_paid),
            "repriced": [each.to_dict() for each in self.repriced],
            "revalued": [each.to_dict() for each in self.revalued],
            "indicators": [each.to_dict() for each in self.indicators],
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return (
            f"<Diff {self.start.name} to {self.end.name}, {self.place}, {self.setting}>"
        )

    def _repr_html_(self) -> str:
        from .render.changes import diff_card

        return diff_card(self)


def _indicators(rows: tuple[tuple[Row, Row], ...]) -> Iterator[IndicatorChange]:
    places = {name: Profile._fields.index(field) for name, field in _INDICATORS.items()}
    for old, new in rows:
        if old.profile != new.profile:
            for name, at in places.items():
                before, after = str(old.profile[at]), str(new.profile[at])
                if before != after:
                    yield IndicatorChange(new.code, new.modifier, name, before, after)


def diff(
    start: object, end: object, *, setting: str = "non-facility", **where: Any
) -> Diff:
    """What changes from one release to another, and why payments change.

    Args:
        start: The earlier release: its name, a year (its newest release), or a
            `FeeSchedule`.
        end: The later one.
        setting: ``non-facility`` or ``facility``.
        **where: ``zip``, ``locality``, or ``state`` with ``county`` or ``name``;
            the nation, whose indices are all 1, unless told.

    Raises:
        NotFoundError: A release is not held.
        InvalidInputError: A word that cannot be read.
        NotPriced: A release has no such place.

    >>> import cptkit
    >>> changed = cptkit.diff("RVU25D", "RVU26C")
    >>> [each for each in changed.repriced if each.number == "99213"]
    [<Change 99213 $88.95 to $95.19, RVU25D to RVU26C>]

    Source: the relative value and GPCI files of both releases.
    """
    facility = is_facility(setting)
    sides = (
        each if isinstance(each, FeeSchedule) else schedule(each)
        for each in (start, end)
    )
    return _diff(*(terms_of(each, where, facility=facility) for each in sides))


def _diff(before: Terms, after: Terms) -> Diff:
    setting = "facility" if before.facility else "non-facility"
    place = place_label(after.place)
    releases = before.schedule.release, after.schedule.release
    return Diff(*releases, setting, place, before, after)
