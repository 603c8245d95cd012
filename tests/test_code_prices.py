"""A `Code` is priced as what it is: its row, its release."""

from __future__ import annotations

import pytest

import cptkit


@pytest.mark.parametrize("modifier", ["", "26", "TC"])
def test_a_row_is_priced_as_that_row(modifier: str) -> None:
    """The professional row is not the complete service, however it is handed over."""
    whole = cptkit.code("71046", release="RVU25D")
    row = whole.component(modifier) if modifier else whole
    wanted = cptkit.price("71046", modifier, release="RVU25D", zip="43004")
    assert row.price(zip="43004").allowed == wanted.allowed
    assert cptkit.price(row, zip="43004").allowed == wanted.allowed
    line = cptkit.Line(row, zip="43004", release="RVU25D")
    (found,) = cptkit.price_many([line])
    assert isinstance(found, cptkit.Payment)
    assert found.allowed == wanted.allowed


def test_a_code_is_priced_by_its_release() -> None:
    """Without another release the code's own figures count, and a date says so."""
    code = cptkit.code("99213", release="RVU24C")
    assert cptkit.price(code).release.name == code.price().release.name == "RVU24C"
    later = cptkit.price(code, on="2026-07-15")
    assert later.release.name == "RVU24C"
    assert not later.exact
    assert any("RVU24C was asked for" in warning for warning in later.warnings)
    assert cptkit.price(code, release="RVU25D").release.name == "RVU25D"
