"""The page as Markdown, for a wiki or an issue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._history import YEAR_HEADS, YEAR_NOTE, year_rows
from .._page import NO_TEXT, NOTICES
from .._page_rows import SETTINGS, amount
from .._rvus import by_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._page import Page

_SPECIAL = re.compile(r"([\\`*_\[\]|#~!])")


def render(page: Page) -> str:
    """The page as Markdown; every text is escaped."""
    parts = (
        _head,
        _payment,
        _rvus,
        _others,
        _years,
        _indicators,
        _points,
        _faq,
        _notices,
    )
    blocks = [block for part in parts for block in part(page)]
    return "\n\n".join(blocks) + "\n"


def _text(text: object) -> str:
    """Text that Markdown and HTML leave as it is."""
    plain = " ".join(str(text).split())
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", plain)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], align: str) -> str:
    rule = "|".join({"l": " --- ", "r": " ---: "}[each] for each in align)
    body = ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(heads) + " |", f"|{rule}|", *body])


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_text(each)}" for each in texts)


def _head(page: Page) -> Iterable[str]:
    code = page.code
    yield f"# {page.kind} {_text(page.number)}: {_text(page.heading)}"
    yield _text(" > ".join(page.path))
    yield _text(code.description or NO_TEXT)
    named = (*page.words, ("Who", ", ".join(code.specialties)))
    words = [f"- **{name}:** {_text(text)}" for name, text in named if text]
    if words:
        yield "\n".join(words)


def _payment(page: Page) -> Iterable[str]:
    yield f"## {page.amounts_label}"
    yield _text(page.dates)
    if page.refusal is None:
        rows = [
            (row.label, prices.label, *map(amount, prices.answers))
            for row in page.rows
            for prices in row.prices
        ]
        heads = ("Service", "Place", *(each.capitalize() for each in SETTINGS))
        yield _table(heads, rows, "llrr")
    notes = (page.example, page.status_note, *page.warnings)
    yield from (_text(each) for each in notes if each)


def _rvus(page: Page) -> Iterable[str]:
    rvus = page.rows[0].rvus
    if not rvus.total_nonfacility and not rvus.total_facility:
        return
    yield "## Relative value units"
    rows = [
        (name, rvus.work, pe, rvus.mp, total) for name, pe, total in by_setting(rvus)
    ]
    heads = ("Setting", "Work", "Practice expense", "Malpractice", "Total")
    yield _table(heads, rows, "lrrrr")


def _others(page: Page) -> Iterable[str]:
    if page.comparison is not None:
        yield "## How it compares"
        yield _text(page.comparison.text)
        yield _text(page.comparison.method)


def _years(page: Page) -> Iterable[str]:
    if page.history is not None:
        yield "## Through the years"
        yield _table(YEAR_HEADS, year_rows(page.history), "lrrrr")
        yield _text(YEAR_NOTE)


def _indicators(page: Page) -> Iterable[str]:
    yield "## Indicators"
    yield _table(("Indicator", "CMS", "Meaning"), page.indicators, "lll")


def _points(page: Page) -> Iterable[str]:
    for title, points in page.points:
        if points:
            yield f"## {title}"
            yield _bullets(points)


def _faq(page: Page) -> Iterable[str]:
    if page.faq:
        yield "## Questions"
    for each in page.faq:
        yield f"**{_text(each.question)}**\n{_text(each.answer)}"


def _notices(page: Page) -> Iterable[str]:
    yield "## Sources and notices"
    yield _bullets((*page.sources, *NOTICES))
