"""A distribution and a comparison as HTML: the strip, its figures, and a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cards import card, table
from .markup import Markup, tag
from .svg import is_wide, strip

if TYPE_CHECKING:
    from .._compare import Comparison
    from .._distribution import Distribution, Value

_QUANTILES = (10, 25, 50, 75, 90)
_LOGARITHMIC = "Drawn on a logarithmic scale."


def distribution_card(held: Distribution) -> Markup:
    """A distribution: the strip, and what the usual percentiles are."""
    count = f"{len(held):,} value{'' if len(held) == 1 else 's'}"
    rows = [(f"{p}th percentile", held.quantile(p)) for p in _QUANTILES]
    return card(
        "Distribution",
        count,
        *strip_with_legend(held, None, count),
        table(("Percentile, interpolated", "Value"), rows),
    )


def comparison_card(found: Comparison) -> Markup:
    """A comparison: where the code stands, in words and in the strip."""
    return card(
        f"{found.number} among {found.among}",
        f"{found.standing} percentile",
        *comparison_parts(found),
        tag("p", found.code.release.name, class_="note"),
    )


def comparison_parts(found: Comparison) -> tuple[Markup | None, ...]:
    """The sentence, the strip with the code marked, and what was counted."""
    spoken = f"{found.population:,} codes of {found.among} by {found.measured}"
    return (
        tag("p", found.text),
        *strip_with_legend(found.distribution, (found.number, found.value), spoken),
        tag("p", found.method, class_="note"),
    )


def strip_with_legend(
    held: Distribution, marked: tuple[str, Value] | None, spoken: str
) -> tuple[Markup | None, ...]:
    """The strip and the figures it shows; *marked* is a name and its value."""
    ends = f"lowest {held.minimum}, median {held.median}, highest {held.maximum}"
    name, value = marked or ("", None)
    one = f", {name} {value}" if marked else ""
    items = [
        tag("span", f"{name} {value}", class_="key-mark") if marked else None,
        tag("span", f"Median {held.median}", class_="key-median"),
        tag("span", f"Lowest {held.minimum}", class_="key-end"),
        tag("span", f"Highest {held.maximum}", class_="key-end"),
    ]
    return (
        strip(held, value, f"{spoken}: {ends}{one}"),
        tag("p", *items, class_="legend"),
        tag("p", _LOGARITHMIC, class_="note") if is_wide(held) else None,
    )
