"""A distribution and a comparison as HTML: the strip, its figures, and a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .markup import Markup, tag
from .parts import card, table
from .svg import is_wide, strip

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from .._compare import Comparison
    from .._distribution import Distribution

_QUANTILES = (10, 25, 50, 75, 90)
_LOGARITHMIC = "Drawn on a logarithmic scale."


def distribution_card(held: Distribution) -> Markup:
    """A distribution: the strip, and what the usual percentiles are."""
    count = f"{len(held):,} value{'' if len(held) == 1 else 's'}"
    rows = [(f"{p}th percentile", held.quantile(p)) for p in _QUANTILES]
    return card(
        "Distribution",
        count,
        *_strip(held, None, count, str),
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
    marked = found.number, found.value
    spoken = f"{found.population:,} codes of {found.among} by {found.measured}"
    return (
        tag("p", found.text),
        *_strip(found.distribution, marked, spoken, found.amount),
        tag("p", found.method, class_="note"),
    )


def _strip(
    held: Distribution,
    marked: tuple[str, Decimal] | None,
    spoken: str,
    told: Callable[[Any], str],
) -> tuple[Markup | None, ...]:
    """The strip and the figures it shows; *marked* is a name and its value."""
    name, value = marked or ("", None)
    ends = (
        ("Median", held.median, "key-median"),
        ("Lowest", held.minimum, "key-end"),
        ("Highest", held.maximum, "key-end"),
    )
    items = [(name, value, "key-mark"), *ends] if marked else ends
    legend = [(f"{label} {told(number)}", key) for label, number, key in items]
    figures = ", ".join(text.lower() for text, _ in legend)
    return (
        strip(held, value, f"{spoken}: {figures}"),
        tag(
            "p",
            *(tag("span", text, class_=key) for text, key in legend),
            class_="legend",
        ),
        tag("p", _LOGARITHMIC, class_="note") if is_wide(held) else None,
    )
