"""What a row is worth at a place, for many rows at once: no line, no modifiers.

The same formula and the same cap as `cptkit.price` (R8, R11); what a line adds to
them (units, modifiers, practitioner, cost share) is not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._geography import Place, national_place
from ._money import scaled
from ._page_rows import SETTINGS, WHERE, place_name
from ._schedule import find_place
from .errors import InvalidInputError, did_you_mean, show
from .pricing.engine import component_fee
from .pricing.plan import Component

if TYPE_CHECKING:
    from ._schedule import FeeSchedule
    from ._store import Row


def row_fee(row: Row, place: Place, factor: int, *, facility: bool) -> int:
    """The lower of fee and cap of one unit, in cents; *factor* in millionths."""
    fee = component_fee(Component(row.work, row.pe(facility), row.mp), place, factor)
    if not row.has_cap:
        return fee
    behind = Component(row.work, row.opps_pe(facility), row.opps_mp)
    return min(fee, component_fee(behind, place, factor))


def is_paid(row: Row) -> bool:
    """Whether Medicare pays the row on its RVUs (R5)."""
    status = row.profile.status
    return status in ("A", "T") or (status == "R" and row.has_rvus)


def factor_of(schedule: FeeSchedule) -> int:
    """The release's conversion factor in millionths of a dollar."""
    return scaled(schedule.conversion_factor, 6, "conversion factor")


def place_for(schedule: FeeSchedule, where: dict[str, Any]) -> Place:
    """The place that the words name in a release; the nation where none is given.

    Raises:
        InvalidInputError: A word that names no place, or too few of them.
        NotPriced: The place cannot be read or found; a `LookupError` too.
    """
    for word in where:
        if word not in WHERE:
            msg = f"{word}= names no place: give {', '.join(WHERE)}"
            raise InvalidInputError(msg + did_you_mean(word, WHERE))
    given = [where.get(word) for word in WHERE]
    if all(each is None for each in given):
        return national_place()
    found = find_place(schedule.geography, *given)
    if found is None:
        msg = "county= and name= need state="
        raise InvalidInputError(msg)
    return found


def place_label(place: Place) -> str:
    """The place as a heading."""
    return "Nationally" if place.locality is None else place_name(place.locality)


def is_facility(setting: object) -> bool:
    """Whether a setting is a facility.

    Raises:
        InvalidInputError: Neither ``non-facility`` nor ``facility``.
    """
    if setting in SETTINGS:
        return setting == "facility"
    msg = f"setting {show(setting)} is neither 'non-facility' nor 'facility'"
    raise InvalidInputError(msg)
