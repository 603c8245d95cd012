"""Rows by edition: what a query joins is what each release holds."""

from __future__ import annotations

import pytest

from cptkit._money import BASE_SCALE
from cptkit._release import registry
from cptkit.frames import editions as module
from cptkit.frames.editions import Editions, words
from cptkit.frames.places import INDEX_LIMIT
from cptkit.frames.plans import FACTOR_LIMIT, release_names, schedule_of


@pytest.mark.parametrize("size", [60, 7])
def test_every_release_holds_its_edition_of_every_code(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Bits counted up to a release, in one number or in several, lead to its rows."""
    monkeypatch.setattr(module, "_WORD", size)
    names = release_names()
    editions = Editions(names)
    for at, name in enumerate(names):
        held: dict[str, list[object]] = {code: [] for code in editions.of}
        for row in schedule_of(name).figures.all_rows():
            if row.modifier != "53":
                held[row.code].append(row)
        until = words((2 << at) - 1)
        for code, rows in held.items():
            both = zip(editions.words(code), until, strict=True)
            number = sum((one & other).bit_count() for one, other in both)
            assert list(editions.of[code][number].rows) == rows, (code, name)


def test_every_fee_fits_in_64_bits() -> None:
    """At the largest index and factor that columns take, with the rounding's double."""
    most = max(
        row.work + max(row.pe_nonfacility, row.pe_facility) + row.mp
        for name in release_names()
        for row in schedule_of(name).figures.all_rows()
    )
    assert 2 * most * INDEX_LIMIT * FACTOR_LIMIT + BASE_SCALE < 2**63


def test_editions_are_far_fewer_than_rows() -> None:
    """Most rows of a release are those of the one before."""
    editions = Editions(release_names())
    distinct = sum(len(each.rows) for held in editions.of.values() for each in held)
    assert distinct < sum(release.rows for release in registry().releases) / 4
