"""Changes as HTML: a code's history, one change, a release's, and a year's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._history import YEAR_HEADS, YEAR_NOTE, year_rows
from .._money import dollars, in_dollars
from .._parse import hyphenated
from .markup import Markup, joined, tag
from .parts import card, table
from .svg import step_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from .._change import Change
    from .._diff import Diff
    from .._history import History
    from .._impact import Impact

_CAUSES = ("By RVUs", "By geographic indices", "By the conversion factor")
_ORDER = (
    "Causes in this order, each at what the last left: RVUs, geographic indices,"
    " conversion factor. They sum to the change, to the cent."
)
_GAPS = " The line breaks where no release is at hand."
#: How many of the largest rises and falls a card shows.
_SHOWN = 5


def history_card(past: History) -> Markup:
    """A code's history: the line of its payment, and its years."""
    name = hyphenated(past.number, past.modifier)
    return card(f"History of {name}", "National payment", *history_parts(past))


def history_parts(past: History) -> tuple[Markup | None, ...]:
    """The line of the payment outside a facility, and a table of the years."""
    if not past.entries:
        return (tag("p", "In no release at hand."),)
    return (
        _line(past),
        table(YEAR_HEADS, year_rows(past), class_="years"),
        tag("p", YEAR_NOTE, _GAPS, class_="note"),
    )


def _line(past: History) -> Markup | None:
    held = [
        (each.release.effective, each.release.ends, each.nonfacility)
        for each in past
        if each.nonfacility
    ]
    if len(held) < 2:
        return None
    amounts = [amount for _, _, amount in held]
    spoken = (
        f"National payment outside a facility, {held[0][0].year} to"
        f" {held[-1][0].year}: from ${amounts[0]:,} to ${amounts[-1]:,}, lowest"
        f" ${min(amounts):,}, highest ${max(amounts):,}"
    )
    return step_line(held, spoken)


def change_card(change: Change) -> Markup:
    """One change: before, after, and its causes."""
    rows = [
        (f"Before, {change.start}", in_dollars(change.before)),
        *zip(_CAUSES, map(in_dollars, _effects(change)), strict=True),
        (f"After, {change.end}", in_dollars(change.after)),
    ]
    return card(
        f"{change.name}, {change.start} to {change.end}",
        in_dollars(change.change),
        table(("", "Dollars"), rows),
        tag("p", _ORDER, class_="note"),
    )


def diff_card(found: Diff) -> Markup:
    """What a release changes: counts, and the largest rises and falls."""
    ordered = sorted(found.repriced, key=lambda each: (each.change, each.name))
    largest = ordered[:_SHOWN] + ordered[_SHOWN:][-_SHOWN:]
    rows = [
        (each.name, _beside(each.change, each), *map(in_dollars, _effects(each)))
        for each in reversed(largest)
    ]
    return card(
        "Change of release",
        f"{found.start.name} to {found.end.name}",
        tag("p", found.text),
        *_changes("Largest", rows),
    )


def impact_card(found: Impact) -> Markup:
    """What a release does to a year: each service's part of the change."""
    rows = [
        (
            joined((line.change.name, _under(f"{line.units:,} units"))),
            _beside(line.total, line.change),
            *map(in_dollars, map(dollars, line.effects[1:])),
        )
        for line in found.lines
    ]
    notes = (tag("p", f"{name}: {why}", class_="note") for name, why in found.unpriced)
    return card(
        f"A year, {found.diff.start.name} to {found.diff.end.name}",
        in_dollars(found.change),
        tag("p", found.text),
        *_changes("Service", rows),
        *notes,
    )


def _effects(change: Change) -> tuple[Decimal, ...]:
    return change.rvu_effect, change.gpci_effect, change.conversion_factor_effect


def _under(text: str) -> Markup:
    return tag("span", text, class_="na")


def _beside(total: Decimal, change: Change) -> Markup:
    """A change, and under it what one service pays before and after."""
    one = f"{in_dollars(change.before)} to {in_dollars(change.after)}"
    return joined((in_dollars(total), _under(one)))


def _changes(first: str, rows: Sequence[Sequence[object]]) -> tuple[Markup, ...]:
    """A row for each change, with its causes; nothing where there is none."""
    if not rows:
        return ()
    heads = (first, "Change", "RVUs", "GPCI", "Factor")
    return table(heads, rows, class_="years"), tag("p", _ORDER, class_="note")
