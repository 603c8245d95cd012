"""A line that columns cannot price, answered by the single-line engine."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NotPriced
from ..pricing.alone import price_line
from ..pricing.line import Line
from .plans import NUMBERS
from .readers import NOT_GIVEN, UNREADABLE, WRONG

if TYPE_CHECKING:
    from ..pricing.payment import Payment


class Answer(NamedTuple):
    """What the engine says of one line: a reason's number, amounts in cents."""

    reason: int
    allowed: int
    limiting_charge: int
    coinsurance: int


def engine_line(
    plan: dict[str, Any],
    place: dict[str, Any],
    units: int,
    charge: int,
    minutes: int,
) -> Line:
    """A line for the engine, of fields as they were read."""
    return Line(
        **plan,
        **place,
        units=units,
        charge=_amount(charge, 100),
        minutes=_amount(minutes, 1),
    )


def answer_of(found: Payment | NotPriced) -> Answer:
    """What the engine says, in numbers."""
    if isinstance(found, NotPriced):
        return Answer(NUMBERS[found.reason.name], 0, 0, 0)
    limiting = found._answer.limiting_charge or 0
    return Answer(0, found._answer.allowed, limiting, found._cost_share.coinsurance)


def engine_answer(line: Line) -> tuple[Answer, Payment | NotPriced]:
    """What the engine says of one line, alone."""
    found = price_line(line)
    return answer_of(found), found


def _amount(value: int, unit: int) -> Any:
    """An amount as the engine takes it: absent, unreadable, or a fraction."""
    if value == NOT_GIVEN:
        return None
    return UNREADABLE if value == WRONG else Fraction(value, unit)
