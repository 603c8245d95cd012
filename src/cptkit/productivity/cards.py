"""Summaries as cards, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..render.cards import _card as card
from ..render.cards import _notes as notes
from ..render.cards import _table as table
from .text import TOTAL_HEADS, left_out, short, total_rows

if TYPE_CHECKING:
    from ..render.markup import Markup
    from .log import WorkLog
    from .totals import Totals


def totals_card(totals: Totals) -> Markup:
    """Totals: a row each, the policy below."""
    return card(
        f"wRVUs by {totals.by}",
        f"{short(totals.total)} wRVUs",
        table((totals.by, *TOTAL_HEADS), total_rows(totals)),
        *notes((totals.credit.says, *left_out(totals))),
    )


def log_card(log: WorkLog) -> Markup:
    """A log: its months, and what was found wrong in its file."""
    totals = log.wrvus(by="month")
    found = [f"Row {each.row} {each.kind}: {each.reason}" for each in log.problems]
    return card(
        "Work log",
        repr(log)[len("<WorkLog: ") : -1],
        table((totals.by, *TOTAL_HEADS), total_rows(totals)),
        *notes((*left_out(totals), *found)),
    )
