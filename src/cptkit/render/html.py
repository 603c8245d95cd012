"""The page as HTML: complete in itself, with inline SVG and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._page import NO_TEXT, NOTICES
from .._page_rows import amount
from .._rvus import by_setting
from ..errors import NotPriced
from .changes import history_parts
from .comparison import comparison_parts
from .markup import Markup, joined, tag
from .parts import chips, points, section, style
from .style import STYLE, WINDOW
from .svg import PARTS, stacked_bar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._page import Page
    from .._page_rows import PlacePrices, PricedRow
    from .._rvus import Rvus
    from ..pricing.payment import Payment

_PART_NAMES = ("Work", "Practice expense", "Malpractice")
_UNUSED = "the concept does not apply"


def document(page: Page) -> str:
    """A file of its own."""
    head = joined(
        (
            Markup('<meta charset="utf-8">'),
            Markup('<meta name="viewport" content="width=device-width">'),
            Markup('<meta name="color-scheme" content="light dark">'),
            tag("title", f"{page.kind} {page.number}: {page.heading}"),
            style(WINDOW),
        )
    )
    body = tag("body", tag("main", fragment(page)))
    html = tag("html", tag("head", head), body, lang="en")
    return f"<!doctype html>\n{html}\n"


def fragment(page: Page) -> Markup:
    """The page without its window: what a notebook shows."""
    parts = (
        _header(page),
        section(page.amounts_label, *_payment(page)),
        section("Relative value units", *rvu_bars(page.rows[0].rvus)),
        section("How it compares", *_comparison(page)),
        section("Through the years", *_history(page)),
        section("Indicators", _indicators(page)),
        section("Who does it", chips(page.code.specialties)),
        *(section(title, points(texts)) for title, texts in page.points),
        section("Questions", *_faq(page)),
        section("How it is computed", *_derivations(page)),
        section("Sources and notices", *_notices(page)),
    )
    return joined((style(STYLE), tag("article", *parts, class_="cptkit")))


def _header(page: Page) -> Markup:
    code = page.code
    terms = [
        joined((tag("dt", name), tag("dd", text))) for name, text in page.words if text
    ]
    missing = tag("p", NO_TEXT, class_="callout")
    return tag(
        "header",
        tag(
            "p",
            " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(page.path),
            class_="path",
        ),
        tag("p", f"{page.kind} {page.number}", class_="number"),
        tag("h1", page.heading),
        tag("p", code.description, class_="lead") if code.description else missing,
        tag("p", page.dates, class_="note"),
        tag("dl", *terms, class_="words") if terms else None,
    )


# --- payment ---------------------------------------------------------------


def _payment(page: Page) -> Iterable[Markup | None]:
    if page.refusal is not None:
        yield tag("p", page.status_note, class_="callout")
        return
    yield price_table(page.rows)
    for note in (page.example, page.status_note, *page.warnings):
        yield tag("p", note, class_="note") if note else None


def price_table(rows: Iterable[PricedRow]) -> Markup:
    """Places down, settings across; a group of rows for each component."""
    heads = ("Place", "Non-facility", "Facility")
    head = tag("tr", *(tag("th", each, scope="col") for each in heads))
    groups = [_price_group(row, small=index > 0) for index, row in enumerate(rows)]
    return tag("table", tag("thead", head), *groups)


def _price_group(row: PricedRow, *, small: bool) -> Markup:
    named = row.label != "Complete service" or small
    title = tag("tr", tag("th", row.label, scope="rowgroup", colspan=3))
    lines = [_price_line(prices, row.rvus) for prices in row.prices]
    return tag(
        "tbody", title if named else None, *lines, class_="small" if small else None
    )


def _price_line(prices: PlacePrices, rvus: Rvus) -> Markup:
    marks = (rvus.na_nonfacility, rvus.na_facility)
    cells = [
        _amount(answer, na=na) for answer, na in zip(prices.answers, marks, strict=True)
    ]
    place = tag("th", prices.label, scope="row")
    return tag("tr", place, *cells, class_="here" if prices.locality else None)


def _amount(answer: Payment | NotPriced, *, na: bool) -> Markup:
    under = "rarely or never done there" if na else None
    if isinstance(answer, NotPriced):
        under = answer.message
    told = tag("span", amount(answer), class_="amount")
    return tag("td", told, tag("span", under, class_="na") if under else None)


# --- relative value units --------------------------------------------------


def rvu_bars(rvus: Rvus) -> Iterable[Markup]:
    """The RVUs of both settings as bars on one scale, with their figures."""
    largest = max(rvus.total_nonfacility, rvus.total_facility)
    if not largest:
        return
    for name, pe, total in by_setting(rvus):
        parts = (rvus.work, pe, rvus.mp)
        told = tuple(zip(_PART_NAMES, parts, strict=True))
        spoken = ", ".join(f"{part.lower()} {value}" for part, value in told)
        yield tag("p", name, tag("b", f"{total} RVUs"), class_="setting")
        yield stacked_bar(parts, largest, f"{name}: {spoken}, total {total} RVUs")
        keys = zip(told, PARTS, strict=True)
        items = (
            tag("span", f"{part} {value}", class_=f"key-{key}")
            for (part, value), key in keys
        )
        yield tag("p", *items, class_="legend")


# --- among others, and through the years ------------------------------------


def _comparison(page: Page) -> Iterable[Markup | None]:
    return comparison_parts(page.comparison) if page.comparison else ()


def _history(page: Page) -> Iterable[Markup | None]:
    return history_parts(page.history) if page.history else ()


# --- rules and words -------------------------------------------------------


def _indicators(page: Page) -> Markup:
    heads = ("Indicator", "CMS", "Meaning")
    head = tag(
        "tr",
        tag("th", heads[0], scope="col"),
        *(tag("th", each, scope="col", class_="says") for each in heads[1:]),
    )
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", value, class_="says value"),
            tag("td", meaning, class_="says"),
            class_="off" if meaning == _UNUSED else None,
        )
        for name, value, meaning in page.indicators
    ]
    return tag("table", tag("thead", head), tag("tbody", *rows))


def _faq(page: Page) -> Iterable[Markup]:
    for each in page.faq:
        yield joined((tag("h3", each.question), tag("p", each.answer)))


def _derivations(page: Page) -> Iterable[Markup]:
    """The steps of each amount in the first place."""
    for answer in page.rows[0].prices[0].answers:
        if not isinstance(answer, NotPriced):
            title = f"{amount(answer)}, {answer.setting}, step by step"
            yield tag("details", tag("summary", title), steps(answer))


def steps(payment: Payment) -> Markup:
    """A payment's steps with their arithmetic and authority."""
    items = (
        tag(
            "li",
            step.what,
            tag("span", step.arithmetic, class_="note"),
            tag("span", f"{step.rule}; {step.citation}", class_="note"),
        )
        for step in payment.steps
    )
    return tag("ol", *items, class_="steps")


def _notices(page: Page) -> Iterable[Markup]:
    items = [tag("li", each) for each in page.sources]
    yield tag("ul", *items, class_="sources")
    for each in NOTICES:
        yield tag("p", each, class_="note")
