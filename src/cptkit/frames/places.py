"""Places as rows of integers: where a line is priced, or why it cannot be."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import InvalidInputError, NotPriced
from ..pricing.engine import place_of
from ..pricing.line import Line
from ..pricing.plan import plan_for
from .plans import NUMBERS

#: The largest index, in thousandths, of which 64 bits hold every fee.
INDEX_LIMIT = 10_000


class Indices(NamedTuple):
    """A refusal's number or 0, and the indices of a place in thousandths."""

    place_reason: int = 0
    gpci_work: int = 0
    gpci_pe: int = 0
    gpci_mp: int = 0


class PlaceRow(NamedTuple):
    """The indices of a place, and the locality it is; None for the nation."""

    indices: Indices
    locality: str | None


NOWHERE = PlaceRow(Indices(), None)


def place_row(place: dict[str, Any], plan: dict[str, Any]) -> PlaceRow:
    """The place of a line's fields, in the release of a plan's fields."""
    try:
        _, made = plan_for(Line(**plan))
        found = place_of(Line("", **place), made.basis)
    except NotPriced as refusal:
        return PlaceRow(Indices(NUMBERS[refusal.reason.name]), None)
    if max(found.work, found.pe, found.mp) > INDEX_LIMIT:
        most = INDEX_LIMIT // 1000
        msg = f"gpci: a frame takes no index over {most}: give such lines to price_many"
        raise InvalidInputError(msg)
    where = found.locality.id if found.locality else None
    return PlaceRow(Indices(0, found.work, found.pe, found.mp), where)
