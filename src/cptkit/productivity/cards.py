"""Summaries as cards, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..render.parts import card, notes, table
from .numbers import rounded
from .text import (
    INCOME_HEADS,
    TOTAL_HEADS,
    income_notes,
    income_rows,
    left_out,
    pace_rows,
    problem_notes,
    short,
    total_rows,
    years_heads,
    years_note,
    years_rows,
)

if TYPE_CHECKING:
    from ..render.markup import Markup
    from .benchmark import Position
    from .goal import Pace
    from .income import Income
    from .log import WorkLog
    from .totals import Totals
    from .years import YearOverYear


def totals_card(totals: Totals) -> Markup:
    """Totals: a row each, the policy below."""
    return card(
        f"wRVUs by {totals.by}",
        f"{short(totals.total)} wRVUs",
        table((totals.by, *TOTAL_HEADS), total_rows(totals)),
        *notes((totals.credit.says, *left_out(totals.uncredited))),
    )


def log_card(log: WorkLog) -> Markup:
    """A log: its months, and what was found wrong in its file."""
    totals = log.wrvus(by="month")
    return card(
        "Work log",
        repr(log)[len("<WorkLog: ") : -1],
        table((totals.by, *TOTAL_HEADS), total_rows(totals)),
        *notes((*left_out(totals.uncredited), *problem_notes(log))),
    )


def pace_card(pace: Pace) -> Markup:
    """A pace, a row for each number."""
    return card(
        f"Goal of {pace.goal.year}, to {pace.as_of}",
        f"{short(pace.earned)} of {short(pace.goal.wrvus)} wRVUs",
        table(("", "wRVUs"), pace_rows(pace)),
        *notes(left_out(pace.totals.uncredited)),
    )


def years_card(found: YearOverYear) -> Markup:
    """Two years side by side."""
    growth = "" if found.growth is None else f"{rounded(100 * found.growth, 1)} % "
    return card(
        f"{found.earlier.year} and {found.later.year}",
        f"{growth}work on the same schedule",
        table(years_heads(found), years_rows(found)),
        *notes((years_note(found), *left_out(found.uncredited))),
    )


def position_card(position: Position) -> Markup:
    """A value among the survey's points."""
    benchmark = position.benchmark
    points = [(f"p{at}", f"{value:,}") for at, value in benchmark.points]
    where = position.beyond or f"percentile {position.percentile}"
    mine = (where, f"{position.value:,}")
    return card(benchmark.name, where, table(("", benchmark.of), [*points, mine]))


def income_card(found: Income) -> Markup:
    """The plans, and Medicare's amounts beside them."""
    return card(
        "Income",
        f"{short(found.wrvus)} wRVUs",
        table(INCOME_HEADS, income_rows(found)),
        *notes(income_notes(found)),
    )
