"""A sample of every release's amounts; the whole is part of the long proof."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cptkit

from .every_amount import differences
from .shared_files import SOURCES

NEWEST_OF_YEAR = sorted(
    {release.effective.year: release.name for release in cptkit.releases()}.values()
)


@pytest.mark.skipif(not SOURCES.exists(), reason="the CMS files are not at hand")
@pytest.mark.bulk
@pytest.mark.parametrize("name", NEWEST_OF_YEAR)
def test_a_hundredth_of_the_rows_everywhere(name: str) -> None:
    """Every 100th payable row x every locality x both settings, to the cent."""
    found = list(differences(name, every=100))
    wrong = [each for each in found if each is not None]
    assert len(found) > 15_000
    assert not wrong, wrong[:5]


@given(
    rvus=st.tuples(*[st.integers(0, 100_000)] * 3),
    indices=st.tuples(*[st.integers(1, 3_000)] * 3),
    factor=st.integers(1, 100_000_000),
)
def test_rounding_happens_once(
    rvus: tuple[int, ...], indices: tuple[int, ...], factor: int
) -> None:
    """The fee is the exact sum times the factor, rounded half up at the end only."""
    from cptkit._geography import custom_place
    from cptkit.pricing.engine import component_fee
    from cptkit.pricing.plan import Component

    work, pe, mp = (f"{index // 1000}.{index % 1000:03d}" for index in indices)
    place = custom_place(cptkit.GPCI(work=work, pe=pe, mp=mp))
    exact = sum(r * i for r, i in zip(rvus, indices, strict=True)) * factor
    quotient, rest = divmod(exact, 10**9)
    expected = quotient + (2 * rest >= 10**9)
    assert component_fee(Component(*rvus), place, factor) == expected
