"""Pay under each plan, by hand; Medicare's amounts beside it, from the engine."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cptkit
from cptkit import InvalidInputError
from cptkit import productivity as pr

from .entries import some_log


@pytest.mark.parametrize(
    ("plan", "wrvus", "earned"),
    [
        (pr.PayPlan.per_wrvu("48.50"), "5200", "252200.00"),
        (pr.PayPlan.per_wrvu("48.505"), "1", "48.51"),
        (pr.PayPlan.tiered({0: 40, 4000: 50}), "5000", "210000.00"),
        (pr.PayPlan.tiered({0: 40, 4000: 50}), "3999.5", "159980.00"),
        (pr.PayPlan.tiered({0: 40, 4000: 50}, retroactive=True), "4000", "200000.00"),
        (pr.PayPlan.tiered({0: 40, 4000: 50}, retroactive=True), "3999", "159960.00"),
        (pr.PayPlan.tiered({0: 40, 100: 50, 200: 60}), "250", "12000.00"),
        (pr.PayPlan.tiered({100: 50}, retroactive=True), "99", "0.00"),
        (pr.PayPlan.base_plus_bonus(250_000, above=4800, rate=45), "5000", "259000.00"),
        (pr.PayPlan.base_plus_bonus(250_000, above=4800, rate=45), "4000", "250000.00"),
        (pr.PayPlan.base_plus_bonus(250_000, above=4800, rate=45), "0", "250000.00"),
    ],
)
def test_plans_by_hand(plan: pr.PayPlan, wrvus: str, earned: str) -> None:
    """Each threshold from both sides."""
    assert plan.earned(wrvus) == Decimal(earned)
    assert pr.PayPlan(**plan.to_dict()) == plan


def test_a_draw_is_settled() -> None:
    """What was advanced is paid back, or kept where the contract says so."""
    log = pr.WorkLog([pr.Entry("2026-03-02", "99214", units=1000)])
    owed = pr.PayPlan.per_wrvu("50", draw="100000")
    kept = pr.PayPlan.per_wrvu("50", draw="100000", keep_draw=True, name="kept")
    more = pr.PayPlan.per_wrvu("60", draw="100000")
    found = log.income(owed, kept, more)
    assert [str(each.balance) for each in found.pays] == [
        "-4000.00",
        "0.00",
        "15200.00",
    ]
    assert [str(each.pay) for each in found.pays] == [
        "96000.00",
        "100000.00",
        "115200.00",
    ]
    assert found.pays[1].per_wrvu == Decimal("52.08")


@given(
    st.lists(st.integers(0, 10**5), min_size=1, max_size=5, unique=True).map(sorted),
    st.integers(0, 2 * 10**8),
    st.integers(0, 2 * 10**8),
)
def test_more_work_never_pays_less(thresholds: list[int], one: int, other: int) -> None:
    """Under rising rates, marginal or for all the work."""
    tiers = {at: 40 + n for n, at in enumerate(thresholds)}
    low, high = sorted((Decimal(one) / 1000, Decimal(other) / 1000))
    for retroactive in (False, True):
        plan = pr.PayPlan.tiered(tiers, retroactive=retroactive)
        assert plan.earned(low) <= plan.earned(high)


def test_medicare_stands_beside_and_comes_from_the_engine() -> None:
    """The sum of the entries priced alone; never work times the factor."""
    log = some_log()
    log.add("99395", on="2026-03-02")
    log.add("45378", on="2026-03-02", modifiers="52", percent_payable=50, setting="22")
    found = log.income(per_wrvu="48.50", zip="60601", credit="cms-adjusted")
    allowed = Decimal(0)
    for entry in log:
        if entry.code == "99395":
            continue
        allowed += cptkit.price(
            entry.code,
            entry.modifiers,
            on=entry.on,
            units=entry.units,
            zip="60601",
            pos=entry.setting or None,
            percent_payable=entry.percent_payable,
        ).allowed
    assert found.medicare_allowed == allowed
    assert [each.entry.code for each in found.unpriced] == ["99395"]
    factor = cptkit.schedule("RVU26C").conversion_factor
    assert found.medicare_allowed != round(found.wrvus * factor, 2)
    text = str(found)
    assert "Medicare allows" in text
    assert "No Medicare amount: entry 11, 99395" in text
    assert "$48.50 per wRVU" in found._repr_html_()
    assert "nationally" in str(log.income(per_wrvu=1))


def test_a_setting_of_its_own_stands_first() -> None:
    """The entry's place of service, then the one given for all."""
    log = pr.WorkLog([pr.Entry("2026-08-03", "99214", setting="facility")])
    found = log.income(per_wrvu=1, setting="non-facility")
    paid = cptkit.price("99214", on="2026-08-03", setting="facility")
    assert found.medicare_allowed == paid.allowed


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"tiers": {}}, "thresholds rising"),
        ({"tiers": [(10, 1), (5, 2)]}, "thresholds rising"),
        ({"tiers": {0: "x"}}, "rate"),
        ({"tiers": {0: 1}, "base": "1.005"}, "more than 2 decimal places"),
        ({"tiers": {0: 1}, "draw": -1}, "zero or more"),
    ],
)
def test_plans_that_cannot_be_read(terms: dict[str, Any], words: str) -> None:
    """The field is named."""
    with pytest.raises(InvalidInputError, match=words):
        pr.PayPlan(name="x", **terms)
    with pytest.raises(InvalidInputError, match="give a PayPlan"):
        some_log().income()


def test_pay_is_exact() -> None:
    """To the cent, once, half up."""
    plan = pr.PayPlan.per_wrvu("33.3333")
    assert Fraction(plan.earned("0.015")) == Fraction("0.5")
