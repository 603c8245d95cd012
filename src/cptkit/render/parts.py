"""What pages and cards are made of: sections, lists, tables and the card itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .markup import Markup, joined, tag
from .style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def style(sheet: str) -> Markup:
    """A style sheet of this package's own, which needs no escaping."""
    return Markup(f"<style>{sheet}</style>")


def section(title: str, *children: Markup | None) -> Markup | None:
    """A section with its heading; None where it would be empty."""
    held = [child for child in children if child]
    if not held:
        return None
    return tag("section", tag("h2", title), tag("div", *held))


def points(texts: Iterable[str]) -> Markup | None:
    """Texts as a list; None where there are none."""
    items = [tag("li", each) for each in texts]
    return tag("ul", *items) if items else None


def chips(texts: Iterable[str]) -> Markup | None:
    """Short names side by side; None where there are none."""
    items = [tag("li", each) for each in texts]
    return tag("ul", *items, class_="chips") if items else None


def notes(texts: Iterable[str]) -> Iterable[Markup]:
    """Texts in small print, a paragraph each."""
    return (tag("p", each, class_="note") for each in texts)


def card(number: str, title: str, *children: Markup | None) -> Markup:
    """A card: a small line, its title, and what stands below."""
    held = (
        tag("p", number, class_="number"),
        tag("p", title, class_="title"),
        *children,
    )
    return joined((style(STYLE), tag("div", *held, class_="cptkit card")))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], class_: str | None = None
) -> Markup:
    """A table whose first column names the rows."""
    head = tag("tr", *(tag("th", each, scope="col") for each in heads))
    body = (
        tag("tr", tag("th", name, scope="row"), *(tag("td", each) for each in cells))
        for name, *cells in rows
    )
    return tag("table", tag("thead", head), tag("tbody", *body), class_=class_)
