"""The pictures of a page: inline SVG without text, coloured by the page's style.

Every picture stretches to its place and carries its meaning as a label; the
figures stand beside it as text. Coordinates are integers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .markup import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_WIDTH = 1000
#: Style classes of work, practice expense and malpractice.
PARTS = ("work", "pe", "mp")


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
