"""Exact numbers, and the one place where one is rounded to be shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from .._money import decimal_of, round_half_up, scaled
from .._release import parse_date
from ..errors import InvalidInputError, NotPriced

if TYPE_CHECKING:
    from datetime import date


def rounded(value: Decimal | Fraction | int, places: int = 2) -> Decimal:
    """A number to *places*, ties away from zero.

    >>> rounded(Fraction(1, 8)), rounded(Fraction(-1, 8))
    (Decimal('0.13'), Decimal('-0.13'))
    """
    exact = Fraction(value)
    scale: int = 10**places
    found = round_half_up(abs(exact.numerator) * scale, exact.denominator)
    return decimal_of(-found if exact < 0 else found, places)


def trimmed(value: Decimal | Fraction | int, places: int = 6) -> Decimal:
    """The same, without the zeros at its end beyond the second place.

    >>> trimmed(Fraction(5, 2)), trimmed(Fraction(5, 16))
    (Decimal('2.50'), Decimal('0.3125'))
    """
    whole, _, rest = str(rounded(value, places)).partition(".")
    return Decimal(f"{whole}.{rest.rstrip('0').ljust(2, '0')}")


def written(value: object, places: int, what: str) -> Decimal:
    """A number as people write it, with at least two places and at most *places*."""
    return trimmed(Fraction(scaled(value, places, what), 10**places), places)


def less(one: Decimal, other: Decimal) -> Decimal:
    """One number less another, whatever the ambient decimal context."""
    return trimmed(Fraction(one) - Fraction(other))


def day(value: object) -> date:
    """A date; a fault of spelling is an `InvalidInputError`."""
    try:
        return parse_date(value)
    except NotPriced as error:
        raise InvalidInputError(error.message) from None
