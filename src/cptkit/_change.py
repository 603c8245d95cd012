"""A payment before and after, and how much of the change each cause explains.

The order is stated and fixed: first the RVUs change, at the old indices and the
old factor; then the geographic indices; then the conversion factor. Each step is
rounded to the cent as a payment is, so the effects sum to the change exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from ._fees import factor_of, is_paid, place_for, row_fee
from ._money import dollars
from ._parse import hyphenated

if TYPE_CHECKING:
    from decimal import Decimal

    from ._geography import Place
    from ._schedule import FeeSchedule
    from ._store import Row


class Effects(NamedTuple):
    """A payment in cents, and what each cause adds to it, in order."""

    before: int
    rvus: int
    gpci: int
    conversion_factor: int

    @property
    def after(self) -> int:
        """The payment with every effect."""
        return sum(self)


class Terms(NamedTuple):
    """What a release pays on: its schedule, the place as it has it, its factor."""

    schedule: FeeSchedule
    place: Place
    factor: int
    facility: bool

    def fee(self, row: Row) -> int:
        """What a row pays, in cents."""
        return row_fee(row, self.place, self.factor, facility=self.facility)


def terms_of(schedule: FeeSchedule, where: dict[str, Any], *, facility: bool) -> Terms:
    """The terms of a release in a place.

    Raises:
        InvalidInputError: A word that names no place.
        NotPriced: The release has no such place.
    """
    place = place_for(schedule, where)
    return Terms(schedule, place, factor_of(schedule), facility)


def effects_of(old: Row, new: Row, start: Terms, end: Terms) -> Effects | None:
    """What each cause adds; None where a release does not pay the row on its RVUs."""
    if not (is_paid(old) and is_paid(new)):
        return None
    before, revalued = start.fee(old), start.fee(new)
    moved = start._replace(place=end.place).fee(new)
    after = end.fee(new)
    return Effects(before, revalued - before, moved - revalued, after - moved)


@attrs.frozen(repr=False)
class Change:
    """What one row pays in two releases, and why it differs.

    Amounts are `Decimal` dollars of one unit: the lower of fee and OPPS cap. The
    three effects sum to the change, to the cent. They are taken in this order:
    RVUs (at the old indices and factor), geographic indices, conversion factor.

    Attributes:
        number: The code.
        modifier: The row: blank, ``26``, ``TC`` or ``53``.
        start: Name of the earlier release.
        end: Name of the later one.
    """

    number: str
    modifier: str
    start: str
    end: str
    _effects: Effects

    @property
    def name(self) -> str:
        """The code with the modifier of its row: ``71046-26``."""
        return hyphenated(self.number, self.modifier)

    @property
    def before(self) -> Decimal:
        """The payment in the earlier release."""
        return dollars(self._effects.before)

    @property
    def after(self) -> Decimal:
        """The payment in the later release."""
        return dollars(self._effects.after)

    @property
    def change(self) -> Decimal:
        """After less before."""
        return dollars(self._effects.after - self._effects.before)

    @property
    def share(self) -> Fraction | None:
        """The change as a share of the payment before, exactly; None where it was 0."""
        before = self._effects.before
        return Fraction(self._effects.after - before, before) if before else None

    @property
    def rvu_effect(self) -> Decimal:
        """What the RVUs changed, those behind the OPPS cap included."""
        return dollars(self._effects.rvus)

    @property
    def gpci_effect(self) -> Decimal:
        """What the geographic indices changed after that."""
        return dollars(self._effects.gpci)

    @property
    def conversion_factor_effect(self) -> Decimal:
        """What the conversion factor changed at last."""
        return dollars(self._effects.conversion_factor)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts as text."""
        amounts = (
            *("before", "after", "change"),
            *("rvu_effect", "gpci_effect", "conversion_factor_effect"),
        )
        return {
            "number": self.number,
            "modifier": self.modifier,
            "start": self.start,
            "end": self.end,
            **{name: str(getattr(self, name)) for name in amounts},
        }

    def __repr__(self) -> str:
        return (
            f"<Change {self.name} ${self.before} to ${self.after},"
            f" {self.start} to {self.end}>"
        )

    def _repr_html_(self) -> str:
        from .render.changes import change_card

        return change_card(self)
