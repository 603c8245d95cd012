"""Why a payer allowed another amount: the alternatives, each priced by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from .. import _law
from .._money import round_half_up
from .._release import registry
from .._schedule import open_release
from ..errors import NotPriced
from ..pricing.alone import price_line
from ..pricing.claim import price_claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..pricing.line import Line
    from ..pricing.payment import Payment

#: No alternative comes to the amount paid.
UNEXPLAINED = "unexplained"
#: How many releases back an outdated fee file is looked for.
_RELEASES_BACK = 12
#: A surgery that ranks before nearly every other.
_HEAVY_SURGERY = "27447"


class Cause(NamedTuple):
    """A likely cause, and what it was: a locality, a release, a modifier."""

    name: str
    detail: str


Alternative = tuple[str, int]


def cause_of(line: Line, payment: Payment, paid: int) -> Cause:
    """The first alternative that comes to the amount paid, in cents."""
    for name, alternatives in _ALTERNATIVES.items():
        for detail, cents in alternatives(line, payment):
            if cents == paid:
                return Cause(name, detail)
    return Cause(UNEXPLAINED, "")


def _allowed(line: Line, **changes: Any) -> int | None:
    """What another line would be allowed, in cents."""
    found = price_line(attrs.evolve(line, **changes))
    return None if isinstance(found, NotPriced) else found._answer.allowed


def _each(line: Line, named: dict[str, dict[str, Any]]) -> Iterator[Alternative]:
    for detail, changes in named.items():
        cents = _allowed(line, **changes)
        if cents is not None:
            yield detail, cents


def _facility(line: Line, payment: Payment) -> Iterator[Alternative]:
    if payment.setting != "facility":
        yield from _each(line, {"facility": {"setting": "facility"}})


def _non_facility(line: Line, payment: Payment) -> Iterator[Alternative]:
    if payment.setting == "facility":
        yield from _each(line, {"non-facility": {"setting": "non-facility"}})


def _non_participating(line: Line, payment: Payment) -> Iterator[Alternative]:
    if payment._answer.plan.basis.participating:
        yield from _each(line, {"95 %": {"participating": False}})


def _sequestration(_line: Line, payment: Payment) -> Iterator[Alternative]:
    """Taken off the allowed amount, in whole or as Medicare's share loses it."""
    in_force = payment._answer.plan.basis.sequestration
    rate = max(_law.history()["sequestration"], key=lambda r: (r.numerator, r.since))
    rate = in_force if in_force.numerator else rate
    allowed, medicare = payment._answer.allowed, payment._cost_share.medicare
    whole = round_half_up(allowed * rate.numerator, rate.denominator)
    share = round_half_up(medicare * rate.numerator, rate.denominator)
    kept = rate.denominator - rate.numerator
    left = round_half_up(allowed * kept, rate.denominator)
    yield f"{rate.percent} of the allowed amount", allowed - whole
    yield f"{rate.percent} of the allowed amount", left
    yield f"{rate.percent} of Medicare's share", allowed - share


def _component(line: Line, payment: Payment) -> Iterator[Alternative]:
    mods = payment.modifiers
    rest = tuple(m for m in mods if m not in ("26", "TC"))
    have = next((m for m in mods if m in ("26", "TC")), "")
    code = payment.code
    named: dict[str, dict[str, Any]] = {
        other or "complete service": {
            "code": code,
            "modifiers": (other, *rest) if other else rest,
        }
        for other in ("", "26", "TC")
        if other != have
    }
    yield from _each(line, named)


def _assistant(line: Line, payment: Payment) -> Iterator[Alternative]:
    mods, code = payment.modifiers, payment.code
    if {"80", "81", "82", "AS", "62", "66"} & set(mods):
        return
    asked: dict[str, Any] = {"code": code, "documented": True}
    physician = asked | {"modifiers": (*mods, "80")}
    other = asked | {"modifiers": (*mods, "AS"), "practitioner": "PA"}
    yield from _each(line, {"80": physician, "AS": other})


def _multiple(line: Line, payment: Payment) -> Iterator[Alternative]:
    """As the second of two services of its day."""
    if not payment._answer.plan.ranking:
        return
    for other in (line, attrs.evolve(line, code=_HEAVY_SURGERY, modifiers=(), units=1)):
        second = price_claim([other, line]).lines[1]
        if not isinstance(second, NotPriced):
            yield "second of the day", second._answer.allowed


def _old_release(line: Line, payment: Payment) -> Iterator[Alternative]:
    held = registry().releases
    at = [release.name for release in held].index(payment.release.name)
    earlier = held[max(at - _RELEASES_BACK, 0) : at]
    yield from _each(
        line,
        {
            release.name: {"on": release.effective, "release": None}
            for release in reversed(earlier)
        },
    )


def _locality(line: Line, payment: Payment) -> Iterator[Alternative]:
    places = open_release(payment.release).localities
    own = payment.locality.id if payment.locality else ""
    nowhere = dict.fromkeys(("zip", "state", "county", "name", "gpci"))
    named = {
        place.id: {**nowhere, "locality": place.id}
        for place in places
        if place.id != own
    }
    yield from _each(line, {**named, "national": {**nowhere, "locality": None}})


_ALTERNATIVES: dict[str, Callable[[Line, Payment], Iterator[Alternative]]] = {
    "facility rate paid": _facility,
    "non-facility rate paid": _non_facility,
    "non-participating": _non_participating,
    "sequestration": _sequestration,
    "26/TC mix-up": _component,
    "assistant rate": _assistant,
    "MPPR applied": _multiple,
    "old release": _old_release,
    "wrong locality": _locality,
}
