"""Exact numbers: integers inside, `Decimal` outside.

Scales: RVUs in hundredths, indices in thousandths, factors in millionths of a
dollar, money in cents. `round_half_up` is the one place where a cent is
decided. Nothing here consults the ambient decimal context.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from .errors import InvalidInputError, show

#: What a caller may write a number as.
Number = str | int | float | Decimal | Fraction

#: RVU (1e-2) x index (1e-3) x factor (1e-6) is 1e-11 dollars: 1e-9 cents.
BASE_SCALE = 10**9

_PLAIN = r"\$?([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(\.[0-9]{0,12})?"
_LIMIT = 10**12


def round_half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to a ratio that is not negative; ties go up.

    >>> round_half_up(774105, 1000), round_half_up(285250, 10000)
    (774, 29)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def round_half_even(numerator: int, denominator: int) -> int:
    """The nearest integer to a ratio; ties go to the even neighbour (R39)."""
    whole, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        return whole + 1
    return whole


def decimal_of(value: int, places: int) -> Decimal:
    """An integer at *places* decimal places as a `Decimal` that shows them all.

    >>> decimal_of(14362, 2), decimal_of(-5, 2), decimal_of(7, 0)
    (Decimal('143.62'), Decimal('-0.05'), Decimal('7'))
    """
    return Decimal(text_of(value, places) if places else value)


@lru_cache(maxsize=4096)
def text_of(value: int, places: int) -> str:
    """An integer at *places* decimal places as text; the same few come up again.

    >>> text_of(14362, 2), text_of(-5, 2)
    ('143.62', '-0.05')
    """
    digits = str(value).zfill(places + 1 + (value < 0))
    return f"{digits[:-places]}.{digits[-places:]}"


def dollars(cents: int) -> Decimal:
    """Cents as a `Decimal` of dollars with two places."""
    return decimal_of(cents, 2)


def in_dollars(value: Decimal | None) -> str:
    """An amount of either sign as people write it; nothing where there is none.

    >>> in_dollars(Decimal("-1234.50")), in_dollars(None)
    ('-$1,234.50', '')
    """
    return "" if value is None else f"${value:,}".replace("$-", "-$")


def exact(value: object, what: str, *, signed: bool = False) -> Fraction:
    """A number as people write it, exactly.

    Text, `int`, `Decimal` and `Fraction` count as they stand; a `float` is
    taken by its shortest decimal form. Anything else, anything infinite or
    beyond 10**12, and anything negative unless *signed*, is refused.

    Raises:
        InvalidInputError: Names *what* and shows the value.
    """
    number: Fraction | None = None
    if isinstance(value, bool):
        pass
    elif isinstance(value, str):
        text = value.strip()
        minus = signed and text.startswith("-")
        if re.fullmatch(_PLAIN, text[minus:]):
            number = Fraction(text[minus:].lstrip("$").replace(",", ""))
            number = -number if minus else number
    elif isinstance(value, Decimal):
        if value.is_finite() and abs(value.adjusted()) < 30:
            number = Fraction(value)
    elif isinstance(value, float):
        if -_LIMIT < value < _LIMIT:
            number = Fraction(repr(float(value)))
    elif isinstance(value, (int, Fraction)):
        number = Fraction(value)
    lowest = -_LIMIT if signed else 0
    if number is None or not lowest <= number < _LIMIT:
        msg = (
            f"{what} {show(value)} is not a number that can be used here:"
            f" give it as text, int or Decimal{'' if signed else ', zero or more'}"
        )
        raise InvalidInputError(msg)
    return number


def scaled(value: object, places: int, what: str) -> int:
    """A number with at most *places* decimal places, as an integer.

    >>> scaled("0.889", 3, "index"), scaled(33.4009, 6, "factor")
    (889, 33400900)

    Raises:
        InvalidInputError: Not a number, or more places than CMS publishes.
    """
    scale: int = 10**places
    if type(value) is int and 0 <= value < _LIMIT:  # units, on every line of a stream
        return value * scale
    number = exact(value, what) * scale
    if number.denominator != 1:
        msg = (
            f"{what} {show(value)} has more than {places} decimal places:"
            " give it as published, as text"
        )
        raise InvalidInputError(msg)
    return number.numerator
