"""Laws of the rules that hold for every line and claim."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import Line
from cptkit._law import authorities
from cptkit.pricing.payment import Payment

from .agreement import library_line, sources
from .oracle import random_lines
from .shared_files import SHARED, SOURCES, rows

pytestmark = pytest.mark.skipif(
    not SOURCES.exists(), reason="lines are drawn from the CMS files, not at hand"
)
SEEDS = st.integers(0, 10**9)


def lines_of(seed: int) -> list[Line]:
    """A random claim's lines."""
    drawn = random_lines.random_claim(random.Random(seed), sources(), max_lines=8)
    return [library_line(line) for line in drawn]


def line_of(seed: int) -> Line:
    """A random line."""
    return library_line(random_lines.random_line(random.Random(seed), sources()))


def priced(line: Line) -> Payment | cptkit.NotPriced:
    """The line alone."""
    (found,) = cptkit.price_many([line])
    return found


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_amounts_never_negative_and_add_up(seed: int) -> None:
    """Patient, Medicare and what is withheld never exceed the allowed amount."""
    for found in cptkit.price_claim(lines_of(seed), deductible="50").lines:
        if isinstance(found, Payment):
            assert min(found.allowed, found.patient_pays, found.medicare_pays) >= 0
            paid = found.patient_pays + found.medicare_pays + found.sequestration
            assert paid <= found.allowed


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_reductions_only_reduce(seed: int) -> None:
    """No stage after units raises the amount, whatever applies to the line."""
    found = priced(line_of(seed))
    if isinstance(found, Payment):
        stages = list(found.stages.values())
        assert all(later <= sooner for sooner, later in pairwise(stages))
        assert found.base <= found.fee_schedule_amount


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_order_of_modifiers_is_irrelevant(seed: int) -> None:
    """Reversing the modifiers changes no amount and no refusal."""
    line = line_of(seed)
    turned = attrs.evolve(line, modifiers=tuple(reversed(line.modifiers)))
    one, other = priced(line), priced(turned)
    if isinstance(one, Payment):
        assert isinstance(other, Payment)
        assert one.stages == other.stages
        assert one.medicare_pays == other.medicare_pays
    else:
        assert isinstance(other, cptkit.NotPriced)
        assert one.reason == other.reason


@given(SEEDS)
@example(460_100)  # the two sides in different settings, days of care split
@settings(max_examples=150, deadline=None)
def test_order_of_lines_does_not_change_the_total(seed: int) -> None:
    """A claim's allowed total is the same in any order of its lines."""
    lines = lines_of(seed)
    shuffled = random.Random(seed).sample(lines, len(lines))
    assert cptkit.price_claim(lines).allowed == cptkit.price_claim(shuffled).allowed


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_a_claim_of_one_is_price(seed: int) -> None:
    """One line priced as a claim is the line priced alone."""
    line = line_of(seed)
    (one,) = cptkit.price_claim([line]).lines
    alone = priced(line)
    assert type(one) is type(alone)
    if isinstance(one, Payment) and isinstance(alone, Payment):
        assert one.to_dict() == alone.to_dict()
    else:
        assert one == alone


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_no_line_exceeds_its_solo_price(seed: int) -> None:
    """Beside others a line is allowed at most what it is alone."""
    lines = lines_of(seed)
    for line, beside in zip(lines, cptkit.price_claim(lines).lines, strict=True):
        alone = priced(line)
        if isinstance(beside, Payment) and isinstance(alone, Payment):
            assert beside.allowed <= alone.allowed


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_an_unrelated_line_changes_nothing(seed: int) -> None:
    """With no deductible left, a visit on another day leaves every amount alone."""
    lines = lines_of(seed)
    before = cptkit.price_claim(lines).lines
    other_day = Line("99213", on="2020-02-29")
    after = cptkit.price_claim([*lines, other_day]).lines[:-1]
    assert [line.to_dict() for line in before] == [line.to_dict() for line in after]


def test_components_make_the_whole() -> None:
    """26 + TC = global, before rounding, on every row CMS builds so."""
    compared = 0
    for release in cptkit.releases():
        figures = cptkit.schedule(release.name).figures
        for number in cptkit.schedule(release.name).numbers:
            parts = [figures.find(number, modifier) for modifier in ("", "26", "TC")]
            if all(parts) and parts[0].has_rvus:  # type: ignore[union-attr]
                whole, professional, technical = (tuple(p[2:6]) for p in parts)  # type: ignore[index]
                summed = tuple(map(sum, zip(professional, technical, strict=True)))
                assert summed == whole, (release.name, number)
                compared += 1
    assert compared > 18_000


def test_surgical_and_postoperative_care_pay_the_whole() -> None:
    """54 and 55 on one line pay the fee wherever the row's shares make a whole."""
    schedule = cptkit.schedule("RVU26C")
    compared = 0
    for code in schedule:
        if code.global_period.value in ("010", "090") and code.status.payable:
            if sum(code.split_care) != 1 or not code.rvus.total_facility:
                continue
            payment = cptkit.price(code.number, "54 55", setting="facility")
            assert payment.fee == payment.base
            compared += 1
    assert compared > 3_000


#: The rules whose last sum is the step's amount; same-day rules tell several sums.
REPLAYED = "R8 R11 R13 R14 R22 R23 R24 R26 R27 R28 R29 R30 R31 R38".split()
NUMBER = r"[0-9]+(?:\.[0-9]+)?"


def replayed(arithmetic: str) -> Decimal:
    """The last sum of an arithmetic, worked out by Python from the text alone."""
    last = arithmetic.rpartition(";")[2]
    left = last.partition("=")[0].replace("lower of", "min(").replace(" and ", ",")
    left = re.sub(rf"({NUMBER}) %", r"(\1/100)", left.replace(" x ", "*"))
    if left.startswith((" min(", "min(")):
        left += ")"
    exact = eval(re.sub(rf"({NUMBER})", r"F('\1')", left), {"F": Fraction, "min": min})
    return Decimal(int(exact * 100 + Fraction(1, 2))) / 100


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_steps_replayed_give_the_amount(seed: int) -> None:
    """A calculator fed with the printed arithmetic arrives at each step's amount."""
    found = priced(line_of(seed))
    if not isinstance(found, Payment):
        return
    for step in found.steps:
        if step.rule in REPLAYED and "the unrounded" not in step.arithmetic:
            assert replayed(step.arithmetic) == step.amount, step


@given(SEEDS)
@settings(max_examples=200, deadline=None)
def test_every_step_has_an_authority(seed: int) -> None:
    """Steps cite a confirmed or plausible authority, or say whose choice they are."""
    found = priced(line_of(seed))
    steps: Any = found.steps if isinstance(found, Payment) else ()
    for step in steps:
        known = authorities().get(step.authority)
        assert known or step.authority == "this library's choice"
        assert known is None or known.status in ("confirmed", "plausible")


def test_the_authorities_are_those_of_the_rule_book() -> None:
    """Every citation the library holds stands in the rule book's table, as usable."""
    usable = {
        row["id"]
        for row in rows(SHARED / "spec" / "authorities.csv")
        if row["status"] in ("confirmed", "plausible")
    }
    assert set(authorities()) <= usable


def test_every_rate_cites_an_authority() -> None:
    """Each row of the rates names an authority held, or is the library's choice."""
    from cptkit._law import OWN_CHOICE, history

    for rates in history().values():
        dates = [rate.since for rate in rates]
        assert dates == sorted(set(dates))
        for rate in rates:
            assert rate.authority in authorities() or rate.authority == OWN_CHOICE
