"""The order of operations (R37): one pass for a line, alone or within a claim.

`begin` takes a line to the end of stage 3, `multiple.reduce` is stage 4 over
the lines of one day, `finish` runs stages 5 to 9. Every stage leaves a note
of what it did; the steps of a `Payment` are those notes, told.
"""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from .._geography import custom_place, national_place
from .._money import BASE_SCALE, decimal_of, round_half_up, scaled
from .._schedule import find_place
from ..errors import InvalidInputError, NotPriced, Reason, not_priced, show
from . import anesthesia as anes
from .payment import Answer
from .plan import Plan, Refusal, plan_for
from .share import Amount, Share, cents
from .split_care import pairs_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._geography import Place
    from .._law import Rate
    from .._locality import GPCI
    from .line import Line
    from .plan import Component
    from .request import Basis, Circumstances

#: The most units a line can have.
UNITS_LIMIT = 10_000


class Working:
    """One line on its way through the stages; amounts in cents.

    Attributes:
        amount: The line's amount so far.
        procedures: What each unit counts for in a same-day ranking.
        technical: The technical part of the amount, where a rule asks for it.
        partner: The line of the other side, on the first line of a pair.
        side: The share by which this line's side is paid.
        notes: Stage, teller, before, after and detail of each step, flat: a
            million payments then hold a million tuples less each.
    """

    __slots__ = (
        "amount",
        "at",
        "base",
        "cap",
        "charge",
        "fee",
        "line",
        "notes",
        "partner",
        "place",
        "plan",
        "procedures",
        "side",
        "technical",
        "units",
        "warnings",
    )

    def __init__(
        self,
        line: Line,
        at: Circumstances,
        plan: Plan,
        place: Place,
        units: int,
        charge: int | None = None,
    ) -> None:
        self.line, self.at, self.plan, self.place = line, at, plan, place
        self.units, self.charge = units, charge
        self.notes: list[Any] = []
        self.warnings: tuple[str, ...] = plan.notices + place.warnings
        self.fee: int = 0
        self.cap: int | None = None
        self.base: int = 0
        self.amount: Amount = 0
        self.procedures: tuple[Amount, ...] = ()
        self.technical: Amount | None = None
        self.partner: Working | None = None
        self.side: Share | None = plan.bilateral

    def note(
        self, stage: str, kind: str, before: Amount, after: Amount, detail: object
    ) -> None:
        """Put a step on record, to be told when somebody asks."""
        self.notes += (stage, kind, before, after, detail)

    def take(self, stage: str, share: Share) -> None:
        """Pay a share of the amount, rounded as the caller chose."""
        before = self.amount
        after = self.plan.basis.step(before * share.numerator, share.denominator)
        self.amount = after
        self.notes += (stage, "share", before, after, share)


# --- what the line says of itself ----------------------------------------------


#: Circumstances, plan, place, units and charge in cents.
Resolved = tuple["Circumstances", Plan, "Place", int, "int | None"]


def read(line: Line, *, reference: bool = False) -> Resolved | NotPriced:
    """Stage 1: the line resolved, or the refusal that answers it."""
    try:
        at, plan = plan_for(line, reference=reference)
        units = 1 if line.units is None else units_of(line.units)
        charge = None if line.charge is None else charge_of(line.charge)
        place = place_of(line, plan.basis)
        if isinstance(plan, Refusal):
            return _refused(plan, place)
        check_units(plan, units, line.minutes)
    except NotPriced as error:
        if error.code:
            return error
        return not_priced(error.reason, error.message, code=_code_text(line.code))
    return at, plan, place, units, charge


def _code_text(code: object) -> str:
    number = getattr(code, "number", code)
    return number.strip()[:20] if isinstance(number, str) else show(number)


def _refused(refusal: Refusal, place: Place) -> NotPriced:
    answer = refusal.answer
    if refusal.cap is None:
        return answer
    cap = component_fee(refusal.cap, place, refusal.basis.factor)
    return not_priced(
        answer.reason,
        answer.message,
        code=answer.code,
        cap=decimal_of(cap, 2),
        warnings=answer.warnings,
    )


def check_units(plan: Plan, units: int, minutes: object) -> None:
    """The last two of R37's list: what 50 and anesthesia need of the line."""
    if "50" in plan.mods and units != 1:
        msg = (
            f"modifier 50 with {units} units: contractors read units as pairs; give"
            " one line a pair, with 1 unit"
        )
        raise not_priced(Reason.UNITS_INVALID, msg, code=plan.code)
    if plan.anesthesia is not None:
        plan.anesthesia.units(minutes)


def units_of(value: object) -> int:
    """Units of service as a whole number."""
    try:
        count = scaled(value, 0, "units")
    except InvalidInputError as error:
        raise not_priced(Reason.UNITS_INVALID, str(error)) from None
    if 1 <= count <= UNITS_LIMIT:
        return count
    msg = f"units {show(value)} must be a whole number from 1 to {UNITS_LIMIT}"
    raise not_priced(Reason.UNITS_INVALID, msg)


def charge_of(value: object) -> int:
    """A charge in cents."""
    try:
        return scaled(value, 2, "charge")
    except InvalidInputError as error:
        raise not_priced(Reason.CHARGE_INVALID, str(error)) from None


_NATIONAL = national_place()
_NOWHERE = (None, None, None, None, None, None)
_PLACE = attrgetter("zip", "locality", "state", "county", "name", "gpci")
_PLACES_LIMIT = 50_000


def place_of(line: Line, basis: Basis) -> Place:
    """Where the line is priced (R6): remembered as given, release by release."""
    given = _PLACE(line)
    kept = basis.schedule.geography.remembered
    key = basis.options.zip_default, given, line.zip.__class__
    try:
        return _NATIONAL if given == _NOWHERE else kept[key]
    except KeyError:
        pass
    except (TypeError, ValueError):  # what no dictionary takes is read, then refused
        return _find_place(line, basis)
    if len(kept) >= _PLACES_LIMIT:
        kept.clear()
    place = kept[key] = _find_place(line, basis)
    return place


def _find_place(line: Line, basis: Basis) -> Place:
    if line.gpci is not None:
        return custom_place(_gpci(line.gpci))
    place = find_place(
        basis.schedule.geography,
        line.locality,
        line.zip,
        line.state,
        line.county,
        line.name,
        take_default=basis.options.zip_default,
    )
    if place is None:
        msg = "county= and name= need state="
        raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
    return place


def _gpci(given: Any) -> GPCI:
    """Indices of the caller's own: `GPCI`, or the mapping that ``to_dict`` makes."""
    from .._locality import GPCI

    try:
        return given if isinstance(given, GPCI) else GPCI(**given)
    except TypeError:
        msg = f"gpci {show(given)} is not a cptkit.GPCI(work=, pe=, mp=)"
    except InvalidInputError as error:
        msg = str(error)
    raise not_priced(Reason.ARGUMENT_INVALID, msg)


# --- stage 2 and 3: base, split care, both sides, units -------------------------


def component_fee(component: Component, place: Place, factor: int) -> int:
    """The fee of RVUs at a place, rounded once, half up (R8, R9)."""
    work, pe, mp = component
    return round_half_up(
        (work * place.work + pe * place.pe + mp * place.mp) * factor, BASE_SCALE
    )


def begin(working: Working) -> None:
    """Stages 2 and 3 of R37."""
    plan = working.plan
    if plan.anesthesia is None:
        _base(working)
    else:
        exact = anes.fee(plan.anesthesia, working.place, working.line.minutes)
        fee = plan.basis.round(exact.numerator, exact.denominator)
        working.note("base", "anesthesia", 0, fee, None)
        working.fee = working.base = working.amount = fee
    for share in plan.split:
        working.take("split", share)
    if plan.bilateral is not None:
        working.take("split", plan.bilateral)
    if working.units != 1 and plan.anesthesia is None:
        _count_units(working)
    elif plan.ranking:
        working.procedures = (working.amount,)


def _base(working: Working) -> None:
    """Fee, cap, and the lower of the two (R8, R11)."""
    plan, place, round_cents = working.plan, working.place, working.plan.basis.round
    w, p, m = place.work, place.pe, place.mp
    fee = base = round_cents(
        (plan.work * w + plan.pe * p + plan.mp * m) * plan.factor, BASE_SCALE
    )
    working.notes += ("base", "fee", 0, fee, None)
    if plan.cap is not None:
        cw, cp, cm = plan.cap
        cap = round_cents((cw * w + cp * p + cm * m) * plan.factor, BASE_SCALE)
        base = min(fee, cap)
        working.cap = cap
        working.notes += ("base", "cap", fee, base, cap)
    working.fee = fee
    working.base = working.amount = base


def _count_units(working: Working) -> None:
    """Several units (R38); two of them may be both sides of one procedure (R14)."""
    plan, units, unit = working.plan, working.units, working.amount
    if units == 2 and plan.row.profile.bilateral == "2":
        what = "two units: the fee already counts both sides"
        working.take("split", Share("R14", what, 1, 1, "bilateral-readme"))
        working.procedures = (working.amount,)
    elif units == 2 and pairs_units(plan.row, plan.basis.options.two_units):
        rate = plan.basis.rates["bilateral"]
        working.take("split", Share.of(rate, "R14", "two units are both sides"))
        working.procedures = (working.amount,)
    else:
        working.amount = unit * units
        working.procedures = (unit,) * units
        working.note("split", "units", unit, working.amount, units)


# --- stages 5 to 9 ----------------------------------------------------------------


def finish(working: Working, exact_amount: Amount | None = None) -> Answer:
    """Stages 5 to 9 of R37, up to what Medicare allows."""
    plan = working.plan
    take_shares(working)
    limiting = None
    if plan.basis.participation is not None:
        if not plan.basis.practitioner.must_accept_assignment:
            limiting = _limiting(plan, working.amount, exact_amount)
            working.note("limiting", "limiting", working.amount, limiting, None)
        working.take("fee", plan.basis.participation)
    fee = allowed = cents(working.amount)
    if working.charge is not None:
        allowed = _lower_of_charge(working, fee, working.charge, limiting)
    elif fee != working.amount:
        working.note("allowed", "final", working.amount, fee, None)
    return Answer(
        plan,
        working.place,
        working.units,
        working.fee,
        working.cap,
        working.base,
        fee,
        limiting,
        allowed,
        0,
        tuple(working.notes),
        working.warnings,
    )


def take_shares(working: Working) -> Amount:
    """Stages 5 to 7: role, reduction, equipment, practitioner; returns the amount."""
    plan = working.plan
    for share in plan.roles:
        working.take("role", share)
        _scale_technical(working, share)
    if plan.reduced is not None:
        working.take("reduction", plan.reduced)
        _scale_technical(working, plan.reduced)
    for modifier, rate in plan.equipment:
        _lower_equipment(working, modifier, rate)
    if plan.practitioner_share is not None:
        working.take("practitioner", plan.practitioner_share)
    return working.amount


def _scale_technical(working: Working, share: Share) -> None:
    if working.technical is not None:
        working.technical = working.plan.basis.step(
            working.technical * share.numerator, share.denominator
        )


def _lower_equipment(working: Working, modifier: str, rate: Rate) -> None:
    """FX, FY or CT: the technical part still payable is lowered (R25)."""
    technical = working.technical
    if technical is None:
        return
    left = working.plan.basis.step(
        technical * (rate.denominator - rate.numerator), rate.denominator
    )
    before = working.amount
    working.amount = before - (technical - left)
    detail = (modifier, rate, technical, left)
    working.note("reduction", "equipment", before, working.amount, detail)
    working.technical = left


def _lower_of_charge(
    working: Working, fee: int, charge: int, limiting: int | None
) -> int:
    """The lower of fee and charge (R28); a charge over the limit is pointed out."""
    allowed = min(fee, charge)
    working.note("allowed", "charge", working.amount, allowed, charge)
    if limiting is not None and charge > limiting:
        over = decimal_of(charge - limiting, 2)
        working.warnings += (f"the charge is ${over} over the limiting charge (R28)",)
    return allowed


def _limiting(plan: Plan, amount: Amount, exact: Amount | None) -> int:
    """The limiting charge, rounded the way the caller chose (R27)."""
    how = plan.basis.options.limiting
    if how == "stepped":
        share = plan.basis.participation or plan.basis.rates["nonparticipating"]
        lowered = cents(plan.basis.step(amount * share.numerator, share.denominator))
        rate = plan.basis.rates["limiting-charge-stepped"]
        return cents(plan.basis.round(lowered * rate.numerator, rate.denominator))
    rate = plan.basis.rates["limiting-charge"]
    of = cents(amount) if how == "direct" or exact is None else exact
    product = Fraction(of * rate.numerator, rate.denominator)
    return cents(plan.basis.round(product.numerator, product.denominator))


def unrounded(working: Working) -> Working:
    """The same line with no rounding at all, for ``limiting="unrounded"`` (R27)."""
    exact = cast("Callable[[int, int], int]", Fraction)  # the ratio itself
    basis = working.plan.basis._replace(round=exact, step=Fraction)
    plan = working.plan._replace(basis=basis)
    again = working.line, working.at, plan, working.place
    return Working(*again, working.units, working.charge)
