"""A distribution: percentiles by each definition, exact on ties, whatever is put in."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Context, Decimal, Inexact, setcontext
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptkit import CptkitError, Distribution, InvalidInputError

#: Four values, two of them tied, worked by hand below.
TIED = Distribution(["1.00", "2.00", "2.00", "4.50"])
NUMBERS = st.lists(
    st.decimals(-999, 999, places=2, allow_nan=False), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("definition", "at_two", "at_three", "below", "above"),
    [
        ("weak", 75, 75, 0, 100),
        ("strict", 25, 75, 0, 100),
        ("mean", 50, 75, 0, 100),
        # positions 0 to 3; three lies 1 of 2.5 between the third and the fourth
        ("interpolated", Fraction(100, 3), 80, 0, 100),
    ],
)
def test_each_definition_of_percentile(
    definition: Any, at_two: object, at_three: object, below: object, above: object
) -> None:
    """At or below, below, their mean, and the position between the extremes."""
    found = [TIED.percentile_of(x, definition) for x in (2, 3, "0.5", 5)]
    assert found == [at_two, at_three, below, above]
    assert all(type(each) is Fraction for each in found)


def test_at_or_below_is_the_default() -> None:
    """The share of values at or below, times 100."""
    assert TIED.percentile_of("2") == TIED.percentile_of("2", "weak") == 75


def test_quantiles_and_the_median() -> None:
    """Between two values by their distance; or the least value that reaches it."""
    assert [TIED.quantile(p) for p in (0, 50, 90, 100)] == [
        Decimal(1),
        Decimal(2),
        Decimal("3.75"),
        Decimal("4.5"),
    ]
    assert [TIED.quantile(p, "weak") for p in (0, 25, 26, 75, "75.1")] == [
        Decimal(1),
        Decimal(1),
        Decimal(2),
        Decimal(2),
        Decimal("4.5"),
    ]
    assert Distribution([1, 2]).median == Decimal("1.5")
    assert Distribution([1, 2]).quantile("33.5") == Decimal("1.335")


def test_ranks_begin_at_the_highest() -> None:
    """Ties share the better rank; a value that is not there stands in its place."""
    assert [TIED.rank(x) for x in ("4.50", 2, 1, 9, 0)] == [1, 2, 4, 1, 5]


def test_values_keep_the_places_they_were_given() -> None:
    """RVUs show two places; thirds stay thirds."""
    assert str(TIED.maximum) == "4.50"
    assert str(TIED.median) == "2.00"
    assert str(TIED.minimum) == "1.00"
    assert str(Distribution(["0.78", "0.79"]).median) == "0.785"
    assert str(Distribution([-1, 0, 5]).median) == "0"
    thirds = Distribution([Fraction(1, 3), 1])
    assert thirds.minimum == Fraction(1, 3)
    assert thirds.median == Fraction(2, 3)
    assert thirds.values == (Fraction(1, 3), Fraction(1))
    assert Distribution([0.1]).values == (Decimal("0.1"),)


def test_a_histogram_counts_every_value_once() -> None:
    """Bins hold their lower edge; the last holds its upper edge too."""
    assert [each.count for each in TIED.histogram(7)] == [1, 0, 2, 0, 0, 0, 1]
    assert [attrs.astuple(each) for each in TIED.histogram([1, 2, "4.5"])] == [
        (Decimal(1), Decimal(2), 1),
        (Decimal(2), Decimal("4.5"), 3),
    ]
    assert [attrs.astuple(each) for each in Distribution([3, 3]).histogram()] == [
        (3, 3, 2)
    ]


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (lambda: Distribution([]), "at least one value"),
        (lambda: Distribution(["x"]), "value 'x' is not a number"),
        (lambda: Distribution([True]), "value True"),
        (lambda: Distribution([Decimal("NaN")]), "NaN"),
        (lambda: Distribution("123"), "a sequence of numbers"),
        (lambda: Distribution(5), "a sequence of numbers"),  # type: ignore[arg-type]
        (lambda: TIED.quantile(101), "from 0 to 100"),
        (lambda: TIED.quantile(50, "mean"), "weak or interpolated"),  # type: ignore[arg-type]
        (lambda: TIED.percentile_of(1, "wek"), "did you mean weak"),  # type: ignore[arg-type]
        (lambda: TIED.histogram(0), "at least one bin"),
        (lambda: TIED.histogram(True), "at least one bin"),
        (lambda: TIED.histogram([1, 1, 5]), "rise"),
        (lambda: TIED.histogram([2, 3]), "outside the edges"),
    ],
)
def test_what_cannot_be_used_is_refused(use: Any, told: str) -> None:
    """The error names the value and what was expected."""
    with pytest.raises(InvalidInputError, match=told) as refused:
        use()
    assert isinstance(refused.value, CptkitError)


# --- laws ----------------------------------------------------------------------


@given(NUMBERS, st.decimals(-1000, 1000, places=2, allow_nan=False))
def test_strict_and_weak_bracket_every_definition(
    values: list[Decimal], x: Decimal
) -> None:
    """Counted one by one: below, at or below, and their mean between them."""
    held = Distribution(values)
    below = sum(each < x for each in values)
    least = sum(each <= x for each in values)
    assert held.percentile_of(x, "strict") == Fraction(100 * below, len(values))
    assert held.percentile_of(x, "weak") == Fraction(100 * least, len(values))
    assert held.percentile_of(x, "mean") == Fraction(50 * (below + least), len(values))
    assert held.rank(x) == 1 + len(values) - least


@given(NUMBERS, st.integers(0, 1000))
def test_a_quantile_is_the_inverse_of_its_percentile(
    values: list[Decimal], tenths: int
) -> None:
    """Weak: the least value that reaches p. Interpolated: back to p, save for ties."""
    held, p = Distribution(values), Fraction(tenths, 10)
    least = held.quantile(p, "weak")
    assert held.percentile_of(least) >= p
    assert all(held.percentile_of(x) < p for x in values if x < least)
    if len(set(values)) == len(values) > 1:
        at = held.quantile(p)
        assert held.percentile_of(at, "interpolated") == p


@given(NUMBERS)
def test_the_median_halves(values: list[Decimal]) -> None:
    """The middle value, or the mean of the middle two; it is the quantile of 50."""
    ordered = sorted(map(Fraction, values))
    middle = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    held = Distribution(values)
    assert held.median == sum(middle) / 2 == held.quantile(50)
    assert held.maximum == max(values)
    assert held.minimum == min(values)
    assert len(held) == len(values)


@given(NUMBERS, st.integers(1, 30))
def test_bins_lose_nothing(values: list[Decimal], bins: int) -> None:
    """Each value lies in the bin that counts it, and in no other."""
    held = Distribution(values)
    found = held.histogram(bins)
    assert sum(each.count for each in found) == len(values)
    assert (found[0].low, found[-1].high) == (held.minimum, held.maximum)
    for each in found[:-1]:
        assert each.count == sum(each.low <= x < each.high for x in values)


@given(NUMBERS)
def test_order_and_spelling_do_not_matter(values: list[Decimal]) -> None:
    """The same numbers are the same distribution, and survive every copy."""
    held = Distribution(values)
    again = Distribution([Fraction(each) for each in reversed(values)])
    assert held == again
    assert hash(held) == hash(again)
    assert pickle.loads(pickle.dumps(held)) == copy.deepcopy(held) == held
    told = json.loads(json.dumps(held.to_dict()))
    assert Distribution(told["values"]) == held


def test_the_ambient_decimal_context_changes_nothing() -> None:
    """A context that traps and cuts is never asked."""
    before = Context()
    setcontext(Context(prec=1, traps=[Inexact]))
    try:
        held = Distribution(["1.11", "2.22", "3.33", "123456.78"])
        found = held.median, held.quantile(1), held.percentile_of("2.5")
    finally:
        setcontext(before)
    assert found == (Decimal("2.775"), Decimal("1.1433"), 50)


def test_it_is_a_value() -> None:
    """Frozen, with a short repr and a card for notebooks."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        TIED.values = ()  # type: ignore[misc]
    assert repr(TIED) == "<Distribution of 4 values, 1.00 to 4.50, median 2.00>"
    assert list(TIED) == list(TIED.values)
    card = TIED._repr_html_()
    assert "4 values" in card
    assert "4.50" in card
