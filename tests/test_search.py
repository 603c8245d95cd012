"""Search finds what a person means: by number, word, abbreviation, limit and typo."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cptkit
from cptkit._resources import read

from .tool_files import load_tool

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def schedule() -> cptkit.FeeSchedule:
    """The newest release."""
    return cptkit.schedule("RVU26C")


@pytest.fixture(scope="module")
def evaluation() -> ModuleType:
    """The tool that writes the index and measures it."""
    return load_tool("evaluate_search")


def numbers(schedule: cptkit.FeeSchedule, query: str, limit: int = 5) -> list[str]:
    """The numbers found, best first."""
    return [code.number for code in schedule.search(query, limit=limit)]


def test_the_index_is_that_of_the_texts(evaluation: ModuleType) -> None:
    """A changed text needs `python tools/evaluate_search.py --write`."""
    assert evaluation.build() == read("search/index.bin")


@pytest.mark.bulk
def test_every_synonym_and_plain_phrase_finds_its_family(
    evaluation: ModuleType,
) -> None:
    """Nine of ten among the first five; three of four on words taken out first."""
    asked = evaluation.questions(evaluation.bundled())
    found = [good for _, good in evaluation.as_asked(asked)]
    assert len(found) > 5000
    assert sum(found) >= 0.9 * len(found)
    held_out = [good for _, good in evaluation.held_out(asked, evaluation.SAMPLE)]
    assert len(held_out) == 500
    assert sum(held_out) >= 0.75 * len(held_out)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("99213", "99213"),
        (" g0439 ", "G0439"),
        ("99213-25", "99213"),
        ("portable pump refill", "96521"),
        ("ECG interpretation only", "93010"),
        ("TB skin test", "86580"),
        ("electrocardiogram", "93000"),
        ("annual wellness visit first", "G0438"),
        ("level 4 established visit", "99214"),
        ("level IV established visit", "99214"),
    ],
)
def test_what_people_type(schedule: cptkit.FeeSchedule, query: str, first: str) -> None:
    """The code they mean stands first."""
    assert numbers(schedule, query)[0] == first


@pytest.mark.parametrize(
    ("query", "among"),
    [
        ("psychotherapy 45 min", "90834"),
        ("spirometery", "94010"),  # one letter too many
        ("colonoscopy screning", "G0121"),  # one letter missing
        ("haemodialysis", "90935"),
        ("flu shot", "90471"),
        ("EEG", "95816"),
        ("TTE complete with doppler", "93306"),
        ("tobacco counseling", "99406"),
        ("advance care plan", "99497"),
        ("allergy shot", "95115"),
    ],
)
def test_what_people_mean(schedule: cptkit.FeeSchedule, query: str, among: str) -> None:
    """The code stands among the first five."""
    assert among in numbers(schedule, query)


def test_without_is_never_stemmed_away(schedule: cptkit.FeeSchedule) -> None:
    """What is asked for without something does not find it with it first."""
    assert numbers(schedule, "TTE without doppler complete")[0] == "93307"
    assert numbers(schedule, "spirometry without bronchodilator")[0] == "94010"


def test_the_beginning_of_a_number(schedule: cptkit.FeeSchedule) -> None:
    """Codes that begin so, in code order."""
    found = numbers(schedule, "9921", limit=20)
    assert found == sorted(each for each in schedule.numbers if each[:4] == "9921")


def test_codes_without_a_text_are_found_by_their_family(
    schedule: cptkit.FeeSchedule,
) -> None:
    """A family's label stands for its codes that have no text."""
    found = schedule.search("cataract surgery", limit=20)
    without = [code for code in found if code.text is None]
    assert without
    assert any(code.family and "ataract" in code.family.label for code in without)


def test_nothing_found_is_nothing(schedule: cptkit.FeeSchedule) -> None:
    """No words, or none that is known: no codes."""
    assert schedule.search("") == schedule.search("!?") == ()
    assert schedule.search("zzqqxx") == ()


@pytest.mark.parametrize(
    ("query", "limit", "words"),
    [
        (99213, 10, "is not text"),
        ("a" * 401, 10, "search reads 400"),
        ("flu", 0, "is not a count"),
        ("flu", True, "is not a count"),
        ("flu", "5", "is not a count"),
    ],
)
def test_what_cannot_be_searched(
    schedule: cptkit.FeeSchedule, query: object, limit: object, words: str
) -> None:
    """A query that is no text and a limit that is no count are refused."""
    with pytest.raises(cptkit.InvalidInputError, match=words):
        schedule.search(query, limit=limit)  # type: ignore[arg-type]


@given(st.text(max_size=60), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_any_text_finds_codes_of_the_release(query: str, limit: int) -> None:
    """At most *limit* different codes, the same each time."""
    schedule = cptkit.schedule("RVU26C")
    found = numbers(schedule, query, limit)
    assert len(found) == len(set(found)) <= limit
    assert all(number in schedule for number in found)
    assert found == numbers(schedule, query, limit)


@pytest.mark.parametrize("release", ["RVU20A", "RVU24AR"])
def test_older_releases_find_their_own_codes(release: str) -> None:
    """The words are one; a code of another year is not found in this."""
    schedule = cptkit.schedule(release)
    assert all(code.release.name == release for code in schedule.search("visit"))
    assert "99201" in numbers(cptkit.schedule("RVU20A"), "99201")
    assert "99201" not in numbers(cptkit.schedule("RVU26C"), "9920", limit=50)
