"""R37's list: why a line is refused, in the order in which the first one answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from .. import _law
from ..errors import Reason, did_you_mean
from .anesthesia import MODIFIERS as ANESTHESIA
from .anesthesia import own_base_units
from .roles import ASSISTANTS, stopped_or_reduced
from .split_care import can_split

if TYPE_CHECKING:
    from .request import Request

#: Kinds of place of service where Medicare pays a hospital beside the physician.
HOSPITAL = ("inpatient", "hospital")
_SURGICAL_NONPHYSICIANS = frozenset({"PA", "NP", "CNS"})

#: Status letters that Medicare does not pay, with the reason and the words (R5).
_NOT_PAYABLE = {
    "N": (Reason.NON_COVERED, "Medicare does not cover it"),
    "X": (
        Reason.OTHER_FEE_SCHEDULE,
        "it is outside what the law calls physician services; another fee schedule"
        " or none applies",
    ),
    "E": (
        Reason.EXCLUDED,
        "regulation leaves it out of the fee schedule; another payment basis applies",
    ),
    "I": (Reason.NOT_VALID, "Medicare uses another code for the service"),
    "M": (Reason.REPORTING_ONLY, "it only reports a measurement"),
    "D": (Reason.DELETED, "the code is deleted"),
    "F": (Reason.DELETED, "the code is deleted"),
    "G": (Reason.DELETED, "the code is no longer valid for Medicare"),
    "H": (Reason.DELETED, "the modifier row is deleted"),
}


Found = tuple[Reason, str]
Check = Callable[["Request"], "Found | None"]


def refuse(request: Request) -> tuple[Reason, str, tuple[str, ...]] | None:
    """The first refusal of the list, with the others as warnings; None if none."""
    found = list(modifier_faults(request.modifiers)) if request.modifiers else []
    checks = ON_ABSENCE if request.row is None else checks_of_row(request.mods)
    found += [each for check in checks if (each := check(request))]
    if not found:
        return None
    reason, message = found[0]
    return reason, message, tuple(text for _, text in found[1:])


# --- checks of the modifiers alone --------------------------------------------


@lru_cache(maxsize=4096)
def modifier_faults(modifiers: tuple[str, ...]) -> tuple[Found, ...]:
    """What is wrong with a set of modifiers, whatever the code."""
    return tuple(each for check in ON_MODIFIERS if (each := check(modifiers)))


def _facility_claim(modifiers: tuple[str, ...]) -> Found | None:
    table = _law.modifiers()
    for modifier in modifiers:
        if modifier in table and table[modifier].effect == "facility-claim":
            what = f"modifier {modifier} belongs on a facility's claim, not here"
            return Reason.MODIFIER_NOT_ALLOWED, what
    return None


def _unknown_modifier(modifiers: tuple[str, ...]) -> Found | None:
    table = _law.modifiers()
    for modifier in modifiers:
        if modifier not in table:
            near = did_you_mean(modifier, table, cutoff=0.5) or "; give two characters"
            return (
                Reason.MODIFIER_UNKNOWN,
                f"modifier {modifier[:20]!r} is not known{near}",
            )
    return None


def _repeated_modifier(modifiers: tuple[str, ...]) -> Found | None:
    for modifier in modifiers:
        if modifiers.count(modifier) > 1:
            what = f"modifier {modifier[:20]} stands twice; give it once"
            return Reason.MODIFIER_CONFLICT, what
    return None


def _exclusive_modifiers(modifiers: tuple[str, ...]) -> Found | None:
    table, seen = _law.modifiers(), set(modifiers)
    for modifier in modifiers:
        clash = sorted(table[modifier].excludes & seen) if modifier in table else []
        if clash:
            what = f"modifiers {modifier} and {clash[0]} exclude each other on one line"
            return Reason.MODIFIER_CONFLICT, what
    return None


ON_MODIFIERS = (
    _facility_claim,
    _unknown_modifier,
    _repeated_modifier,
    _exclusive_modifiers,
)


# --- checks of the code ---------------------------------------------------------


def _unknown_code(request: Request) -> Found | None:
    if request.code_fault:
        return Reason.UNKNOWN_CODE, request.code_fault
    if request.basis.schedule.figures.modifiers(request.code):
        return None
    name = request.basis.schedule.release.name
    what = (
        f"{request.code} is not in {name}, which prices the line: check the code and"
        " the date of service"
    )
    return Reason.UNKNOWN_CODE, what


def _row_absent(request: Request) -> Found | None:
    if request.row is not None or not request.code:
        return None
    rows = request.basis.schedule.figures.modifiers(request.code)
    if not rows:
        return None
    asked = next((m for m in ("26", "TC") if m in request.mods), "")
    have = ", ".join(row or "the complete service" for row in rows)
    wanted = f"modifier {asked}" if asked else "a line without 26 or TC"
    name = request.basis.schedule.release.name
    what = f"{request.code} has no row for {wanted}; {name} has {have}"
    return Reason.MODIFIER_NOT_ALLOWED, what


# --- checks on the row ---------------------------------------------------------


def _anesthesia_modifier(request: Request) -> Found | None:
    is_anesthesia = request.found.profile.status == "J"
    given = sorted(request.mods & ANESTHESIA) if request.mods else []
    if given and not is_anesthesia:
        what = f"modifier {given[0]} is for anesthesia; {request.code} is not"
        return Reason.MODIFIER_NOT_ALLOWED, what
    if is_anesthesia and not given:
        what = (
            f"{request.code} is anesthesia and needs one of"
            f" {', '.join(sorted(ANESTHESIA))}: who performed or directed it"
        )
        return Reason.MODIFIER_MISSING, what
    return None


def _bundled(request: Request) -> Found | None:
    if request.reference or request.found.profile.status not in ("B", "P"):
        return None
    what = f"{request.code} is bundled: Medicare pays it inside another service"
    return Reason.BUNDLED, what


def _contractor_priced(request: Request) -> Found | None:
    row = request.found
    status = row.profile.status
    unpriced = status == "C" or (status == "R" and not row.has_rvus)
    if status == "J":
        unpriced = own_base_units(request) is None
    if not unpriced:
        return None
    what = (
        f"the Medicare contractor sets the price of {request.code}: ask it, or use its"
        " published fee"
    )
    return Reason.CONTRACTOR_PRICED, what


def _status(request: Request) -> Found | None:
    found = _NOT_PAYABLE.get(request.found.profile.status)
    if found is None or request.reference:
        return None
    reason, words = found
    status = request.found.profile.status
    return reason, f"{request.code} has status {status}: {words}"


@lru_cache(maxsize=1)
def _in_a_hospital() -> str:
    """The places of service where Medicare pays a hospital, as a message says them."""
    places = _law.places_of_service().values()
    listed = [place.pos for place in places if place.hospital in HOSPITAL]
    return f"in a hospital (place of service {', '.join(listed)})"


def _setting(request: Request) -> Found | None:
    where, pctc = request.basis.hospital, request.found.profile.pctc
    who = request.basis.practitioner.name
    hospital = where in HOSPITAL
    if pctc == "5" and hospital:
        what = (
            f"incident to a physician's service, it is not payable {_in_a_hospital()}"
        )
    elif pctc == "7" and hospital and who in ("PT", "OT"):
        what = f"an independent therapist is not paid for it {_in_a_hospital()}"
    elif pctc == "8" and where not in ("", "inpatient"):
        what = "the reading is paid for hospital inpatients (place of service 21) only"
    else:
        return None
    return Reason.SETTING_NOT_PAYABLE, f"{request.code}: {what}"


def _assistant_practitioner(request: Request) -> Found | None:
    mods, who = request.mods, request.basis.practitioner.name
    numbers = sorted(mods & ASSISTANTS)
    if numbers and who in _SURGICAL_NONPHYSICIANS:
        what = f"a {who} who assists at surgery reports AS, not {numbers[0]}"
        return Reason.MODIFIER_NOT_ALLOWED, what
    if "AS" in mods and who not in _SURGICAL_NONPHYSICIANS:
        what = f"AS is for a PA, NP or CNS; the practitioner is {who}"
        return Reason.MODIFIER_NOT_ALLOWED, what
    return None


def _assistant(request: Request) -> Found | None:
    indicator = request.found.profile.assistant
    if indicator == "2" or (indicator == "0" and request.basis.documented):
        return None
    words = {
        "0": "is paid only with documentation of the need: give documented=True",
        "1": "is never paid",
    }
    what = words.get(indicator, "is no notion that applies")
    return (
        Reason.ASSISTANT_NOT_PAYABLE,
        f"an assistant at surgery for {request.code} {what}",
    )


def _co_surgeon(request: Request) -> Found | None:
    indicator = request.found.profile.co_surgeon
    if indicator == "2" or (indicator == "1" and request.basis.documented):
        return None
    words = {
        "0": "are never paid",
        "1": "are paid only with documentation of the need: give documented=True",
    }
    what = words.get(indicator, "are no notion that applies")
    return Reason.CO_SURGEON_NOT_PAYABLE, f"two surgeons for {request.code} {what}"


def _team(request: Request) -> Found | None:
    if request.found.profile.team in ("1", "2"):
        what = f"team surgery (66) for {request.code} is priced by report"
        return Reason.BY_REPORT, what
    return Reason.TEAM_NOT_PAYABLE, f"a surgical team for {request.code} is not paid"


def _by_report(request: Request) -> Found | None:
    if request.basis.percent_payable is not None:
        return None
    if not stopped_or_reduced(request.modifiers, request.found):
        return None
    modifier = "52" if "52" in request.mods else "53"
    what = (
        f"{request.code}-{modifier} is priced by report: give percent_payable= where"
        " the contractor's percentage is known"
    )
    return Reason.BY_REPORT, what


def _practitioner(request: Request) -> Found | None:
    who = request.basis.practitioner
    if request.basis.rates.since >= who.since:
        return None
    what = f"a {who.label} ({who.name}) is paid from {who.since}, not before"
    return Reason.PRACTITIONER_NOT_PAYABLE, what


def _split_care(request: Request) -> Found | None:
    given = sorted(request.mods & {"54", "55", "56", "78"})
    if can_split(request.found):
        return None
    days = request.found.profile.global_days
    if given == ["78"] and days == "000":
        return None
    what = (
        f"modifier {given[0]} needs a global period that can be split;"
        f" {request.code} has {days}"
    )
    return Reason.MODIFIER_NOT_ALLOWED, what


ON_ABSENCE = (_unknown_code, _row_absent)

_ROLES = ASSISTANTS | {"AS"}

#: In the order of R37, after `ON_MODIFIERS`; the first that speaks is the answer.
#: A check that concerns some modifiers only is asked where one of them stands.
ON_ROW: tuple[tuple[Check, frozenset[str] | None], ...] = (
    (_anesthesia_modifier, None),
    (_bundled, None),
    (_contractor_priced, None),
    (_status, None),
    (_setting, None),
    (_assistant_practitioner, _ROLES),
    (_assistant, _ROLES),
    (_co_surgeon, frozenset({"62"})),
    (_team, frozenset({"66"})),
    (_by_report, frozenset({"52", "53"})),
    (_practitioner, None),
    (_split_care, frozenset({"54", "55", "56", "78"})),
)


@lru_cache(maxsize=4096)
def checks_of_row(mods: frozenset[str]) -> tuple[Check, ...]:
    """The checks of the row that concern a line with these modifiers."""
    return tuple(
        check for check, concerned in ON_ROW if concerned is None or concerned & mods
    )
