"""The rows of a page: what each row of a code is worth, in each place and setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from ._schedule import find_place
from .errors import NotPriced

if TYPE_CHECKING:
    from ._code import Code
    from ._locality import Locality
    from ._rvus import Rvus
    from ._schedule import FeeSchedule
    from .pricing.payment import Payment

SETTINGS = ("non-facility", "facility")
#: Fields of a line that name a place, in the order `find_place` takes them.
WHERE = ("locality", "zip", "state", "county", "name")
_ROWS = {
    "26": "Professional component (26)",
    "TC": "Technical component (TC)",
    "53": "Discontinued (53)",
}


@attrs.frozen
class PlacePrices:
    """What a row is worth in one place, in both settings.

    Attributes:
        label: The place as a heading: ``Chicago, IL (06102-16)``.
        locality: The locality, None nationally or for the caller's own indices.
        nonfacility: The `Payment`, or the `NotPriced` that says why there is none.
        facility: The same in a facility.
    """

    label: str
    locality: Locality | None
    nonfacility: Payment | NotPriced
    facility: Payment | NotPriced

    @property
    def answers(self) -> tuple[Payment | NotPriced, Payment | NotPriced]:
        """Both settings, in the order of `SETTINGS`."""
        return self.nonfacility, self.facility

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "label": self.label,
            "locality": self.locality.to_dict() if self.locality else None,
            "nonfacility": self.nonfacility.to_dict(),
            "facility": self.facility.to_dict(),
        }


@attrs.frozen
class PricedRow:
    """A row of the code: the complete service, or one component of it.

    Attributes:
        label: What it is.
        rvus: Its RVUs.
        prices: Here, where a place was given, then nationally.
    """

    label: str
    rvus: Rvus
    prices: tuple[PlacePrices, ...]

    @property
    def answers(self) -> tuple[Payment | NotPriced, ...]:
        """Every amount and every refusal, place by place."""
        return tuple(each for prices in self.prices for each in prices.answers)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "label": self.label,
            "rvus": self.rvus.to_dict(),
            "prices": [each.to_dict() for each in self.prices],
        }


class Place(NamedTuple):
    """A place to price in, as the line's fields that say so."""

    label: str
    locality: Locality | None
    line: dict[str, Any]


def places_of(schedule: FeeSchedule, line: dict[str, Any]) -> list[Place]:
    """Here, where the line names a place, then the nation."""
    anywhere = {key: line[key] for key in line if key not in (*WHERE, "gpci")}
    places = [Place("Nationally", None, anywhere)]
    if line.get("gpci") is not None:
        places.insert(0, Place("With the indices given", None, line))
    else:
        lenient = bool(line.get("options") and line["options"].zip_default)
        where = (line.get(key) for key in WHERE)
        found = find_place(schedule.geography, *where, take_default=lenient)
        if found is not None and found.locality is not None:
            here = Place(place_name(found.locality), found.locality, line)
            places.insert(0, here)
    return places


def row_asked(code: Code, modifiers: tuple[str, ...]) -> Code:
    """The row that the modifiers ask for; the code's own where none does."""
    asked = (each for each in modifiers if each in code.components)
    component = next(asked, "")
    return code.component(component) if component else code


def priced_row(
    code: Code,
    asked: tuple[str, ...],
    places: list[Place],
    modifiers: tuple[str, ...],
) -> PricedRow:
    """One row with its prices in each place."""
    named = "-".join(asked) or code.modifier
    label = _ROWS.get(named, f"With {named}" if named else "Complete service")
    prices = tuple(
        PlacePrices(
            place.label,
            place.locality,
            *(_answer(code, modifiers, place.line, setting) for setting in SETTINGS),
        )
        for place in places
    )
    return PricedRow(label, row_asked(code, asked).rvus, prices)


def _answer(
    code: Code, modifiers: tuple[str, ...], line: dict[str, Any], setting: str
) -> Payment | NotPriced:
    """The payment; a value for other payers; or why there is neither."""
    from .pricing import price
    from .pricing.reference import reference_value

    asked = {"setting": setting, **line}
    if line.get("on") is None:
        asked.setdefault("release", code._schedule)  # noqa: SLF001 - its own figures
    own = (code.modifier, *modifiers)
    try:
        return price(code.number, own, **asked)
    except NotPriced as refusal:
        found = refusal.with_traceback(None)
    try:
        return reference_value(code.number, own, **asked)
    except NotPriced:
        return found


def place_name(locality: Locality) -> str:
    """A locality as a heading.

    >>> import cptkit
    >>> place_name(cptkit.schedule("RVU26C").locality(zip="60601"))
    'Chicago, IL (06102-16)'
    """
    name = locality.name.rstrip("* ").title()
    return f"{name}, {locality.state} ({locality.id})"


def amount(answer: Payment | NotPriced) -> str:
    """What an answer allows, as people write it: ``$1,339.63``."""
    return "not paid" if isinstance(answer, NotPriced) else f"${answer.allowed:,}"
