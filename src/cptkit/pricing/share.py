"""A share of an amount: the shape most rules have, and how it is explained."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from .._law import OWN_CHOICE, citation, percent
from .._money import decimal_of

if TYPE_CHECKING:
    from decimal import Decimal

    from .._law import Rate
    from .payment import Payment

#: Cents; an exact fraction of a cent between rules where rounding is final.
Amount = int | Fraction

#: What tells a step; and what a rule leaves behind for it: stage, teller, before,
#: after, detail.
Teller = Callable[["Payment", Amount, Amount, Any], "Step"]
Note = tuple[str, Teller, Amount, Amount, Any]


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


class Share(NamedTuple):
    """A rule that pays a share: an exact ratio, its rule and its authority."""

    rule: str
    what: str
    numerator: int
    denominator: int
    authority: str

    @classmethod
    def of(cls, rate: Rate, rule: str, what: str) -> Share:
        """The share a rate states."""
        return cls(rule, what, rate.numerator, rate.denominator, rate.authority)

    @classmethod
    def choice(cls, rule: str, what: str, share: Fraction | int) -> Share:
        """A share that the caller or this library states."""
        exact = Fraction(share)
        return cls(rule, what, exact.numerator, exact.denominator, OWN_CHOICE)


def cents(amount: Amount) -> int:
    """An amount in whole cents, half up."""
    if isinstance(amount, int):
        return amount
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def money(amount: Amount) -> str:
    """An amount in dollars, as exactly as it can be written."""
    if isinstance(amount, int):
        return text_of(amount, 2)
    return exact_dollars(amount.numerator, 100 * amount.denominator)


def text_of(value: int, places: int) -> str:
    """An integer at *places* decimal places, as text."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}"


def exact_dollars(numerator: int, denominator: int) -> str:
    """A ratio as a decimal: in full where it ends, cut with dots where it does not.

    >>> exact_dollars(31, 4), exact_dollars(1, 3)
    ('7.75', '0.33333333...')
    """
    for places in range(2, 13):
        scaled, rest = divmod(numerator * 10**places, denominator)
        if not rest:
            return text_of(scaled, places)
    return f"{text_of(numerator * 10**8 // denominator, 8)}..."


def equals(numerator: int, denominator: int, after: Amount) -> str:
    """The right side of a rounding: ``= 194.8528 -> 194.85``."""
    exact, final = exact_dollars(numerator, denominator), money(after)
    return f"= {final}" if exact == final else f"= {exact} -> {final}"


def tell_share(_payment: Payment, before: Amount, after: Amount, share: Share) -> Step:
    """The step of a plain share: amount x percentage."""
    part = percent(share.numerator, share.denominator)
    of = before * share.numerator
    right = equals(of.numerator, of.denominator * share.denominator * 100, after)
    arithmetic = f"{money(before)} x {part} % {right}"
    return Step(
        share.rule,
        f"{share.what}: {part} %",
        arithmetic,
        decimal_of(cents(after), 2),
        share.authority,
    )
