"""The code's page: gathered once, then rendered as text, HTML or Markdown.

`make_page` asks the library everything the page shows; the modules of
`cptkit.render` only turn the answers into their form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ._billing_lines import billing_lines
from ._faq import kind
from ._page_rows import places_of, priced_row, row_asked
from ._parse import hyphenated, split_modifiers
from .errors import InvalidInputError, NotFoundError, NotPriced

if TYPE_CHECKING:
    from ._code import Code
    from ._compare import Comparison, Measure
    from ._faq import Question
    from ._history import History
    from ._page_rows import PricedRow
    from ._schedule import FeeSchedule
    from .pricing.payment import Payment

#: Below this the tables would not hold their figures.
_MIN_WIDTH = 60
#: What the page decides by itself: it shows both settings.
_NOT_ASKED = ("setting", "pos")
#: What an anesthesia page prices where neither role nor time is given.
_EXAMPLE = (("AA",), {"minutes": 60})
#: What a page compares by: the first that the row has.
_COMPARED: tuple[Measure, ...] = ("work", "total_nonfacility", "total_facility")
_EXAMPLE_TOLD = "Example: 60 minutes, personally performed (AA){units}"

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
        return hyphenated(self.code.number, self.code.modifier, *self.modifiers)

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
    def words(self) -> tuple[tuple[str, str | None], ...]:
        """What it is called and when it is done, each under its name."""
        code = self.code
        return (
            ("Descriptor", code.descriptor),
            ("Also known as", ", ".join(code.synonyms)),
            ("In plain words", ", ".join(code.plain_language)),
            ("When", code.clinical_context),
        )

    @property
    def points(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the record should show and what billers should know."""
        return (
            ("Documentation", self.code.documentation),
            ("Billing", (*self.code.billing, *self.billing_lines)),
        )

    @property
    def dates(self) -> str:
        """The release and the dates of service it governs, in words."""
        release = self.code.release
        told = f"{release.name}, dates of service {release.effective} to {release.ends}"
        return told if release.exact else f"{told} (standing in for a missing release)"

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every amount on the page, of the row asked for."""
        answers = self.rows[0].answers
        return tuple(each for each in answers if not isinstance(each, NotPriced))

    @property
    def refusal(self) -> NotPriced | None:
        """Why Medicare pays nothing in any setting; None where it pays."""
        answers = self.rows[0].answers
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
        notes = (note for each in self.rows[0].answers for note in each.warnings)
        return tuple(dict.fromkeys(notes))

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
    def comparison(self) -> Comparison | None:
        """How the row compares among its section; None where it has no RVUs.

        By work RVUs; by total RVUs where it has no work.
        """
        for measure in _COMPARED:
            try:
                return row_asked(self.code, self.modifiers).compare(measure)
            except NotFoundError:  # no value, or a code outside the taxonomy
                continue
        return None

    @property
    def history(self) -> History | None:
        """The row in every release; None where none has RVUs for it."""
        past = row_asked(self.code, self.modifiers).history()
        valued = any(each.rvus.total_nonfacility for each in past)
        return past if valued else None

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
        comparison, history = self.comparison, self.history
        return {
            "code": self.code.to_dict(),
            "modifiers": list(self.modifiers),
            "release": self.code.release.to_dict(),
            "is_reference": self.is_reference,
            "example": self.example,
            "rows": [row.to_dict() for row in self.rows],
            "comparison": comparison.to_dict() if comparison else None,
            "history": history.to_dict() if history else None,
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


def _example(code: Code) -> str:
    units = code.base_units
    return _EXAMPLE_TOLD.format(units="" if units is None else f"; {units} base units")


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
    bare = not asked and line.get("minutes") is None
    is_example = bare and code.status.value == "J"
    priced_with, more = _EXAMPLE if is_example else (asked, {})
    places = places_of(schedule, {**line, **more})
    first = priced_row(code, asked, places, priced_with)
    if asked or line:
        _refuse_misread(first)
    whole = not (asked or is_example or code.modifier)
    others = (code.component(each) for each in code.components if whole)
    return Page(
        code,
        asked,
        (first, *(priced_row(each, (), places, ()) for each in others)),
        is_reference=_is_reference(first),
        example=_example(code) if is_example else None,
        billing_lines=billing_lines(code),
        faq=code.faq,
    )


def _refuse_misread(row: PricedRow) -> None:
    """Raise what is wrong with the question itself."""
    for answer in row.answers:
        if isinstance(answer, NotPriced) and answer.kind == "error":
            raise answer


def _is_reference(row: PricedRow) -> bool:
    from .pricing.reference import ReferenceValue

    return any(isinstance(each, ReferenceValue) for each in row.answers)
