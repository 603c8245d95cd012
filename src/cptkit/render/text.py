"""The page for a terminal: plain text, no colour, as wide as asked."""

from __future__ import annotations

import textwrap
from fractions import Fraction
from typing import TYPE_CHECKING

from .._history import YEAR_HEADS, YEAR_NOTE, year_rows
from .._page import NO_TEXT, NOTICES
from .._page_rows import amount
from .._rvus import by_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from .._page import Page
    from .._page_rows import PlacePrices

_INDENT = "  "
_HEADS = ("   work", "practice", "malpractice", "  total")
_AMOUNT = 13
#: What the few characters beyond ASCII become where a terminal cannot show them.
_PLAIN = {
    "\N{FULL BLOCK}": "#",
    "\N{MEDIUM SHADE}": "=",
    "\N{LIGHT SHADE}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
}
_PARTS = ("\N{FULL BLOCK}", "\N{MEDIUM SHADE}", "\N{LIGHT SHADE}")


def render(page: Page, width: int, *, ascii_only: bool) -> str:
    """The page as text, each line at most *width* columns where words allow."""
    parts = (
        _head,
        _words,
        _payment,
        _rvus,
        _others,
        _years,
        _indicators,
        _points,
        _faq,
        _notices,
    )
    blocks = ("\n".join(block) for part in parts if (block := list(part(page, width))))
    text = "\n\n".join(blocks) + "\n"
    if not ascii_only:
        return text
    text = "".join(_PLAIN.get(each, each) for each in text)
    return text.encode("ascii", "replace").decode("ascii")


def _wrapped(text: str, width: int, indent: str = "", hang: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=hang or indent,
        break_on_hyphens=False,
    )


def _named(name: str, text: str, width: int) -> list[str]:
    """A name and what belongs to it, the text in a column of its own."""
    column = f"{name:<17}"
    return _wrapped(text, width, column, " " * len(column))


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return [title, *body] if body else []


def _head(page: Page, width: int) -> list[str]:
    return [
        *_wrapped(f"{page.kind} {page.number}  {page.heading}", width, "", _INDENT),
        *_wrapped(" > ".join(page.path), width, "", _INDENT),
        page.dates,
    ]


def _words(page: Page, width: int) -> list[str]:
    code = page.code
    found = _wrapped(code.description or NO_TEXT, width)
    named = (*page.words, ("Who", ", ".join(code.specialties)))
    lines = [line for name, text in named if text for line in _named(name, text, width)]
    return [*found, "", *lines] if lines else found


def _payment(page: Page, width: int) -> list[str]:
    note = page.status_note
    if page.refusal is not None:
        return _titled(page.amounts_label, _wrapped(note or "", width, _INDENT))
    label = width - 2 * _AMOUNT
    head = f"{page.amounts_label:<{label}}{'non-facility':>{_AMOUNT}}"
    lines = [f"{head}{'facility':>{_AMOUNT}}"]
    several = len(page.rows) > 1 or bool(page.modifiers)
    for row in page.rows:
        lines += [_INDENT + row.label] if several else []
        indent = 2 * _INDENT if several else _INDENT
        for prices in row.prices:
            lines += _amounts(prices, indent, label)
    notes = [page.example, note, *page.warnings]
    told = (_wrapped(each, width, _INDENT) for each in notes if each)
    return lines + [line for each in told for line in each]


def _amounts(prices: PlacePrices, indent: str, label: int) -> list[str]:
    """A place and its amounts, which stand behind the last line of its name."""
    *above, name = _wrapped(prices.label, label - 1, indent, indent + _INDENT)
    cells = "".join(f"{amount(each):>{_AMOUNT}}" for each in prices.answers)
    return [*above, f"{name:<{label}}{cells}"]


def _rvus(page: Page, width: int) -> list[str]:
    rvus = page.rows[0].rvus
    largest = max(rvus.total_nonfacility, rvus.total_facility)
    if not largest:
        return []
    lines = [f"{'RVUs':<15}{_cells(_HEADS)}"]
    for name, pe, total in by_setting(rvus):
        cells = (rvus.work, pe, rvus.mp)
        lines.append(f"{_INDENT + name:<15}{_cells((*cells, total))}")
        lines += _bar(cells, largest, width)
    legend = zip(_PARTS, ("work", "practice expense", "malpractice"), strict=True)
    told = "   ".join(f"{mark} {name}" for mark, name in legend)
    return [*lines, *_wrapped(told, width, _INDENT)]


def _cells(cells: Iterable[object]) -> str:
    heads = zip(cells, _HEADS, strict=True)
    return "".join(f"{cell!s:>{len(head) + 2}}" for cell, head in heads)


def _bar(parts: Iterable[Decimal], largest: Decimal, width: int) -> list[str]:
    """The parts of a total as a bar; a part that is there takes at least a mark.

    The larger of the two totals takes the whole width, so that the settings compare.
    """
    size = min(width - len(_INDENT), 60)
    unit = Fraction(size) / Fraction(largest)
    marks = [max(1, int(unit * Fraction(each))) if each else 0 for each in parts]
    drawn = (mark * count for mark, count in zip(_PARTS, marks, strict=True))
    return [_INDENT + "".join(drawn)]


def _others(page: Page, width: int) -> list[str]:
    found = page.comparison
    if found is None:
        return []
    told = (
        *_wrapped(found.text, width, _INDENT),
        *_wrapped(found.method, width, _INDENT),
    )
    return _titled("How it compares", told)


def _years(page: Page, width: int) -> list[str]:
    past = page.history
    if past is None:
        return []
    lines = [_year(YEAR_HEADS), *map(_year, year_rows(past))]
    return _titled("Through the years", (*lines, *_wrapped(YEAR_NOTE, width, _INDENT)))


def _year(cells: Sequence[str]) -> str:
    name, *figures = cells
    widths = (max(len(head), 6) + 2 for head in YEAR_HEADS[1:])
    told = (f"{each:>{width}}" for each, width in zip(figures, widths, strict=True))
    return f"{_INDENT}{name:<15}{''.join(told)}".rstrip()


def _indicators(page: Page, width: int) -> list[str]:
    lines = (
        line
        for name, value, meaning in page.indicators
        for line in _wrapped(meaning, width, f"{_INDENT}{name:<25}{value:<7}", " " * 34)
    )
    return _titled("Indicators", lines)


def _points(page: Page, width: int) -> list[str]:
    blocks = [
        "\n".join(_titled(title, _bullets(points, width)))
        for title, points in page.points
        if points
    ]
    return ["\n\n".join(blocks)] if blocks else []


def _bullets(points: Iterable[str], width: int) -> list[str]:
    return [line for each in points for line in _wrapped(each, width, "  - ", "    ")]


def _faq(page: Page, width: int) -> list[str]:
    lines: list[str] = []
    for each in page.faq:
        lines += _wrapped(each.question, width, _INDENT)
        lines += _wrapped(each.answer, width, 2 * _INDENT)
    return _titled("Questions", lines)


def _notices(page: Page, width: int) -> list[str]:
    release = page.code.release
    source = f"Figures: CMS files of {release.name}, sha256 {release.sha256}"
    return [line for each in (source, *NOTICES) for line in _wrapped(each, width)]
