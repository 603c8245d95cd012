"""Every payable row x locality x setting, against the formula worked out apart."""

from __future__ import annotations

from collections.abc import Iterator

import cptkit
from cptkit import Line, NotPriced

from .oracle.sources import Gpci, Release, Row, Sources
from .shared_files import SOURCES

SETTINGS = ("non-facility", "facility")


def rounded(numerator: int, denominator: int) -> int:
    """The nearest integer, a half going up, by quotient and rest."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest >= denominator)


def fee_in_cents(rvus: tuple[int, int, int], place: Gpci, factor: int) -> int:
    """R8 in integers: hundredths x thousandths x ten-thousandths, rounded once."""
    work, pe, mp = rvus
    exact = (work * place.work + pe * place.pe + mp * place.mp) * factor
    return rounded(exact, 10**7)


def expected(
    row: Row, place: Gpci, factor: int, setting: str
) -> tuple[int, int | None]:
    """Fee and cap of one row at one place."""
    facility = setting == "facility"
    pe = row.pe_facility if facility else row.pe_nonfacility
    fee = fee_in_cents((row.work, pe, row.mp), place, factor)
    if not row.has_cap:
        return fee, None
    opps = row.opps_pe_facility if facility else row.opps_pe_nonfacility
    return fee, fee_in_cents((row.work, opps, row.opps_mp), place, factor)


def payable(release: Release) -> list[Row]:
    """The rows Medicare prices from their RVUs; 53 rows are priced with 53."""
    return [
        row
        for row in release.rows.values()
        if row.status in ("A", "T") or (row.status == "R" and row.has_rvus)
    ]


def differences(name: str, every: int = 1) -> Iterator[str | None]:
    """None for each amount that agrees, and a sentence for each that does not."""
    held = Sources(SOURCES).release(name)
    rows = payable(held)[::every]
    factor = int(rows[0].factor.replace(".", ""))
    for (mac, number), place in held.gpcis.items():
        locality = f"{mac}-{number}"
        asked = [
            (
                row,
                setting,
                Line(
                    row.code,
                    row.modifier,
                    release=name,
                    locality=locality,
                    setting=setting,
                ),
            )
            for row in rows
            for setting in SETTINGS
        ]
        priced = cptkit.price_many(line for _, _, line in asked)
        for (row, setting, _), payment in zip(asked, priced, strict=True):
            wanted = expected(row, place, factor, setting)
            if isinstance(payment, NotPriced):
                yield f"{row.code}-{row.modifier} {locality}: {payment!r}"
                continue
            answer = payment._answer
            if (answer.fee_schedule_amount, answer.cap) != wanted:
                yield f"{row.code}-{row.modifier} {locality} {setting}: {wanted}"
            else:
                yield None
