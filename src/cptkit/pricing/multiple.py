"""Stage 4 of R37: several services of one day (R15 to R21).

Each rule takes the lines of one day that its indicator names, ranks their
units, and lowers what is not first. A line alone goes through here too: its
units are several services.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from .._money import BASE_SCALE

if TYPE_CHECKING:
    from .._law import Rate, RateName
    from .engine import Working
    from .plan import Component
    from .share import Amount

_SEPARATE = frozenset({"59", "XE"})


def reduce(day: list[Working]) -> None:
    """Apply every rule of one day to the lines that have its indicator."""
    groups: dict[_Rule, list[Working]] = {}
    for working in day:
        if working.plan.ranking:
            groups.setdefault(_RULES[working.plan.ranking], []).append(working)
    for rule, lines in groups.items():
        if sum(len(working.procedures) for working in lines) > 1:
            rule(lines)


# --- R16 and R17: surgery and endoscopy ---------------------------------------------


class _Entry:
    """One procedure in the ranking: the lines it is part of, with each part."""

    __slots__ = ("by_line", "order", "parts", "taken")

    def __init__(self, order: int, parts: list[tuple[Working, Amount]]) -> None:
        self.order, self.parts = order, parts
        self.by_line = False
        self.taken: list[tuple[Working, Amount]] = []

    @property
    def amount(self) -> Amount:
        return sum((amount for _, amount in self.parts), 0)


def _surgery(lines: list[Working]) -> None:
    """Rank every procedure of the day: first in full, the others halved (R16).

    Endoscopies of one family count as one entry, its base taken off (R17).
    """
    entries = _entries(lines)
    if len(entries) < 2:
        return
    ranked = sorted(_families(lines, entries), key=lambda e: (-e.amount, e.order))
    limit = ranked[0].parts[0][0].plan.basis.rates["multiple-surgery-ranks"].numerator
    totals: dict[int, Amount] = {id(w): 0 for w in lines}
    told: dict[int, list[tuple[int, Amount, Amount]]] = {id(w): [] for w in lines}
    for rank, entry in enumerate(ranked, start=1):
        for working, amount in entry.parts:
            paid = amount
            if rank > 1:
                rate = working.plan.basis.rates["multiple-surgery"]
                step = working.plan.basis.step
                paid = step(amount * rate.numerator, rate.denominator)
            totals[id(working)] += paid
            told[id(working)].append((rank, amount, paid))
            if rank > limit:
                _warn_by_report(working, rank)
    bases = {id(w): taken for e in ranked for w, taken in e.taken}
    for working in lines:
        _note_surgery(working, totals, told, bases)


def _warn_by_report(working: Working, rank: int) -> None:
    warning = (
        f"procedure {rank} of the day is priced by report; 50 % is what the fifth"
        " would pay (R16)"
    )
    working.warnings += (warning,)


def _entries(lines: list[Working]) -> list[_Entry]:
    """Every unit an entry; the lines of an RT and LT pair share theirs."""
    entries: list[_Entry] = []
    second = {id(w.partner) for w in lines if w.partner is not None}
    for order, working in enumerate(lines):
        partner = working.partner
        others = partner.procedures if partner is not None else ()
        skip = 0
        if id(working) in second:
            first = next(w for w in lines if w.partner is working)
            skip = len(first.procedures)
        for unit, amount in enumerate(working.procedures):
            if unit < skip and id(working) in second:
                continue
            parts = [(working, amount)]
            if partner is not None and unit < len(others):
                parts.append((partner, others[unit]))
            entries.append(_Entry(order, parts))
    return entries


def _families(lines: list[Working], entries: list[_Entry]) -> list[_Entry]:
    """Entries with each endoscopic family of two or more joined into one (R17)."""
    bases = {w.plan.row.profile.endoscopic_base for w in lines} - {""}
    found: dict[str, list[_Entry]] = {}
    ranked: list[_Entry] = []
    for entry in entries:
        row = entry.parts[0][0].plan.row
        base = row.profile.endoscopic_base
        if row.code in bases:
            nothing: list[tuple[Working, Amount]] = [(w, 0) for w, _ in entry.parts]
            entry.parts, entry.taken = nothing, list(nothing)
            ranked.append(entry)
        elif base:
            found.setdefault(base, []).append(entry)
        else:
            ranked.append(entry)
    for base, members in found.items():
        ranked.append(_family(base, members) if len(members) > 1 else members[0])
    return ranked


def _family(base: str, members: list[_Entry]) -> _Entry:
    """One family as one entry: the largest in full, the others less the base."""
    members.sort(key=lambda entry: (-entry.amount, entry.order))
    parts: dict[int, tuple[Working, Amount]] = {}
    taken: list[tuple[Working, Amount]] = []
    for index, entry in enumerate(members):
        left = _base_amount(base, entry.parts[0][0]) if index else 0
        for working, amount in entry.parts:
            off = min(left, amount)
            left -= off
            if off:
                taken.append((working, off))
            before = parts.get(id(working), (working, 0))[1]
            parts[id(working)] = working, before + amount - off
    family = _Entry(min(e.order for e in members), list(parts.values()))
    family.taken = taken
    return family


def _base_amount(base: str, working: Working) -> Amount:
    """The family's base at the line's place: the lower of fee and cap, one unit."""
    plan = working.plan
    row = plan.basis.schedule.figures.find(base)
    if row is None or row.profile.status == "C":
        warning = (
            f"the endoscopic base {base} has no price of its own; nothing is taken off"
        )
        if warning not in working.warnings:
            working.warnings += (warning,)
        return 0
    fee = _fee(working, (row.work, row.pe(plan.facility), row.mp))
    if not row.has_cap:
        return fee
    cap = (row.work, row.opps_pe(plan.facility), row.opps_mp)
    return min(fee, _fee(working, cap))


def _fee(working: Working, component: tuple[int, int, int] | Component) -> Amount:
    work, pe, mp = component
    place, plan = working.place, working.plan
    of = (work * place.work + pe * place.pe + mp * place.mp) * plan.factor
    return plan.basis.round(of, BASE_SCALE)


def _note_surgery(
    working: Working,
    totals: dict[int, Amount],
    told: dict[int, list[tuple[int, Amount, Amount]]],
    bases: dict[int, Amount],
) -> None:
    before, after = working.amount, totals[id(working)]
    detail = (tuple(told[id(working)]), bases.get(id(working)))
    working.note("mppr", "surgery", before, after, detail)
    if working.technical is not None and before:
        share = Fraction(after) / Fraction(before)
        working.technical = working.plan.basis.step(
            working.technical * share.numerator, share.denominator
        )
    working.amount = after


# --- R18, R20 and R21: technical and professional sides ------------------------


class _Side:
    """One unit's technical or professional side in a ranking."""

    __slots__ = ("amount", "cap", "working")

    def __init__(self, working: Working, amount: Amount, cap: Amount | None) -> None:
        self.working, self.amount, self.cap = working, amount, cap

    def capped(self, amount: Amount) -> Amount:
        return amount if self.cap is None else min(amount, self.cap)


def _imaging(lines: list[Working]) -> None:
    """Diagnostic imaging: technical and professional sides ranked apart (R18)."""
    session = [
        w
        for w in lines
        if not (w.plan.basis.options.separate_session_59 and _SEPARATE & w.plan.mods)
    ]
    _rank_sides(session, "imaging-technical", "imaging-professional")


def _cardiovascular(lines: list[Working]) -> None:
    """Diagnostic cardiovascular services: technical sides only (R20)."""
    _rank_sides(lines, "cardiovascular-technical", None)


def _ophthalmology(lines: list[Working]) -> None:
    """Diagnostic eye services: technical sides only (R21)."""
    _rank_sides(lines, "ophthalmology-technical", None)


def _rank_sides(
    lines: list[Working], technical: RateName, professional: RateName | None
) -> None:
    sides = [side for w in lines for side in _technical_sides(w)]
    losses: dict[int, tuple[Amount, Amount]] = {id(w): (0, 0) for w in lines}
    for side in _after_first(sides):
        rate = side.working.plan.basis.rates[technical]
        paid = side.capped(_share(side, rate))
        lost, other = losses[id(side.working)]
        losses[id(side.working)] = lost + side.capped(side.amount) - paid, other
    if professional is not None:
        sides = [side for w in lines for side in _professional_sides(w)]
        for side in _after_first(sides):
            rate = side.working.plan.basis.rates[professional]
            other, lost = losses[id(side.working)]
            losses[id(side.working)] = other, lost + side.amount - _share(side, rate)
    for working in lines:
        tech, prof = losses[id(working)]
        before, after = working.amount, working.amount - tech - prof
        detail = (technical, professional, tech, prof)
        working.note("mppr", "sides", before, after, detail)
        working.amount = after
        if working.technical is not None:
            working.technical -= tech


def _after_first(sides: list[_Side]) -> list[_Side]:
    return sorted(sides, key=lambda side: (-side.amount, side.capped(side.amount)))[1:]


def _share(side: _Side, rate: Rate) -> Amount:
    return side.working.plan.basis.step(side.amount * rate.numerator, rate.denominator)


def _technical_sides(working: Working) -> list[_Side]:
    """The technical side of each unit; both sides of a 50 line count together."""
    plan = working.plan
    if not plan.technical:
        return []
    fee: Amount = 0
    for component, _ in plan.technical:
        fee += _fee(working, component)
    fee = _by_side(working, fee)
    caps = [_fee(working, cap) for _, cap in plan.technical if cap is not None]
    cap = _by_side(working, sum(caps)) if caps else None
    return [_Side(working, fee, cap) for _ in working.procedures]


def _professional_sides(working: Working) -> list[_Side]:
    plan = working.plan
    if plan.professional is None:
        return []
    amount = _by_side(working, _fee(working, plan.professional))
    return [_Side(working, amount, None) for _ in working.procedures]


def _by_side(working: Working, amount: Amount) -> Amount:
    """An amount of one side as R14 pays the line: by 50, or as a pair's second."""
    share = working.side
    if share is None:
        return amount
    return working.plan.basis.step(amount * share.numerator, share.denominator)


def technical_part(working: Working) -> Amount | None:
    """The technical part of a whole line, capped (R25); None where it has none."""
    plan = working.plan
    if not plan.technical:
        return None
    row = plan.row
    if row.modifier == "TC" or row.profile.pctc == "3":
        return working.amount
    part: Amount = 0
    for component, cap in plan.technical:
        fee = _fee(working, component)
        part += fee if cap is None else min(fee, _fee(working, cap))
    times = len(working.procedures) or working.units
    return _by_side(working, part) * times


# --- R19: therapy --------------------------------------------------------------


def _therapy(lines: list[Working]) -> None:
    """The unit with the highest practice expense in full, the others at half of it."""
    units = [(w, amount) for w in lines for amount in w.procedures]
    ranked = sorted(units, key=lambda unit: (-unit[0].plan.pe, -unit[1]))
    first = ranked[0][0]
    for working in lines:
        full = 1 if working is first else 0
        lowered = _lowered_expense(working)
        count = len(working.procedures)
        before = working.amount
        after = working.procedures[0] * full + lowered * (count - full)
        detail = (full, count - full, working.procedures[0], lowered)
        working.note("mppr", "therapy", before, after, detail)
        working.amount = after


def _lowered_expense(working: Working) -> Amount:
    """One unit with half the practice expense RVU, rounded once (R19)."""
    plan, place = working.plan, working.place
    rate = plan.basis.rates["therapy-practice-expense"]
    whole = plan.work * place.work + plan.mp * place.mp
    of = whole * rate.denominator + plan.pe * place.pe * rate.numerator
    return plan.basis.round(of * plan.factor, BASE_SCALE * rate.denominator)


_Rule = Callable[[list["Working"]], None]
#: What the indicator of the multiple procedure column asks for.
_RULES: dict[str, _Rule] = {
    "2": _surgery,
    "3": _surgery,
    "4": _imaging,
    "5": _therapy,
    "6": _cardiovascular,
    "7": _ophthalmology,
}
