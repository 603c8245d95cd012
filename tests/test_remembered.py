"""Streams of lines: what is remembered, for how long, and of whom it is said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import cptkit
from cptkit import Line, NotPriced, Options, pricing
from cptkit._law import Waiver, rates_on, turning_days, waivers
from cptkit.pricing import engine, plan


def test_a_waiver_begins_on_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """R29: before it the deductible is owed."""
    held = dict(waivers())
    held["G0121"] = held["G0121"]._replace(since=date(2025, 6, 1))
    assert isinstance(held["G0121"], Waiver)
    with monkeypatch.context() as patched:
        patched.setattr("cptkit._law.waivers", lambda: held)
        turning_days.cache_clear()
        plan.forget_plans()
        before = cptkit.price("G0121", on="2025-05-31", deductible="500")
        after = cptkit.price("G0121", on="2025-06-01", deductible="500")
    turning_days.cache_clear()
    plan.forget_plans()
    assert before.deductible == before.allowed > 0
    assert after.patient_pays == 0


@pytest.mark.parametrize(("count", "told"), [(5, [2, 4, 5]), (4, [2, 4]), (0, [])])
def test_progress_is_told(
    monkeypatch: pytest.MonkeyPatch, count: int, told: list[int]
) -> None:
    """Every so many lines and at the end, each number once; faults count too."""
    monkeypatch.setattr(pricing, "_PROGRESS_EVERY", 2)
    seen: list[int] = []
    lines: list[object] = ["99213", {"cod": "1"}, "99999", "71046", "93000"]
    assert len(list(cptkit.price_many(lines[:count], progress=seen.append))) == count
    assert seen == told


def test_memory_is_bounded_and_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plans, places and answers are dropped when too many are held."""
    lines = [
        Line(code, zip=zip_, on=on)
        for code in ("99213", "71046", "93000", "47562")
        for zip_ in ("60601", "10001", "94110")
        for on in ("2025-02-03", "2025-10-15", "2024-05-01")
    ]
    before = [each.to_dict() for each in cptkit.price_many(lines)]
    monkeypatch.setattr(engine, "_PLACES_LIMIT", 2)
    for release in ("RVU24A", "RVU24AR", "RVU24B", "RVU25A", "RVU25D"):
        cptkit.schedule(release).geography.remembered.clear()
    monkeypatch.setattr(plan, "_LIMIT", 4)
    plan.forget_plans()
    for _ in range(2):
        for line, wanted in zip(lines, before, strict=True):
            (found,) = cptkit.price_many([line])
            assert found.to_dict() == wanted
            assert len(plan.answers) <= 4
            assert len(plan._remembered) <= 4
            remembered = cptkit.schedule("RVU25D").geography.remembered
            assert len(remembered) <= 2


def test_answers_are_bounded_where_one_plan_serves_many_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More places than are held: the answers are let go, and stay right."""
    plan.forget_plans()
    monkeypatch.setattr(plan, "_LIMIT", 5)
    places = [f"{place.id}" for place in cptkit.schedule("RVU25D").localities[:8]]
    found = {
        at: cptkit.price("99213", locality=at, on="2025-10-15").allowed for at in places
    }
    assert 0 < len(plan.answers) <= 5
    for at in places:
        plan.forget_plans()
        again = cptkit.price("99213", locality=at, on="2025-10-15")
        assert again.allowed == found[at]


def test_a_switch_that_cannot_be_hashed_is_worked_out_each_time() -> None:
    """Nothing is remembered by it, and the amount is the same."""
    odd = Options(anes_base_units={"00790": [7]})
    with pytest.raises(TypeError):
        hash(odd)
    for _ in range(2):
        priced = cptkit.price("99213", zip="60601", on="2025-10-15", options=odd)
        plain = cptkit.price("99213", zip="60601", on="2025-10-15")
        assert priced.allowed == plain.allowed


@pytest.mark.parametrize("name", ["units", "percent_payable", "base_units", "pos"])
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("flag_first", [True, False])
def test_true_is_not_taken_for_one(name: str, number: int, *, flag_first: bool) -> None:
    """A dictionary takes True for 1: what was remembered of one is not said of both."""

    def told(value: object) -> str:
        (found,) = cptkit.price_many([Line("99213", **{name: value})])
        return str(found.to_dict())

    plan.forget_plans()
    alone = {}
    for value in (number, bool(number)):
        alone[type(value)] = told(value)
        plan.forget_plans()
    order = [bool(number), number] if flag_first else [number, bool(number)]
    for value in order * 2:
        assert told(value) == alone[type(value)], value


@pytest.mark.parametrize(
    ("given", "equal"),
    [
        ({"zip": 60601}, {"zip": 60601.0}),
        ({"modifiers": (25,)}, {"modifiers": (25.0,)}),
        ({"units": 2}, {"units": 2.0}),
        ({"pos": 22}, {"pos": 22.0}),
        ({"conversion_factor": 33}, {"conversion_factor": 33.0}),
    ],
)
@pytest.mark.parametrize("other_first", [True, False])
def test_an_equal_number_of_another_class_is_read_anew(
    given: dict[str, Any], equal: dict[str, Any], *, other_first: bool
) -> None:
    """What is remembered of 25 is not said of 25.0, which may be refused."""

    def told(line: dict[str, Any]) -> str:
        (found,) = cptkit.price_many([{"code": "99213", **line}])
        return str(found.to_dict())

    plan.forget_plans()
    alone = told(given)
    plan.forget_plans()
    other = told(equal)
    plan.forget_plans()
    for line in (equal, given) if other_first else (given, equal):
        told(line)
    assert (told(given), told(equal)) == (alone, other)


def test_days_alike_share_a_plan_and_each_names_its_own() -> None:
    """One plan serves a release's days; date and place stay the line's."""
    plan.forget_plans()
    first = cptkit.price("99213", on="2025-10-15", pos="22", zip="60601")
    second = cptkit.price("99213", on="2025-10-16", pos="19", zip="60601")
    assert second._answer is first._answer
    assert "date of service 2025-10-16" in second.explain()
    assert "place of service 19" in second.explain()
    assert "place of service 22" in first.explain()
    late = cptkit.price("99213", on="2025-01-15", pos="22", zip="60601")
    assert late.release.name == "RVU25A" != first.release.name


def test_no_plan_outlives_a_change_of_the_law() -> None:
    """Each rate, waiver and right to bill begins a new stretch of days."""
    for day in turning_days()[1:]:
        if day.year < 2023:
            continue
        eve = day - timedelta(days=1)
        assert rates_on(day) is not rates_on(eve)
        assert rates_on(day).since == day


def test_what_cannot_be_hashed_is_worked_out_each_time() -> None:
    """A list where a text was meant is refused in words, whatever is remembered."""
    for _ in range(2):
        for line in (
            {"practitioner": ["MD"]},
            {"gpci": {"work": "1"}},
            {"zip": ["60601"]},
        ):
            with pytest.raises(NotPriced):
                cptkit.price("99213", **line)  # type: ignore[arg-type]
