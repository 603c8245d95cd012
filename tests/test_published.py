"""Amounts that CMS published, whole files at a time, to the cent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import cptkit
from cptkit._law import history
from cptkit.cms import read_oppscap
from cptkit.pricing.engine import component_fee
from cptkit.pricing.plan import Component

from .shared_files import GOLDEN, SOURCES, rows

FILES = (
    "published_ohio_2020_sample.csv",
    "published_2025_76145.csv",
    "published_quotes.csv",
)
needs_golden = pytest.mark.skipif(
    not GOLDEN.exists(), reason="the published amounts are not at hand"
)
needs_sources = pytest.mark.skipif(
    not SOURCES.exists(), reason="the CMS files are not at hand"
)

#: R3: copies CMS did not refresh, and what in them is older than the release.
STALE_FILES = {"RVU21A", "RVU21B", "RVU21D", "RVU24C"}
STALE_PLACES = {"RVU23D": {("09202", "20"), ("09202", "50")}}
STALE_ROWS = {
    release: {("78429", "TC"), ("78430", "TC")} for release in ("RVU20C", "RVU20D")
}


def cents(amount: Decimal) -> int:
    """Dollars as whole cents."""
    return int(amount * 100)


def printed_amounts(name: str) -> Iterator[tuple[bool, str]]:
    """Whether each printed fee and cap equals the computed one, and which it is."""
    for row in rows(GOLDEN / name):
        for setting, fee, cap in (
            ("non-facility", "nonfacility_cents", "opps_nonfacility_cents"),
            ("facility", "facility_cents", "opps_facility_cents"),
        ):
            payment = cptkit.price(
                row["code"],
                row["modifier"],
                release=row["release"],
                locality=f"{row['mac']}-{row['locality']}",
                setting=setting,
            )
            if row[fee]:
                yield cents(payment.fee_schedule_amount) == int(row[fee]), str(row)
            if row[cap]:
                found = payment.cap
                yield found is not None and cents(found) == int(row[cap]), str(row)


@needs_golden
@pytest.mark.parametrize("name", FILES)
def test_fees_and_caps(name: str) -> None:
    """Every printed fee and cap comes out of the library."""
    compared = list(printed_amounts(name))
    assert len(compared) >= 4
    assert not [which for equal, which in compared if not equal]


@needs_golden
def test_therapy_amounts_of_later_units() -> None:
    """The half-practice-expense amounts CMS prints are what a second unit pays."""
    compared = 0
    for row in rows(GOLDEN / FILES[0]):
        printed = row["therapy_noninst_cents"]
        if not printed:
            continue
        place = f"{row['mac']}-{row['locality']}"
        one, two = (
            cptkit.price(
                row["code"], release=row["release"], locality=place, units=units
            ).fee
            for units in (1, 2)
        )
        assert cents(two - one) == int(printed), row
        compared += 1
    assert compared


@needs_golden
def test_limiting_charges_of_a_contractor() -> None:
    """The printed triples: 95 % and 109.25 % of the participating amount."""
    lower = history()["nonparticipating"][0]
    limit = history()["limiting-charge"][0]
    for row in rows(GOLDEN / "published_limiting_charge_2015.csv"):
        fee = int(row["par_cents"])
        for rate, printed in ((lower, "nonpar_cents"), (limit, "limiting_cents")):
            of = Fraction(fee * rate.numerator, rate.denominator)
            assert int(of + Fraction(1, 2)) == int(row[printed])


@needs_golden
def test_anesthesia_factors_of_the_sample() -> None:
    """Each published locality factor is the one in use."""
    for row in rows(GOLDEN / "published_anesthesia_cf_sample.csv"):
        qp = row["national_cf"] == "20.599835"
        release = "RVU26C" if row["release"].startswith("RVU26") else row["release"]
        payment = cptkit.price(
            "00790",
            "AA",
            minutes=15,
            release=release,
            locality=f"{row['mac']}-{row['locality']}",
            qp=qp,
        )
        assert cents(payment.conversion_factor) == int(row["cf_cents"]), row


#: R32: shares of work, practice expense and malpractice in the locality factor.
SHARES = {
    2021: ("0.782", "0.157", "0.061"),
    2022: ("0.776", "0.161", "0.063"),
    2023: ("0.775", "0.163", "0.062"),
    2024: ("0.774", "0.162", "0.064"),
    2025: ("0.769", "0.166", "0.065"),
    2026: ("0.787", "0.147", "0.066"),
}


def recomputed_factors() -> Iterator[tuple[bool, str]]:
    """Whether each locality's anesthesia factor is the nation's by its indices."""
    for release in cptkit.releases():
        shares = SHARES.get(release.effective.year)
        if shares is None:
            continue
        for locality in cptkit.schedule(release.name).localities:
            for qp in (False, True) if release.effective.year == 2026 else (False,):
                where = {"release": release.name, "minutes": 15, "qp": qp}
                own = cptkit.price("00790", "AA", locality=locality.id, **where)
                nation = cptkit.price("00790", "AA", **where)
                indices = (locality.gpci.work, locality.gpci.pe, locality.gpci.mp)
                weight = sum(
                    Fraction(share) * Fraction(index)
                    for share, index in zip(shares, indices, strict=True)
                )
                exact = Fraction(nation.conversion_factor) * weight * 100
                equal = cents(own.conversion_factor) == int(exact + Fraction(1, 2))
                yield equal, f"{release.name} {locality.id}: {own.conversion_factor}"


@needs_sources
def test_every_anesthesia_factor_can_be_recomputed() -> None:
    """National factor times the indices by their shares is every published factor."""
    compared = list(recomputed_factors())
    assert len(compared) > 2000
    assert not [which for equal, which in compared if not equal]


def caps_of(release: cptkit.Release) -> Iterator[tuple[bool, str]]:
    """Whether each amount of a cap file equals the computed one, and which it is."""
    schedule = cptkit.schedule(release.name)
    factor = int(release.conversion_factor * 1_000_000)
    places = {
        (place.mac, place.number): schedule.geography.place(place.mac, place.number)
        for place in schedule.localities
    }
    for row in read_oppscap(cap_file(release.name)):
        mac = {"01112": "01182"}.get(row.mac, row.mac)
        place = places.get((row.mac, row.locality)) or places[mac, row.locality]
        if (row.mac, row.locality) in STALE_PLACES.get(release.name, ()):
            continue
        if (row.code, row.modifier) in STALE_ROWS.get(release.name, ()):
            continue
        found = schedule.figures.find(row.code, row.modifier)
        assert found is not None, row
        work = found.work
        if found.profile.status == "C" and not row.modifier:
            other = schedule.figures.find(row.code, "26")
            work = other.work if other else work
        for facility, printed in ((True, row.facility), (False, row.nonfacility)):
            rvus = (found.work, found.pe(facility), found.mp)
            cap = Component(work, found.opps_pe(facility), found.opps_mp)
            expected = component_fee(cap, place, factor)
            if row.status == "A":
                expected = min(expected, component_fee(Component(*rvus), place, factor))
            yield expected == printed, f"{release.name} {row}"


def cap_file(release: str) -> Path:
    """The release's cap file."""
    return next((SOURCES / release).glob("OPPSCAP*"))


CAPPED = [
    release.name
    for release in cptkit.releases()
    if list((SOURCES / release.name).glob("OPPSCAP*"))
    and release.name not in STALE_FILES
]


@needs_sources
@pytest.mark.bulk
@pytest.mark.parametrize("name", CAPPED)
def test_every_amount_of_the_cap_files(name: str) -> None:
    """The lower of fee and cap (A), or the cap alone (C), is what CMS printed."""
    release = next(r for r in cptkit.releases() if r.name == name)
    wrong = [which for equal, which in caps_of(release) if not equal]
    assert not wrong, f"{len(wrong)} differ, first: {wrong[0]}"


@needs_sources
def test_the_manifest_of_the_sources_is_read() -> None:
    """The sources at hand are the ones the bundled data was built from."""
    with (SOURCES / "manifest.csv").open(encoding="utf-8", newline="") as file:
        sums = {row["path"]: row["sha256"] for row in csv.DictReader(file)}
    for release in cptkit.releases():
        for source in release.sources:
            assert sums[source.path] == source.sha256
