"""A line that no other line changes: priced by itself, or so within a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._money import scaled
from ..errors import InvalidInputError, NotPriced, Reason, not_priced
from .cost_share import meet_deductible
from .engine import Working, begin, finish, read, take_shares, unrounded
from .payment import Payment
from .plan import answers, remember

if TYPE_CHECKING:
    from .engine import Resolved
    from .line import Line
    from .payment import Answer


def price_line(
    line: Line, deductible: object = None, *, reference: bool = False
) -> Payment | NotPriced:
    """One line through every stage: a claim of one."""
    found = read(line, reference=reference)
    if isinstance(found, NotPriced):
        return found
    owed = 0
    if deductible is not None:
        try:
            owed = scaled(deductible, 2, "deductible")
        except InvalidInputError as error:
            reason = Reason.ARGUMENT_INVALID
            return not_priced(reason, str(error), code=found[1].code)
    answer = answer_alone(line, found)
    return Payment(line, found[0], meet_deductible(answer, owed) if owed else answer)


def answer_alone(line: Line, found: Resolved) -> Answer:
    """Stages 2 to 9 of R37; remembered where plan, place and units decide all."""
    _, plan, place, units, charge = found
    if charge is not None or line.minutes is not None:
        return _answer(Working(line, *found))
    # An answer keeps its plan and its place, so their ids stay theirs.
    key = id(plan), id(place), units
    answer = answers.get(key)
    if answer is None:
        answer = _answer(Working(line, *found))
        remember(key, answer)
    return answer


def _answer(working: Working) -> Answer:
    begin(working)
    _reduce_alone(working)
    exact = None
    if working.plan.basis.options.limiting == "unrounded":
        twin = unrounded(working)
        begin(twin)
        _reduce_alone(twin)
        exact = take_shares(twin)
    return finish(working, exact)


def _reduce_alone(working: Working) -> None:
    """Stage 4 for a line alone: only its own units can lower each other."""
    if not working.plan.equipment and len(working.procedures) < 2:
        return
    from .multiple import reduce, technical_part

    if working.plan.equipment:
        working.technical = technical_part(working)
    if len(working.procedures) > 1:
        reduce([working])
