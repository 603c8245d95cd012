"""Stage 1 of R37: everything about a line that its place and units do not change.

A plan is worked out once for each distinct line and remembered, so that a
million lines cost a few thousand plans.
"""

from contextlib import suppress
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from .._law import Rate, RateName, Rates
from .._store import Row
from ..errors import InvalidInputError, NotPriced, Reason, not_priced
from .anesthesia import Anesthesia, anesthesia_of
from .line import Line
from .refusals import HOSPITAL, refuse
from .request import (
    Basis,
    Circumstances,
    Request,
    read_circumstances,
    read_modifiers,
    read_request,
)
from .roles import reduced_share, role_shares
from .share import Share
from .split_care import bilateral_share, split_shares

if TYPE_CHECKING:
    from .payment import Answer


class Component(NamedTuple):
    """RVUs behind one amount: work, practice expense, malpractice, in hundredths."""

    work: int
    pe: int
    mp: int


#: Fee and cap of each technical part.
Parts = tuple[tuple[Component, Component | None], ...]


class Plan(NamedTuple):
    """A line resolved: row, factor, shares and rates, ready for any place and units."""

    code: str
    modifiers: tuple[str, ...]
    mods: frozenset[str]
    row: Row
    facility: bool
    own_way: str
    basis: Basis
    factor: int
    work: int
    pe: int
    mp: int
    cap: Component | None
    anesthesia: Anesthesia | None
    split: tuple[Share, ...]
    bilateral: Share | None
    ranking: str
    technical: Parts
    professional: Component | None
    roles: tuple[Share, ...]
    reduced: Share | None
    equipment: tuple[tuple[str, Rate], ...]
    practitioner_share: Share | None
    owes_deductible: bool
    coinsurance: Share | None
    therapy_assistant: Share | None
    notices: tuple[str, ...]


class Terms(NamedTuple):
    """What the rules make of a row's indicators and the line's modifiers.

    Rows of the same indicators share them, so that a line whose code was not seen
    before costs little more than finding its row.
    """

    split: tuple[Share, ...]
    bilateral: Share | None
    ranking: str
    roles: tuple[Share, ...]
    reduced: Share | None
    equipment: tuple[tuple[str, Rate], ...]
    practitioner_share: Share | None
    therapy_assistant: Share | None


class Refusal(NamedTuple):
    """A line refused by R37's list; the cap of a contractor's price stays at hand."""

    answer: NotPriced
    cap: Component | None
    basis: Basis


_SELDOM = (
    *("setting", "release", "practitioner", "participating", "qp", "documented"),
    *("cost_share", "induction", "strict", "options"),
)
_NUMBERS = ("base_units", "conversion_factor", "percent_payable", "postop_share")
_OTHERS = attrgetter(*_SELDOM, *_NUMBERS)
_NO_OTHERS = (None,) * len(_SELDOM + _NUMBERS)
_CLASSES = attrgetter(*(f"{name}.__class__" for name in _NUMBERS))
_Key = tuple[object, ...]
_Plans = dict[_Key, Plan | Refusal]
_AllTerms = dict[tuple[object, ...], Terms]


#: Circumstances, and what was worked out on their basis, which many share: a
#: year's lines in one setting rest on a few.
_Held = tuple[Circumstances, _Plans, _AllTerms]
_remembered: dict[object, _Held] = {}
_by_basis: dict[Basis, tuple[_Plans, _AllTerms]] = {}
#: Answers to lines without charge, minutes and deductible.
answers: "dict[tuple[int, int, int], Answer]" = {}
#: Plans and the like held at the most, and answers; then all of them are let go.
_LIMIT = 100_000
_held = count(1)


def plan_for(
    line: Line, *, reference: bool = False
) -> tuple[Circumstances, Plan | Refusal]:
    """The circumstances and the plan of a line, remembered from an earlier line.

    Raises:
        NotPriced: The date, place of service, practitioner or another argument
            cannot be read; those faults come before R37's list.
    """
    try:
        at, plans, terms = _remembered[_circumstances(line)]
    except (KeyError, TypeError, ValueError):  # not yet, or what no dictionary takes
        at, plans, terms = _hold(line)
    code, modifiers = line.code, line.modifiers
    kind = modifiers.__class__
    if kind is not str and (kind is not tuple or modifiers):
        modifiers = read_modifiers(modifiers)
    key: _Key = code, modifiers, reference
    if code.__class__ is not str:
        key = code, code.__class__, modifiers, reference
    try:
        plan = plans.get(key)
    except TypeError:  # something that cannot be hashed
        plan = None
    if plan is None:
        request = read_request(code, line.modifiers, at, reference=reference)
        plan = resolve(request, terms)
        _keep(plans, key, plan)
    return at, plan


def _circumstances(line: Line) -> tuple[object, ...]:
    """What a line's circumstances are read from; most lines give date and place alone.

    A dictionary takes 1, 1.0 and True for one key; their classes tell them apart.
    """
    pos, others = line.pos, _OTHERS(line)
    if others == _NO_OTHERS:
        return line.on, pos, pos.__class__
    return line.on, pos, pos.__class__, others, _CLASSES(line)


def _hold(line: Line) -> _Held:
    """The circumstances of a line, beside the plans of their basis."""
    try:
        at = read_circumstances(line)
    except InvalidInputError as error:
        raise not_priced(Reason.ARGUMENT_INVALID, str(error)) from None
    try:
        plans, terms = _by_basis.setdefault(at.basis, ({}, {}))
    except TypeError:  # a switch that cannot be hashed
        plans, terms = {}, {}
    with suppress(ValueError):  # an array, which cannot be compared
        _keep(_remembered, _circumstances(line), (at, plans, terms))
    return at, plans, terms


def _keep(kept: dict[Any, Any], key: object, value: object) -> None:
    """Remember what was worked out; let all go where too much is held."""
    try:
        kept[key] = value
    except TypeError:  # something that cannot be hashed is worked out each time
        return
    if next(_held) >= _LIMIT:
        forget_plans()


def remember(key: tuple[int, int, int], answer: "Answer") -> None:
    """Keep the answer to a line; let all go where too many are held."""
    if len(answers) >= _LIMIT:
        answers.clear()
    answers[key] = answer


def forget_plans() -> None:
    """Work every plan out anew: too many are held, or an installation changed them."""
    global _held
    _remembered.clear()
    _by_basis.clear()
    answers.clear()
    _held = count(1)


def resolve(request: Request, known: _AllTerms) -> Plan | Refusal:
    """The plan of a request; *known* holds the terms of its circumstances."""
    row = request.row
    alike = None
    if row is not None and row.profile.status in _UNIFORM:
        alike = (row.profile, row.modifier, row.has_rvus, request.modifiers)
        terms = known.get(alike)
        if terms is not None:
            return _resolved(request, terms, None)
    refusal = refuse(request)
    if refusal is not None:
        reason, message, warnings = refusal
        cap = _cap(request) if reason is Reason.CONTRACTOR_PRICED else None
        answer = not_priced(reason, message, code=request.code, warnings=warnings)
        return Refusal(answer, cap, request.basis)
    anesthesia = anesthesia_of(request)
    terms = _terms(request, anesthesia)
    if alike is not None:
        known[alike] = terms
    return _resolved(request, terms, anesthesia)


#: Of these, rows of the same indicators are refused alike and have the same terms.
_UNIFORM = frozenset({"A", "R", "T"})


# --- the plan: what the rules make of the request ------------------------------


def _terms(request: Request, anesthesia: Anesthesia | None) -> Terms:
    """What the rules make of indicators and modifiers."""
    basis, row, mods = request.basis, request.found, request.mods
    skips_percentage = anesthesia is not None or "AS" in mods
    split = anesthesia.shares if anesthesia else ()
    if mods and not anesthesia:
        split = split_shares(request, row)
    return Terms(
        split,
        bilateral_share(request, row) if mods else None,
        "" if anesthesia else _ranking(row, mods),
        role_shares(request) if mods else (),
        reduced_share(request, row) if mods else None,
        _equipment(mods, basis.rates) if mods else (),
        None if skips_percentage else basis.practitioner_share,
        _therapy_assistant(mods, basis.rates) if mods else None,
    )


def _resolved(request: Request, terms: Terms, anesthesia: Anesthesia | None) -> Plan:
    basis, row = request.basis, request.found
    needs_parts = bool(terms.equipment) or terms.ranking in _BY_PARTS
    deductible, coinsurance = _cost_share(request)
    return Plan(
        request.code,
        request.modifiers,
        request.mods,
        row,
        request.facility,
        request.own_way,
        basis,
        basis.factor,
        row.work,
        row.pe(request.facility),
        row.mp,
        _cap(request),
        anesthesia,
        terms.split,
        terms.bilateral,
        terms.ranking,
        _technical(request, row) if needs_parts else (),
        _professional(request, row) if needs_parts else None,
        terms.roles,
        terms.reduced,
        terms.equipment,
        terms.practitioner_share,
        deductible,
        coinsurance,
        terms.therapy_assistant,
        _row_notices(request, row),
    )


_BY_PARTS = frozenset({"4", "6", "7"})
_RANKED = frozenset({"2", "3", "4", "5", "6", "7"})


def _ranking(row: Row, mods: frozenset[str]) -> str:
    """The indicator whose same-day rule applies to the line, or blank (R15)."""
    indicator = row.profile.multiple
    if indicator not in _RANKED:
        return ""
    if indicator == "4" and row.profile.imaging_family != "88":
        return ""
    return "" if "78" in mods and indicator in ("2", "3") else indicator


def _cap(request: Request) -> Component | None:
    """The RVUs behind the OPPS cap (R11); a contractor's price takes 26's work."""
    row = request.row
    if row is None or not row.has_cap:
        return None
    work = row.work
    if row.profile.status == "C" and not row.modifier:
        professional = request.basis.schedule.figures.find(row.code, "26")
        work = professional.work if professional else work
    return Component(work, row.opps_pe(request.facility), row.opps_mp)


def _technical(request: Request, row: Row) -> Parts:
    """The technical side of a line: fee and cap of each part (R18, R20, R25)."""
    figures, facility = request.basis.schedule.figures, request.facility

    def part(found: Row | None) -> Parts:
        if found is None:
            return ()
        cap = Component(found.work, found.opps_pe(facility), found.opps_mp)
        fee = Component(found.work, found.pe(facility), found.mp)
        return ((fee, cap if found.has_cap else None),)

    pctc = row.profile.pctc
    if row.modifier == "TC" or pctc == "3":
        return part(row)
    if row.modifier == "" and pctc == "1":
        return part(figures.find(row.code, "TC"))
    if pctc == "4":
        codes = _law.companions().get(row.code, ())
        return tuple(each for code in codes for each in part(figures.find(code)))
    return ()


def _professional(request: Request, row: Row) -> Component | None:
    """The professional side of a line (R18)."""
    found: Row | None = row
    if row.modifier == "" and row.profile.pctc == "1":
        found = request.basis.schedule.figures.find(row.code, "26")
    elif row.modifier != "26":
        return None
    facility = request.facility
    return Component(found.work, found.pe(facility), found.mp) if found else None


def _equipment(mods: frozenset[str], rates: Rates) -> tuple[tuple[str, Rate], ...]:
    """FX, FY and CT, in the order R25 applies them."""
    found: tuple[tuple[str, RateName], ...] = (
        ("FX", "film"),
        ("FY", "computed-radiography"),
        ("CT", "ct-equipment"),
    )
    return tuple((m, rates[name]) for m, name in found if m in mods)


def _cost_share(request: Request) -> tuple[bool, Share | None]:
    """Whether the deductible is owed, and the coinsurance (R29)."""
    rates, mods = request.basis.rates, request.mods
    if not request.basis.cost_share or "33" in mods:
        return False, None
    waiver = _law.waivers().get(request.code)
    if waiver is not None and waiver.since > rates.since:
        waiver = None
    if waiver is not None and waiver.coinsurance:
        return not waiver.deductible, None
    if "PT" in mods:
        rate = rates["coinsurance-screening-turned-therapeutic"]
        share = Share.of(rate, "R29", "coinsurance, screening turned therapeutic (PT)")
        return False, share if rate.numerator else None
    return waiver is None or not waiver.deductible, request.basis.coinsurance


def _therapy_assistant(mods: frozenset[str], rates: Rates) -> Share | None:
    """CQ and CO (R30)."""
    rate = rates["therapy-assistant"]
    if not mods & {"CQ", "CO"} or rate.text == "1":
        return None
    return Share.of(rate, "R30", "service of a therapy assistant, Medicare's share")


def _row_notices(request: Request, row: Row) -> tuple[str, ...]:
    """What a biller should know of the row in this setting."""
    found: list[str] = []
    profile = row.profile
    na = profile.na_facility if request.facility else profile.na_nonfacility
    if na:
        setting = "facility" if request.facility else "non-facility"
        found.append(
            f"CMS marks {row.code} NA in the {setting} setting: rarely or never done"
            " there; priced with the practice expense CMS prints (R10)"
        )
    hospital = request.basis.hospital in HOSPITAL
    technical = row.modifier == "TC" or (not row.modifier and profile.pctc == "1")
    if hospital and technical:
        found.append(
            "the hospital is paid for the technical part; a contractor would deny it"
            " here (R12)"
        )
    if "22" in request.mods:
        found.append(
            "modifier 22: the contractor may raise the fee on documentation; priced"
            " without an increase (R24)"
        )
    return tuple(found)
