"""Two releases side by side, and one code through all of them."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Context, Decimal, Inexact, setcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cptkit
from cptkit import CptkitError, InvalidInputError, NotFoundError, NotPriced
from cptkit._change import effects_of, terms_of
from cptkit._store import Row

from .every_amount import fee_in_cents
from .oracle.sources import Sources
from .shared_files import SOURCES

NAMES = [release.name for release in cptkit.releases() if release.bundled]
PAIRS = list(pairwise(NAMES))
CHICAGO, MANHATTAN = "06102-16", "13202-01"

needs_sources = pytest.mark.skipif(
    not SOURCES.exists(), reason="the CMS files are not at hand"
)


def cents(amount: Decimal) -> int:
    """Dollars as a whole number of cents."""
    return int(Fraction(amount) * 100)


@pytest.mark.parametrize("setting", ["non-facility", "facility"])
@pytest.mark.parametrize(("start", "end"), PAIRS)
@pytest.mark.bulk
def test_effects_of_every_repriced_row_sum_to_its_change(
    start: str, end: str, setting: str
) -> None:
    """Every row, every neighbouring pair of releases, here and nationally."""
    for where in ({}, {"locality": CHICAGO}):
        found = cptkit.diff(start, end, setting=setting, **where)
        for each in found.repriced:
            effects = (
                each.rvu_effect,
                each.gpci_effect,
                each.conversion_factor_effect,
            )
            change = cents(each.after) - cents(each.before)
            assert sum(map(cents, effects)) == change == cents(each.change) != 0
            if not where:
                assert each.gpci_effect == 0


@pytest.mark.parametrize("where", [{}, {"locality": CHICAGO}])
@pytest.mark.parametrize(("start", "end"), [("RVU25D", "RVU26C"), ("RVU20D", "RVU21A")])
def test_amounts_are_those_of_price(start: str, end: str, where: Any) -> None:
    """Before and after of each seventh repriced row, priced in each release."""
    for setting in ("non-facility", "facility"):
        found = cptkit.diff(start, end, setting=setting, **where)
        assert len(found.repriced) > 8000
        for each in found.repriced[::7]:
            for release, amount in ((start, each.before), (end, each.after)):
                paid = cptkit.price(
                    each.number,
                    each.modifier,
                    release=release,
                    setting=setting,
                    **where,
                )
                assert paid.allowed == amount, (each, release)


@needs_sources
def test_each_effect_from_the_files_themselves() -> None:
    """RVUs, then indices, then factor, worked out from CMS's files read apart."""
    sources = Sources(SOURCES)
    old, new = sources.release("RVU25D"), sources.release("RVU26C")
    there = {}
    for name, held in (("old", old), ("new", new)):
        there[name] = held.gpcis["13202", "01"]
    factors = 323465, 334009
    seen = 0
    for each in cptkit.diff("RVU25D", "RVU26C", locality=MANHATTAN).repriced:
        key = each.number, each.modifier
        rows = [held.rows[key] for held in (old, new)]
        if any(row.has_cap for row in rows):
            continue
        rvus = [(row.work, row.pe_nonfacility, row.mp) for row in rows]
        steps = [
            fee_in_cents(rvus[0], there["old"], factors[0]),
            fee_in_cents(rvus[1], there["old"], factors[0]),
            fee_in_cents(rvus[1], there["new"], factors[0]),
            fee_in_cents(rvus[1], there["new"], factors[1]),
        ]
        assert [cents(each.before), cents(each.after)] == [steps[0], steps[3]], each
        assert [
            cents(each.rvu_effect),
            cents(each.gpci_effect),
            cents(each.conversion_factor_effect),
        ] == [b - a for a, b in pairwise(steps)], each
        seen += 1
    assert seen > 7000


@needs_sources
@pytest.mark.parametrize(("start", "end"), [("RVU24C", "RVU25A"), ("RVU25D", "RVU26C")])
def test_codes_and_rows_from_the_files_themselves(start: str, end: str) -> None:
    """Added, deleted, revalued and statuses, counted from files read apart."""
    sources = Sources(SOURCES)
    old, new = (sources.release(name).rows for name in (start, end))
    found = cptkit.diff(start, end)
    codes = [{code for code, _ in rows} for rows in (old, new)]
    assert list(found.added) == sorted(codes[1] - codes[0])
    assert list(found.deleted) == sorted(codes[0] - codes[1])
    both = sorted(old.keys() & new.keys())
    revalued = [
        key
        for key in both
        if any(
            getattr(old[key], name) != getattr(new[key], name)
            for name in ("work", "pe_nonfacility", "pe_facility", "mp")
        )
    ]
    assert [(each.number, each.modifier) for each in found.revalued] == revalued
    status = {
        (each.number, each.modifier): (each.before, each.after)
        for each in found.indicators
        if each.name == "status"
    }
    assert status == {
        key: (old[key].status, new[key].status)
        for key in both
        if old[key].status != new[key].status
    }
    for each in found.revalued[::500]:
        row = cptkit.code(each.number, release=end)
        row = row.component(each.modifier) if each.modifier else row
        assert each.after == row.rvus


def test_rows_that_begin_and_cease_to_be_paid() -> None:
    """Skin substitutes are paid by RVUs from 2026 on; they are not repriced."""
    found = cptkit.diff("RVU25D", "RVU26C")
    assert "Q4101" in found.newly_paid
    repriced = {each.name for each in found.repriced}
    assert not repriced & {*found.newly_paid, *found.no_longer_paid}
    back = cptkit.diff("RVU26C", "RVU25D")
    assert (back.newly_paid, back.added) == (found.no_longer_paid, found.deleted)


def test_a_factor_alone() -> None:
    """The re-issue of March 2024 changed the factor and nothing else."""
    found = cptkit.diff("RVU24A", "RVU24AR", zip="60601")
    assert (found.added, found.deleted, found.revalued, found.indicators) == ((),) * 4
    assert all(each.rvu_effect == each.gpci_effect == 0 for each in found.repriced)
    assert all(each.change > 0 for each in found.repriced)


def test_a_release_and_itself() -> None:
    """Nothing differs."""
    found = cptkit.diff("RVU26C", 2026)
    assert not found.added + found.deleted + found.repriced + found.revalued
    assert found.text.startswith("RVU26C to RVU26C: 0 codes added")


_hundredths = st.integers(0, 30_000)


@given(st.tuples(*[_hundredths] * 14), st.sampled_from(PAIRS), st.booleans())
def test_effects_sum_for_any_row(
    figures: tuple[int, ...], pair: tuple[str, str], facility: bool
) -> None:
    """Whatever the RVUs and caps of both rows."""
    profile = cptkit.code("99213")._row.profile
    old, new = (Row("99213", "", *each, profile) for each in (figures[:7], figures[7:]))
    start, end = (
        terms_of(cptkit.schedule(name), {"locality": CHICAGO}, facility=facility)
        for name in pair
    )
    effects = effects_of(old, new, start, end)
    assert effects is not None
    assert effects.before == start.fee(old)
    assert effects.after == end.fee(new)


# --- a year ----------------------------------------------------------------------


def test_a_year_is_its_lines() -> None:
    """Units times each change; effects sum; what is not priced is named with why."""
    volumes = {
        "99214": 1200,
        99213: "800",
        "71046-26": Decimal(300),
        "Q4101": 2,
        "99999": 1,
    }
    found = cptkit.diff("RVU25D", "RVU26C").impact(volumes, zip="60601")
    before = after = Decimal(0)
    for code, modifier, units in (
        ("99214", "", 1200),
        ("99213", "", 800),
        ("71046", "26", 300),
    ):
        prices = [
            cptkit.price(code, modifier, zip="60601", release=name).allowed * units
            for name in ("RVU25D", "RVU26C")
        ]
        before, after = before + prices[0], after + prices[1]
    assert (found.before, found.after) == (before, after)
    assert found.change == after - before
    effects = found.rvu_effect, found.gpci_effect, found.conversion_factor_effect
    assert sum(effects) == found.change
    assert sum(line.total for line in found.lines) == found.change
    reasons = dict(found.unpriced)
    assert reasons["99999"] == "not in RVU25D, not in RVU26C"
    assert "RVU25D" in reasons["Q4101"]
    assert "Not counted: Q4101" in found.text


def test_a_year_takes_the_diffs_place_or_its_own() -> None:
    """The place of the diff, unless another is given; the same for the setting."""
    year = {"99214": 10}
    here = cptkit.diff("RVU25D", "RVU26C", zip="60601", setting="facility")
    assert here.impact(year) == here.impact(year, zip="60601")
    other = here.impact(year, setting="non-facility")
    assert other.diff.place == here.place
    wanted = cptkit.diff("RVU25D", "RVU26C", zip="60601").impact(year)
    assert other == wanted
    assert other.change != here.impact(year).change


def test_a_component_as_a_code() -> None:
    """A `Code` of a component counts as its row; rows given twice add up."""
    component = cptkit.code("71046").component("26")
    found = cptkit.diff("RVU25D", "RVU26C").impact({component: 2, "71046-26": 3})
    assert [(line.change.name, line.units) for line in found.lines] == [("71046-26", 5)]
    nothing = cptkit.diff("RVU25D", "RVU26C").impact({})
    assert (nothing.change, nothing.lines) == (0, ())


@pytest.mark.parametrize(
    ("use", "kind", "told"),
    [
        (lambda: cptkit.diff("RVU25D", "RVU99Z"), NotFoundError, "RVU99Z"),
        (
            lambda: cptkit.diff("RVU25D", "RVU26C", setting="x"),
            InvalidInputError,
            "'x'",
        ),
        (
            lambda: cptkit.diff("RVU25D", "RVU26C", zpi="60601"),
            InvalidInputError,
            "did you mean zip",
        ),
        (lambda: cptkit.diff("RVU25D", "RVU26C", zip="36855"), NotPriced, "36855"),
        (lambda: CHANGED.impact({"99214": -1}), InvalidInputError, "volume of '99214'"),
        (lambda: CHANGED.impact({"99214": "1.5"}), InvalidInputError, "places"),
        (lambda: CHANGED.impact({"99214-50": 1}), InvalidInputError, "26, TC and 53"),
        (lambda: CHANGED.impact({"9": 1}), NotPriced, "'9'"),
        (lambda: CHANGED.impact(["99214"]), InvalidInputError, "must be a mapping"),  # type: ignore[arg-type]
        (lambda: cptkit.code("99213").history().changes("x"), InvalidInputError, "'x'"),
    ],
)
def test_what_cannot_be_read_is_refused(
    use: Any, kind: type[Exception], told: str
) -> None:
    """A typed error that names what was given."""
    with pytest.raises(kind, match=told) as refused:
        use()
    assert isinstance(refused.value, CptkitError)


CHANGED = cptkit.diff("RVU25D", "RVU26C", zip="60601")


# --- one code --------------------------------------------------------------------


@pytest.mark.parametrize("code", ["99213", "71046", "45378", "96521", "G2211"])
def test_history_is_each_releases_own(code: str) -> None:
    """RVUs and payments of each release; releases without the code are named."""
    past = cptkit.code(code).history()
    assert {*past.missing, *(each.release.name for each in past)} == set(NAMES)
    assert list(past) == sorted(past, key=lambda each: each.release.effective)
    for each in past:
        name = each.release.name
        assert each.rvus == cptkit.code(code, release=name).rvus
        for setting, amount in (
            ("non-facility", each.nonfacility),
            ("facility", each.facility),
        ):
            try:
                paid = cptkit.price(code, release=name, setting=setting).allowed
            except NotPriced:
                assert amount is None
            else:
                assert amount == paid


def test_history_of_a_component_and_of_a_code_without_payment() -> None:
    """Its own row's; none where Medicare does not pay on RVUs."""
    component = cptkit.code("71046").component("TC").history()
    assert (component.number, component.modifier) == ("71046", "TC")
    paid = cptkit.price("71046", "TC", release="RVU22A").allowed
    found = {each.release.name: each.nonfacility for each in component}
    assert found["RVU22A"] == paid
    assert {each.nonfacility for each in cptkit.code("80048").history()} == {None}
    assert [each.release.name for each in component.years][-2:] == ["RVU25D", "RVU26C"]


def test_a_history_adds_up() -> None:
    """The first payment and every change make the last."""
    for setting, pick in (
        ("non-facility", lambda each: each.nonfacility),
        ("facility", lambda each: each.facility),
    ):
        past = cptkit.code("27447").history()
        paid = [pick(each) for each in past]
        changes = past.changes(setting)
        assert paid[0] + sum(each.change for each in changes) == paid[-1]
        assert changes[-1].end == "RVU26C"


# --- values ----------------------------------------------------------------------


def test_they_are_values() -> None:
    """Equal, hashable, frozen, pickled, plain data, with short reprs."""
    past = cptkit.code("99213").history()
    for each in (CHANGED, CHANGED.repriced[0], CHANGED.impact({"99214": 1}), past):
        assert pickle.loads(pickle.dumps(each)) == copy.deepcopy(each) == each
        assert hash(each) == hash(copy.copy(each))
        assert json.loads(json.dumps(each.to_dict()))
        assert len(repr(each)) < 100
        for field in attrs.fields(type(each)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(each, field.name, None)
    told = CHANGED.to_dict()
    assert len(told["repriced"]) == len(CHANGED.repriced)
    assert told["indicators"][0] == CHANGED.indicators[0].to_dict()


def test_the_ambient_decimal_context_changes_nothing() -> None:
    """A context that traps and cuts is never asked."""
    year = {"99214": 1234, "27447": 56}
    wanted = CHANGED.impact(year).to_dict(), CHANGED.impact(year).text, CHANGED.text
    before = Context()
    setcontext(Context(prec=1, traps=[Inexact]))
    try:
        again = cptkit.diff("RVU25D", "RVU26C", zip="60601")
        found = again.impact(year).to_dict(), again.impact(year).text, again.text
        shown = again._repr_html_(), again.impact(year)._repr_html_()
    finally:
        setcontext(before)
    assert found == wanted
    assert shown == (CHANGED._repr_html_(), CHANGED.impact(year)._repr_html_())


def test_cards_show_the_changes() -> None:
    """A notebook shows amounts, causes and their order."""
    change = next(each for each in CHANGED.repriced if each.name == "99214")
    year = CHANGED.impact({"99214": 1200, "99999": 1})
    for card, wanted in (
        (change._repr_html_(), f"${change.after}"),
        (CHANGED._repr_html_(), "454 codes added"),
        (year._repr_html_(), f"${year.change:,}"),
        (cptkit.code("99213").history()._repr_html_(), "$95.19"),
    ):
        assert wanted in card
    assert "sum to the change" in change._repr_html_()
    assert "99999: not in RVU25D" in year._repr_html_()
