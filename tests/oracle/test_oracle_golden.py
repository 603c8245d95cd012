"""The oracle must reproduce every golden amount before it may judge the library."""

from __future__ import annotations

import csv
import datetime as dt
import os
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest

from .oracle import (
    OracleLine,
    OracleResult,
    Rounder,
    Switches,
    limiting_charge,
    nonparticipating,
    price_claim,
    round_fraction,
)
from .sources import Sources

_BESIDE = Path(__file__).resolve().parents[3] / "shared"
SHARED = Path(os.environ.get("CPTKIT_SHARED") or _BESIDE)

pytestmark = pytest.mark.skipif(
    not (SHARED / "golden" / "worked_cases.csv").is_file(),
    reason=f"no golden data under {SHARED}; set CPTKIT_SHARED to the folder",
)

CENTS = (
    "pfs cap base split mppr role reduction practitioner fee limiting allowed "
    "deductible coinsurance share assistant sequester paid"
).split()
TEXTS = ("outcome", "release", "setting", "status")


def _read(name: str) -> list[dict[str, str]]:
    path = SHARED / "golden" / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _claims() -> list[tuple[str, list[dict[str, str]]]]:
    rows = _read("worked_cases.csv")
    return [(case, list(each)) for case, each in groupby(rows, lambda r: r["case_id"])]


CLAIMS = _claims()


@pytest.fixture(scope="module")
def sources() -> Sources:
    """Return the CMS files, read once for the module."""
    return Sources(SHARED / "sources")


def line_of(row: dict[str, str]) -> OracleLine:
    """Make an oracle line of a golden row."""
    options = dict(part.split("=") for part in row["opts"].split(";") if part)
    percent = options.get("pay_pct")
    return OracleLine(
        date=dt.date.fromisoformat(row["date"]),
        code=row["code"],
        modifiers=tuple(row["mods"].split()),
        mac=row["mac"],
        locality=row["locality"],
        pos=row["pos"],
        provider=row["provider"],
        participating=row["par"] == "Y",
        qp=row["qp"] == "Y",
        units=int(row["units"]),
        minutes=int(row["minutes"]) if row["minutes"] else None,
        charge_cents=int(row["charge_cents"]) if row["charge_cents"] else None,
        documented=options.get("doc") == "Y",
        postop_share=Fraction(options.get("postop_days", "1")),
        percent_payable=Fraction(percent) if percent else None,
        induction=options.get("induction", "Y") == "Y",
    )


def shown(result: OracleResult) -> dict[str, str]:
    """Return the golden columns of a result as text."""
    values = {name: getattr(result, name) for name in CENTS}
    texts: dict[str, str] = {name: getattr(result, name) for name in TEXTS}
    return texts | {
        f"{name}_cents": "" if value is None else str(value)
        for name, value in values.items()
    }


def test_the_worked_cases_are_all_here() -> None:
    """The README of the golden data counts 174 claims and 229 lines."""
    assert len(CLAIMS) == 174
    assert sum(len(rows) for _, rows in CLAIMS) == 229


@pytest.mark.parametrize(("case", "rows"), CLAIMS, ids=[case for case, _ in CLAIMS])
def test_worked_case(case: str, rows: list[dict[str, str]], sources: Sources) -> None:
    """Every column of every line of the claim agrees."""
    results = price_claim(
        [line_of(row) for row in rows],
        sources,
        deductible_cents=int(rows[0]["deductible"]),
    )
    got = [shown(result) for result in results]
    assert got == [{name: row[name] for name in got[0]} for row in rows], case


FEE_FILES = (
    "published_2025_76145.csv",
    "published_ohio_2020_sample.csv",
    "published_quotes.csv",
)


@pytest.mark.parametrize("name", FEE_FILES)
def test_published_fees(name: str, sources: Sources) -> None:
    """Fees, caps and half-practice-expense amounts of the payment files (R8-R11, R19).

    The halved amount is what a second unit adds to a therapy line.
    """
    compared, wrong = 0, []
    for row in _read(name):
        for setting, word, therapy in (
            ("N", "nonfacility", "noninst"),
            ("F", "facility", "inst"),
        ):
            line = OracleLine(
                date=_first_day(row["release"]),
                code=row["code"],
                modifiers=tuple(row["modifier"].split()),
                mac=row["mac"],
                locality=row["locality"],
                setting=setting,
                units=2 if row[f"therapy_{therapy}_cents"] else 1,
            )
            result = price_claim([line], sources)[0]
            assert result.release == row["release"]
            halved = (result.mppr or 0) - (result.pfs or 0)
            for column, value in (
                (f"{word}_cents", result.pfs),
                (f"opps_{word}_cents", result.cap),
                (f"therapy_{therapy}_cents", halved),
            ):
                if row[column]:
                    compared += 1
                    if row[column] != str(value):
                        wrong.append((row["code"], row["modifier"], column, value))
    assert compared
    assert not wrong


OHIO_EXAMPLES: list[tuple[str, str, list[str], list[int]]] = [
    ("2024-03-08", "11", ["99213"], [8562]),
    ("2024-03-09", "11", ["99213"], [8704]),
    ("2026-07-15", "11", ["99213"], [9097]),
    ("2025-10-15", "22", ["45378-53"], [8660]),
    ("2025-10-15", "11", ["36591", "99213"], [-1, 8517]),
    ("2025-10-15", "22", ["99214"], [9158]),
    ("2025-10-15", "11", ["70496"], [24033]),
    ("2025-10-15", "11", ["70496-TC"], [16249]),
    ("2025-10-15", "22", ["66984-54"], [39891]),
    ("2025-10-15", "11", ["66984-55"], [9973]),
    ("2025-10-15", "22", ["27447-78"], [84030]),
    ("2025-10-15", "22", ["29881-50"], [77411]),
    ("2025-10-15", "22", ["29881-RT", "29881-LT"], [51607, 25804]),
    ("2025-10-15", "11", ["73560-50"], [6120]),
    ("2025-10-15", "11", ["92002-50"], [7658]),
    ("2025-10-15", "22", ["47562", "49505", "11042"], [63160, 25024, 2853]),
    ("2025-10-15", "22", ["29881-50", "27447"], [38706, 121783]),
    ("2025-10-15", "22", ["29881-RT", "27447", "29881-LT"], [25804, 121783, 12902]),
    ("2025-10-15", "22", ["45385", "45380"], [23667, 1517]),
    (
        "2025-10-15",
        "22",
        ["45385", "45380", "43249", "43239"],
        [23667, 1517, 7156, 710],
    ),
    ("2025-10-15", "22", ["45378", "45385"], [0, 23667]),
    ("2025-10-15", "11", ["72148", "73721"], [12113, 18363]),
    ("2025-10-15", "11", ["72148-TC", "73721-TC"], [5500, 12624]),
    ("2025-10-15", "11", ["72148-26", "73721-26"], [6612, 5739]),
    ("2025-10-15", "11", ["70496", "70498"], [24033, 16168]),
    ("2025-10-15", "11", ["97110x2", "97140"], [4879, 2014]),
    ("2025-10-15", "11", ["93306", "93880"], [14774, 16827]),
    ("2025-10-15", "11", ["92250", "92134"], [3364, 2698]),
    ("2025-10-15", "22", ["27447-80"], [19485]),
    ("2025-10-15", "22", ["22551-62"], [101809]),
    ("2025-10-15", "11", ["71046-FX"], [2634]),
    ("2025-10-15", "11", ["71046-FY"], [2840]),
    ("2025-10-15", "11", ["71046-FX-FY"], [2469]),
    ("2025-10-15", "11", ["70496-CT"], [21596]),
    ("2026-07-15", "22", ["27447"], [112677]),
    ("2025-10-15", "22", ["00790-AA"], [26680]),
    ("2025-10-15", "22", ["00790-QK"], [13340]),
    ("2025-10-15", "22", ["00790-AD"], [8024]),
]


@pytest.mark.parametrize(("date", "pos", "texts", "allowed"), OHIO_EXAMPLES)
def test_examples_of_the_rules(
    date: str, pos: str, texts: list[str], allowed: list[int], sources: Sources
) -> None:
    """The examples printed in the rules for Ohio; -1 stands for bundled."""
    lines = []
    for text in texts:
        head, _, units = text.partition("x")
        code, *mods = head.split("-")
        lines.append(
            OracleLine(
                date=dt.date.fromisoformat(date),
                code=code,
                modifiers=tuple(mods),
                mac="15202",
                locality="00",
                pos=pos,
                units=int(units or 1),
                minutes=95,
            )
        )
    results = price_claim(lines, sources)
    assert [-1 if r.allowed is None else r.allowed for r in results] == allowed


def _first_day(release: str) -> dt.date:
    month = {"A": 1, "B": 4, "C": 7, "D": 10}[release[5]]
    return dt.date(2000 + int(release[3:5]), month, 1)


def test_published_anesthesia_factors(sources: Sources) -> None:
    """The locality factors, read and recomputed from the shares (R32)."""
    rows = _read("published_anesthesia_cf_sample.csv")
    assert rows
    for row in rows:
        national = Fraction(row["national_cf"])
        name = row["release"]
        if name.startswith("RVU26A"):  # the factors every 2026 release shares
            name = "RVU26C"
        pair = sources.release(name).place(row["mac"], row["locality"])
        assert pair is not None
        qualifying, normal = sources.release(name).anesthesia[pair]
        read = qualifying if national == Fraction("20.599835") else normal
        made = (
            national
            * 100
            * sum(
                Fraction(row[f"share_{part}"]) * Fraction(row[f"gpci_{part}"])
                for part in ("work", "pe", "mp")
            )
        )
        assert str(read) == row["cf_cents"]
        assert str(round_fraction(made)) == row["cf_cents"]


@pytest.mark.parametrize("way", ["direct", "stepped"])
def test_published_limiting_charges(way: str) -> None:
    """Both ways agree on the contractor's triples of 2015 (R27)."""
    rows = _read("published_limiting_charge_2015.csv")
    assert rows
    for row in rows:
        amount, rounder = Fraction(row["par_cents"]), Rounder()
        assert str(nonparticipating(amount, rounder)) == row["nonpar_cents"]
        limiting = limiting_charge(amount, rounder, Switches(limiting=way))
        assert str(limiting) == row["limiting_cents"]


def test_published_zip_codes(sources: Sources) -> None:
    """The ZIP rows of the locality cases (R6)."""
    rows = [row for row in _read("locality_cases.csv") if row["kind"] == "zip5"]
    assert rows
    for row in rows:
        found = sources.zips().get(row["input"])
        if row["outcome"] == "unknown":
            assert found is None
            continue
        assert found is not None
        assert (found.carrier, found.locality) == (row["mac"], row["locality"])
        assert found.plus_four == (row["outcome"] == "ambiguous")
