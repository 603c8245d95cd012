"""Stage 1 of R37: everything about a line that its place and units do not change.

A plan is worked out once for each distinct line and remembered, so that a
million lines cost a few thousand plans.
"""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from .._money import round_half_even, round_half_up
from ..errors import InvalidInputError, Reason, not_priced, show
from .anesthesia import Anesthesia, anesthesia_of
from .refusals import refuse
from .request import Request, read_request
from .roles import reduced_share, role_shares
from .share import Share
from .split_care import bilateral_share, split_shares

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from .._law import PlaceOfService, Practitioner, Rate, RateName, Rates
    from .._schedule import FeeSchedule
    from .._store import Row
    from .line import Line, Options
    from .share import Amount


class Component(NamedTuple):
    """RVUs behind one amount: work, practice expense, malpractice, in hundredths."""

    work: int
    pe: int
    mp: int


class Plan(NamedTuple):
    """A line resolved: row, factor, shares and rates, ready for any place and units."""

    code: str
    modifiers: tuple[str, ...]
    options: Options
    schedule: FeeSchedule
    row: Row
    on: date
    exact: bool
    rates: Rates
    factor: int
    factor_text: str
    factor_authority: str
    pos: PlaceOfService | None
    facility: bool
    setting_way: str
    practitioner: Practitioner
    participating: bool
    qp: bool
    round: Callable[[int, int], int]
    step: Callable[[Any, int], Amount]
    work: int
    pe: int
    mp: int
    cap: Component | None
    anesthesia: Anesthesia | None
    split: tuple[Share, ...]
    bilateral: Share | None
    ranking: str
    technical: tuple[tuple[Component, Component | None], ...]
    professional: Component | None
    roles: tuple[Share, ...]
    reduced: Share | None
    equipment: tuple[tuple[str, Rate], ...]
    practitioner_share: Share | None
    participation: Share | None
    owes_deductible: bool
    coinsurance: Share | None
    therapy_assistant: Share | None
    sequestration: Rate
    warnings: tuple[str, ...]


class Refusal(NamedTuple):
    """A line refused by R37's list; the cap of a contractor's price stays at hand."""

    reason: Reason
    code: str
    message: str
    warnings: tuple[str, ...]
    cap: Component | None
    factor: int
    schedule: FeeSchedule


_KEY = attrgetter(
    "code",
    "modifiers",
    "on",
    "pos",
    "setting",
    "release",
    "conversion_factor",
    "practitioner",
    "participating",
    "qp",
    "percent_payable",
    "postop_share",
    "documented",
    "cost_share",
    "induction",
    "base_units",
    "strict",
    "options",
)
_LIMIT = 50_000
_remembered: dict[object, Plan | Refusal] = {}


def plan_for(line: Line, *, reference: bool = False) -> Plan | Refusal:
    """The plan of a line, remembered from the last line that was the same.

    Raises:
        NotPriced: The date, place of service, practitioner or another argument
            cannot be read; those faults come before R37's list.
    """
    key = (_KEY(line), reference)
    try:
        return _remembered[key]
    except KeyError:
        remember = True
    except TypeError:  # an argument that cannot be hashed is read, then refused
        remember = False
    found = _plan(line, reference=reference)
    if remember:
        if len(_remembered) >= _LIMIT:
            _remembered.clear()
        _remembered[key] = found
    return found


def forget_plans() -> None:
    """Work every plan out anew, after an installation changed what is held."""
    _remembered.clear()


def _plan(line: Line, *, reference: bool) -> Plan | Refusal:
    try:
        request = read_request(line, reference=reference)
        refusal = refuse(request)
        if refusal is not None:
            reason, message, warnings = refusal
            cap = _cap(request) if reason is Reason.CONTRACTOR_PRICED else None
            code = request.code or show(line.code)
            return Refusal(
                reason,
                code,
                message,
                warnings,
                cap,
                request.factor,
                request.schedule,
            )
        return _resolved(request)
    except InvalidInputError as error:
        raise not_priced(Reason.ARGUMENT_INVALID, str(error)) from None


# --- the plan: what the rules make of the request ------------------------------


def _resolved(request: Request) -> Plan:
    row = request.row
    if row is None:  # R37's list has refused it
        raise AssertionError
    options, rates, profile = request.options, request.rates, row.profile
    rounding = round_half_even if options.tie == "half_even" else round_half_up
    practitioner = request.practitioner
    anesthesia = anesthesia_of(request)
    mods = frozenset(request.modifiers)
    ranking = profile.multiple if profile.multiple in "234567" else ""
    if ranking == "4" and profile.imaging_family != "88":
        ranking = ""
    if "78" in mods and ranking in ("2", "3"):
        ranking = ""
    equipment = _equipment(mods, rates)
    needs_parts = bool(equipment) or ranking in ("4", "6", "7")
    deductible, coinsurance = _cost_share(request, mods)
    return Plan(
        code=request.code,
        modifiers=request.modifiers,
        options=options,
        schedule=request.schedule,
        row=row,
        on=request.on,
        exact=request.exact,
        rates=rates,
        factor=request.factor,
        factor_text=request.factor_text,
        factor_authority=request.factor_authority,
        pos=request.pos,
        facility=request.facility,
        setting_way=request.setting_way,
        practitioner=practitioner,
        participating=request.participating,
        qp=request.qp,
        round=rounding,
        step=Fraction if options.rounding == "final" else rounding,
        work=row.work,
        pe=row.pe(request.facility),
        mp=row.mp,
        cap=_cap(request),
        anesthesia=anesthesia,
        split=split_shares(request, row) if anesthesia is None else anesthesia.shares,
        bilateral=bilateral_share(request, row),
        ranking=ranking if anesthesia is None else "",
        technical=_technical(request, row) if needs_parts else (),
        professional=_professional(request, row) if needs_parts else None,
        roles=role_shares(request),
        reduced=reduced_share(request, row),
        equipment=equipment,
        practitioner_share=_practitioner_share(request, anesthesia),
        participation=None
        if request.participating
        else Share.of(rates["nonparticipating"], "R27", "non-participating supplier"),
        owes_deductible=deductible,
        coinsurance=coinsurance,
        therapy_assistant=_therapy_assistant(mods, rates),
        sequestration=rates["sequestration"],
        warnings=(*request.notices, *_row_notices(request, row)),
    )


def _cap(request: Request) -> Component | None:
    """The RVUs behind the OPPS cap (R11); a contractor's price takes 26's work."""
    row = request.row
    if row is None or not row.has_cap:
        return None
    work = row.work
    if row.profile.status == "C" and not row.modifier:
        professional = request.schedule.figures.find(row.code, "26")
        work = professional.work if professional else work
    return Component(work, row.opps_pe(request.facility), row.opps_mp)


Parts = tuple[tuple[Component, Component | None], ...]


def _technical(request: Request, row: Row) -> Parts:
    """The technical side of a line: fee and cap of each part (R18, R20, R25)."""
    figures, facility = request.schedule.figures, request.facility

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
        found = request.schedule.figures.find(row.code, "26")
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


def _practitioner_share(
    request: Request, anesthesia: Anesthesia | None
) -> Share | None:
    """The practitioner's percentage (R26); anesthesia and AS lines skip it."""
    who = request.practitioner
    if who.share == 1 or anesthesia is not None or "AS" in request.modifiers:
        return None
    share = who.share
    what = f"service of a {who.label} ({who.name})"
    return Share("R26", what, share.numerator, share.denominator, who.authority)


def _cost_share(request: Request, mods: frozenset[str]) -> tuple[bool, Share | None]:
    """Whether the deductible is owed, and the coinsurance (R29)."""
    rates = request.rates
    if not request.cost_share or "33" in mods:
        return False, None
    waiver = _law.waivers().get(request.code)
    plain = Share.of(rates["coinsurance"], "R29", "coinsurance")
    if waiver is not None and waiver.since <= request.on:
        return not waiver.deductible, None if waiver.coinsurance else plain
    if "PT" in mods:
        rate = rates["coinsurance-screening-turned-therapeutic"]
        share = Share.of(rate, "R29", "coinsurance, screening turned therapeutic (PT)")
        return False, share if rate.numerator else None
    return True, plain


def _therapy_assistant(mods: frozenset[str], rates: Rates) -> Share | None:
    """CQ and CO (R30)."""
    rate = rates["therapy-assistant"]
    if not mods & {"CQ", "CO"} or rate.text == "1":
        return None
    return Share.of(rate, "R30", "service of a therapy assistant, Medicare's share")


def _row_notices(request: Request, row: Row) -> tuple[str, ...]:
    """What a biller should know of the row in this setting."""
    found, profile, pos = [], row.profile, request.pos
    na = profile.na_facility if request.facility else profile.na_nonfacility
    if na:
        setting = "facility" if request.facility else "non-facility"
        found.append(
            f"CMS marks {row.code} NA in the {setting} setting: rarely or never done"
            " there; priced with the practice expense CMS prints (R10)"
        )
    hospital = pos is not None and pos.pos in ("19", "21", "22", "23")
    technical = row.modifier == "TC" or (not row.modifier and profile.pctc == "1")
    if hospital and technical:
        found.append(
            "the hospital is paid for the technical part; a contractor would deny it"
            " here (R12)"
        )
    if "22" in request.modifiers:
        found.append(
            "modifier 22: the contractor may raise the fee on documentation; priced"
            " without an increase (R24)"
        )
    return tuple(found)
