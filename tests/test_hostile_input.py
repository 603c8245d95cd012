"""Whatever is written in a field, the answer is an amount or a `CptkitError`."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import CptkitError, Line, NotPriced
from cptkit.errors import SourceFileError
from cptkit.pricing.payment import Payment

#: Spellings close to right ones, so that most examples get past the first check.
CODES = st.sampled_from(["99213", "71046", "00790", "29881", "97110", "45385", "36591"])
NEAR = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789-,. TCRLXA/", max_size=12),
    st.sampled_from(["26", "TC", "50", "25-59", "ABC", "2026-07-01", "60601", "11"]),
)
ANYTHING = st.one_of(
    NEAR,
    st.none(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.booleans(),
    st.binary(max_size=5),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
FIELDS = [
    "zip",
    "on",
    "pos",
    "units",
    "locality",
    "state",
    "county",
    "name",
    "gpci",
    "setting",
    "release",
    "conversion_factor",
    "practitioner",
    "participating",
    "qp",
    "charge",
    "minutes",
    "percent_payable",
    "postop_share",
    "documented",
    "cost_share",
    "induction",
    "base_units",
    "strict",
    "deductible",
]


def answer(code: Any, modifiers: Any, **fields: Any) -> Payment | CptkitError:
    """What `price` gives, or the library's error; any other error escapes."""
    try:
        found = cptkit.price(code, modifiers, **fields)
    except CptkitError as error:
        return error
    assert isinstance(found, Payment)
    return found


@given(code=NEAR, modifiers=NEAR, zip=NEAR, on=NEAR, setting=NEAR)
@settings(max_examples=400, deadline=None)
@example(code="99213", modifiers="", zip="60601", on="2026-07-01", setting="facility")
def test_any_string_anywhere(
    code: str, modifiers: str, zip: str, on: str, setting: str
) -> None:
    """Any text for code, modifier, ZIP, date and setting: an answer or our error."""
    found = answer(code, modifiers, zip=zip, on=on, setting=setting)
    if isinstance(found, Payment):
        # Nothing was guessed: what was priced is what was written.
        assert found.code == code.strip().upper()[:5]
        assert found.setting == setting.strip().lower().replace("_", "-") or (
            setting.strip().lower() in ("f", "n", "nonfacility")
        )


@given(code=CODES, field=st.sampled_from(FIELDS), value=ANYTHING)
@settings(max_examples=1500, deadline=None)
def test_anything_in_any_field(code: str, field: str, value: Any) -> None:
    """Any value of any type in any field: an answer or our error."""
    found = answer(code, "AA" if code == "00790" else (), **{field: value})
    if isinstance(found, Payment):
        assert found.allowed >= 0
        assert found.medicare_pays + found.patient_pays <= found.allowed


class Vector:
    """An array of several numbers: equal to nothing, and neither true nor false."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, _other: object) -> Any:
        return self

    def __ne__(self, _other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        msg = "the truth of several values"
        raise ValueError(msg)


@pytest.mark.parametrize("field", ["code", *FIELDS])
def test_an_array_in_any_field(field: str) -> None:
    """A column where one value belongs is refused as any other thing is."""
    timed = {"code": "00790", "modifiers": "AA"}
    line = timed if field == "minutes" else {"code": "99213"}
    with pytest.raises(CptkitError):
        cptkit.price(**line | {field: Vector()})


@given(line=st.one_of(ANYTHING, st.tuples(ANYTHING, ANYTHING, ANYTHING)))
@settings(max_examples=500, deadline=None)
def test_nothing_stops_a_stream(line: Any) -> None:
    """A line that cannot be read stands as a refusal; the next one is priced."""
    first, second = cptkit.price_many([line, "99213"])
    assert isinstance(first, (Payment, NotPriced))
    assert isinstance(second, Payment)


@pytest.mark.parametrize(
    ("field", "value", "reason", "words"),
    [
        ("code", "9921", "UNKNOWN_CODE", "five characters"),
        ("code", "99999", "UNKNOWN_CODE", "99999 is not in RVU26C"),
        ("modifiers", "2S", "MODIFIER_UNKNOWN", "did you mean"),
        ("modifiers", "26 26", "MODIFIER_CONFLICT", "stands twice"),
        ("modifiers", "26", "MODIFIER_NOT_ALLOWED", "no row for modifier 26"),
        ("zip", "6060", "ZIP_INVALID", "five digits"),
        ("zip", "00000", "LOCALITY_UNKNOWN", "not in CMS's file"),
        ("zip", "36855", "LOCALITY_AMBIGUOUS", "10112-00"),
        ("locality", "06102-77", "LOCALITY_UNKNOWN", "06102-16"),
        ("state", "IL", "LOCALITY_AMBIGUOUS", "4 localities"),
        ("state", "Ilinois", "LOCALITY_UNKNOWN", "did you mean ILLINOIS"),
        ("on", "2026-13-01", "DATE_INVALID", "2026-08-03"),
        ("on", "2019-07-01", "DATE_NOT_COVERED", "no release of 2019"),
        ("release", "RVU26Z", "DATE_NOT_COVERED", "did you mean RVU26C"),
        ("pos", "77", "POS_UNKNOWN", "place of service '77'"),
        ("setting", "hospital", "POS_UNKNOWN", "'facility' or 'non-facility'"),
        ("practitioner", "NPP", "PRACTITIONER_UNKNOWN", "did you mean NP"),
        ("units", 0, "UNITS_INVALID", "from 1"),
        ("units", "1.5", "UNITS_INVALID", "decimal places"),
        ("charge", "-5", "CHARGE_INVALID", "-5"),
        ("charge", 1.005, "CHARGE_INVALID", "more than 2 decimal places"),
        ("participating", "maybe", "ARGUMENT_INVALID", "True or False"),
        ("conversion_factor", "abc", "ARGUMENT_INVALID", "conversion factor 'abc'"),
        ("gpci", "1.0", "ARGUMENT_INVALID", "cptkit.GPCI"),
    ],
)
def test_the_refusal_names_input_and_remedy(
    field: str, value: object, reason: str, words: str
) -> None:
    """Each unreadable field has its reason, and a sentence that names it."""
    given: dict[str, Any] = {"code": "99213", field: value}
    with pytest.raises(NotPriced) as caught:
        cptkit.price(given.pop("code"), given.pop("modifiers", ()), **given)
    assert caught.value.reason.name == reason
    assert words in str(caught.value)
    assert caught.value.priced is False
    lookups = ("UNKNOWN_CODE", "LOCALITY_UNKNOWN", "LOCALITY_AMBIGUOUS")
    if reason in lookups or reason == "DATE_NOT_COVERED":
        assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    ("units", "charge", "minutes"),
    [
        (1, "85.17", 95),
        ("1", Decimal("85.17"), "95"),
        (1.0, 85.17, 95.0),
        (Fraction(1), Fraction(8517, 100), Decimal(95)),
    ],
)
def test_numbers_as_people_write_them(
    units: object, charge: object, minutes: object
) -> None:
    """Text, int, float, Decimal and Fraction of one number price the same."""
    payment = cptkit.price("99213", units=units, charge=charge)
    assert payment.allowed == Decimal("85.17")
    assert cptkit.price("00790", "AA", minutes=minutes).priced


def test_misspelt_arguments_are_type_errors() -> None:
    """An argument that does not exist is Python's own error."""
    with pytest.raises(TypeError, match="zipcode"):
        cptkit.price("99213", zipcode="60601")
    assert Line("99213").code == "99213"


def test_a_message_about_a_file_is_one_line_and_short() -> None:
    """Whatever a damaged file holds, what is said of it can be read in a log."""
    error = SourceFileError("a\x00b\nc " + "d" * 10**6, column="\x9d" * 10**5)
    assert str(error).isprintable()
    assert len(str(error)) < 1_700
    assert str(error).startswith(r"column \x9d")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.message, again.column) == (
        str(error),
        error.message,
        error.column,
    )
