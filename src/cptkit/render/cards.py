"""What a notebook shows of a code, a payment, a claim or a schedule: small cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._locality import NATIONAL
from .._page import NO_TEXT, NOT_MEDICARE
from .._page_rows import place_name
from .._parse import hyphenated
from ..errors import NotPriced
from .html import price_table, rvu_bars, steps
from .markup import Markup, joined, tag
from .parts import card, notes, table

if TYPE_CHECKING:
    from decimal import Decimal

    from .._page import Page
    from .._schedule import FeeSchedule
    from ..pricing.claim import Claim
    from ..pricing.payment import Payment


def code_card(page: Page) -> Markup:
    """A code: its name, what it pays nationally, its RVUs."""
    refused = page.refusal is not None
    return card(
        f"{page.kind} {page.number}",
        page.heading,
        tag("p", page.code.description or NO_TEXT),
        tag("p", page.status_note, class_="callout") if page.status_note else None,
        tag("p", page.amounts_label, class_="note") if not refused else None,
        price_table(page.rows[:1]) if not refused else None,
        tag("p", page.example, class_="note") if page.example else None,
        *rvu_bars(page.rows[0].rvus),
        tag("p", page.dates, class_="note"),
    )


def payment_card(payment: Payment) -> Markup:
    """A payment: who pays what, and every step."""
    from ..pricing.reference import ReferenceValue

    about = f"{payment.setting}, {_place(payment)}, {payment.release.name}"
    if isinstance(payment, ReferenceValue):
        rows = [("Reference value", payment.allowed)]
        note = tag("p", NOT_MEDICARE, class_="callout")
    else:
        rows = [
            ("Allowed", payment.allowed),
            ("The patient pays", payment.patient_pays),
            ("Medicare pays", payment.medicare_pays),
        ]
        note = None
    return card(
        hyphenated(payment.code, *payment.modifiers),
        f"${payment.allowed:,}",
        tag("p", about, class_="note"),
        note,
        table(("Amount", "Dollars"), [(name, _dollars(value)) for name, value in rows]),
        tag("details", tag("summary", "Step by step"), steps(payment)),
        *notes(payment.warnings),
    )


def _place(payment: Payment) -> str:
    if payment.locality is not None:
        return place_name(payment.locality)
    return "nationally" if payment.gpci == NATIONAL else "with the indices given"


def claim_card(claim: Claim) -> Markup:
    """A claim: a row for each line, the totals, what must be said."""
    heads = ("Line", "Allowed", "The patient pays", "Medicare pays")
    rows = [_claim_row(line) for line in claim.lines]
    totals = (claim.allowed, claim.patient_pays, claim.medicare_pays)
    rows.append(("Together", *map(_dollars, totals)))
    count = len(claim.lines)
    return card(
        f"Claim of {count} line{'' if count == 1 else 's'}",
        f"${claim.allowed:,}",
        table(heads, rows),
        *notes(claim.warnings),
    )


def _claim_row(line: Payment | NotPriced) -> tuple[object, ...]:
    if isinstance(line, NotPriced):
        why = tag("span", line.message, class_="na")
        return joined((line.code, why)), "not paid", "", ""
    name = hyphenated(line.code, *line.modifiers)
    amounts = (line.allowed, line.patient_pays, line.medicare_pays)
    return (name, *map(_dollars, amounts))


def schedule_card(schedule: FeeSchedule) -> Markup:
    """A fee schedule: its dates, its size, its file."""
    release = schedule.release
    facts = (
        ("Dates of service", f"{release.effective} to {release.ends}"),
        ("Conversion factor", f"${release.conversion_factor}"),
        ("Codes", f"{release.codes:,}"),
        ("Localities", len(schedule.localities)),
        ("sha256", release.sha256),
    )
    terms = [joined((tag("dt", name), tag("dd", fact))) for name, fact in facts]
    return card("Fee schedule", release.name, tag("dl", *terms, class_="words"))


def _dollars(value: Decimal) -> Markup:
    return tag("span", f"${value:,}", class_="amount")
