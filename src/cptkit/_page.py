"""The code's page: gathered once, then rendered as text, HTML or Markdown.

`make_page` asks the library everything the page shows; the modules of
`cptkit.render` only turn the answers into their form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from ._billing_lines import billing_lines
from ._faq import kind
from ._parse import split_modifiers
from ._schedule import find_place
from .errors import InvalidInputError, NotPriced

if TYPE_CHECKING:
    from ._code import Code, Rvus
    from ._faq import Question
    from ._geography import Locality
    from ._schedule import FeeSchedule
    from .pricing.payment import Payment

#: Below this the tables would not hold their figures.
_MIN_WIDTH = 60
SETTINGS = ("non-facility", "facility")
#: Fields of a line that name a place, in the order `find_place` takes them.
_WHERE = ("locality", "zip", "state", "county", "name")
#: What the page decides by itself: it shows both settings.
_NOT_ASKED = ("setting", "pos")
_ROWS = {
    "26": "Professional component (26)",
    "TC": "Technical component (TC)",
    "53": "Discontinued (53)",
}
_EXAMPLE_MODIFIERS = ("AA",)
_EXAMPLE_MINUTES = 60
_EXAMPLE_TOLD = "Example: 60 minutes, personally performed (AA)"

NO_TEXT = "No text is written for this code yet; the name above is its family's."
NOTICES = (
    "CPT is a registered trademark of the American Medical Association. Titles,"
    " descriptions and every other text here are cptkit's own words, not CPT"
    " descriptors.",
    "Not affiliated with CMS or the American Medical Association. Not billing"
    " advice, and no guarantee of payment.",
)
NOT_MEDICARE = (
    "Not a Medicare amount: Medicare does not pay this code; the value is computed"
    " from its printed RVUs for other payers."
)


@attrs.frozen
class PlacePrices:
    """What a row is worth in one place, in both settings.

    Attributes:
        label: The place as a heading: ``Chicago, IL (06102-16)``.
        locality: The locality, None nationally or for the caller's own indices.
        nonfacility: The `Payment`, or the `NotPriced` that says why there is none.
        facility: The same in a facility.
    """

    label: str
    locality: Locality | None
    nonfacility: Payment | NotPriced
    facility: Payment | NotPriced

    @property
    def answers(self) -> tuple[Payment | NotPriced, Payment | NotPriced]:
        """Both settings, in the order of `SETTINGS`."""
        return self.nonfacility, self.facility

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "label": self.label,
            "locality": self.locality.to_dict() if self.locality else None,
            "nonfacility": self.nonfacility.to_dict(),
            "facility": self.facility.to_dict(),
        }


@attrs.frozen
class PricedRow:
    """A row of the code: the complete service, or one component of it.

    Attributes:
        label: What it is.
        rvus: Its RVUs.
        prices: Here, where a place was given, then nationally.
    """

    label: str
    rvus: Rvus
    prices: tuple[PlacePrices, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "label": self.label,
            "rvus": self.rvus.to_dict(),
            "prices": [each.to_dict() for each in self.prices],
        }


@attrs.frozen(repr=False)
class Page:
    """Everything about one code, ready to be shown; get it from `Code.page`.

    ``print(page)`` is the terminal's page; `to_html` and `to_markdown` are the
    others. A notebook shows the HTML.

    Attributes:
        code: The code, of the release the page is about.
        modifiers: The modifiers asked for.
        rows: The row asked for first, then its components.
        is_reference: The amounts are for other payers, not Medicare's.
        example: What an anesthesia page's amounts are an example of.
        billing_lines: What the row says to a biller.
        faq: Questions and answers.
    """

    code: Code
    modifiers: tuple[str, ...]
    rows: tuple[PricedRow, ...]
    is_reference: bool
    example: str | None
    billing_lines: tuple[str, ...]
    faq: tuple[Question, ...]

    # --- what the renderings share ------------------------------------------

    @property
    def number(self) -> str:
        """The code with the modifiers asked for: ``71046-26``."""
        own = (self.code.number, self.code.modifier, *self.modifiers)
        return "-".join(filter(None, own))

    @property
    def kind(self) -> str:
        """``CPT`` or ``HCPCS``."""
        return kind(self.code.number)

    @property
    def heading(self) -> str:
        """The code's title, or its family's label where no text is written."""
        if self.code.text is not None or self.code.family is None:
            return self.code.title
        return self.code.family.label

    @property
    def path(self) -> tuple[str, ...]:
        """Labels of section, subsection and family."""
        code = self.code
        nodes = (code.section, code.subsection, code.family)
        return tuple(node.label for node in nodes if node)

    @property
    def dates(self) -> str:
        """The release and the dates of service it governs, in words."""
        release = self.code.release
        told = f"{release.name}, dates of service {release.effective} to {release.ends}"
        return told if release.exact else f"{told} (standing in for a missing release)"

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every amount on the page, of the row asked for."""
        answers = (each for prices in self.rows[0].prices for each in prices.answers)
        return tuple(each for each in answers if not isinstance(each, NotPriced))

    @property
    def refusal(self) -> NotPriced | None:
        """Why Medicare pays nothing in any setting; None where it pays."""
        answers = [each for prices in self.rows[0].prices for each in prices.answers]
        refusals = [each for each in answers if isinstance(each, NotPriced)]
        return refusals[0] if len(refusals) == len(answers) else None

    @property
    def status_note(self) -> str | None:
        """Why there is no Medicare amount, in one sentence; None where there is."""
        if self.refusal is not None:
            return f"{self.refusal.message}."
        if self.is_reference:
            status = self.code.status
            return f"Status {status.value}: {status.meaning}. {NOT_MEDICARE}"
        return None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be said of the amounts, each once."""
        answers = (each for prices in self.rows[0].prices for each in prices.answers)
        return tuple(dict.fromkeys(note for each in answers for note in each.warnings))

    @property
    def amounts_label(self) -> str:
        """What the amounts are."""
        if self.is_reference:
            return "Reference value for other payers"
        return "What Medicare allows"

    @property
    def indicators(self) -> tuple[tuple[str, str, str], ...]:
        """Each indicator's name, CMS's value and its meaning."""
        found = [
            (_INDICATORS[name], each.value, each.meaning)
            for name, each in self.code.indicators.items()
        ]
        base = self.code.endoscopic_base
        if base is not None:
            found.append(("Endoscopic base", base.number, base.title))
        return tuple(found)

    @property
    def sources(self) -> tuple[str, ...]:
        """The CMS files behind the page, with their sha256."""
        release = self.code.release
        return tuple(
            f"CMS {source.kind}, {source.path}, sha256 {source.sha256}"
            for source in release.sources
        )

    # --- forms --------------------------------------------------------------

    def to_text(self, width: int = 80, *, ascii_only: bool = False) -> str:
        """The page for a terminal *width* columns wide.

        Args:
            width: Columns, 60 at least.
            ascii_only: Write nothing beyond ASCII.
        """
        from .render.text import render

        return render(self, max(width, _MIN_WIDTH), ascii_only=ascii_only)

    def to_html(self) -> str:
        """The page as an HTML file: complete in itself, without script."""
        from .render.html import document

        return document(self)

    def to_markdown(self) -> str:
        """The page as Markdown."""
        from .render.markdown import render

        return render(self)

    def _repr_html_(self) -> str:
        from .render.html import fragment

        return fragment(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts and RVUs are text."""
        return {
            "code": self.code.to_dict(),
            "modifiers": list(self.modifiers),
            "release": self.code.release.to_dict(),
            "is_reference": self.is_reference,
            "example": self.example,
            "rows": [row.to_dict() for row in self.rows],
            "billing_lines": list(self.billing_lines),
            "faq": [each.to_dict() for each in self.faq],
            "notices": list(NOTICES),
        }

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Page of {self.number}, {self.code.release.name}>"


_INDICATORS = {
    "status": "Status",
    "pctc": "Professional, technical",
    "global_period": "Global period",
    "multiple_procedure": "Multiple procedures",
    "bilateral": "Both sides",
    "assistant": "Assistant at surgery",
    "co_surgeon": "Co-surgeons",
    "team": "Surgical team",
    "supervision": "Supervision",
    "imaging_family": "Imaging family",
}


def make_page(
    code: Code, schedule: FeeSchedule, modifiers: object, line: dict[str, Any]
) -> Page:
    """Ask everything the page shows.

    Raises:
        NotPriced: The place, the date or a modifier asked for cannot be read;
            a code that Medicare does not pay is no error: its page says why.
        InvalidInputError: A setting or place of service was given.
    """
    given = [name for name in _NOT_ASKED if name in line]
    if given:
        msg = f"a page shows both settings: leave out {given[0]}="
        raise InvalidInputError(msg)
    asked = split_modifiers(modifiers)
    places = _places(schedule, line)
    example = _example_of(code, asked, line)
    first = _priced_row(code, asked, places, example or asked)
    if asked or line:
        _refuse_misread(first)
    whole = not (asked or example or code.modifier)
    others = (code.component(each) for each in code.components if whole)
    return Page(
        code,
        asked,
        (first, *(_priced_row(each, (), places, ()) for each in others)),
        is_reference=_is_reference(first),
        example=_EXAMPLE_TOLD if example else None,
        billing_lines=billing_lines(code),
        faq=code.faq,
    )


class _Place(NamedTuple):
    """A place to price in, as the line's fields that say so."""

    label: str
    locality: Locality | None
    line: dict[str, Any]


def _places(schedule: FeeSchedule, line: dict[str, Any]) -> list[_Place]:
    """Here, where the line names a place, then the nation."""
    anywhere = {key: line[key] for key in line if key not in (*_WHERE, "gpci")}
    places = [_Place("Nationally", None, anywhere)]
    if line.get("gpci") is not None:
        places.insert(0, _Place("With the indices given", None, line))
    else:
        lenient = bool(line.get("options") and line["options"].zip_default)
        where = (line.get(key) for key in _WHERE)
        found = find_place(schedule.geography, *where, take_default=lenient)
        if found is not None and found.locality is not None:
            here = _Place(place_name(found.locality), found.locality, line)
            places.insert(0, here)
    return places


def _example_of(
    code: Code, asked: tuple[str, ...], line: dict[str, Any]
) -> tuple[str, ...]:
    """What prices anesthesia as an example, where neither role nor time is given."""
    if code.status.value != "J" or asked or line.get("minutes") is not None:
        return ()
    return _EXAMPLE_MODIFIERS


def _priced_row(
    code: Code,
    asked: tuple[str, ...],
    places: list[_Place],
    modifiers: tuple[str, ...],
) -> PricedRow:
    """One row with its prices in each place."""
    component = next((each for each in asked if each in code.components), "")
    row = code.component(component) if component else code
    named = "-".join(asked) or code.modifier
    label = _ROWS.get(named, f"With {named}" if named else "Complete service")
    prices = tuple(
        PlacePrices(
            place.label,
            place.locality,
            *(_answer(code, modifiers, place.line, setting) for setting in SETTINGS),
        )
        for place in places
    )
    return PricedRow(label, row.rvus, prices)


def _answer(
    code: Code, modifiers: tuple[str, ...], line: dict[str, Any], setting: str
) -> Payment | NotPriced:
    """The payment; a value for other payers; or why there is neither."""
    from .pricing import price
    from .pricing.reference import reference_value

    asked = {"setting": setting, **line}
    if line.get("on") is None:
        asked.setdefault("release", code.release.name)
    if modifiers == _EXAMPLE_MODIFIERS:
        asked.setdefault("minutes", _EXAMPLE_MINUTES)
    own = (code.modifier, *modifiers)
    try:
        return price(code.number, own, **asked)
    except NotPriced as refusal:
        found = refusal.with_traceback(None)
    try:
        return reference_value(code.number, own, **asked)
    except NotPriced:
        return found


def _refuse_misread(row: PricedRow) -> None:
    """Raise what is wrong with the question itself."""
    for prices in row.prices:
        for answer in prices.answers:
            if isinstance(answer, NotPriced) and answer.kind == "error":
                raise answer


def _is_reference(row: PricedRow) -> bool:
    from .pricing.reference import ReferenceValue

    answers = (each for prices in row.prices for each in prices.answers)
    return any(isinstance(each, ReferenceValue) for each in answers)


def place_name(locality: Locality) -> str:
    """A locality as a heading.

    >>> import cptkit
    >>> place_name(cptkit.schedule("RVU26C").locality(zip="60601"))
    'Chicago, IL (06102-16)'
    """
    name = locality.name.rstrip("* ").title()
    return f"{name}, {locality.state} ({locality.id})"


def amount(answer: Payment | NotPriced) -> str:
    """What an answer allows, as people write it: ``$1,339.63``."""
    return "not paid" if isinstance(answer, NotPriced) else f"${answer.allowed:,}"
