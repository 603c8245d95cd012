"""Deductible and coinsurance where two rules of R29 meet."""

from __future__ import annotations

from decimal import Decimal

import pytest

import cptkit


@pytest.mark.parametrize(
    ("modifiers", "on", "coinsurance"),
    [
        ("", "2023-04-26", "20"),
        ("PT", "2022-04-26", "20"),
        ("PT", "2023-04-26", "15"),
        ("33", "2023-04-26", "0"),
    ],
)
def test_pt_where_the_table_waives_the_deductible_alone(
    modifiers: str, on: str, coinsurance: str
) -> None:
    """G0120 owes no deductible; PT lowers the coinsurance that it still owes."""
    payment = cptkit.price("G0120", modifiers, on=on, deductible="500")
    assert payment.deductible == 0
    exact = payment.allowed * Decimal(coinsurance) / 100
    assert abs(payment.coinsurance - exact) <= Decimal("0.005")


def test_a_waived_screening_owes_nothing_with_pt_either() -> None:
    """G0121 is in the table whole: no deductible and no coinsurance."""
    payment = cptkit.price("G0121", "PT", on="2023-04-26", deductible="500")
    assert payment.patient_pays == 0
