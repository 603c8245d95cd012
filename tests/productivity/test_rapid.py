"""Rapid entry: every reading considered, none guessed, the rest named."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import InvalidInputError
from cptkit import productivity as pr
from cptkit._law import modifiers
from cptkit.pricing.refusals import modifier_faults

from .entries import numbers, services


def told(text: str) -> list[str]:
    """The readings of a text, as text."""
    return [str(reading) for reading in pr.parse(text).readings]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("99213 25 93000x2 45378 59", "99213 25, 93000 x2, 45378 59"),
        ("9921325 93000x2 4537859", "99213 25, 93000 x2, 45378 59"),
        ("99213-25, 93000*2; 45378/59", "99213 25, 93000 x2, 45378 59"),
        ("g0439 x 3", "G0439 x3"),
        ("93000 \u00d72 25", "93000 25 x2"),
        ("93000x2 25", "93000 25 x2"),
        ("93000 x150", "93000 x150"),
        ("99213QX 45378", "99213 QX, 45378"),
        ("  ", ""),
    ],
)
def test_the_one_reading(text: str, reading: str) -> None:
    """Separators are all alike, and may be left out."""
    assert told(text) == [reading]
    assert pr.parse(text).not_understood == ()


def test_an_ambiguous_text_is_reported() -> None:
    """Two readings are both told, and neither is taken."""
    found = pr.parse("93000x259")
    assert found.ambiguous
    assert set(told("93000x259")) == {"93000 59 x2", "93000 x259"}
    with pytest.raises(InvalidInputError, match="put blanks between"):
        _ = found.services


def test_what_is_not_understood_is_named_and_takes_its_modifiers() -> None:
    """A modifier behind a word that is no code is never given to the code before."""
    found = pr.parse("99213 99999 25 93000")
    assert [str(each) for each in found.services] == ["99213", "93000"]
    assert [(s.start, s.end, s.text) for s in found.not_understood] == [
        (6, 11, "99999"),
        (12, 14, "25"),
    ]
    again = pr.parse("99213 25 25")
    assert [span.start for span in again.not_understood] == [9]
    exclusive = pr.parse("99213 71046TC26")
    assert [span.text for span in exclusive.not_understood] == ["71046TC26"]


def test_codes_are_those_of_the_release() -> None:
    """A code that came later is no code on an earlier date."""
    old, new = set(cptkit.schedule("RVU20A").numbers), set(numbers())
    added = min(new - old)
    assert told(added) == [added]
    assert pr.parse(added, on="2020-02-03").not_understood[0].text == added


@given(st.lists(services(), max_size=8))
@settings(max_examples=300, deadline=None)
def test_parse_is_the_inverse_of_format(drawn: list[pr.Service]) -> None:
    """What is written with blanks has one reading: what was written."""
    found = pr.parse(pr.format_services(drawn))
    assert list(found.services) == drawn
    assert not found.not_understood


def readings_by_force(word: str) -> set[str]:
    """Every reading of one word, by trying every way to cut it."""
    found = set()
    for cuts in product((False, True), repeat=len(word) - 1):
        parts = [word[0]]
        for letter, cut in zip(word[1:], cuts, strict=True):
            if cut:
                parts.append("")
            parts[-1] += letter
        found |= _as_services(parts)
    return found


def _as_services(parts: list[str]) -> set[str]:
    made: list[list[object]] = []
    for part in parts:
        if part in KNOWN:
            made.append([part, (), None])
        elif not made:
            return set()
        elif part in modifiers() and not modifier_faults((*made[-1][1], part)):  # type: ignore[misc]
            made[-1][1] = (*made[-1][1], part)  # type: ignore[misc]
        elif part[0] == "X" and part[1:].isdigit() and made[-1][2] is None:
            if part[1] == "0" or len(part) > 5:
                return set()
            made[-1][2] = int(part[1:])
        else:
            return set()
    services_ = [pr.Service(str(c), tuple(m), n or 1) for c, m, n in made]  # type: ignore[call-overload]
    return {", ".join(map(str, services_))}


KNOWN = set(numbers())


@given(
    st.lists(
        st.sampled_from(["99213", "25930", "59", "25", "21325", "X2", "X25", "93000"]),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_glued_text_has_the_readings_that_force_finds(parts: list[str]) -> None:
    """No reading is missed and none is made up, against every way of cutting."""
    word = "".join(parts)
    if len(word) > 14:
        word = word[:14]
    wanted = readings_by_force(word)
    found = pr.parse(word)
    if wanted:
        assert set(map(str, found.readings)) == wanted
    else:
        assert [span.text for span in found.not_understood] == [word]


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered(text: str) -> None:
    """Nothing raises, and every span is where it says."""
    found = pr.parse(text)
    assert found.readings
    for span in found.not_understood:
        assert text[span.start : span.end] == span.text


def test_input_that_is_no_text_is_refused() -> None:
    """Too long, or not text."""
    for wrong in (None, 99213, "9" * 2001):
        with pytest.raises(InvalidInputError, match="is not text"):
            pr.parse(wrong)
    assert not pr.parse("9921325" * 200).complete
