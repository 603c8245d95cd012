"""A locality and its indices, as they are handed out.

Apart from `_geography`, which finds them: an amount by ZIP needs only their
numbers, and the first price is spared making two classes.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from ._money import decimal_of, scaled

if TYPE_CHECKING:
    from ._store import LocalityRecord


def _work_index(value: object) -> Decimal:
    return decimal_of(scaled(value, 3, "work index"), 3)


def _pe_index(value: object) -> Decimal:
    return decimal_of(scaled(value, 3, "pe index"), 3)


def _mp_index(value: object) -> Decimal:
    return decimal_of(scaled(value, 3, "mp index"), 3)


@attrs.frozen
class GPCI:
    """Geographic practice cost indices, as CMS publishes them: three places.

    Args:
        work: Index of the work RVU.
        pe: Index of the practice expense RVU.
        mp: Index of the malpractice RVU.

    Raises:
        InvalidInputError: Not a number, or more than three decimal places.

    >>> GPCI(work="1.0", pe="0.889", mp="0.707").pe
    Decimal('0.889')

    Source: the GPCI file of each release (Addendum E); 42 CFR 414.26.
    """

    work: Decimal = attrs.field(converter=_work_index)
    pe: Decimal = attrs.field(converter=_pe_index)
    mp: Decimal = attrs.field(converter=_mp_index)

    def to_dict(self) -> dict[str, str]:
        """The three indices as text."""
        return {"work": str(self.work), "pe": str(self.pe), "mp": str(self.mp)}


NATIONAL = GPCI(*(Decimal(1),) * 3)


@attrs.frozen
class Locality:
    """A Medicare payment locality of one release.

    Attributes:
        mac: Number of the Medicare administrative contractor, five digits.
        number: Locality number, two digits.
        name: CMS's name of the area.
        state: Postal abbreviation.
        gpci: Its indices in the release.
        counties: The counties it takes in, as CMS lists them.
    """

    mac: str
    number: str
    name: str
    state: str
    gpci: GPCI
    counties: str = attrs.field(repr=False)

    @property
    def id(self) -> str:
        """MAC and locality joined as people write them: ``06102-16``."""
        return f"{self.mac}-{self.number}"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "mac": self.mac,
            "number": self.number,
            "name": self.name,
            "state": self.state,
            "gpci": self.gpci.to_dict(),
            "counties": self.counties,
        }


@lru_cache(maxsize=4096)
def gpci_of(work: int, pe: int, mp: int) -> GPCI:
    """The indices of thousandths."""
    return GPCI(*(decimal_of(index, 3) for index in (work, pe, mp)))


@lru_cache(maxsize=4096)
def locality_of(record: LocalityRecord) -> Locality:
    """The locality of a record of a release."""
    gpci = gpci_of(record.work, record.pe, record.mp)
    return Locality(
        record.mac, record.number, record.name, record.state, gpci, record.counties
    )
