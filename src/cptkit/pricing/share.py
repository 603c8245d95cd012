"""A share of an amount: the shape most rules have."""

from fractions import Fraction
from typing import Any, NamedTuple

from .._law import Rate

#: Cents; an exact fraction of a cent between rules where rounding is final.
Amount = int | Fraction

#: What a rule leaves behind: stage, kind of step, before, after, detail.
Note = tuple[str, str, Amount, Amount, Any]


class Share(NamedTuple):
    """A rule that pays a share: an exact ratio, its rule and its authority."""

    rule: str
    what: str
    numerator: int
    denominator: int
    authority: str

    @classmethod
    def of(cls, rate: Rate, rule: str, what: str) -> "Share":
        """The share a rate states."""
        return cls(rule, what, rate.numerator, rate.denominator, rate.authority)


def cents(amount: Amount) -> int:
    """An amount in whole cents, half up."""
    if isinstance(amount, int):
        return amount
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
