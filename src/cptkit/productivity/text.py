"""Summaries as text, for a terminal or a report."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from .numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from fractions import Fraction

    from .goal import Pace
    from .income import Income
    from .log import WorkLog
    from .totals import Totals, Uncredited
    from .years import YearOverYear

_LABEL = 44


def short(value: Decimal | Fraction) -> str:
    """A number with two places, rounded half up, thousands marked.

    >>> from fractions import Fraction
    >>> short(Fraction(131875, 100)), short(Fraction(-1, 8))
    ('1,318.75', '-0.13')
    """
    return f"{rounded(value):,}"


def clipped(text: str, width: int) -> str:
    """A text that is too wide, cut after a word."""
    return shorten(text, width, placeholder=" ...") if len(text) > width else text


def percent(share: Fraction) -> str:
    """A share in per cent with one place, rounded half up."""
    return f"{rounded(100 * share, 1)} %"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def total_rows(totals: Totals) -> list[tuple[str, ...]]:
    """The rows of totals as text, the whole last."""
    rows = [
        (
            row.label if row.label == row.key else f"{row.key} {row.label}".strip(),
            f"{row.entries:,}",
            f"{row.units:,}",
            short(row.wrvus),
            percent(row.share),
        )
        for row in totals
    ]
    entries = sum(row.entries for row in totals)
    units = sum(row.units for row in totals)
    whole = ("together", f"{entries:,}", f"{units:,}", short(totals.total), "")
    return [*rows, whole]


#: The heads of `total_rows`, behind what the totals are taken by.
TOTAL_HEADS = ("entries", "units", "wRVUs", "share")


def totals_text(totals: Totals) -> str:
    """Totals: a row each, the whole, the policy, what has no credit."""
    rows = [(clipped(name, _LABEL), *rest) for name, *rest in total_rows(totals)]
    lines = columns([(totals.by, *TOTAL_HEADS), *rows])
    return "\n".join([*lines, totals.credit.says, *left_out(totals.uncredited)])


def left_out(uncredited: Sequence[Uncredited]) -> list[str]:
    """What has no credit, in a sentence each; five at most are told."""
    told = [
        f"Not credited: entry {each.entry.id}, {each.entry.code} on {each.entry.on}:"
        f" {each.reason}"
        for each in uncredited[:5]
    ]
    more = len(uncredited) - len(told)
    return [*told, f"Not credited: {more:,} more"] if more else told


def log_text(log: WorkLog) -> str:
    """A log: its months, and what was found wrong in its file."""
    lines = [repr(log)[1:-1]]
    if len(log):
        lines.append(totals_text(log.wrvus(by="month")))
    return "\n".join([*lines, *problem_notes(log)])


def problem_notes(log: WorkLog) -> list[str]:
    """What was found wrong in a log's file: five rows of each kind, and how many."""
    notes: list[str] = []
    for kind in ("rejected", "repaired", "duplicate"):
        found = [each for each in log.problems if each.kind == kind]
        notes += [f"Row {each.row} {kind}: {each.reason}" for each in found[:5]]
        if len(found) > 5:
            notes.append(f"{len(found) - 5:,} more rows {kind}")
    return notes


def pace_rows(pace: Pace) -> list[tuple[str, str]]:
    """What a pace says, a name and a number each."""
    days = pace.days_done + pace.days_left
    rows = [
        ("goal", pace.goal.wrvus),
        ("earned", pace.earned),
        (f"expected after {pace.days_done} of {days} working days", pace.expected),
        ("ahead" if pace.ahead >= 0 else "behind", abs(pace.ahead)),
        ("earned a working day", pace.per_day),
        ("projected at that rate", pace.projected),
        (f"required a day for the {pace.days_left} left", pace.required_per_day),
    ]
    return [(name, "none" if value is None else short(value)) for name, value in rows]


def pace_text(pace: Pace) -> str:
    """A pace, a line for each number."""
    head = f"Pace towards {pace.goal.wrvus} wRVUs in {pace.goal.year}, to {pace.as_of}"
    rows = columns(pace_rows(pace))
    return "\n".join([head, *rows, *left_out(pace.totals.uncredited)])


def years_rows(found: YearOverYear) -> list[tuple[str, str, str, str]]:
    """Two years and their difference, on either schedule."""
    one, other = found.earlier, found.later
    return [
        (
            "each on its own schedule",
            short(one.own.total),
            short(other.own.total),
            short(found.change),
        ),
        (
            f"both on {found.release}",
            short(one.same.total),
            short(other.same.total),
            short(found.work),
        ),
        ("the schedule's own change", "", "", short(found.schedule)),
    ]


def years_heads(found: YearOverYear) -> tuple[str, str, str, str]:
    """The heads of `years_rows`."""
    return ("wRVUs", str(found.earlier.year), str(found.later.year), "change")


def years_note(found: YearOverYear) -> str:
    """The days that are compared."""
    one, other = found.earlier, found.later
    return f"{one.first} to {one.last} beside {other.first} to {other.last}."


def years_text(found: YearOverYear) -> str:
    """Two years side by side."""
    rows = columns([years_heads(found), *years_rows(found)])
    return "\n".join([*rows, years_note(found), *left_out(found.uncredited)])


def income_rows(found: Income) -> list[tuple[str, str, str, str]]:
    """A row for each plan."""
    return [
        (
            each.plan.name,
            f"${short(each.pay)}",
            "" if each.per_wrvu is None else f"${short(each.per_wrvu)}",
            f"${short(each.balance)}" if each.plan.draw else "",
        )
        for each in found.pays
    ]


#: The heads of `income_rows`.
INCOME_HEADS = ("plan", "pay", "a wRVU", "beyond the draw")


def income_notes(found: Income) -> list[str]:
    """What stands beside the plans."""
    notes = [
        f"Medicare allows ${short(found.medicare_allowed)} for the same work"
        f" ({found.where}), each entry priced alone.",
        found.credit.says,
    ]
    for each in found.unpriced[:5]:
        notes.append(
            f"No Medicare amount: entry {each.entry.id}, {each.entry.code}:"
            f" {each.reason}"
        )
    more = len(found.unpriced) - 5
    if more > 0:
        notes.append(f"No Medicare amount: {more:,} more")
    return [*notes, *left_out(found.uncredited)]


def income_text(found: Income) -> str:
    """The plans, and Medicare's amounts beside them."""
    head = f"Pay for {short(found.wrvus)} wRVUs"
    rows = columns([INCOME_HEADS, *income_rows(found)])
    return "\n".join([head, *rows, *income_notes(found)])
