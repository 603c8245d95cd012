"""What a code's row says to a biller, in sentences: generated, never stored."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .indicators import GlobalPeriod

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from ._code import Code

_SURGICAL = ("000", "010", "090")
#: Skin substitutes and wound dressings carry ZZZ too; they are products (guide, 4).
_PRODUCTS = ("Q4", "A2")

_GLOBAL = {
    "000": "Global period 000: related care on the day of the procedure is in the fee",
    "010": (
        "Global period 010: related care on the day and for ten days after is in the"
        " fee"
    ),
    "090": (
        "Global period 090: related care from the day before to ninety days after is"
        " in the fee"
    ),
    "MMM": "Global period MMM: maternity care, by its own rules",
    "YYY": "Global period YYY: the contractor decides which days are in the fee",
}
_PCTC = {
    "1": (
        "Divides in two: 26 for the professional component, TC for the technical; no"
        " modifier means both"
    ),
    "2": "Professional component only: 26 and TC are not used",
    "3": "Technical component only: 26 and TC are not used",
    "4": "The complete test; its two components have codes of their own",
    "5": "Incident to a physician's service: not paid to a physician for a hospital's"
    " patient",
    "6": "A physician's interpretation of this laboratory test is billed with 26",
    "8": "Paid only for hospital inpatients, with 26",
}
_BILATERAL = {
    "0": "Both sides pay one fee: the bilateral adjustment does not apply",
    "1": "Both sides, with modifier 50 on one line, pay 150 percent",
    "2": "The fee already counts both sides",
    "3": "Each side is paid in full",
}
_ASSISTANT = {
    "0": "An assistant at surgery is paid only when documentation shows the need",
    "1": "An assistant at surgery is never paid",
    "2": "An assistant at surgery is payable",
}
_CO_SURGEON = {
    "1": "Co-surgeons (62) are paid when documentation shows the need for both",
    "2": "Co-surgeons (62) are payable where their specialties differ",
}
_TEAM = {
    "1": "A surgical team (66) is paid by report, when documentation shows the need",
    "2": "A surgical team (66) is payable, by report",
}


def is_add_on(code: Code) -> bool:
    """Whether the row or the code's text makes it an add-on; products are none."""
    if code.number.startswith(_PRODUCTS):
        return False
    return code.global_period is GlobalPeriod.ADD_ON or "add-on" in code.features


def billing_lines(code: Code) -> tuple[str, ...]:
    """Sentences from the code's row: what its indicators and RVUs mean on a claim.

    >>> import cptkit
    >>> billing_lines(cptkit.code("71046", release="RVU26C"))[0]
    'Divides in two: 26 for the professional component, TC for the technical; ...
    """
    return tuple(_lines(code))


def _lines(code: Code) -> Iterator[str]:
    if is_add_on(code):
        yield "Add-on: billed beside the service it belongs to, never alone"
    found = [
        _GLOBAL.get(code.global_period.value),
        _split_care(code),
        _PCTC.get(code.pctc.value),
        *_operating(code),
        _settings(code),
    ]
    yield from filter(None, found)
    if code.status.payable:
        release = code.release
        yield (
            f"One RVU is worth ${release.conversion_factor} in"
            f" {release.effective.year} ({release.name})"
        )


def _split_care(code: Code) -> str | None:
    """The shares of 54, 55 and 56, where the operation has them."""
    before, during, after = code.split_care
    if not during:
        return None
    return (
        f"Care that is divided (54, 55, 56) pays {_percent(before)} before,"
        f" {_percent(during)} during and {_percent(after)} after the operation"
    )


def _operating(code: Code) -> Iterator[str | None]:
    """The rules on sides, assistants and further surgeons.

    What never applies is worth saying of an operation only.
    """
    surgical = code.global_period.value in _SURGICAL
    if surgical or code.bilateral.value != "0":
        yield _BILATERAL.get(code.bilateral.value)
    if surgical or code.assistant.value == "2":
        yield _ASSISTANT.get(code.assistant.value)
    yield _CO_SURGEON.get(code.co_surgeon.value)
    yield _TEAM.get(code.team.value)


def _settings(code: Code) -> str | None:
    """What the setting changes, or which one CMS marks as not done."""
    rvus = code.rvus
    if not rvus.total_nonfacility:
        return None
    if rvus.na_nonfacility:
        return "CMS marks it as rarely or never done outside a facility"
    if rvus.na_facility:
        return "CMS marks it as rarely or never done in a facility"
    if rvus.total_facility != rvus.total_nonfacility:
        return (
            f"Outside a facility {rvus.total_nonfacility} RVUs, in a facility"
            f" {rvus.total_facility}, where the facility bears its own costs"
        )
    return None


def _percent(share: Decimal) -> str:
    return f"{int(100 * Fraction(share))} percent"
