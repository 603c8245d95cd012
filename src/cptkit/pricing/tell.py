"""How each step is told: the arithmetic with its numbers, and the authority.

A teller takes the payment and what the engine noted: the amount before, the
amount after and a detail. It computes no amount of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from .._law import citation, percent
from .._money import decimal_of, text_of
from . import anesthesia as anes
from .share import Amount, Note, Share, cents

if TYPE_CHECKING:
    from decimal import Decimal

    from .._geography import Place
    from .._law import Rate, RateName
    from .payment import Payment


@attrs.frozen
class Step:
    """One step of a derivation.

    Attributes:
        rule: The rule's number in the rule book, for example ``R22``.
        what: What the step does, in words.
        arithmetic: The arithmetic with the numbers in it.
        amount: Dollars after the step.
        authority: Id of the authority, or that it is this library's choice.
    """

    rule: str
    what: str
    arithmetic: str
    amount: Decimal
    authority: str

    @property
    def citation(self) -> str:
        """The authority as a reader looks it up."""
        return citation(self.authority)

    def to_dict(self) -> dict[str, str]:
        """Everything as text, with the citation."""
        return {
            "rule": self.rule,
            "what": self.what,
            "arithmetic": self.arithmetic,
            "amount": str(self.amount),
            "authority": self.authority,
            "citation": self.citation,
        }


def money(amount: Amount) -> str:
    """An amount in dollars, as exactly as it can be written."""
    if isinstance(amount, int):
        return text_of(amount, 2)
    return exact_dollars(amount.numerator, 100 * amount.denominator)


_MOST_PLACES = 12


def exact_dollars(numerator: int, denominator: int) -> str:
    """A ratio as a decimal: in full where it ends, cut with dots where it does not.

    >>> exact_dollars(31, 4), exact_dollars(1, 3)
    ('7.75', '0.33333333...')
    """
    scaled, rest = divmod(numerator * 10**_MOST_PLACES, denominator)
    if rest:
        return f"{text_of(numerator * 10**8 // denominator, 8)}..."
    whole, _, places = text_of(scaled, _MOST_PLACES).partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def equals(numerator: int, denominator: int, after: Amount) -> str:
    """The right side of a rounding: ``= 194.8528 -> 194.85``."""
    exact, final = exact_dollars(numerator, denominator), money(after)
    return f"= {final}" if exact == final else f"= {exact} -> {final}"


def tell_share(
    _: Payment, before: Amount, after: Amount, share: Share, remark: str = ""
) -> Step:
    """The step of a plain share: amount x percentage."""
    part = percent(share.numerator, share.denominator)
    of = before * share.numerator
    right = equals(of.numerator, of.denominator * share.denominator * 100, after)
    arithmetic = f"{money(before)} x {part} {right}"
    return Step(
        share.rule,
        f"{share.what}: {part}{remark}",
        arithmetic,
        decimal_of(cents(after), 2),
        share.authority,
    )


def _rvu(value: int) -> str:
    return text_of(value, 2)


def _index(value: int) -> str:
    return text_of(value, 3)


def _terms(component: tuple[int, int, int], place: Place) -> str:
    work, pe, mp = component
    return (
        f"({_rvu(work)} x {_index(place.work)} + {_rvu(pe)} x {_index(place.pe)}"
        f" + {_rvu(mp)} x {_index(place.mp)})"
    )


def _product(payment: Payment, component: tuple[int, int, int], after: Amount) -> str:
    plan, place = payment._answer.plan, payment._answer.place
    work, pe, mp = component
    of = (work * place.work + pe * place.pe + mp * place.mp) * plan.factor
    terms = _terms(component, place)
    return f"{terms} x {plan.basis.factor_text} {equals(of, 10**11, after)}"


def tell_fee(payment: Payment, _before: Amount, after: Amount, _: Any) -> Step:
    """R8: RVUs times indices, summed, times the conversion factor."""
    plan = payment._answer.plan
    what = (
        f"fee schedule amount, {payment.setting}: work, practice expense, malpractice"
    )
    arithmetic = _product(payment, (plan.work, plan.pe, plan.mp), after)
    return Step("R8", what, arithmetic, decimal_of(cents(after), 2), "base-readme")


def tell_cap(payment: Payment, before: Amount, after: Amount, cap: Amount) -> Step:
    """R11: the lower of the fee and the OPPS amount."""
    component = payment._answer.plan.cap
    assert component is not None
    arithmetic = (
        f"cap {_product(payment, component, cap)};"
        f" lower of {money(before)} and {money(cap)} = {money(after)}"
    )
    what = "OPPS cap on the technical side of imaging"
    return Step("R11", what, arithmetic, decimal_of(cents(after), 2), "opps-cap-readme")


def tell_anesthesia(payment: Payment, _before: Amount, after: Amount, _: Any) -> Step:
    """R32: units times the factor."""
    found = payment._answer.plan.anesthesia
    assert found is not None
    told = found.units_told(payment.line.minutes)
    exact = anes.fee(found, payment._answer.place, payment.line.minutes)
    right = equals(exact.numerator, exact.denominator * 100, after)
    factor = found.factor_text(payment._answer.place)
    arithmetic = f"{told}; {_total_units(payment)} x {factor} {right}"
    what = "anesthesia: units at the anesthesia conversion factor"
    authority = "anes-ad" if found.supervised else "anes-basic"
    return Step("R32", what, arithmetic, decimal_of(cents(after), 2), authority)


def _total_units(payment: Payment) -> str:
    found = payment._answer.plan.anesthesia
    assert found is not None
    return str(decimal_of(found.units(payment.line.minutes), found.places))


def tell_units(_: Payment, before: Amount, after: Amount, units: int) -> Step:
    """R38: each unit rounded first, then counted."""
    arithmetic = f"{money(before)} x {units} = {money(after)}"
    return Step("R38", "units", arithmetic, decimal_of(cents(after), 2), "base-statute")


def tell_equipment(
    _: Payment, before: Amount, after: Amount, detail: tuple[str, Any, Amount, Amount]
) -> Step:
    """R25: the technical part still payable is lowered, the line by the difference."""
    modifier, rate, technical, left = detail
    of = Fraction(technical) * (rate.denominator - rate.numerator)
    right = equals(of.numerator, of.denominator * rate.denominator * 100, left)
    names = {
        "FX": "x-ray on film (FX)",
        "FY": "computed radiography (FY)",
        "CT": "CT equipment below the standard (CT)",
    }
    arithmetic = (
        f"technical part {money(technical)} less {rate.percent} {right};"
        f" {money(before)} - ({money(technical)} - {money(left)}) = {money(after)}"
    )
    what = f"{names[modifier]}: technical part less {rate.percent}"
    return Step("R25", what, arithmetic, decimal_of(cents(after), 2), rate.authority)


def tell_limiting(payment: Payment, before: Amount, after: Amount, _: Any) -> Step:
    """R27: what a non-participating supplier may charge at most."""
    plan = payment._answer.plan
    how = plan.basis.options.limiting
    name: RateName = "limiting-charge"
    if how == "stepped":
        name = "limiting-charge-stepped"
    rate = plan.basis.rates[name]
    of = "the 95 % amount" if how == "stepped" else money(cents(before))
    of = "the unrounded fee" if how == "unrounded" else of
    arithmetic = f"{of} x {rate.percent} = {money(after)}"
    return Step(
        "R27",
        "limiting charge: the most a non-participating supplier may charge",
        arithmetic,
        decimal_of(cents(after), 2),
        rate.authority,
    )


def tell_final(_: Payment, before: Amount, after: Amount, __: Any) -> Step:
    """R9 with ``rounding="final"``: the one rounding of the allowed amount."""
    exact = Fraction(before)
    arithmetic = (
        f"{exact_dollars(exact.numerator, exact.denominator * 100)} -> {money(after)}"
    )
    what = "rounded to the cent, at the end as the caller chose"
    return Step("R9", what, arithmetic, decimal_of(cents(after), 2), "round-cent")


def tell_charge(_: Payment, before: Amount, after: Amount, charge: int) -> Step:
    """R28: the lower of fee and charge."""
    arithmetic = f"lower of {money(before)} and {money(charge)} = {money(after)}"
    what = "allowed amount: lower of fee and charge"
    return Step("R28", what, arithmetic, decimal_of(cents(after), 2), "lesser-statute")


def tell_deductible(
    payment: Payment, before: Amount, after: Amount, taken: int
) -> Step:
    """R29: the deductible still owed comes off first."""
    arithmetic = f"{money(before)} - {money(taken)} = {money(after)}"
    authority = payment._answer.plan.basis.rates["part-b-deductible"].authority
    what = "less the deductible still owed, which the patient pays"
    return Step("R29", what, arithmetic, decimal_of(cents(after), 2), authority)


def tell_coinsurance(
    payment: Payment, before: Amount, after: Amount, share: Share | None
) -> Step:
    """R29: the patient's share of the rest."""
    if share is None:
        waiver = "no cost sharing: waived for this service, or as the caller states"
        return Step(
            "R29",
            waiver,
            f"{money(before)} x 0 % = {money(after)}",
            decimal_of(cents(after), 2),
            "mod33",
        )
    remark = "; a waiver outside the bundled table is the caller's to state"
    return tell_share(payment, before, after, share, remark)


def tell_sequestration(_: Payment, before: Amount, after: Amount, rate: Rate) -> Step:
    """R31: withheld from Medicare's share."""
    right = equals(int(before) * rate.numerator, 100 * rate.denominator, after)
    arithmetic = f"{money(before)} x {rate.percent} {right} withheld"
    what = f"sequestration: {rate.percent} of Medicare's share is withheld"
    return Step("R31", what, arithmetic, decimal_of(cents(after), 2), rate.authority)


def tell_surgery(payment: Payment, before: Amount, after: Amount, detail: Any) -> Step:
    """R16 and R17: where the line's procedures rank, and what each pays."""
    ranks, taken = detail
    rate = payment._answer.plan.basis.rates["multiple-surgery"]
    rule, authority = "R16", rate.authority
    pieces: list[str] = []
    if taken is not None:
        rule, authority = "R17", "endoscopy-cpm"
        pieces.append(
            f"endoscopic family: {money(before)} less the base"
            f" = {money(sum(amount for _, amount, _ in ranks))}"
        )
    for rank, amount, paid in ranks:
        if rank == 1:
            pieces.append(f"procedure 1 of the day: {money(amount)} in full")
        else:
            of = Fraction(amount) * rate.numerator
            right = equals(of.numerator, of.denominator * rate.denominator * 100, paid)
            pieces.append(
                f"procedure {rank} of the day: {money(amount)} x {rate.percent} {right}"
            )
    if len(ranks) > 1:
        pieces.append(f"together {money(after)}")
    what = "several procedures on one day, ranked by amount"
    return Step(rule, what, "; ".join(pieces), decimal_of(cents(after), 2), authority)


_SIDES = {
    "imaging-technical": ("R18", "diagnostic imaging of one session"),
    "cardiovascular-technical": (
        "R20",
        "diagnostic cardiovascular services of one day",
    ),
    "ophthalmology-technical": ("R21", "diagnostic eye services of one day"),
}


def tell_sides(payment: Payment, before: Amount, after: Amount, detail: Any) -> Step:
    """R18, R20, R21: what later technical and professional sides lose."""
    technical, professional, tech, prof = detail
    rule, what = _SIDES[technical]
    rates = payment._answer.plan.basis.rates
    rate = rates[technical]
    pieces: list[str] = []
    if tech:
        pieces.append(
            f"technical side, not the first: at {rate.percent}, {money(tech)} less"
        )
    if prof:
        share = rates[professional].percent
        pieces.append(
            f"professional side, not the first: at {share}, {money(prof)} less"
        )
    if not pieces:
        pieces.append("first in rank, or without the side that is lowered: in full")
    minus = "".join(f" - {money(lost)}" for lost in (tech, prof) if lost)
    pieces.append(f"{money(before)}{minus} = {money(after)}")
    return Step(
        rule, what, "; ".join(pieces), decimal_of(cents(after), 2), rate.authority
    )


def tell_therapy(payment: Payment, _before: Amount, after: Amount, detail: Any) -> Step:
    """R19: units in full and units with half the practice expense."""
    full, later, unit, lowered = detail
    plan = payment._answer.plan
    rate = plan.basis.rates["therapy-practice-expense"]
    pieces: list[str] = []
    if full:
        pieces.append(f"1 unit, the highest practice expense of the day: {money(unit)}")
    if later:
        pieces.append(
            f"{later} at {rate.percent} of practice expense"
            f" {decimal_of(plan.pe, 2)}: {later} x {money(lowered)}"
        )
    pieces.append(f"together {money(after)}")
    what = "therapy of one day: later units at half the practice expense"
    return Step(
        "R19", what, "; ".join(pieces), decimal_of(cents(after), 2), rate.authority
    )


Teller = Callable[["Payment", Amount, Amount, Any], Step]

#: How each kind of note is told.
TELLERS: dict[str, Teller] = {
    "anesthesia": tell_anesthesia,
    "cap": tell_cap,
    "charge": tell_charge,
    "coinsurance": tell_coinsurance,
    "deductible": tell_deductible,
    "equipment": tell_equipment,
    "fee": tell_fee,
    "final": tell_final,
    "limiting": tell_limiting,
    "sequestration": tell_sequestration,
    "share": tell_share,
    "sides": tell_sides,
    "surgery": tell_surgery,
    "therapy": tell_therapy,
    "units": tell_units,
}


def tell(payment: Payment, notes: Iterator[Note]) -> tuple[Step, ...]:
    """The steps behind a payment's notes."""
    return tuple(
        TELLERS[kind](payment, before, after, detail)
        for _stage, kind, before, after, detail in notes
    )
