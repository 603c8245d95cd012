"""frames.audit: planted errors are named, and nothing else is."""

from __future__ import annotations

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import pandas as pd
import polars as pl
import pytest

import cptkit
import cptkit.frames
from cptkit._zips import zip_table

from .backends import EAGER, Backend

ASKED = {
    "code": "hcpcs",
    "modifiers": "mods",
    "zip": "zip",
    "pos": "pos",
    "on": "dos",
    "paid": "allowed_amt",
}
Fields = dict[str, Any]


def _wrong_locality(rng: random.Random, line: Fields) -> Any:
    places = [place.id for place in cptkit.schedule("RVU25D").localities]
    return cptkit.price(**line | {"zip": None, "locality": rng.choice(places)})


def _other_setting(rng: random.Random, line: Fields) -> Any:
    setting = "facility" if line["pos"] == "11" else "non-facility"
    return cptkit.price(**line | {"pos": None, "setting": setting})


def _old_release(rng: random.Random, line: Fields) -> Any:
    return cptkit.price(**line | {"on": rng.choice(["2024-11-15", "2024-02-01"])})


def _multiple(rng: random.Random, line: Fields) -> Any:
    first = rng.choice([line, line | {"code": "27447", "modifiers": ""}])
    return cptkit.price_claim([first, line]).lines[1]


def _component(rng: random.Random, line: Fields) -> Any:
    others = [m for m in ("", "26", "TC") if m != line["modifiers"]]
    return cptkit.price(**line | {"modifiers": rng.choice(others)})


def _assistant(rng: random.Random, line: Fields) -> Any:
    modifier, who = rng.choice([("80", "MD"), ("AS", "PA")])
    mods = f"{line['modifiers']} {modifier}"
    return cptkit.price(**line | {"modifiers": mods, "practitioner": who})


def _non_participating(rng: random.Random, line: Fields) -> Any:
    return cptkit.price(**line, participating=False)


PLANTS = {
    "wrong locality": _wrong_locality,
    "setting": _other_setting,
    "old release": _old_release,
    "MPPR applied": _multiple,
    "26/TC mix-up": _component,
    "assistant rate": _assistant,
    "non-participating": _non_participating,
    "sequestration": None,
    None: None,
}


@lru_cache(maxsize=1)
def planted(count: int = 900) -> list[tuple[str | None, Fields, Decimal]]:
    """Lines with one error each, or none: what was planted, the line, the amount."""
    rng = random.Random(93)
    codes = [c for c in cptkit.schedule("RVU25D") if c.status.value == "A"]
    zips = [z for z in zip_table().alike if not zip_table().find(z).plus_four]  # type: ignore[union-attr]
    found: list[tuple[str | None, Fields, Decimal]] = []
    kinds = list(PLANTS)
    while len(found) < count:
        code = rng.choice(codes)
        mods = rng.choice(["", "", "26", "TC"]) if "26" in code.components else ""
        line = {
            "code": code.number,
            "modifiers": mods,
            "zip": rng.choice(zips),
            "pos": rng.choice(["11", "22"]),
            "on": rng.choice(["2025-10-15", "2025-02-03"]),
        }
        kind = kinds[len(found) % len(kinds)]
        try:
            right = cptkit.price(**line).allowed
            paid = _paid(rng, kind, line, right)
        except cptkit.NotPriced:
            continue
        if (paid == right) == (kind is None):
            found.append((kind, line, paid))
    return found


def _paid(rng: random.Random, kind: str | None, line: Fields, right: Decimal) -> Any:
    if kind is None:
        return right
    if kind == "sequestration":
        lost = right * 2 / 100
        return right - lost.quantize(Decimal("0.01"), ROUND_HALF_UP)
    plant = PLANTS[kind]
    assert plant is not None
    other = plant(rng, line)
    return other.allowed if other.priced else right


@pytest.mark.parametrize("backend", EAGER, ids=lambda backend: backend.name)
def test_planted_causes_are_named(backend: Backend) -> None:
    """At least 95 of 100 planted errors, and no error where there is none."""
    lines = planted()
    given: dict[str, list[Any]] = {
        "hcpcs": [line["code"] for _, line, _ in lines],
        "mods": [line["modifiers"] for _, line, _ in lines],
        "zip": [line["zip"] for _, line, _ in lines],
        "pos": [line["pos"] for _, line, _ in lines],
        "dos": [line["on"] for _, line, _ in lines],
        "allowed_amt": [str(paid) for _, _, paid in lines],
    }
    found = backend.read(cptkit.frames.audit(backend.make(given), **ASKED))
    wrong: Counter[Any] = Counter()
    for (kind, line, paid), cause, expected, variance in zip(
        lines, found["cause"], found["expected"], found["variance"], strict=True
    ):
        assert expected == cptkit.price(**line).allowed
        assert variance == paid - expected
        same = cause is not None and kind == "setting" and "facility rate" in cause
        wrong[kind, cause] += cause != kind and not same
    assert not wrong[None, None]
    assert not [pair for pair, count in wrong.items() if pair[0] is None and count]
    assert sum(wrong.values()) <= 0.05 * len(lines), wrong


def test_lines_that_cannot_be_compared() -> None:
    """A refusal has its reason, an unreadable amount no variance."""
    given = pl.DataFrame({"hcpcs": ["junk", "99213", "99213"], "p": ["1", "?", None]})
    found = cptkit.frames.audit(given, code="hcpcs", paid="p", on="2025-10-15")
    assert found["reason"].to_list() == ["UNKNOWN_CODE", None, None]
    assert found["variance"].to_list() == [None, None, None]
    assert found["cause"].to_list() == [None, None, None]
    assert found["expected"].null_count() == 1


def test_a_summary_by_cause_and_payer() -> None:
    """Lines and variance add up, group by group."""
    given = pd.DataFrame(
        {
            "hcpcs": ["99213", "99213", "99213", "99214"],
            "payer": ["A", "A", "B", "B"],
            "paid": [62.19, 62.19, 85.17, 1.00],
        }
    )
    where = {"locality": "15202-00", "on": "2025-10-15", "pos": "11"}
    audited = cptkit.frames.audit(given, code="hcpcs", paid="paid", **where)
    found = cptkit.frames.summary(audited, ["cause", "payer"])
    rows = {
        (None if pd.isna(row.cause) else row.cause, row.payer): row
        for row in found.itertuples()
    }
    assert rows["facility rate paid", "A"].lines == 2
    assert rows["facility rate paid", "A"].variance_cents == -2 * 2298
    assert rows["unexplained", "B"].lines == 1
    assert sum(row.lines for row in rows.values()) == 4


def test_what_an_audit_needs() -> None:
    """A column of amounts, and lines in memory."""
    given = pl.DataFrame({"hcpcs": ["99213"], "amount": ["1"]})
    with pytest.raises(cptkit.InvalidInputError, match="did you mean amount"):
        cptkit.frames.audit(given, code="hcpcs", paid="amont")
    with pytest.raises(cptkit.InvalidInputError, match="in memory"):
        cptkit.frames.audit(given.lazy(), code="hcpcs", paid="amount")
    with pytest.raises(cptkit.InvalidInputError, match="'variance' is not a column"):
        cptkit.frames.summary(given)
