"""Plans as rows of integers: what the engine makes of a line, ready for columns.

A `PlanRow` is a `Plan` of the single-line engine written out as numbers. The
rules that choose shares, rates and refusals are the engine's own; what is said here
is which of them a row of shares can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._release import registry
from .._schedule import open_release
from ..errors import NotPriced, Reason
from ..pricing.engine import UNITS_LIMIT
from ..pricing.line import DEFAULTS, Line
from ..pricing.plan import Plan, Refusal, plan_for
from ..pricing.split_care import pairs_units

if TYPE_CHECKING:
    from .._law import Rate
    from .._schedule import FeeSchedule
    from ..pricing.share import Share

#: Every reason by its number; 0 is none.
REASONS = ("", *(reason.name for reason in Reason))
NUMBERS = {name: number for number, name in enumerate(REASONS)}

#: What two units of a plan are (R14, R38).
TWO_PROCEDURES, ONE_FEE, ONE_PAIR = 0, 1, 2


#: The largest factor, in millionths of a dollar, of which 64 bits hold every fee.
FACTOR_LIMIT = 10**9


class PlanRow(NamedTuple):
    """One plan as integers: reasons by number, components, shares as ratios.

    `early` is a refusal that comes before units, charge and place are read, `late`
    one that comes after. `engine` says that film, anesthesia, a choice of rounding or
    the rules among several units need the engine itself: 1 for any line, 2 for
    several units only. Where they do not, `further` is the share of the amount that
    every unit after the first is paid (R16), and `expense` the share of the practice
    expense in its fee (R19). `plain_units` is the most units of which a line is allowed
    its fee times the units, no other rule of R37 speaking: none, one, or any number.
    """

    early: int = 0
    late: int = 0
    release: int = 0
    engine: int = 0
    facility: int = 0
    work: int = 0
    pe: int = 0
    mp: int = 0
    factor: int = 0
    capped: int = 0
    cap_work: int = 0
    cap_pe: int = 0
    cap_mp: int = 0
    split_top: int = 1
    split_bottom: int = 1
    both_top: int = 1
    both_bottom: int = 1
    single: int = 0
    two_units: int = TWO_PROCEDURES
    pair_top: int = 1
    pair_bottom: int = 1
    further_top: int = 1
    further_bottom: int = 1
    expense_top: int = 1
    expense_bottom: int = 1
    role_top: int = 1
    role_bottom: int = 1
    reduced_top: int = 1
    reduced_bottom: int = 1
    who_top: int = 1
    who_bottom: int = 1
    limiting_top: int = 0
    limiting_bottom: int = 1
    participation_top: int = 1
    participation_bottom: int = 1
    coinsurance_top: int = 0
    coinsurance_bottom: int = 1
    plain_units: int = 0


def plan_row(fields: dict[str, Any]) -> PlanRow:
    """The plan of a line's fields as integers."""
    try:
        _, plan = plan_for(Line(**fields))
    except NotPriced as refusal:
        return PlanRow(early=NUMBERS[refusal.reason.name], release=-1)
    return row_of(plan)


def row_of(plan: Plan | Refusal) -> PlanRow:
    """A plan or its refusal as integers."""
    release = release_number(plan.basis.schedule.release.name)
    if isinstance(plan, Refusal):
        return PlanRow(late=NUMBERS[plan.answer.reason.name], release=release)
    return _of(plan, release)


def release_names() -> tuple[str, ...]:
    """The releases at hand, in order."""
    return tuple(registry().by_name)


def schedule_of(name: str) -> FeeSchedule:
    """The schedule of a release at hand."""
    return open_release(registry().by_name[name])


def release_number(name: str) -> int:
    """A release's place in the order of those at hand."""
    return release_names().index(name)


def _of(plan: Plan, release: int) -> PlanRow:
    cap = plan.cap
    two_units, pair = _two_units(plan)
    further, expense = _further_units(plan) or ((1, 1), (1, 1))
    return PlanRow(
        0,
        0,
        release,
        _engine(plan),
        int(plan.facility),
        plan.work,
        plan.pe,
        plan.mp,
        plan.factor,
        int(cap is not None),
        *(cap or (0, 0, 0)),
        *_ratio(plan.split[0] if plan.split else None),
        *_ratio(plan.bilateral),
        int("50" in plan.mods),
        two_units,
        *pair,
        *further,
        *expense,
        *_ratio(plan.roles[0] if plan.roles else None),
        *_ratio(plan.reduced),
        *_ratio(plan.practitioner_share),
        *_limiting(plan),
        *_ratio(plan.basis.participation),
        *((0, 1) if plan.coinsurance is None else _ratio(plan.coinsurance)),
        _plain_units(plan, two_units, (*further, *expense)),
    )


def _plain_units(plan: Plan, two_units: int, shares: tuple[int, ...]) -> int:
    engine = _engine(plan)
    others = plan.split or plan.bilateral or plan.roles or plan.reduced
    if engine == 1 or plan.cap or others or "50" in plan.mods:
        return 0
    lowered = shares != (1, 1, 1, 1)
    return 1 if engine or lowered or two_units != TWO_PROCEDURES else UNITS_LIMIT


def _ratio(share: Share | Rate | None) -> tuple[int, int]:
    return (1, 1) if share is None else (share.numerator, share.denominator)


def _engine(plan: Plan) -> int:
    options = plan.basis.options
    if plan.anesthesia is not None or plan.equipment or plan.factor > FACTOR_LIMIT:
        return 1
    if (options.rounding, options.tie, options.limiting) != (
        DEFAULTS.rounding,
        DEFAULTS.tie,
        DEFAULTS.limiting,
    ):
        return 1
    return 2 if _further_units(plan) is None else 0


def _further_units(plan: Plan) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The shares of amount and of practice expense of each unit after the first.

    None where units lower each other by more than a share: the engine ranks them.
    """
    rates, whole = plan.basis.rates, (1, 1)
    if not plan.ranking:
        return whole, whole
    if plan.ranking in ("2", "3") and not plan.row.profile.endoscopic_base:
        return _ratio(rates["multiple-surgery"]), whole
    if plan.ranking == "5" and not (plan.cap or plan.split or plan.bilateral):
        return whole, _ratio(rates["therapy-practice-expense"])
    return None


def _two_units(plan: Plan) -> tuple[int, tuple[int, int]]:
    if plan.row.profile.bilateral == "2":
        return ONE_FEE, (1, 1)
    if pairs_units(plan.row, plan.basis.options.two_units):
        rate = plan.basis.rates["bilateral"]
        return ONE_PAIR, (rate.numerator, rate.denominator)
    return TWO_PROCEDURES, (1, 1)


def _limiting(plan: Plan) -> tuple[int, int]:
    at = plan.basis
    if at.participation is None or at.practitioner.must_accept_assignment:
        return 0, 1
    rate = at.rates["limiting-charge"]
    return rate.numerator, rate.denominator
