"""Summaries as text, for a terminal or a report."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .._money import dollars, round_half_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from .log import WorkLog
    from .totals import Totals

_LABEL = 44


def short(value: Decimal | Fraction) -> str:
    """A number with two places, rounded half up, thousands marked.

    >>> short(Fraction(1318750, 1000)), short(Fraction(-1, 8))
    ('1,318.75', '-0.13')
    """
    exact = Fraction(value)
    hundredths = round_half_up(abs(exact.numerator) * 100, exact.denominator)
    return f"{dollars(-hundredths if exact < 0 else hundredths):,}"


def percent(share: Fraction) -> str:
    """A share in per cent with one place, rounded half up."""
    tenths = round_half_up(share.numerator * 1000, share.denominator)
    return f"{tenths // 10}.{tenths % 10} %"


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
    rows = [(name[:_LABEL], *rest) for name, *rest in total_rows(totals)]
    lines = columns([(totals.by, *TOTAL_HEADS), *rows])
    return "\n".join([*lines, totals.credit.says, *left_out(totals)])


def left_out(totals: Totals) -> list[str]:
    """What has no credit, in a sentence each; five at most are told."""
    told = [
        f"Not credited: entry {each.entry.id}, {each.entry.code} on {each.entry.on}:"
        f" {each.reason}"
        for each in totals.uncredited[:5]
    ]
    more = len(totals.uncredited) - len(told)
    return [*told, f"Not credited: {more:,} more"] if more else told


def log_text(log: WorkLog) -> str:
    """A log: its months, and what was found wrong in its file."""
    lines = [repr(log)[1:-1]]
    if len(log):
        lines.append(totals_text(log.wrvus(by="month")))
    lines += [f"Row {each.row} {each.kind}: {each.reason}" for each in log.problems]
    return "\n".join(lines)
