"""Who did it beside the surgeon, and what was left undone: R22, R23 and R24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .share import Share

if TYPE_CHECKING:
    from .._store import Row
    from .request import Request

ASSISTANTS = frozenset({"80", "81", "82"})


def role_shares(request: Request) -> tuple[Share, ...]:
    """Assistant at surgery (R22) or co-surgeon (R23)."""
    mods, rates = request.mods, request.basis.rates
    if "AS" in mods:
        what = f"assistant at surgery (AS), {request.basis.practitioner.label}"
        return (Share.of(rates["assistant-nonphysician"], "R22", what),)
    if found := mods & ASSISTANTS:
        what = f"assistant at surgery ({min(found)})"
        return (Share.of(rates["assistant"], "R22", what),)
    if "62" in mods:
        return (Share.of(rates["co-surgeon"], "R23", "each of two surgeons (62)"),)
    return ()


def reduced_share(request: Request, row: Row) -> Share | None:
    """The percentage the caller states for 52, or for 53 without a row (R24)."""
    share = request.basis.percent_payable
    if share is None or not stopped_or_reduced(request.modifiers, row):
        return None
    modifier = "52" if "52" in request.modifiers else "53"
    what = f"reduced or stopped service ({modifier}), percentage as given"
    return Share("R24", what, share.numerator, share.denominator, "reduced-52")


def stopped_or_reduced(modifiers: tuple[str, ...], row: Row) -> bool:
    """Whether the line is by report unless a percentage is given (R24)."""
    return "52" in modifiers or ("53" in modifiers and row.modifier != "53")
