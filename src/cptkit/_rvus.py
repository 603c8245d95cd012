"""The relative value units of a row, as published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ._money import decimal_of, scaled

if TYPE_CHECKING:
    from decimal import Decimal

    from ._store import Row


@attrs.frozen
class Rvus:
    """The relative value units of a row, as published: `Decimal`, two places.

    Attributes:
        work: Physician work.
        pe_nonfacility: Practice expense outside a facility.
        pe_facility: Practice expense in a facility.
        mp: Malpractice.
        na_nonfacility: CMS marks the service as rarely or never done outside
            a facility; its practice expense is then a copy of the other.
        na_facility: The same for facilities.
    """

    work: Decimal
    pe_nonfacility: Decimal
    pe_facility: Decimal
    mp: Decimal
    na_nonfacility: bool = False
    na_facility: bool = False

    @property
    def total_nonfacility(self) -> Decimal:
        """Work + non-facility practice expense + malpractice."""
        return _total(self.work, self.pe_nonfacility, self.mp)

    @property
    def total_facility(self) -> Decimal:
        """Work + facility practice expense + malpractice."""
        return _total(self.work, self.pe_facility, self.mp)

    def to_dict(self) -> dict[str, Any]:
        """RVUs as text, with both totals."""
        names = ("work", "pe_nonfacility", "pe_facility", "mp")
        totals = ("total_nonfacility", "total_facility")
        return {
            **{name: str(getattr(self, name)) for name in names + totals},
            "na_nonfacility": self.na_nonfacility,
            "na_facility": self.na_facility,
        }


def rvus_of(row: Row) -> Rvus:
    """The RVUs of a packed row."""
    return Rvus(
        work=decimal_of(row.work, 2),
        pe_nonfacility=decimal_of(row.pe_nonfacility, 2),
        pe_facility=decimal_of(row.pe_facility, 2),
        mp=decimal_of(row.mp, 2),
        na_nonfacility=row.profile.na_nonfacility == "NA",
        na_facility=row.profile.na_facility == "NA",
    )


def by_setting(rvus: Rvus) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Each setting's name as it is shown, its practice expense and its total."""
    return (
        ("Non-facility", rvus.pe_nonfacility, rvus.total_nonfacility),
        ("Facility", rvus.pe_facility, rvus.total_facility),
    )


def _total(*parts: Decimal) -> Decimal:
    """Sum of RVUs, exact whatever the ambient decimal context."""
    return decimal_of(sum(scaled(part, 2, "RVU") for part in parts), 2)
