"""Every worked case of the rule book: a claim is a set of rows, not code."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest

import cptkit
from cptkit.pricing.payment import Payment

from .shared_files import GOLDEN, rows

CASES = [
    (case, list(lines))
    for case, lines in groupby(
        rows(GOLDEN / "worked_cases.csv"), key=lambda row: row["case_id"]
    )
]

#: The outcomes of the golden file, as this library's reasons.
ERRORS = {
    "use-AS": "MODIFIER_NOT_ALLOWED",
    "AS-needs-PA-NP-CNS": "MODIFIER_NOT_ALLOWED",
    "facility-only-modifier": "MODIFIER_NOT_ALLOWED",
    "duplicate": "MODIFIER_CONFLICT",
    "duplicate-modifier": "MODIFIER_CONFLICT",
    "exclusive": "MODIFIER_CONFLICT",
    "exclusive-modifiers": "MODIFIER_CONFLICT",
    "units-with-50": "UNITS_INVALID",
    "anesthesia-modifier-missing": "MODIFIER_MISSING",
    "unknown-modifier": "MODIFIER_UNKNOWN",
}
KINDS = {"not-payable", "bundled", "contractor-priced", "by-report"}


def money(cents: str) -> Decimal | None:
    """Whole cents as dollars; blank is none."""
    return Decimal(f"{int(cents) // 100}.{int(cents) % 100:02d}") if cents else None


def line_of(row: dict[str, str]) -> cptkit.Line:
    """The row as a claim line."""
    options = dict(each.split("=") for each in row["opts"].split(";") if each)
    given: dict[str, Any] = {}
    if options.pop("doc", "") == "Y":
        given["documented"] = True
    if "postop_days" in options:
        given["postop_share"] = Fraction(options.pop("postop_days"))
    if "pay_pct" in options:
        given["percent_payable"] = options.pop("pay_pct")
    if "induction" in options:
        given["induction"] = options.pop("induction") == "Y"
    assert not options
    return cptkit.Line(
        row["code"],
        row["mods"],
        on=row["date"],
        pos=row["pos"] or None,
        units=row["units"],
        locality=f"{row['mac']}-{row['locality']}" if row["mac"] else None,
        practitioner=row["provider"],
        participating=row["par"] == "Y",
        qp=row["qp"] == "Y",
        charge=money(row["charge_cents"]),
        minutes=row["minutes"] or None,
        **given,
    )


def expected_amounts(row: dict[str, str]) -> dict[str, Decimal | None]:
    """The amounts of the row, by the names of this library."""
    stages = ("split", "mppr", "role", "reduction", "practitioner", "fee", "allowed")
    return {
        "fee_schedule_amount": money(row["pfs_cents"]),
        "cap": money(row["cap_cents"]),
        "base": money(row["base_cents"]),
        **{stage: money(row[f"{stage}_cents"]) for stage in stages},
        "limiting_charge": money(row["limiting_cents"]),
        "deductible": money(row["deductible_cents"]),
        "coinsurance": money(row["coinsurance_cents"]),
        "sequestration": money(row["sequester_cents"]),
        "medicare_pays": money(row["paid_cents"]),
    }


def amounts(payment: Payment) -> dict[str, Decimal | None]:
    """The same amounts as priced."""
    names = ("fee_schedule_amount", "cap", "base")
    later = ("limiting_charge", "deductible", "coinsurance", "sequestration")
    return {
        **{name: getattr(payment, name) for name in names},
        **payment.stages,
        **{name: getattr(payment, name) for name in (*later, "medicare_pays")},
    }


@pytest.mark.skipif(not CASES, reason="the worked cases are not at hand")
@pytest.mark.parametrize(("case", "lines"), CASES, ids=[case for case, _ in CASES])
def test_worked_case(case: str, lines: list[dict[str, str]]) -> None:
    """Every amount of every line of the claim is the worked one, to the cent."""
    claim = cptkit.price_claim(
        [line_of(row) for row in lines], deductible=money(lines[0]["deductible"]) or 0
    )
    for row, found in zip(lines, claim.lines, strict=True):
        outcome, _, error = row["outcome"].partition(":")
        if outcome == "priced":
            assert isinstance(found, Payment), (case, found)
            assert amounts(found) == expected_amounts(row), (case, row["title"])
            assert found.release.name == row["release"]
            assert (
                found.setting == {"F": "facility", "N": "non-facility"}[row["setting"]]
            )
        else:
            assert isinstance(found, cptkit.NotPriced), (case, found)
            if outcome == "error":
                reason = ERRORS.get(error, error.upper().replace("-", "_"))
                assert found.reason.name == reason, (case, found)
            else:
                assert outcome in KINDS
                assert found.kind == outcome, (case, found)


@pytest.mark.skipif(not CASES, reason="the worked cases are not at hand")
@pytest.mark.parametrize(
    ("case", "lines"),
    [(case, lines) for case, lines in CASES if len(lines) == 1],
    ids=[case for case, lines in CASES if len(lines) == 1],
)
def test_a_line_alone_is_a_claim_of_one(case: str, lines: list[dict[str, str]]) -> None:
    """`price` and `price_claim` agree on every single-line case."""
    line, owed = line_of(lines[0]), money(lines[0]["deductible"]) or 0
    given = line.to_dict()
    claim = cptkit.price_claim([line], deductible=owed)
    try:
        alone: object = cptkit.price(
            given.pop("code"), given.pop("modifiers", ()), deductible=owed, **given
        )
    except cptkit.NotPriced as error:
        alone = error
    one = claim.lines[0]
    if isinstance(one, Payment):
        assert isinstance(alone, Payment), case
        assert amounts(alone) == amounts(one)
        assert alone.steps == one.steps
    else:
        assert alone == one
