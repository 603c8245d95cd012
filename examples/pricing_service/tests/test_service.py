"""The service as its users meet it: over HTTP, good requests and bad."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pricing_service.app import create_app
from pricing_service.settings import Settings

import cptkit

WHERE = {"zip": "60601", "on": "2026-08-03", "pos": "11"}


def client(**settings: Any) -> TestClient:
    """A client of a service with these settings."""
    return TestClient(create_app(Settings(**settings)))


def posted(*lines: dict[str, Any], **fields: Any) -> Any:
    """The answer to a claim of these lines."""
    return client().post("/claims", json={**WHERE, "lines": lines, **fields})


def test_a_claim_is_priced_as_the_library_prices_it() -> None:
    """Lines lower each other; amounts are text with two places."""
    answer = posted({"code": "99214-25"}, {"code": "11042"}, {"code": "11043"})
    claim = cptkit.price_claim(["99214-25", "11042", "11043"], **WHERE)
    told = answer.json()
    assert answer.status_code == 200
    assert told["allowed"] == str(claim.allowed)
    assert [line["allowed"] for line in told["lines"]] == [
        str(line.allowed) for line in claim.payments
    ]
    alone = cptkit.price("11042", **WHERE).allowed
    assert Decimal(told["lines"][1]["allowed"]) < alone
    assert told["lines"][0]["steps"][0].endswith("-> 142.45")


def test_a_line_without_an_amount_is_an_answer() -> None:
    """The other line keeps its price; the reason is for the program."""
    told = posted({"code": "99396"}, {"code": "99214"}).json()
    assert told["lines"][0]["reason"] == "NON_COVERED"
    assert told["lines"][0]["allowed"] is None
    assert told["lines"][1]["priced"]
    assert told["allowed"] == told["lines"][1]["allowed"]


def test_what_a_line_says_wins_over_its_claim() -> None:
    """A line of its own date, charge and modifiers."""
    told = posted(
        {"code": "99214", "on": "2025-10-15", "modifiers": ["25"], "charge": "100.10"}
    ).json()
    assert told["lines"][0]["release"] == "RVU25D"
    assert told["lines"][0]["allowed"] == "100.10"


def test_what_a_payer_may_question_is_told() -> None:
    """Two units of a code that one is likely of."""
    told = posted({"code": "11042", "units": 2}).json()
    assert any("medically unlikely" in finding for finding in told["findings"])


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("zip", {"zip": "6060"}),
        ("pos", {"pos": "office"}),
        ("on", {"on": "2026-13-03"}),
        ("deductible", {"deductible": "-1"}),
        ("colour", {"colour": "blue"}),
        ("lines", {"lines": []}),
        ("units", {"lines": [{"code": "99214", "units": 0}]}),
        ("charge", {"lines": [{"code": "99214", "charge": "1.005"}]}),
        ("code", {"lines": [{"code": ""}]}),
    ],
)
def test_what_cannot_be_read_names_its_field(
    field: str, fields: dict[str, Any]
) -> None:
    """422, and where it is."""
    answer = posted({"code": "99214"}, **fields)
    assert answer.status_code == 422
    assert field in answer.json()["detail"][0]["loc"]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And decide what is refused."""
    monkeypatch.setenv("MAX_LINES", "1")
    monkeypatch.setenv("STRICT", "true")
    asked = {**WHERE, "on": "2026-11-02", "lines": [{"code": "99214"}]}
    told = client().post("/claims", json=asked).json()
    assert told["lines"][0]["reason"] == "DATE_NOT_COVERED"
    asked["lines"] = [{"code": "99214"}, {"code": "99213"}]
    answer = client().post("/claims", json=asked)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "lines: at most 1, not 2"


def test_a_code_and_one_that_is_none() -> None:
    """404 says what was expected."""
    told = client().get("/codes/96521").json()
    assert told["title"] == cptkit.code("96521").title
    answer = client().get("/codes/99999")
    assert answer.status_code == 404
    assert "99999" in answer.json()["detail"]


def test_health_says_what_answers() -> None:
    """The version and the newest release."""
    told = client().get("/health").json()
    assert told["cptkit"] == cptkit.__version__
    assert told["newest_release"] == cptkit.schedule().release.name
