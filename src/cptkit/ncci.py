"""The National Correct Coding Initiative's edits: which lines Medicare questions.

Bundled, as figures of one quarter: how many units of a code are medically
unlikely, and which primary codes an add-on code needs. The pairs of codes not
paid together are CMS's own file, which the user downloads and `load` reads.

Nothing here changes an amount; a `Claim` warns by these tables and says which.

>>> from cptkit import ncci
>>> ncci.unlikely_units("97110", on="2026-08-03").units
6
>>> ncci.primaries("99292", on="2026-08-03").primaries
('99291',)
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import attrs

from . import _resources
from ._parse import parse_code
from ._procedure_pairs import Edition, Pair, PairIndicator, ProcedurePairs, load
from ._release import parse_date
from ._source_file import SourceFile
from .indicators import Indicator, indicator

__all__ = [
    "AddOn",
    "AddOnType",
    "Adjudication",
    "Edition",
    "Pair",
    "PairIndicator",
    "ProcedurePairs",
    "UnlikelyUnits",
    "editions",
    "load",
    "primaries",
    "unlikely_units",
]


class Adjudication(Indicator):
    """How a medically unlikely edit counts units (CMS's MAI)."""

    LINE = "1", "each claim line by itself"
    POLICY = "2", "all lines of the day; set by policy, not overridden"
    CLINICAL = "3", "all lines of the day; more needs records that show why"


class AddOnType(Indicator):
    """How CMS names the primary codes of an add-on code."""

    LISTED = "1", "every primary code is listed"
    CONTRACTOR = "2", "the contractor says which primary codes it accepts"
    PARTLY_LISTED = "3", "some are listed; the contractor may accept others"


@attrs.frozen
class UnlikelyUnits:
    """The medically unlikely edit (MUE) of a code, for practitioners.

    Attributes:
        code: The code.
        units: The most units that are likely; more is questioned.
        adjudication: How units are counted.
        exact: False where the date of service is outside the edition's quarter.
        edition: The table it comes from, and its dates.
    """

    code: str
    units: int
    adjudication: Adjudication
    exact: bool
    edition: Edition

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "code": self.code,
            "units": self.units,
            "adjudication": self.adjudication.value,
            "exact": self.exact,
            "edition": self.edition.to_dict(),
        }


@attrs.frozen
class AddOn:
    """An add-on code, and the primary codes it is billed with.

    Attributes:
        code: The add-on code.
        type: How CMS names its primary codes.
        primaries: Those listed, in code order; none for type 2.
        exact: False where the date of service is outside the edition's quarter.
        edition: The table it comes from, and its dates.
    """

    code: str
    type: AddOnType
    primaries: tuple[str, ...]
    exact: bool
    edition: Edition

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "code": self.code,
            "type": self.type.value,
            "primaries": list(self.primaries),
            "exact": self.exact,
            "edition": self.edition.to_dict(),
        }


_UNITS, _ADD_ONS = "medically unlikely edits", "add-on code edits"


def editions() -> tuple[Edition, ...]:
    """The bundled editions: of medically unlikely edits and of add-on codes.

    >>> [edition.release for edition in editions()]
    ['2026Q3', '2026Q3']
    """
    return tuple(_editions().values())


def unlikely_units(code: object, on: object = None) -> UnlikelyUnits | None:
    """The medically unlikely edit of a code, None where CMS publishes none.

    Args:
        code: The code.
        on: Date of service; left out, the first day of the edition's quarter. One
            quarter is bundled: for other dates ``exact`` is False.

    Raises:
        NotPriced: The code or the date cannot be read.

    >>> unlikely_units("11042").adjudication.value
    '2'

    Source: CMS, NCCI Medically Unlikely Edits, practitioner services table.
    """
    number, edition = parse_code(code)[0], _editions()[_UNITS]
    day = edition.effective if on is None else parse_date(on)
    found = _unlikely().get(number)
    if found is None:
        return None
    units, kind = found
    counted = indicator(Adjudication, kind)
    return UnlikelyUnits(number, units, counted, edition.governs(day), edition)


def primaries(code: object, on: object = None) -> AddOn | None:
    """The primary codes an add-on code needs, None where it is no add-on code.

    Args:
        code: The code.
        on: Date of service; left out, the first day of the edition's quarter. The
            edition names what stands in its quarter: for other dates ``exact``
            is False.

    Raises:
        NotPriced: The code or the date cannot be read.

    >>> primaries("22552").primaries, primaries("99213")
    (('22551',), None)

    Source: CMS, NCCI Add-on Code Edits.
    """
    number, edition = parse_code(code)[0], _editions()[_ADD_ONS]
    day = edition.effective if on is None else parse_date(on)
    standing = [
        (kind, listed)
        for kind, since, ends, listed in _add_ons().get(number, ())
        if since <= day <= ends
    ]
    if not standing:
        return None
    named = sorted(code for _, listed in standing for code in listed)
    kind = indicator(AddOnType, standing[0][0])
    return AddOn(number, kind, tuple(named), edition.governs(day), edition)


@lru_cache(maxsize=1)
def _editions() -> dict[str, Edition]:
    found: dict[str, Edition] = {}
    for row in _resources.lines("ncci/manifest.tsv"):
        table, release, first, last, path, sha256, rows = row
        since, ends = date.fromisoformat(first), date.fromisoformat(last)
        source = SourceFile(table, path, sha256, int(rows))
        found[table] = Edition(table, release, since, ends, since, int(rows), (source,))
    return found


@lru_cache(maxsize=1)
def _unlikely() -> dict[str, tuple[int, str]]:
    """Units and adjudication indicator by code."""
    return {
        code: (int(units), kind)
        for units, kind, codes in _resources.lines("ncci/unlikely_units.tsv")
        for code in codes.split(" ")
    }


@lru_cache(maxsize=1)
def _add_ons() -> dict[str, list[tuple[str, date, date, list[str]]]]:
    """Type, first and last day, and primary codes, by add-on code."""
    found: dict[str, list[tuple[str, date, date, list[str]]]] = {}
    for code, kind, first, last, listed in _resources.lines("ncci/add_ons.tsv"):
        ends = date.fromisoformat(last) if last else date.max
        entry = kind, date.fromisoformat(first), ends, listed.split()
        found.setdefault(code, []).append(entry)
    return found
