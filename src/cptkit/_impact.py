"""What a release does to a year: the changes of payment, times their volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from ._change import Change, Effects, effects_of
from ._fees import is_paid
from ._money import dollars, in_dollars, scaled
from ._parse import hyphenated, parse_code
from .errors import InvalidInputError, show

if TYPE_CHECKING:
    from decimal import Decimal

    from ._change import Terms
    from ._diff import Diff

_ROWS = ((), ("26",), ("TC",), ("53",))


@attrs.frozen
class ImpactLine:
    """One service of the year.

    Attributes:
        units: How many.
        change: What one of them pays before and after.
    """

    units: int
    change: Change

    @property
    def effects(self) -> Effects:
        """All units together, in cents."""
        return Effects._make(each * self.units for each in self.change._effects)  # noqa: SLF001 - cents

    @property
    def total(self) -> Decimal:
        """The change of all units, in dollars."""
        return dollars(self.effects.after - self.effects.before)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "units": self.units,
            "change": self.change.to_dict(),
            "total": str(self.total),
        }


@attrs.frozen(repr=False)
class Impact:
    """What a release does to a year of services; get it from `Diff.impact`.

    Amounts are `Decimal` dollars of allowed amounts before modifiers and cost
    share; the three effects sum to the change, to the cent.

    Attributes:
        diff: Releases, place and setting.
        lines: The services that both releases price, in the order given.
        unpriced: The services that one of them does not, and why.
    """

    diff: Diff
    lines: tuple[ImpactLine, ...]
    unpriced: tuple[tuple[str, str], ...]

    @property
    def _sums(self) -> Effects:
        columns = zip(*(line.effects for line in self.lines), strict=True)
        return Effects._make(map(sum, columns) if self.lines else (0, 0, 0, 0))

    @property
    def before(self) -> Decimal:
        """What the year pays in the earlier release."""
        return dollars(self._sums.before)

    @property
    def after(self) -> Decimal:
        """What it pays in the later one."""
        return dollars(self._sums.after)

    @property
    def change(self) -> Decimal:
        """After less before."""
        return dollars(self._sums.after - self._sums.before)

    @property
    def rvu_effect(self) -> Decimal:
        """What the RVUs changed."""
        return dollars(self._sums.rvus)

    @property
    def gpci_effect(self) -> Decimal:
        """What the geographic indices changed after that."""
        return dollars(self._sums.gpci)

    @property
    def conversion_factor_effect(self) -> Decimal:
        """What the conversion factor changed at last."""
        return dollars(self._sums.conversion_factor)

    @property
    def text(self) -> str:
        """The year in a few sentences."""
        diff = self.diff
        told = (
            f"{diff.start.name} to {diff.end.name}, {diff.place}, {diff.setting}:"
            f" {in_dollars(self.before)} becomes {in_dollars(self.after)}, a change of"
            f" {in_dollars(self.change)}: {in_dollars(self.rvu_effect)} by RVUs,"
            f" {in_dollars(self.gpci_effect)} by geographic indices,"
            f" {in_dollars(self.conversion_factor_effect)} by the conversion factor."
        )
        missing = "; ".join(f"{name}: {why}" for name, why in self.unpriced)
        return f"{told} Not counted: {missing}." if missing else told

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts as text."""
        amounts = (
            *("before", "after", "change"),
            *("rvu_effect", "gpci_effect", "conversion_factor_effect"),
        )
        return {
            "start": self.diff.start.name,
            "end": self.diff.end.name,
            "place": self.diff.place,
            "setting": self.diff.setting,
            **{name: str(getattr(self, name)) for name in amounts},
            "lines": [line.to_dict() for line in self.lines],
            "unpriced": [list(each) for each in self.unpriced],
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        diff = self.diff
        return (
            f"<Impact {diff.start.name} to {diff.end.name}: {in_dollars(self.change)}>"
        )

    def _repr_html_(self) -> str:
        from .render.changes import impact_card

        return impact_card(self)


def impact_of(volumes: Mapping[Any, Any], diff: Diff) -> Impact:
    """The impact on volumes as a caller writes them; see `Diff.impact`."""
    before, after = diff._before, diff._after  # noqa: SLF001 - its schedules
    lines: list[ImpactLine] = []
    unpriced: list[tuple[str, str]] = []
    for (number, modifier), units in _read(volumes).items():
        rows = [
            each.schedule.figures.find(number, modifier) for each in (before, after)
        ]
        effects = None
        if rows[0] is not None and rows[1] is not None:
            effects = effects_of(rows[0], rows[1], before, after)
        name = hyphenated(number, modifier)
        if effects is None:
            unpriced.append((name, _why(number, modifier, before, after)))
        else:
            names = diff.start.name, diff.end.name
            change = Change(number, modifier, *names, effects)
            lines.append(ImpactLine(units, change))
    return Impact(diff, tuple(lines), tuple(unpriced))


def _read(volumes: object) -> dict[tuple[str, str], int]:
    """Codes and counts as people write them, each row once.

    Raises:
        InvalidInputError: No mapping, a count that is not whole, or a modifier
            that is no row of the schedule.
        NotPriced: A code that cannot be read.
    """
    if not isinstance(volumes, Mapping):
        msg = f"volumes {show(volumes)} must be a mapping such as {{'99214': 1200}}"
        raise InvalidInputError(msg)
    found: dict[tuple[str, str], int] = {}
    for key, count in cast("Mapping[object, object]", volumes).items():
        number, modifiers = parse_code(key)
        own = getattr(key, "modifier", "")
        modifiers = (own,) if isinstance(own, str) and own else modifiers
        if modifiers not in _ROWS:
            msg = (
                f"volume of {show(key)}: give codes, and of their modifiers only 26,"
                " TC and 53, which have rows of their own"
            )
            raise InvalidInputError(msg)
        row = number, "".join(modifiers)
        units = scaled(count, 0, f"volume of {show(key)}")
        found[row] = found.get(row, 0) + units
    return found


def _why(number: str, modifier: str, before: Terms, after: Terms) -> str:
    """Which release does not price the row, in words."""
    told: list[str] = []
    for terms in (before, after):
        row = terms.schedule.figures.find(number, modifier)
        name = terms.schedule.release.name
        if row is None:
            told.append(f"not in {name}")
        elif not is_paid(row):
            told.append(f"status {row.profile.status} in {name}, not paid on RVUs")
    return ", ".join(told)
