"""Who pays an allowed amount: stages 10 to 12 of R37, worked out when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .payment import Answer


class CostShare(NamedTuple):
    """The shares of an allowed amount in cents, and the notes of their steps."""

    coinsurance: int
    medicare: int
    sequestration: int
    notes: tuple[Any, ...]

    @property
    def paid(self) -> int:
        """What Medicare pays after sequestration."""
        return self.medicare - self.sequestration


def meet_deductible(answer: Answer, owed: int) -> Answer:
    """The answer with its part of *owed* cents of deductible still to meet (R29)."""
    due = min(owed, answer.allowed) if answer.plan.owes_deductible else 0
    return answer._replace(deductible=due) if due else answer


def cost_share(answer: Answer) -> CostShare:
    """Deductible, coinsurance, therapy assistant and sequestration (R29 to R31)."""
    plan, notes = answer.plan, list[Any]()
    basis, rest = plan.basis, answer.allowed - answer.deductible
    if answer.deductible:
        notes += ("deductible", "deductible", answer.allowed, rest, answer.deductible)
    coinsurance, due = 0, plan.coinsurance
    if due is not None:
        coinsurance = basis.round(rest * due.numerator, due.denominator)
    notes += ("coinsurance", "coinsurance", rest, coinsurance, due)
    medicare = rest - coinsurance
    if plan.therapy_assistant is not None:
        share, whole = plan.therapy_assistant, medicare
        medicare = basis.round(whole * share.numerator, share.denominator)
        notes += ("assistant", "share", whole, medicare, share)
    rate, withheld = basis.sequestration, 0
    if rate.numerator:
        withheld = basis.round(medicare * rate.numerator, rate.denominator)
        notes += ("sequestration", "sequestration", medicare, withheld, rate)
    return CostShare(coinsurance, medicare, withheld, tuple(notes))
