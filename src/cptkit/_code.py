"""One code of one release: what it is, its RVUs, its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from . import indicators as ind
from ._editorial import SharedText, find_text, shared_text
from ._law import base_units
from ._money import decimal_of
from ._rvus import rvus_of
from ._taxonomy import Node, taxonomy
from .errors import NotFoundError, show

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ._compare import Among, Comparison, Measure
    from ._editorial import Text
    from ._faq import Question
    from ._history import History
    from ._page import Page
    from ._release import Release
    from ._rvus import Rvus
    from ._schedule import FeeSchedule
    from ._store import Row
    from .pricing.payment import Payment


@attrs.frozen(repr=False, eq=False)
class Code:
    """One code of one release; get it from `cptkit.code` or a schedule.

    Two codes are equal when number, row and release are. Pickles carry the
    release's name and the number, not the figures.
    """

    number: str
    modifier: str
    _row: Row
    _schedule: FeeSchedule

    def __repr__(self) -> str:
        row = f", modifier={self.modifier!r}" if self.modifier else ""
        return f"Code({self.number!r}, release={self.release.name!r}{row})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Code):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.number, self.modifier, self._row, self._schedule

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._schedule, self.number, self.modifier)

    @property
    def release(self) -> Release:
        """The release the figures come from."""
        return self._schedule.release

    # --- figures -----------------------------------------------------------

    @property
    def rvus(self) -> Rvus:
        """The row's relative value units, as published."""
        return rvus_of(self._row)

    @property
    def components(self) -> tuple[str, ...]:
        """The modifiers of the rows this code has besides the blank one."""
        return tuple(m for m in self._schedule.figures.modifiers(self.number) if m)

    def component(self, modifier: str) -> Code:
        """The professional (``26``), technical (``TC``) or ``53`` row.

        Raises:
            NotFoundError: The code has no such row.
        """
        row = self._schedule.figures.find(self.number, str(modifier).strip().upper())
        if row is None:
            have = ", ".join(self.components) or "none besides the complete service"
            msg = f"{self.number} has no row {show(modifier)}; its rows: {have}"
            raise NotFoundError(msg)
        return Code(self.number, row.modifier, row, self._schedule)

    def price(self, modifiers: object = (), **where: Any) -> Payment:
        """What Medicare allows for it: the same as `cptkit.price`."""
        from .pricing import price

        return price(self, modifiers, **where)

    # --- indicators --------------------------------------------------------

    @property
    def status(self) -> ind.Status:
        """Whether and how Medicare pays it."""
        return ind.indicator(ind.Status, self._row.profile.status)

    @property
    def pctc(self) -> ind.Pctc:
        """How it divides into professional and technical components."""
        return ind.indicator(ind.Pctc, self._row.profile.pctc)

    @property
    def global_period(self) -> ind.GlobalPeriod:
        """Days of related care in the payment."""
        return ind.indicator(ind.GlobalPeriod, self._row.profile.global_days)

    @property
    def split_care(self) -> tuple[Decimal, Decimal, Decimal]:
        """Shares of the global payment before, during and after the operation."""
        profile = self._row.profile
        before, during, after = (
            decimal_of(share, 2) for share in (profile.pre, profile.intra, profile.post)
        )
        return before, during, after

    @property
    def base_units(self) -> int | None:
        """Base units of an anesthesia code, from CMS's list of 2022 (R32); else None.

        >>> import cptkit
        >>> cptkit.code("00790").base_units, cptkit.code("99213").base_units
        (7, None)
        """
        if self._row.profile.status != "J":
            return None
        return base_units().get(self.number)

    @property
    def multiple_procedure(self) -> ind.MultipleProcedure:
        """The reduction among several services of one day."""
        return ind.indicator(ind.MultipleProcedure, self._row.profile.multiple)

    @property
    def bilateral(self) -> ind.Bilateral:
        """What both sides pay."""
        return ind.indicator(ind.Bilateral, self._row.profile.bilateral)

    @property
    def assistant(self) -> ind.Assistant:
        """Whether an assistant at surgery is paid."""
        return ind.indicator(ind.Assistant, self._row.profile.assistant)

    @property
    def co_surgeon(self) -> ind.CoSurgeon:
        """Whether co-surgeons are paid."""
        return ind.indicator(ind.CoSurgeon, self._row.profile.co_surgeon)

    @property
    def team(self) -> ind.Team:
        """Whether a surgical team is paid."""
        return ind.indicator(ind.Team, self._row.profile.team)

    @property
    def supervision(self) -> ind.Supervision:
        """Supervision of the technical part of a diagnostic test."""
        return ind.indicator(ind.Supervision, self._row.profile.supervision)

    @property
    def imaging_family(self) -> ind.ImagingFamily:
        """Whether the imaging reduction applies."""
        return ind.indicator(ind.ImagingFamily, self._row.profile.imaging_family)

    @property
    def endoscopic_base(self) -> Code | None:
        """The base of its endoscopic family, None where it has none."""
        base = self._row.profile.endoscopic_base
        row = self._schedule.figures.find(base) if base else None
        return Code(base, "", row, self._schedule) if row else None

    @property
    def indicators(self) -> dict[str, ind.Indicator]:
        """Every indicator by its name here, in the order CMS prints them."""
        return {name: getattr(self, name) for name in _INDICATORS}

    # --- taxonomy ----------------------------------------------------------

    @property
    def section(self) -> Node | None:
        """The section, for example Medicine."""
        return self._node(0)

    @property
    def subsection(self) -> Node | None:
        """The subsection."""
        return self._node(1)

    @property
    def family(self) -> Node | None:
        """The family: the codes of one kind of service."""
        return self._node(2)

    def _node(self, level: int) -> Node | None:
        tree = taxonomy()
        path = tree.path(self.number)
        return tree.node(path[level], self.release.name) if path else None

    # --- words -------------------------------------------------------------

    @property
    def text(self) -> Text | None:
        """The code's own reviewed text, None where none is written yet."""
        path = taxonomy().path(self.number)
        return find_text(path[2], self.number) if path else None

    @property
    def title(self) -> str:
        """Its name in our words; the family's label where no text is written yet."""
        if self.text is not None:
            return self.text.title
        family = self.family
        label = family.label if family else "Code outside the taxonomy"
        return f"{label} (no text for {self.number} yet)"

    @property
    def description(self) -> str | None:
        """One or two sentences; None where no text is written yet."""
        return self.text.description if self.text else None

    @property
    def plain_language(self) -> tuple[str, ...]:
        """What a patient would call it."""
        return self.text.plain_language if self.text else ()

    @property
    def synonyms(self) -> tuple[str, ...]:
        """What clinicians and coders call it."""
        return self.text.synonyms if self.text else ()

    @property
    def features(self) -> tuple[str, ...]:
        """What tells it from its siblings, as ``key:value``."""
        return self.text.features if self.text else ()

    @property
    def clinical_context(self) -> str | None:
        """Why it is done: its own text's words, or its family's or section's."""
        return self._shared.clinical_context

    @property
    def specialties(self) -> tuple[str, ...]:
        """Who does it."""
        return self._shared.specialties

    @property
    def documentation(self) -> tuple[str, ...]:
        """What the record should show, from the section down to the code."""
        return self._shared.documentation

    @property
    def billing(self) -> tuple[str, ...]:
        """What billers should know, from the section down to the code."""
        return self._shared.billing

    @property
    def faq(self) -> tuple[Question, ...]:
        """Questions that its text and its row answer."""
        from ._faq import faq

        return faq(self, self._schedule)

    @property
    def _shared(self) -> SharedText:
        path = taxonomy().path(self.number)
        return shared_text(path[2], self.text) if path else SharedText()

    @property
    def descriptor(self) -> str | None:
        """The short descriptor, where the user brought a licensed file."""
        return self._schedule.descriptor(self.number)

    def page(self, modifiers: object = (), **line: Any) -> Page:
        """Everything about the code, to be shown: as text, HTML or Markdown.

        Args:
            modifiers: As for `cptkit.price`.
            **line: The fields of `Line` but the setting, which is shown both ways:
                ``zip``, ``locality``, ``state``, ``county``, ``on``, ``release``,
                ``practitioner``, ``minutes`` ... With ``on`` or ``release`` the
                page is of the code in that release.

        Raises:
            NotPriced: The place, date or modifier asked for cannot be read. A
                code that Medicare does not pay is no error: its page says why.
            NotFoundError: The code is not in that release.

        >>> import cptkit
        >>> page = cptkit.code("96521").page(zip="60601")
        >>> [str(payment.allowed) for payment in page.payments]
        ['147.37', '147.37', '143.62', '143.62']
        """
        from ._page import make_page
        from ._schedule import schedule

        release, on = line.get("release"), line.get("on")
        held = self._schedule
        if release is not None or on is not None:
            held = schedule(release, on=on if release is None else None)
        of = held[self.number]
        of = of.component(self.modifier) if self.modifier else of
        return make_page(of, held, modifiers, line)

    def compare(
        self,
        measure: Measure = "work",
        among: Among | Iterable[object] = "section",
        **where: Any,
    ) -> Comparison:
        """How it stands among other codes of its release.

        One value counts for each code: that of the complete service, or of the
        professional component where the complete service has none; codes of
        every status; codes without a value are left out.

        Args:
            measure: ``work``, ``total_nonfacility`` or ``total_facility`` RVUs,
                or ``payment``, before anything a modifier changes.
            among: Codes of its ``section``, ``subsection`` or ``family``; of its
                RBCS category (``rbcs``, CMS's own classification),
                ``rbcs-subcategory`` or ``rbcs-family``; or a list of codes.
            **where: For a payment: ``zip``, ``locality``, or ``state`` with
                ``county`` or ``name``, and ``setting``; the nation and
                ``non-facility`` unless told.

        Raises:
            NotFoundError: It has no value, no such class, or a code of the list
                is not in the release.
            InvalidInputError: Another measure or class.
            NotPriced: The place cannot be read or found.

        >>> import cptkit
        >>> found = cptkit.code("96521", release="RVU26C").compare()
        >>> found.population, round(found.percentile), found.median, found.maximum
        (737, 13, Decimal('0.78'), Decimal('23.92'))
        """
        from ._compare import compare

        return compare(self, self._schedule, measure, among, where)

    def history(self) -> History:
        """The same row in every release at hand, with its national payment.

        >>> import cptkit
        >>> past = cptkit.code("99213").history()
        >>> [str(each.nonfacility) for each in past.years][:3]
        ['76.15', '92.47', '92.05']
        """
        from ._history import history_of

        return history_of(self.number, self.modifier)

    def _repr_html_(self) -> str:
        from .render.cards import code_card

        return code_card(self.page())

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        nodes = (self.section, self.subsection, self.family)
        return {
            "number": self.number,
            "modifier": self.modifier,
            "release": self.release.name,
            "title": self.title,
            "has_text": self.text is not None,
            "description": self.description,
            "plain_language": list(self.plain_language),
            "synonyms": list(self.synonyms),
            "features": list(self.features),
            "clinical_context": self.clinical_context,
            "specialties": list(self.specialties),
            "documentation": list(self.documentation),
            "billing": list(self.billing),
            "descriptor": self.descriptor,
            "taxonomy": {n.level: {"id": n.id, "label": n.label} for n in nodes if n},
            "components": list(self.components),
            "rvus": self.rvus.to_dict(),
            "split_care": [str(share) for share in self.split_care],
            "indicators": {
                name: {"value": each.value, "meaning": each.meaning}
                for name, each in self.indicators.items()
            },
            "endoscopic_base": self._row.profile.endoscopic_base or None,
        }


_INDICATORS = (
    "status",
    "pctc",
    "global_period",
    "multiple_procedure",
    "bilateral",
    "assistant",
    "co_surgeon",
    "team",
    "supervision",
    "imaging_family",
)


def _restore(schedule: FeeSchedule, number: str, modifier: str) -> Code:
    code = schedule[number]
    return code.component(modifier) if modifier else code


def code(
    number: object,
    *,
    release: object = None,
    on: object = None,
) -> Code:
    """One code, from the newest bundled release unless told otherwise.

    Args:
        number: As people write it: ``"99213"``, ``99213``, ``" g0439 "``.
        release: A release's name (``"RVU24C"``) or a year (its newest).
        on: A date of service; its release, or the year's nearest.

    Raises:
        NotFoundError: No such code, release or date; a `LookupError` too.
        InvalidInputError: The number or the date cannot be read.

    >>> import cptkit
    >>> cptkit.code("96521").rvus.total_nonfacility
    Decimal('4.30')

    Source: the relative value file of the release (PPRRVU).
    """
    from ._schedule import schedule

    return schedule(release, on=on)[number]
