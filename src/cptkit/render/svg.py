"""The pictures of a page: inline SVG without text, coloured by the page's style.

Every picture stretches to its place and carries its meaning as a label; the
figures stand beside it as text. Coordinates are integers.
"""

from __future__ import annotations

from fractions import Fraction
from math import log
from typing import TYPE_CHECKING

from .markup import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from .._distribution import Distribution, Value

_WIDTH = 1000
#: Style classes of work, practice expense and malpractice.
PARTS = ("work", "pe", "mp")
_BINS = 80
_HIGH = 100
#: The tallest bar; the marks rise above it.
_TALLEST = 84
#: From this ratio of highest to lowest on, a straight scale would hide the lower half.
_WIDE = 50


def stacked_bar(parts: Sequence[Decimal], largest: Decimal, label: str) -> Markup:
    """Parts of a total side by side; *largest* would take the whole width."""
    unit = Fraction(_WIDTH) / Fraction(largest)
    drawn: list[Markup] = []
    at = 0
    for part, name in zip(parts, PARTS, strict=True):
        width = int(unit * Fraction(part))
        drawn.append(_rectangle(name, at, 0, width, 10))
        at += width
    return _picture(drawn, 10, label, "bar")


def is_wide(held: Distribution) -> bool:
    """Whether the values are drawn on a logarithmic scale."""
    lowest = Fraction(held.minimum)
    return lowest > 0 and Fraction(held.maximum) / lowest >= _WIDE


def strip(held: Distribution, marked: Value | None, label: str) -> Markup:
    """How many values lie where, with the median and one value marked."""
    counts = [each.count for each in held.histogram(bin_edges(held, _BINS))]
    tallest, step = max(counts), _WIDTH / len(counts)
    drawn: list[Markup] = []
    for at, count in enumerate(counts):
        left, height = round(at * step), -(-_TALLEST * count // tallest)
        width = max(round((at + 1) * step) - left - 2, 1)
        if count:
            drawn.append(_rectangle("bars", left, _HIGH - height, width, height))
    drawn.append(_rectangle("median", _place(held, held.median), 0, 3, _HIGH))
    if marked is not None:
        drawn.append(_rectangle("mark", _place(held, marked), 0, 7, _HIGH))
    return _picture(drawn, _HIGH, label, "strip")


def bin_edges(held: Distribution, bins: int) -> int | list[Fraction]:
    """Bins of equal width as they are drawn: how many, or their edges."""
    if not is_wide(held):
        return bins
    low, high = Fraction(held.minimum), Fraction(held.maximum)
    ratio = float(high / low) ** (1 / bins)
    inner = (low * Fraction(ratio**at) for at in range(1, bins))
    return [low, *inner, high]


def _place(held: Distribution, value: Value) -> int:
    """Where a value lies from left to right; one beyond the ends stands at the end."""
    low, high = Fraction(held.minimum), Fraction(held.maximum)
    at = min(max(Fraction(value), low), high)
    if low == high:
        return _WIDTH // 2
    share = float((at - low) / (high - low))
    if is_wide(held):
        share = log(at / low) / log(high / low)
    return round(share * (_WIDTH - 7))


def step_line(held: Sequence[tuple[date, date, Decimal]], label: str) -> Markup:
    """Amounts, each from its first day to its last; where none is held, a gap."""
    amounts = [Fraction(amount) for _, _, amount in held]
    low, high = min(amounts), max(amounts)
    start = held[0][0].toordinal()
    days, spread = held[-1][1].toordinal() + 1 - start, high - low or 1
    path, reached = "", -1
    for (first, last, _), amount in zip(held, amounts, strict=True):
        left, right = first.toordinal() - start, last.toordinal() + 1 - start
        y = 5 + int((_HIGH - 10) * (high - amount) / spread)
        path += f"V{y}" if left == reached else f"M{_WIDTH * left // days},{y}"
        path += f"H{_WIDTH * right // days}"
        reached = right
    line = tag("path", class_="line", d=path, fill="none")
    return _picture([line], _HIGH, label, "spark")


def _picture(drawn: Sequence[Markup], height: int, label: str, name: str) -> Markup:
    return tag(
        "svg",
        *drawn,
        class_=name,
        viewBox=f"0 0 {_WIDTH} {height}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )


def _rectangle(name: str, x: int, y: int, width: int, height: int) -> Markup:
    return tag("rect", class_=name, x=x, y=y, width=width, height=height)
