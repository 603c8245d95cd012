"""What a contract credits for the work done: work RVUs under a named policy.

A share of the work is never stated here. A policy that adjusts runs the pricing
engine over the work RVU alone: practice expense and malpractice are nothing, a
unit of amount is a millionth of an RVU, and the shares are those of the payment
rules, R13 to R16 and R22 to R24.
"""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from .. import _law
from .._money import BASE_SCALE, round_half_up, scaled
from .._parse import parse_code
from .._release import release_named, release_on
from ..errors import InvalidInputError, NotPriced, did_you_mean, show
from ..pricing.engine import Working, begin, check_units, place_of, take_shares
from ..pricing.line import Line
from ..pricing.multiple import reduce
from ..pricing.plan import Plan, Refusal, plan_for
from ..pricing.share import Share, cents
from .numbers import trimmed, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from ..pricing.request import Circumstances
    from .entry import Entry

#: Credit is counted in millionths of an RVU; a row's work is in hundredths.
PLACES = 6
_PER_HUNDREDTH = 10 ** (PLACES - 2)
#: With it the engine's amount is work x index, the index being in thousandths.
_FACTOR = BASE_SCALE // 1000
#: The modifiers that choose a row (R4); no other changes the unadjusted work.
_ROW_MODIFIERS = frozenset({"26", "TC", "53"})
_SURGICAL = frozenset({"2", "3"})

#: What an entry is credited: millionths of an RVU, or why it is not.
Value = int | NotPriced


def rvus(millionths: int) -> Decimal:
    """Millionths of an RVU as a `Decimal`, exactly, with at least two places.

    >>> rvus(2_600_000), rvus(1_318_750)
    (Decimal('2.60'), Decimal('1.31875'))
    """
    return trimmed(Fraction(millionths, 10**PLACES), PLACES)


_NEEDS = {
    "unadjusted": "",
    "cms-adjusted": "",
    "gpci-adjusted": "a place: zip=, locality= or gpci=",
    "frozen": "release=, the schedule that the contract names",
    "custom": "table=, work RVUs by code",
}
_MULTIPLE = ("", "51", "day")


@attrs.frozen(kw_only=True)
class Credit:
    """A policy of credit; get one from `credit`.

    Attributes:
        name: The policy's name.
        adjusted: Whether modifiers change the credit as they change a payment.
        multiple: How several procedures are credited: ``""`` each in full,
            ``"51"`` by that modifier, ``"day"`` ranked among one person's day.
        release: The schedule whatever the date; None for the one in force.
        place: Where the work index is taken, as pairs of `Line`'s fields.
        table: Work RVUs that stand before the schedule's, as pairs.
    """

    name: str
    adjusted: bool = False
    multiple: str = ""
    release: str | None = None
    place: tuple[tuple[str, Any], ...] = ()
    table: tuple[tuple[str, Decimal], ...] = attrs.field(default=(), repr=False)

    @property
    def says(self) -> str:
        """What the policy does, in words, with the rates that hold."""
        return " ".join(_said(self))

    def to_dict(self) -> dict[str, Any]:
        """The policy as plain data; ``credit(**d)`` is the inverse."""
        found: dict[str, Any] = {"name": self.name}
        if self.multiple:
            found["multiple"] = self.multiple
        if self.release:
            found["release"] = self.release
        if self.table:
            found["table"] = {code: str(work) for code, work in self.table}
        for key, value in self.place:
            found[key] = value.to_dict() if hasattr(value, "to_dict") else value
        return found

    def of(self, entry: Entry) -> Decimal:
        """What one entry is credited, alone.

        Raises:
            NotPriced: The entry has no credit under the policy, and why.
        """
        ((_, value),) = self.values([entry])
        if isinstance(value, NotPriced):
            raise value
        return rvus(value)

    def values(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Value]]:
        """Each entry with its credit, in millionths of an RVU.

        Under ``multiple="day"`` the entries of a person's day come together.
        """
        if self.multiple == "day":
            return self._by_day(entries)
        return self._one_by_one(entries)

    def _one_by_one(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Value]]:
        known: dict[object, Value] = {}
        spans: dict[date, object] = {}
        for entry in entries:
            span = spans.get(entry.on)
            if span is None:
                span = spans[entry.on] = _span(entry.on)
            key = (
                span,
                entry.code,
                entry.modifiers,
                entry.units,
                entry.percent_payable,
                entry.postop_share,
            )
            value = known.get(key)
            if value is None:
                value = known[key] = self._alone(entry)
            yield entry, value

    def _alone(self, entry: Entry) -> Value:
        try:
            if not self.adjusted:
                return self._unadjusted(entry)
            working = self._begun(entry)
        except NotPriced as error:
            return error
        if self.multiple == "51" and "51" in entry.modifiers:
            rate = working.plan.basis.rates["multiple-surgery"]
            working.take("mppr", Share.of(rate, "R16", "one of several (51)"))
        return cents(take_shares(working))

    def _by_day(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Value]]:
        days: defaultdict[object, list[Entry]] = defaultdict(list)
        for entry in entries:
            days[entry.on, entry.person].append(entry)
        for day in days.values():
            begun: list[tuple[Entry, Working]] = []
            for entry in day:
                try:
                    begun.append((entry, self._begun(entry)))
                except NotPriced as error:
                    yield entry, error
            reduce([working for _, working in begun])
            for entry, working in begun:
                yield entry, cents(take_shares(working))

    # --- one entry -----------------------------------------------------------

    def _unadjusted(self, entry: Entry) -> int:
        """The work RVU of the row that 26, TC or 53 choose, times the units."""
        own = self._own(entry.code)
        if own is not None and not self.place:
            return own * entry.units
        modifiers = tuple(m for m in entry.modifiers if m in _ROW_MODIFIERS)
        line = self._line(entry, modifiers, percent_payable=100)
        _, plan = _plan(line)
        work = plan.work * _PER_HUNDREDTH if own is None else own
        place = place_of(line, plan.basis)
        return round_half_up(work * place.work, 1000) * entry.units

    def _begun(self, entry: Entry) -> Working:
        """The entry after split care, both sides and units (R13, R14, R38)."""
        line = self._line(
            entry,
            entry.modifiers,
            percent_payable=entry.percent_payable,
            postop_share=entry.postop_share,
            documented=True,
            practitioner="PA" if "AS" in entry.modifiers else None,
        )
        at, plan = _plan(line)
        own = self._own(entry.code)
        work = plan.work * _PER_HUNDREDTH if own is None else own
        plan, place = _work_alone(plan, work), place_of(line, plan.basis)
        check_units(plan, entry.units, None)
        working = Working(line, at, plan, place, entry.units)
        begin(working)
        return working

    def _line(self, entry: Entry, modifiers: tuple[str, ...], **more: Any) -> Line:
        where = dict(self.place)
        return Line(
            entry.code, modifiers, on=entry.on, release=self.release, **where, **more
        )

    def _own(self, code: str) -> int | None:
        """The work the contract's own table gives a code."""
        for each, work in self.table:
            if each == code:
                return scaled(work, PLACES, "work RVU")
        return None


def _span(on: date) -> object:
    """The days alike with a date: of one release, between two changes of a rate."""
    try:
        release, rates = release_on(on), _law.rates_on(on)
    except NotPriced:
        return on
    return f"{release.name} {release.exact} {rates.since}"


def _plan(line: Line) -> tuple[Circumstances, Plan]:
    """The line's plan, whoever pays: work is credited that Medicare does not pay."""
    at, plan = plan_for(line, reference=True)
    if isinstance(plan, Refusal):
        raise copy(plan.answer)
    return at, plan


def _work_alone(plan: Plan, work: int) -> Plan:
    """The plan over nothing but work; among rankings only the surgical one stays.

    Families of endoscopies are not formed: procedures rank by their own work.
    """
    profile = plan.row.profile._replace(endoscopic_base="")
    return plan._replace(
        row=plan.row._replace(profile=profile),
        work=work,
        pe=0,
        mp=0,
        factor=_FACTOR,
        cap=None,
        anesthesia=None,
        ranking=plan.ranking if plan.ranking in _SURGICAL else "",
        equipment=(),
        practitioner_share=None,
    )


# --- policies by name --------------------------------------------------------


def credit(
    name: object = "unadjusted",
    *,
    multiple: str = "",
    release: object = None,
    table: Mapping[str, object] | None = None,
    **place: Any,
) -> Credit:
    """A policy of credit, as contracts name them.

    Args:
        name: ``unadjusted``; ``cms-adjusted`` by modifiers; ``gpci-adjusted``, which
            needs a place; ``frozen``, which needs a release; ``custom``, which needs
            a table. The terms below may be joined to any name.
        multiple: Several procedures of a day, with ``cms-adjusted``: ``""`` each in
            full; ``"51"`` half where that modifier stands; ``"day"`` all of one
            person's day ranked by work. A log does not know patients: ``"day"``
            ranks operations on different patients against each other.
        release: The schedule whose work RVUs are credited whatever the date.
        table: Work RVUs by code; a code that is not in it has the schedule's.
        **place: ``zip``, ``locality``, ``state``, ``county``, ``name``... of `Line`:
            work is multiplied by the place's work index.

    Raises:
        InvalidInputError: No such name, or a term that is missing or cannot be read.
        NotPriced: The release is not held.

    >>> policy = credit("cms-adjusted")
    >>> print(policy.says[:53])
    Work RVU of the release in force on the date of servi
    >>> from cptkit.productivity import Entry
    >>> policy.of(Entry("2025-10-15", "22551", "62"))
    Decimal('15.625')
    """
    if isinstance(name, Credit):
        return name
    if not isinstance(name, str) or name not in _NEEDS:
        near = did_you_mean(str(name), _NEEDS)
        msg = f"credit {show(name)} is not a policy{near}; there are: "
        raise InvalidInputError(msg + ", ".join(_NEEDS))
    given = {"gpci-adjusted": place, "frozen": release, "custom": table}
    if not given.get(name, True):
        msg = f"credit {name!r} needs {_NEEDS[name]}"
        raise InvalidInputError(msg)
    if multiple not in _MULTIPLE or (multiple and name != "cms-adjusted"):
        msg = (
            f"multiple={show(multiple)} is not one of {', '.join(map(repr, _MULTIPLE))}"
            " with 'cms-adjusted'"
        )
        raise InvalidInputError(msg)
    unknown = sorted(place.keys() - _PLACE)
    if unknown:
        msg = f"a place has no {', '.join(unknown)}; it has {', '.join(sorted(_PLACE))}"
        raise InvalidInputError(msg)
    return Credit(
        name=name,
        adjusted=name == "cms-adjusted",
        multiple=multiple,
        release=None if release is None else release_named(release).name,
        place=tuple(sorted(place.items())),
        table=tuple(sorted(_table(table or {}))),
    )


_PLACE = frozenset({"zip", "locality", "state", "county", "name", "gpci"})


def _table(given: Mapping[str, object]) -> Iterator[tuple[str, Decimal]]:
    for code, work in given.items():
        number, modifiers = parse_code(code)
        if modifiers:
            msg = f"table: {show(code)} names a modifier; give work RVUs by code"
            raise InvalidInputError(msg)
        yield number, written(work, PLACES, f"work RVU of {number}")


def _said(policy: Credit) -> Iterator[str]:
    source = policy.release or "the release in force on the date of service"
    of = ", the contract's own where its table has the code" if policy.table else ""
    yield f"Work RVU of {source}{of}; 26, TC and 53 take their own row."
    if policy.place:
        where = ", ".join(f"{key} {value}" for key, value in policy.place)
        yield f"Multiplied by the work index of {where}."
    if not policy.adjusted:
        yield "No other modifier changes it."
        return
    rates = {name: rows[-1] for name, rows in _law.history().items()}
    yield (
        "Modifiers change it as they change a payment: 54, 55, 56 and 78 by the row's"
        f" shares; 50 and pairs of units {rates['bilateral'].percent} where the row"
        f" says so; 62 {rates['co-surgeon'].percent}; 80 to 82"
        f" {rates['assistant'].percent}; AS {rates['assistant-nonphysician'].percent};"
        " 52 and 53 the percentage given. Documentation for an assistant or a second"
        " surgeon is taken as given."
    )
    half = rates["multiple-surgery"].percent
    yield {
        "": "Several procedures of a day are each credited in full.",
        "51": f"A procedure with 51 is credited at {half}.",
        "day": f"Of a person's surgical procedures of a day the one with the most work"
        f" is credited in full, every other at {half}.",
    }[policy.multiple]
