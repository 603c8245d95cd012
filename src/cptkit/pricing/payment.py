"""What comes out: a `Payment` with its steps, and the derivation as text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from .._money import decimal_of, dollars
from .cost_share import cost_share
from .share import cents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._geography import Place
    from .._locality import GPCI, Locality
    from .._release import Release
    from .cost_share import CostShare
    from .line import Line
    from .plan import Plan
    from .request import Circumstances
    from .share import Note
    from .tell import Step

__all__ = ["Payment"]


class Answer(NamedTuple):
    """What a plan comes to at a place: lines alike share it.

    Amounts in cents, None where the notion does not apply; one object, so that a
    million of them cost the garbage collector little.
    """

    plan: Plan
    place: Place
    units: int
    fee_schedule_amount: int
    cap: int | None
    base: int
    fee: int
    limiting_charge: int | None
    allowed: int
    deductible: int
    notes: tuple[Any, ...]
    warnings: tuple[str, ...]


def recorded(notes: tuple[Any, ...]) -> Iterator[Note]:
    """The engine's notes, one at a time."""
    fields = iter(notes)
    return zip(fields, fields, fields, fields, fields, strict=True)


@attrs.frozen(repr=False)
class Payment:
    """A priced line: what Medicare allows, who pays what, and every step.

    Amounts are `Decimal` dollars with two places. The steps were recorded by
    the computation itself; `explain` prints them.
    """

    line: Line
    _at: Circumstances
    _answer: Answer

    priced = True

    # --- amounts -----------------------------------------------------------

    @property
    def fee_schedule_amount(self) -> Decimal:
        """The fee of one unit, uncapped (R8); anesthesia: of the whole line (R32)."""
        return dollars(self._answer.fee_schedule_amount)

    @property
    def cap(self) -> Decimal | None:
        """The OPPS cap of one unit, None where the row has none (R11)."""
        found = self._answer.cap
        return None if found is None else dollars(found)

    @property
    def base(self) -> Decimal:
        """The lower of fee and cap."""
        return dollars(self._answer.base)

    @property
    def fee(self) -> Decimal:
        """After every rule up to participation (R27)."""
        return dollars(self._answer.fee)

    @property
    def limiting_charge(self) -> Decimal | None:
        """The most a non-participating supplier may charge; None where undefined."""
        found = self._answer.limiting_charge
        return None if found is None else dollars(found)

    @property
    def allowed(self) -> Decimal:
        """The lower of fee and charge: what Medicare allows (R28)."""
        return dollars(self._answer.allowed)

    @property
    def deductible(self) -> Decimal:
        """The part of the allowed amount that meets the deductible (R29)."""
        return dollars(self._answer.deductible)

    @property
    def coinsurance(self) -> Decimal:
        """The patient's share of the rest (R29)."""
        return dollars(self._cost_share.coinsurance)

    @property
    def patient_pays(self) -> Decimal:
        """Deductible and coinsurance."""
        return dollars(self._answer.deductible + self._cost_share.coinsurance)

    @property
    def sequestration(self) -> Decimal:
        """What is withheld from Medicare's payment (R31)."""
        return dollars(self._cost_share.sequestration)

    @property
    def medicare_pays(self) -> Decimal:
        """Medicare's share after therapy-assistant reduction and sequestration."""
        return dollars(self._cost_share.paid)

    @property
    def stages(self) -> dict[str, Decimal]:
        """The amount after each stage of R37's order, by the stage's name."""
        found = dict.fromkeys(STAGES, self._answer.base)
        for stage, _kind, _before, after, _detail in recorded(self._answer.notes):
            if stage in found:
                for later in STAGES[STAGES.index(stage) :]:
                    found[later] = cents(after)
        return {stage: dollars(amount) for stage, amount in found.items()}

    # --- what it rests on --------------------------------------------------

    @property
    def code(self) -> str:
        """The code as read."""
        return self._answer.plan.code

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers as read."""
        return self._answer.plan.modifiers

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a biller should know of the answer."""
        return self._at.notices + self._answer.warnings

    @property
    def units(self) -> int:
        """Units of service."""
        return self._answer.units

    @property
    def work_rvus(self) -> Decimal:
        """Work RVUs the line credits, unadjusted: the row's work times the units."""
        return decimal_of(self._answer.plan.work * self._answer.units, 2)

    @property
    def release(self) -> Release:
        """The release whose figures were used."""
        return self._at.basis.schedule.release

    @property
    def exact(self) -> bool:
        """Whether the release is the one in force on the date of service."""
        return self._at.exact

    @property
    def locality(self) -> Locality | None:
        """The locality, None for national amounts and the caller's own indices."""
        return self._answer.place.locality

    @property
    def gpci(self) -> GPCI:
        """The indices used."""
        return self._answer.place.gpci

    @property
    def conversion_factor(self) -> Decimal:
        """Dollars per RVU, or per anesthesia unit."""
        if self._answer.plan.anesthesia is not None:
            return self._answer.plan.anesthesia.factor_text(self._answer.place)
        return Decimal(self._at.basis.factor_text)

    @property
    def setting(self) -> str:
        """``facility`` or ``non-facility``."""
        return "facility" if self._answer.plan.facility else "non-facility"

    @property
    def _setting_way(self) -> str:
        return self._answer.plan.own_way or self._at.setting_way

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order, with its arithmetic and authority."""
        return self._told(self._cost_share)

    def _told(self, paid: CostShare) -> tuple[Step, ...]:
        from .tell import tell

        return tell(self, recorded(self._answer.notes + paid.notes))

    @property
    def _cost_share(self) -> CostShare:
        return cost_share(self._answer)

    # --- forms -------------------------------------------------------------

    def __repr__(self) -> str:
        row = "-".join([self.code, *self.modifiers])
        way = self._answer.place.way.split(":")[0]
        where = self.locality.id if self.locality else way
        return (
            f"<{type(self).__name__} {row} ${self.allowed} {self.setting}, {where},"
            f" {self.release.name}>"
        )

    def _repr_html_(self) -> str:
        from ..render.cards import payment_card

        return payment_card(self)

    def explain(self) -> str:
        """The derivation as text: inputs, each step with its source, who pays what."""
        from .explain import explain

        return explain(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data: amounts as text, steps with their citations."""
        from .explain import to_dict

        return to_dict(self)


#: The stages whose result is an amount of the line, in R37's order.
STAGES = ("split", "mppr", "role", "reduction", "practitioner", "fee", "allowed")
