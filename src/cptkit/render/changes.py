"""Changes as HTML: a code's history, one change, a release's, and a year's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cards import card, table
from .markup import Markup, tag
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
#: How many of the largest rises and falls a card shows.
_SHOWN = 5


def dollars(value: Decimal | None) -> str:
    """An amount of either sign, as people write it; nothing where there is none.

    >>> from decimal import Decimal
    >>> dollars(Decimal("-1234.50"))
    '-$1,234.50'
    """
    return "" if value is None else f"${value:,}".replace("$-", "-$")


def history_card(past: History) -> Markup:
    """A code's history: the line of its payment, and its years."""
    name = "-".join(filter(None, (past.number, past.modifier)))
    return card(f"History of {name}", "National payment", *history_parts(past))


def history_parts(past: History) -> tuple[Markup | None, ...]:
    """The line of the payment outside a facility, and a table of the years."""
    if not past.entries:
        return (tag("p", "In no release at hand."),)
    heads = (
        *("Year", "Release", "Work RVUs"),
        *("Total RVUs", "Non-facility", "Facility"),
    )
    rows = [
        (
            each.release.effective.year,
            each.release.name,
            each.rvus.work,
            each.rvus.total_nonfacility,
            dollars(each.nonfacility),
            dollars(each.facility),
        )
        for each in past.years
    ]
    return (
        _line(past),
        table(heads, rows, class_="years"),
        tag(
            "p", "The last release of each year; payments are national.", class_="note"
        ),
    )


def _line(past: History) -> Markup | None:
    points = [
        (each.release.effective, each.nonfacility)
        for each in past.entries
        if each.nonfacility
    ]
    if len(points) < 2:
        return None
    amounts = [amount for _, amount in points]
    first, last = points[0], points[-1]
    spoken = (
        f"National payment outside a facility, {first[0].year} to {last[0].year}:"
        f" from ${first[1]:,} to ${last[1]:,}, lowest ${min(amounts):,}, highest"
        f" ${max(amounts):,}"
    )
    return step_line(points, past.entries[-1].release.ends, spoken)


def change_card(change: Change) -> Markup:
    """One change: before, after, and its causes."""
    rows = [
        (f"Before, {change.start}", dollars(change.before)),
        *zip(_CAUSES, map(dollars, _effects(change)), strict=True),
        (f"After, {change.end}", dollars(change.after)),
    ]
    return card(
        f"{change.name}, {change.start} to {change.end}",
        dollars(change.change),
        table(("", "Dollars"), rows),
        tag("p", _ORDER, class_="note"),
    )


def diff_card(found: Diff) -> Markup:
    """What a release changes: counts, and the largest rises and falls."""
    ordered = sorted(found.repriced, key=lambda each: (each.change, each.name))
    largest = (
        [*ordered[:_SHOWN], *ordered[-_SHOWN:]]
        if len(ordered) > 2 * _SHOWN
        else (ordered)
    )
    return card(
        "Change of release",
        f"{found.start.name} to {found.end.name}",
        tag("p", found.text),
        _changes([(each, None) for each in reversed(largest)]),
        tag("p", _ORDER, class_="note"),
    )


def impact_card(found: Impact) -> Markup:
    """What a release does to a year."""
    lines = [(line.change, line.units) for line in found.lines]
    notes = (tag("p", f"{name}: {why}", class_="note") for name, why in found.unpriced)
    return card(
        f"A year, {found.diff.start.name} to {found.diff.end.name}",
        dollars(found.change),
        tag("p", found.text),
        _changes(lines),
        *notes,
        tag("p", _ORDER, class_="note"),
    )


def _effects(change: Change) -> tuple[Decimal, ...]:
    return change.rvu_effect, change.gpci_effect, change.conversion_factor_effect


def _changes(lines: Sequence[tuple[Change, int | None]]) -> Markup | None:
    """A row for each change; a column of units where there are any."""
    if not lines:
        return None
    counted = any(units is not None for _, units in lines)
    heads = ("Code", *(["Units"] if counted else []), "Before", "After", "Change")
    rows = [
        (
            change.name,
            *([f"{units:,}"] if counted else []),
            *map(dollars, (change.before, change.after, change.change)),
            *map(dollars, _effects(change)),
        )
        for change, units in lines
    ]
    held = table((*heads, *_CAUSES), rows, class_="years")
    return tag("div", held, class_="wide")
