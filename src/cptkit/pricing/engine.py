"""The order of operations (R37): one pass for a line, alone or within a claim.

`begin` takes a line to the end of stage 3, `multiple.reduce` is stage 4 over
the lines of one day, `finish` runs stages 5 to 12. Every stage leaves a note
of what it did; the steps of a `Payment` are those notes, told.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from .._geography import GPCI, custom_place, national_place
from .._money import BASE_SCALE, decimal_of, round_half_up, scaled
from .._schedule import find_place
from ..errors import InvalidInputError, NotPriced, Reason, not_priced, show
from . import anesthesia as anes
from .line import DEFAULTS
from .payment import Amounts, Payment
from .plan import Plan, Refusal, plan_for
from .share import Amount, Note, Share, cents, tell_share
from .split_care import pairs_units
from .tell import (
    tell_anesthesia,
    tell_cap,
    tell_charge,
    tell_coinsurance,
    tell_deductible,
    tell_equipment,
    tell_fee,
    tell_final,
    tell_limiting,
    tell_sequestration,
    tell_units,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._geography import Place
    from .line import Line
    from .plan import Component

_UNITS_LIMIT = 10_000


class Working:
    """One line on its way through the stages; amounts in cents."""

    __slots__ = (
        "amount",
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
        self, line: Line, plan: Plan, place: Place, units: int, charge: int | None
    ) -> None:
        self.line, self.plan, self.place = line, plan, place
        self.units, self.charge = units, charge
        self.notes: list[Note] = []
        self.warnings: tuple[str, ...] = plan.warnings + place.warnings
        self.fee: Amount = 0
        self.cap: Amount | None = None
        self.base: Amount = 0
        self.amount: Amount = 0
        self.procedures: list[Amount] = []
        self.technical: Amount | None = None
        self.partner: Working | None = None
        self.side: Share | None = plan.bilateral


# --- what the line says of itself ----------------------------------------------


def read(line: Line, *, reference: bool = False) -> Working | NotPriced:
    """Stage 1: the line resolved, or the refusal that answers it."""
    try:
        plan = plan_for(line, reference=reference)
        units = 1 if line.units is None else _units(line.units)
        charge = None if line.charge is None else _charge(line.charge)
        place = place_of(line, plan)
        if isinstance(plan, Refusal):
            return _refused(plan, place)
        _check_units(plan, units, line.minutes)
        return Working(line, plan, place, units, charge)
    except NotPriced as error:
        if error.code:
            return error
        return not_priced(error.reason, error.message, code=_code_text(line.code))


def _code_text(code: object) -> str:
    number = getattr(code, "number", code)
    return number.strip()[:20] if isinstance(number, str) else show(number)


def _refused(refusal: Refusal, place: Place) -> NotPriced:
    cap = None
    if refusal.cap is not None:
        cap = decimal_of(component_fee(refusal.cap, place, refusal.at.factor), 2)
    return not_priced(
        refusal.reason,
        refusal.message,
        code=refusal.code,
        cap=cap,
        warnings=refusal.warnings,
    )


def _check_units(plan: Plan, units: int, minutes: object) -> None:
    """The last two of R37's list: what 50 and anesthesia need of the line."""
    if "50" in plan.mods and units != 1:
        msg = (
            f"modifier 50 with {units} units: contractors read units as pairs; give"
            " one line a pair, with 1 unit"
        )
        raise not_priced(Reason.UNITS_INVALID, msg, code=plan.code)
    if plan.anesthesia is not None:
        plan.anesthesia.units(minutes)


def _units(value: object) -> int:
    try:
        count = scaled(value, 0, "units")
    except InvalidInputError as error:
        raise not_priced(Reason.UNITS_INVALID, str(error)) from None
    if 1 <= count <= _UNITS_LIMIT:
        return count
    msg = f"units {show(value)} must be a whole number from 1 to {_UNITS_LIMIT}"
    raise not_priced(Reason.UNITS_INVALID, msg)


def _charge(value: object) -> int:
    try:
        return scaled(value, 2, "charge")
    except InvalidInputError as error:
        raise not_priced(Reason.CHARGE_INVALID, str(error)) from None


_places: dict[object, Place] = {}
_PLACES_LIMIT = 50_000
_NATIONAL = national_place()


def place_of(line: Line, plan: Plan | Refusal) -> Place:
    """Where the line is priced (R6): remembered by release and place as given."""
    given = (line.zip, line.locality, line.state, line.county, line.name, line.gpci)
    if given == (None, None, None, None, None, None):
        return _NATIONAL
    schedule = plan.at.schedule
    options = line.options or DEFAULTS
    key: object = (schedule.release, options.zip_default, given)
    try:
        return _places[key]
    except KeyError:
        pass
    except TypeError:
        key = None
    if line.gpci is not None:
        if not isinstance(line.gpci, GPCI):
            msg = f"gpci {show(line.gpci)} is not a cptkit.GPCI(work=, pe=, mp=)"
            raise not_priced(Reason.ARGUMENT_INVALID, msg)
        place = custom_place(line.gpci)
    else:
        found = find_place(
            schedule.geography,
            line.locality,
            line.zip,
            line.state,
            line.county,
            line.name,
            take_default=options.zip_default,
        )
        if found is None:
            msg = "county= and name= need state="
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
        place = found
    if key is not None:
        if len(_places) >= _PLACES_LIMIT:
            _places.clear()
        _places[key] = place
    return place


# --- stage 2 and 3: base, split care, both sides, units -------------------------


def component_fee(component: Component, place: Place, factor: int) -> int:
    """The fee of RVUs at a place, rounded once, half up (R8, R9)."""
    work, pe, mp = component
    return round_half_up(
        (work * place.work + pe * place.pe + mp * place.mp) * factor, BASE_SCALE
    )


def begin(working: Working) -> None:
    """Stages 2 and 3 of R37."""
    plan, place, notes = working.plan, working.place, working.notes
    w, p, m = place.work, place.pe, place.mp
    anesthesia = plan.anesthesia
    amount: Amount
    before: Amount
    if anesthesia is not None:
        exact = anes.fee(anesthesia, place, working.line.minutes)
        amount = plan.at.round(exact.numerator, exact.denominator)
        notes.append(("base", tell_anesthesia, 0, amount, None))
        working.fee = working.base = amount
    else:
        amount = working.fee = plan.at.round(
            (plan.work * w + plan.pe * p + plan.mp * m) * plan.factor, BASE_SCALE
        )
        notes.append(("base", tell_fee, 0, amount, None))
        if plan.cap is not None:
            cw, cp, cm = plan.cap
            working.cap = cap = plan.at.round(
                (cw * w + cp * p + cm * m) * plan.factor, BASE_SCALE
            )
            before, amount = amount, min(amount, cap)
            notes.append(("base", tell_cap, before, amount, cap))
        working.base = amount
    for share in plan.split:
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("split", tell_share, before, amount, share))
    if plan.bilateral is not None:
        share = plan.bilateral
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("split", tell_share, before, amount, share))
    if working.units == 1 or anesthesia is not None:
        working.amount = amount
        if plan.ranking:
            working.procedures = [amount]
    else:
        _count_units(working, amount)


def _count_units(working: Working, unit: Amount) -> None:
    """Several units (R38); two of them may be both sides of one procedure (R14)."""
    plan, units = working.plan, working.units
    if units == 2 and plan.row.profile.bilateral == "2":
        working.procedures = [unit]
        share = Share(
            "R14",
            "two units: the fee already counts both sides",
            1,
            1,
            "bilateral-readme",
        )
    elif units == 2 and pairs_units(plan.row, plan.at.options.two_units):
        rate = plan.at.rates["bilateral"]
        share = Share.of(rate, "R14", "two units are both sides")
        paid = plan.at.step(unit * share.numerator, share.denominator)
        working.procedures = [paid]
    else:
        working.procedures = [unit] * units
        working.amount = unit * units
        working.notes.append(("split", tell_units, unit, working.amount, units))
        return
    working.amount = working.procedures[0]
    working.notes.append(("split", tell_share, unit, working.amount, share))


# --- stages 5 to 12 ---------------------------------------------------------------


def finish(working: Working, owed: int, exact_amount: Amount | None = None) -> Payment:
    """Stages 5 to 12 of R37, with *owed* cents of deductible still to meet."""
    plan, notes = working.plan, working.notes
    amount = take_shares(working)
    limiting = None
    if plan.at.participation is not None:
        if not plan.at.practitioner.must_accept_assignment:
            limiting = _limiting(plan, amount, exact_amount)
            notes.append(("limiting", tell_limiting, amount, limiting, None))
        share = plan.at.participation
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("fee", tell_share, before, amount, share))
    fee = cents(amount)
    if working.charge is None:
        allowed = fee
        if fee != amount:
            notes.append(("allowed", tell_final, amount, fee, None))
    else:
        allowed = min(fee, working.charge)
        notes.append(("allowed", tell_charge, amount, allowed, working.charge))
        if limiting is not None and working.charge > limiting:
            over = decimal_of(working.charge - limiting, 2)
            working.warnings += (
                f"the charge is ${over} over the limiting charge (R28)",
            )
    deductible = min(owed, allowed) if plan.owes_deductible else 0
    if deductible:
        left = allowed - deductible
        notes.append(("deductible", tell_deductible, allowed, left, deductible))
    rest = allowed - deductible
    coinsurance, due = 0, plan.coinsurance
    if due is not None:
        coinsurance = plan.at.round(rest * due.numerator, due.denominator)
    notes.append(("coinsurance", tell_coinsurance, rest, coinsurance, due))
    medicare = rest - coinsurance
    if plan.therapy_assistant is not None:
        share, whole = plan.therapy_assistant, medicare
        medicare = plan.at.round(whole * share.numerator, share.denominator)
        notes.append(("assistant", tell_share, whole, medicare, share))
    rate = plan.at.rates["sequestration"]
    withheld = 0
    if rate.numerator:
        withheld = plan.at.round(medicare * rate.numerator, rate.denominator)
        notes.append(("sequestration", tell_sequestration, medicare, withheld, rate))
    cap = working.cap
    amounts = Amounts(
        cents(working.fee),
        None if cap is None else cents(cap),
        cents(working.base),
        fee,
        limiting,
        allowed,
        deductible,
        coinsurance,
        medicare,
        withheld,
    )
    return Payment(
        working.line,
        plan,
        working.place,
        working.units,
        amounts,
        tuple(notes),
        working.warnings,
    )


def take_shares(working: Working) -> Amount:
    """Stages 5 to 7: role, reduction, equipment, practitioner."""
    plan, notes, amount = working.plan, working.notes, working.amount
    technical = working.technical
    for share in plan.roles:
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("role", tell_share, before, amount, share))
        technical = _scaled(plan, technical, share)
    if plan.reduced is not None:
        share = plan.reduced
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("reduction", tell_share, before, amount, share))
        technical = _scaled(plan, technical, share)
    for modifier, rate in plan.equipment:
        if technical is not None:
            left = plan.at.step(
                technical * (rate.denominator - rate.numerator), rate.denominator
            )
            before, amount = amount, amount - (technical - left)
            detail = (modifier, rate, technical, left)
            notes.append(("reduction", tell_equipment, before, amount, detail))
            technical = left
    if plan.practitioner_share is not None:
        share = plan.practitioner_share
        before, amount = (
            amount,
            plan.at.step(amount * share.numerator, share.denominator),
        )
        notes.append(("practitioner", tell_share, before, amount, share))
    return amount


def _scaled(plan: Plan, technical: Amount | None, share: Share) -> Amount | None:
    if technical is None:
        return None
    return plan.at.step(technical * share.numerator, share.denominator)


def _limiting(plan: Plan, amount: Amount, exact: Amount | None) -> int:
    """The limiting charge, rounded the way the caller chose (R27)."""
    how = plan.at.options.limiting
    if how == "stepped":
        share = plan.at.participation or plan.at.rates["nonparticipating"]
        lowered = cents(plan.at.step(amount * share.numerator, share.denominator))
        rate = plan.at.rates["limiting-charge-stepped"]
        return cents(plan.at.round(lowered * rate.numerator, rate.denominator))
    rate = plan.at.rates["limiting-charge"]
    of = cents(amount) if how == "direct" or exact is None else exact
    product = Fraction(of * rate.numerator, rate.denominator)
    return cents(plan.at.round(product.numerator, product.denominator))


def unrounded(working: Working) -> Working:
    """The same line with no rounding at all, for ``limiting="unrounded"`` (R27)."""
    exact = cast("Callable[[int, int], int]", Fraction)  # the ratio itself
    at = working.plan.at._replace(round=exact, step=Fraction)
    plan = working.plan._replace(at=at)
    return Working(working.line, plan, working.place, working.units, working.charge)
