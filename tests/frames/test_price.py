"""frames.price: the same answer as the single-line engine, whatever the frame."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import cptkit
import cptkit.frames
from cptkit._law import modifiers
from cptkit.frames.plans import plan_row

from ..shared_files import SOURCES
from .backends import EAGER, Backend
from .lines import (
    FIELDS,
    answer,
    columns,
    drawn,
    drawn_claims,
    expected,
    readable,
)

needs_sources = pytest.mark.skipif(not SOURCES.exists(), reason="no reference files")
each_eager = pytest.mark.parametrize("backend", EAGER, ids=lambda backend: backend.name)
WHERE: dict[str, Any] = {"locality": "15202-00", "on": "2025-10-15", "pos": "11"}


def priced(backend: Backend, given: dict[str, list[Any]], **asked: Any) -> Any:
    """The columns of a priced frame of one library."""
    return backend.read(cptkit.frames.price(backend.make(given), **asked))


@needs_sources
@each_eager
def test_random_lines_agree_with_the_engine(backend: Backend) -> None:
    """To the cent and the reason, with every field of a line in a column."""
    lines = drawn(1000, seed=91)
    given = columns(lines)
    given["place"] = given.pop("locality")
    asked = {name: name for name in FIELDS} | {"locality": "place"}
    found = priced(backend, given, add=["limiting_charge"], **asked)
    limits = [None if x is None else str(x) for x in found["limiting_charge"]]
    got = list(zip(found["allowed"], found["reason"], limits, strict=True))
    differ = [
        (line, one, other)
        for line, one, other in zip(lines, got, expected(lines), strict=True)
        if one != other
    ]
    assert not differ, differ[:3]


@each_eager
def test_lines_all_alike_are_each_answered(backend: Backend) -> None:
    """Where every number holds for all lines, the engine's answer stands in each."""
    for code, given in {
        "00100": {"modifiers": "AA", "minutes": 60},
        "66984": {"modifiers": "RT", "units": 3},
        "99213": {"modifiers": "25", "units": 2},
        "77067": {"modifiers": "FX"},
        "99401": {},
    }.items():
        asked = {**WHERE, **given}
        found = priced(backend, {"c": [code] * 3}, code="c", **asked)
        one = next(cptkit.price_many([{"code": code, **asked}]))
        allowed, reason = (one.allowed, None) if one.priced else (None, one.reason.name)
        assert list(found["allowed"]) == [allowed] * 3, code
        assert list(found["reason"]) == [reason] * 3, code


#: Codes of every rule among units, and whether the engine itself has to apply it.
BY_UNITS = {
    "27447": 0,  # surgery
    "97110": 0,  # therapy
    "64491": 0,  # an add-on, which no rule ranks
    "66984": 0,  # two of which are both eyes
    "45385": 2,  # an endoscopy of a family
    "71260": 2,  # imaging
    "93306": 2,  # cardiovascular
    "92134": 2,  # eyes
}


@each_eager
def test_units_that_lower_each_other(backend: Backend) -> None:
    """To the cent, whether columns or the engine apply the rule."""
    units = [1, 2, 3, 5, 6, 7, 40]
    for code, engine in BY_UNITS.items():
        assert (
            plan_row({"code": code, "on": "2025-10-15", "pos": "11"}).engine == engine
        )
        asked: dict[str, Any] = {**WHERE, "participating": False}
        given = {"c": [code] * len(units), "u": units}
        found = priced(backend, given, code="c", units="u", **asked)
        wanted = [cptkit.price(code, units=count, **asked) for count in units]
        assert list(found["allowed"]) == [each.allowed for each in wanted], code


@each_eager
def test_what_is_met_later_is_not_taken_for_what_was_met_before(
    backend: Backend,
) -> None:
    """More spellings than a column had room for, in frames one after the other."""
    names = sorted(modifiers())[:30]
    pairs = [f"{one} {other}" for one in names for other in names if one < other]
    days = ["2025-10-15", "2024-03-01"]
    for words in (["25"], pairs[:9], pairs):
        given = {
            "m": [word for word in words for _ in days],
            "p": ["11"] * 2 * len(words),
            "d": days * len(words),
            "c": ["71046"] * 2 * len(words),
        }
        asked = {"modifiers": "m", "pos": "p", "on": "d", "code": "c"}
        found = priced(backend, given, **asked)
        wanted = cptkit.price_many(
            {field: given[column][at] for field, column in asked.items()}
            for at in range(2 * len(words))
        )
        answers = zip(found["allowed"], found["reason"], strict=True)
        for got, one in zip(answers, wanted, strict=True):
            assert got == (
                (one.allowed, None)
                if isinstance(one, cptkit.Payment)
                else (None, one.reason.name)
            )


def test_an_option_is_of_its_own_call() -> None:
    """What was met with `zip_default` says nothing of a call without it, nor back."""
    frame = pl.DataFrame({"c": ["99213"] * 2, "z": ["36855", "60601"]})
    asked: dict[str, Any] = {"code": "c", "zip": "z", "on": "2025-10-15"}
    default: dict[str, Any] = {"options": {"zip_default": True}}
    for given in ({}, default, {}, default):
        found = cptkit.frames.price(frame, **asked, **given)
        assert found["reason"][0] == (None if given else "LOCALITY_AMBIGUOUS")


def test_an_empty_frame_leaves_no_trace() -> None:
    """What is remembered of no line is not taken for the first line's."""
    asked: dict[str, Any] = {"code": "c", **WHERE, "pos": "19", "practitioner": "NP"}
    given = {"c": pl.Series([], dtype=pl.String)}
    assert len(cptkit.frames.price(pl.DataFrame(given), **asked)) == 0
    found = cptkit.frames.price(pl.DataFrame({"c": ["99213"]}), **asked)
    where = {k: v for k, v in asked.items() if k != "code"}
    assert found["allowed"].to_list() == [cptkit.price("99213", **where).allowed]


def test_long_frames_are_priced_in_parts_as_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parts side by side give each line the answer it has in one piece."""
    lines = drawn(400, seed=17) if SOURCES.exists() else []
    given = columns(lines) if lines else {"code": ["99213", "x", "00100", "71046"] * 9}
    asked: dict[str, Any] = {name: name for name in given if name != "locality"}
    given.pop("locality", None)
    whole = cptkit.frames.price(pl.DataFrame(given), **asked)
    monkeypatch.setattr(cptkit.frames.eager, "_PART", 7)
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert cptkit.frames.price(pl.DataFrame(given), **asked).equals(whole)


JUNK: list[Any] = [None, "", "junk", "-1", "0", "99999", "  ", "2025-13-01", "é\x00"]


@each_eager
@pytest.mark.parametrize(
    "field",
    ["code", "modifiers", "zip", "pos", "on", "units", "charge", "setting"],
)
def test_junk_in_a_column_has_the_engines_reason(backend: Backend, field: str) -> None:
    """Cell by cell what `price` says; a null as if blank were written."""
    clean: dict[str, Any] = {"code": "99213", "zip": "43004", "on": "2025-10-15"}
    given = {name: [value] * len(JUNK) for name, value in clean.items()}
    given[field] = JUNK
    found = priced(backend, given, **{name: name for name in given})
    absent = {"modifiers": (), "charge": None}
    lines = [
        clean | {field: absent.get(field, "?") if cell is None else cell}
        for cell in JUNK
    ]
    if field in ("pos", "setting"):  # blank text is no place of service in a column
        lines = [line | {field: line[field] or "?"} for line in lines]
    wanted = [
        (line.allowed, None) if line.priced else (None, line.reason.name)  # type: ignore[union-attr]
        for line in cptkit.price_many(lines)
    ]
    assert list(zip(found["allowed"], found["reason"], strict=True)) == wanted


SPELLINGS = {
    "integers that lost zeros": ([100, 99213], [1001, 60601], [1, 11]),
    "whole floats": ([100.0, 99213.0], [1001.0, 60601.0], [1.0, 11.0]),
    "text": ([" 00100", "99213 "], ["01001-1234", " 60601"], ["01", "11"]),
}


@each_eager
@pytest.mark.parametrize("name", SPELLINGS)
def test_spellings(backend: Backend, name: str) -> None:
    """Codes, ZIPs and places of service as files hold them are understood."""
    codes, zips, pos = SPELLINGS[name]
    given = {"c": codes, "z": zips, "p": pos, "m": ["AA", ""], "t": [60, 0]}
    asked = {"code": "c", "zip": "z", "pos": "p", "modifiers": "m", "minutes": "t"}
    found = priced(backend, given, on="2025-10-15", **asked)
    wanted = [
        cptkit.price("00100", "AA", zip="01001", pos="01", on="2025-10-15", minutes=60),
        cptkit.price("99213", zip="60601", pos="11", on="2025-10-15"),
    ]
    assert found["allowed"] == [payment.allowed for payment in wanted]
    assert found["reason"] == [None, None]
    assert found["locality"] == [p.locality.id for p in wanted if p.locality]


@each_eager
def test_dates_of_every_kind(backend: Backend) -> None:
    """Dates, datetimes and ISO text choose the same release."""
    days: list[dt.date | None] = [dt.date(2024, 3, 8), dt.date(2024, 3, 9), None]
    days.append(dt.date(2019, 1, 1))
    times = [None if d is None else dt.datetime.combine(d, dt.time(9)) for d in days]
    texts = [None if d is None else d.isoformat() for d in days]
    for cells in (days, times, texts):
        found = priced(backend, {"c": ["99213"] * 4, "d": cells}, code="c", on="d")
        assert found["release"] == ["RVU24A", "RVU24AR", None, None]
        assert found["reason"][2:] == ["DATE_INVALID", "DATE_NOT_COVERED"]


def test_pandas_keeps_index_columns_and_order() -> None:
    """A repeated index, odd column names and other columns are the caller's."""
    given = pd.DataFrame(
        {"code": ["99213", "junk", "99214"], 7: [1, 2, 3]}, index=[5, 5, 1]
    )
    before = given.copy()
    found = cptkit.frames.price(given, code="code", **WHERE)
    pd.testing.assert_frame_equal(found[["code", 7]], before)
    pd.testing.assert_frame_equal(given, before)
    assert next(iter(found["allowed"])) == Decimal("85.17")
    assert found["allowed_cents"].iloc[0] == 8517
    assert found["reason"].iloc[1] == "UNKNOWN_CODE"


def test_categories_lists_and_mixed_objects() -> None:
    """Columns a library keeps in its own way."""
    codes = ["99213", "71046", "99213"]
    wanted = [Decimal("85.17"), Decimal("9.31"), Decimal("85.17")]
    wanted[1] = cptkit.price("71046", "26", **WHERE).allowed
    mods: list[Any] = [["25"], ["26"], []]
    frames: list[Any] = [
        pl.DataFrame({"c": pl.Series(codes, dtype=pl.Categorical), "m": mods}),
        pl.DataFrame(
            {"c": pl.Series(codes, dtype=pl.Enum(sorted(set(codes)))), "m": mods}
        ),
        pd.DataFrame({"c": pd.Categorical(codes), "m": mods}),
        pd.DataFrame(
            {"c": pd.Series(["99213", 71046, 99213.0], dtype=object), "m": mods}
        ),
        pa.table({"c": pa.array(codes).dictionary_encode(), "m": mods}),
    ]
    for frame in frames:
        found = cptkit.frames.price(frame, code="c", modifiers="m", **WHERE)
        allowed = found["allowed"]
        cells = allowed.to_pylist() if hasattr(allowed, "to_pylist") else list(allowed)
        assert cells == wanted, type(frame)


@each_eager
def test_frames_without_lines(backend: Backend) -> None:
    """No lines in, no lines out, the columns added."""
    found = priced(backend, {"c": [], "z": []}, code="c", zip="z")
    assert found["allowed"] == found["reason"] == found["locality"] == []


def test_added_columns() -> None:
    """Limiting charge, coinsurance and RVUs are the payment's own."""
    frame = pl.DataFrame({"c": ["99214", "junk"], "u": [2, 1]})
    more = ["limiting_charge", "coinsurance", "work_rvus", "total_rvus", "percentile"]
    found = cptkit.frames.price(
        frame, code="c", units="u", participating=False, add=more, **WHERE
    )
    payment = cptkit.price("99214", units=2, participating=False, **WHERE)
    code = cptkit.code("99214", on="2025-10-15")
    assert found.select(more).row(0) == (
        payment.limiting_charge,
        payment.coinsurance,
        payment.work_rvus,
        2 * code.rvus.total_nonfacility,
        Decimal(round(code.compare().percentile * 100)) / 100,
    )
    assert found.select(more).row(1) == (None,) * 5


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"code": "hcpc"}, "did you mean hcpcs"),
        ({"code": "hcpcs", "zip": "zzip"}, "did you mean zip"),
        ({"code": "hcpcs", "zipcode": "zip"}, "no argument zipcode"),
        ({"code": "hcpcs", "add": ["dollars"]}, "columns that can be added"),
        ({"code": "reason"}, "reason already"),
    ],
)
def test_arguments_that_cannot_be_meant(asked: dict[str, Any], words: str) -> None:
    """A misspelt column or field is said, with what may be meant."""
    frame = pl.DataFrame({"hcpcs": ["99213"], "zip": ["60601"]})
    if asked["code"] == "reason":
        frame = frame.rename({"hcpcs": "reason"})
    with pytest.raises(cptkit.InvalidInputError, match=words):
        cptkit.frames.price(frame, **asked)


def test_what_is_no_frame_is_said() -> None:
    """A list is not a frame."""
    with pytest.raises(cptkit.InvalidInputError, match="list is not a frame"):
        cptkit.frames.price([1], code="c")


def _loaded(program: str) -> set[str]:
    """The libraries a program has imported, of those an extra may bring."""
    names = ("narwhals", "polars", "pandas", "pyarrow", "duckdb", "pyspark", "numpy")
    tail = f"; import sys; print(*[n for n in {names} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program + tail],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


def test_only_the_callers_library_is_imported() -> None:
    """The package imports none of them, frames only the one of the frame."""
    priced = "import cptkit.frames as f; f.price({}, code='c', on='2025-10-15')"
    assert _loaded("import cptkit; cptkit.price('99213')") == set()
    assert _loaded("import cptkit.frames") == set()
    made = "polars.DataFrame({'c': ['99213', 'x']})"
    found = _loaded(f"import polars; {priced.format(made)}")
    assert found == {"narwhals", "polars"}
    made = "pandas.DataFrame({'c': ['99213', 'x']})"
    before = _loaded("import pandas")
    assert _loaded(f"import pandas; {priced.format(made)}") == before | {"narwhals"}


def test_a_missing_extra_is_told() -> None:
    """Without narwhals the call says what to install."""
    program = (
        "import sys; sys.modules['narwhals'] = None\n"
        "import cptkit.frames, polars\n"
        "cptkit.frames.price(polars.DataFrame({'c': []}), code='c')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "MissingExtraError: narwhals is not installed" in done.stderr
    assert "pip install 'cptkit[frames]'" in done.stderr


@each_eager
def test_lines_of_a_claim(backend: Backend) -> None:
    """Rules of a day among the lines of a claim; nulls and other days stand alone."""
    claims = [
        ("A", "47562", "2025-10-15"),
        ("B", "49505", "2025-10-15"),
        ("A", "49505", "2025-10-15"),
        ("A", "11042", "2025-10-16"),
        (None, "47562", "2025-10-15"),
        (None, "49505", "2025-10-15"),
        ("B", "36591", "2025-10-15"),
        ("A", "junk", "2025-10-15"),
    ]
    names, codes, days = (list(cells) for cells in zip(*claims, strict=True))
    given = {"claim": names, "c": codes, "d": days}
    where = {"locality": "15202-00", "setting": "facility"}
    found = priced(backend, given, code="c", on="d", claim="claim", **where)
    allowed = [None if cell is None else str(cell) for cell in found["allowed"]]
    alone = str(cptkit.price("49505", on="2025-10-15", **where).allowed)
    small = str(cptkit.price("11042", on="2025-10-16", **where).allowed)
    assert alone == "500.48"
    assert allowed[:6] == ["631.60", alone, "250.24", small, "631.60", alone]
    assert found["reason"][6:] == ["BUNDLED", "UNKNOWN_CODE"]


@needs_sources
def test_random_claims_agree_with_price_claim() -> None:
    """Claims of related lines, to the cent and the reason."""
    claims = drawn_claims(150, seed=95)
    lines = [line for claim in claims for line in claim]
    given = columns(lines)
    given["place"] = given.pop("locality")
    given["claim"] = [n for n, claim in enumerate(claims) for _ in claim]
    asked = {name: name for name in FIELDS} | {"locality": "place", "claim": "claim"}
    found = priced(EAGER[0], given, **asked)
    wanted = [
        answer(line)[:2]
        for claim in claims
        for line in cptkit.price_claim(readable(claim)).lines
    ]
    assert list(zip(found["allowed"], found["reason"], strict=True)) == wanted
