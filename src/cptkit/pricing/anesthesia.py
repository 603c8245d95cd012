"""Anesthesia: base units and time units at the locality's factor (R32)."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .. import _law
from .._geography import Place
from .._law import Rate
from .._money import decimal_of, scaled
from ..errors import InvalidInputError, Reason, not_priced, show
from .share import Share

if TYPE_CHECKING:
    from .request import Request

#: These hold no time: daily management, and an injection (R32).
WITHOUT_TIME = frozenset({"01995", "01996"})
MODIFIERS = frozenset({"AA", "QZ", "QK", "QY", "QX", "AD"})
_DIRECTED = {
    "QK": "medical direction of two to four cases (QK)",
    "QY": "medical direction of one CRNA (QY)",
    "QX": "CRNA with medical direction (QX)",
}


class Anesthesia(NamedTuple):
    """What of an anesthesia line does not depend on place and minutes."""

    code: str
    base_units: int
    timed: bool
    supervised: bool
    places: int
    minutes_per_unit: int
    national: Rate
    qp: bool
    shares: tuple[Share, ...]

    def factor(self, place: Place) -> int:
        """Dollars per unit in millionths: the locality's, or the nation's."""
        own = place.anesthesia_qp if self.qp else place.anesthesia
        own = place.anesthesia if own is None else own
        if own is not None:
            return own * 10_000
        national = place.work == place.pe == place.mp == 1000
        if place.record is not None or not national:
            msg = (
                f"no anesthesia factor is held for {place.way}: give a locality or ZIP,"
                " or no place for the national factor"
            )
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg, code=self.code)
        return self.national.micro

    def factor_text(self, place: Place) -> Decimal:
        """The factor as published."""
        micro = self.factor(place)
        if place.record is not None:
            return decimal_of(micro // 10_000, 2)
        return Decimal(self.national.text)

    def units(self, minutes: object) -> int:
        """Base and time units in 1/10 or 1/100, as `places` says.

        Raises:
            NotPriced: `Reason.MINUTES_MISSING`.
        """
        scale: int = 10**self.places
        if self.supervised or not self.timed:
            return self.base_units * scale
        if minutes is None:
            msg = f"{self.code} is anesthesia, paid by time: give minutes=, more than 0"
            raise not_priced(Reason.MINUTES_MISSING, msg, code=self.code)
        try:
            count = scaled(minutes, 0, "minutes")
        except InvalidInputError as error:
            reason = Reason.MINUTES_MISSING
            raise not_priced(reason, str(error), code=self.code) from None
        if count == 0:
            msg = f"minutes {show(minutes)} must be more than 0"
            raise not_priced(Reason.MINUTES_MISSING, msg, code=self.code)
        time = (2 * count * scale + self.minutes_per_unit) // (
            2 * self.minutes_per_unit
        )
        return self.base_units * scale + time

    def units_told(self, minutes: object) -> str:
        """The units as arithmetic."""
        total = decimal_of(self.units(minutes), self.places)
        if self.supervised:
            return f"{self.base_units} units for supervision"
        if not self.timed:
            return f"{self.base_units} base units, no time units"
        count = scaled(minutes, 0, "minutes")
        return (
            f"({self.base_units} base units + {count} minutes /"
            f" {self.minutes_per_unit}) = {total} units"
        )


def own_base_units(request: "Request") -> int | None:
    """Base units: the caller's, or CMS's list of 2022; None where neither has any."""
    if request.basis.base_units is not None:
        return request.basis.base_units
    table = dict(request.basis.options.anes_base_units)
    found = table.get(request.code)
    if found is not None:
        return scaled(found, 0, "base units")
    return _law.base_units().get(request.code)


def anesthesia_of(request: "Request") -> Anesthesia | None:
    """The anesthesia side of a status J line, None for any other."""
    row = request.row
    if row is None or row.profile.status != "J":
        return None
    rates, mods = request.basis.rates, request.mods
    supervised = "AD" in mods
    base = own_base_units(request) or 0
    if supervised:
        base = rates["anesthesia-supervision-units"].numerator
        if request.basis.induction:
            base += rates["anesthesia-induction-units"].numerator
    national = rates["anesthesia-factor"]
    qp = rates.get("anesthesia-factor-qp") if request.basis.qp else None
    shares = tuple(
        Share.of(rates["anesthesia-direction"], "R32", what)
        for modifier, what in _DIRECTED.items()
        if modifier in mods
    )
    return Anesthesia(
        request.code,
        base,
        request.code not in WITHOUT_TIME,
        supervised,
        2 if request.basis.options.time_units == "hundredth" else 1,
        rates["anesthesia-minutes-per-unit"].numerator,
        qp or national,
        qp is not None,
        shares,
    )


def fee(anesthesia: Anesthesia, place: Place, minutes: object) -> Fraction:
    """The exact fee in cents: units times factor (R32).

    >>> import cptkit
    >>> cptkit.price("00790", "AA", minutes=95, locality="15202-00",
    ...              on="2025-10-15").allowed
    Decimal('266.80')
    """
    units = anesthesia.units(minutes)
    return Fraction(units * anesthesia.factor(place), 10**anesthesia.places * 10_000)
