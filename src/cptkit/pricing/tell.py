"""How each step is told: the arithmetic with its numbers, and the authority.

A teller takes the payment and what the engine noted: the amount before, the
amount after and a detail. It computes no amount of its own.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .._money import decimal_of
from . import anesthesia as anes
from .share import (
    Amount,
    Share,
    Step,
    cents,
    equals,
    exact_dollars,
    money,
    tell_share,
    text_of,
)

if TYPE_CHECKING:
    from .._geography import Place
    from .._law import Rate, RateName
    from .payment import Payment


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
    plan, place = payment._plan, payment._place
    work, pe, mp = component
    of = (work * place.work + pe * place.pe + mp * place.mp) * plan.factor
    terms = _terms(component, place)
    return f"{terms} x {plan.at.factor_text} {equals(of, 10**11, after)}"


def tell_fee(payment: Payment, _before: Amount, after: Amount, _: Any) -> Step:
    """R8: RVUs times indices, summed, times the conversion factor."""
    plan = payment._plan
    what = (
        f"fee schedule amount, {payment.setting}: work, practice expense, malpractice"
    )
    arithmetic = _product(payment, (plan.work, plan.pe, plan.mp), after)
    return Step("R8", what, arithmetic, decimal_of(cents(after), 2), "base-readme")


def tell_cap(payment: Payment, before: Amount, after: Amount, cap: Amount) -> Step:
    """R11: the lower of the fee and the OPPS amount."""
    component = payment._plan.cap
    if component is None:
        raise AssertionError
    arithmetic = (
        f"cap {_product(payment, component, cap)};"
        f" lower of {money(before)} and {money(cap)} = {money(after)}"
    )
    what = "OPPS cap on the technical side of imaging"
    return Step("R11", what, arithmetic, decimal_of(cents(after), 2), "opps-cap-readme")


def tell_anesthesia(payment: Payment, _before: Amount, after: Amount, _: Any) -> Step:
    """R32: units times the factor."""
    found = payment._plan.anesthesia
    if found is None:
        raise AssertionError
    told = found.units_told(payment.line.minutes)
    exact = anes.fee(found, payment._place, payment.line.minutes)
    right = equals(exact.numerator, exact.denominator * 100, after)
    factor = found.factor_text(payment._place)
    arithmetic = f"{told}; {_total_units(payment)} x {factor} {right}"
    what = "anesthesia: units at the anesthesia conversion factor"
    authority = "anes-ad" if found.supervised else "anes-basic"
    return Step("R32", what, arithmetic, decimal_of(cents(after), 2), authority)


def _total_units(payment: Payment) -> str:
    found = payment._plan.anesthesia
    if found is None:
        raise AssertionError
    return str(decimal_of(found.units(payment.line.minutes), found.places))


def tell_units(_: Payment, before: Amount, after: Amount, units: int) -> Step:
    """R38: each unit rounded first, then counted."""
    arithmetic = f"{money(before)} x {units} units = {money(after)}"
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
    plan = payment._plan
    how = plan.at.options.limiting
    name: RateName = "limiting-charge"
    if how == "stepped":
        name = "limiting-charge-stepped"
    rate = plan.at.rates[name]
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
    authority = payment._plan.at.rates["part-b-deductible"].authority
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
    told = tell_share(payment, before, after, share)
    note = "; a waiver outside the bundled table is the caller's to state"
    return Step(
        told.rule, told.what + note, told.arithmetic, told.amount, told.authority
    )


def tell_sequestration(_: Payment, before: Amount, after: Amount, rate: Rate) -> Step:
    """R31: withheld from Medicare's share."""
    right = equals(int(before) * rate.numerator, 100 * rate.denominator, after)
    arithmetic = f"{money(before)} x {rate.percent} {right} withheld"
    what = f"sequestration: {rate.percent} of Medicare's share is withheld"
    return Step("R31", what, arithmetic, decimal_of(cents(after), 2), rate.authority)
