"""A claim: lines of one patient and one practitioner that change each other's price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from .._money import dollars, scaled
from ..errors import InvalidInputError, NotPriced, Reason, not_priced, show
from .alone import answer_alone
from .cost_share import meet_deductible
from .engine import Working, begin, finish, read, take_shares, unrounded
from .line import DEFAULTS, FIELDS, Line, as_line
from .multiple import reduce, technical_part
from .payment import Payment
from .share import Share

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from ..ncci import ProcedurePairs
    from .engine import Resolved
    from .findings import Billed, Finding
    from .share import Amount

_PAYABLE = frozenset({"A", "R"})
_SIDES = frozenset({"RT", "LT"})
_UNRANKED_PAIR = frozenset({"0", "2", "3", "9"})


@attrs.frozen(repr=False)
class Claim:
    """Lines priced together.

    Attributes:
        lines: A `Payment` or a `NotPriced` each, in the order given.
        edits: The procedure-to-procedure pairs it is checked against, None where
            none were given.
    """

    lines: tuple[Payment | NotPriced, ...]
    edits: ProcedurePairs | None
    _asked: tuple[Line, ...] = attrs.field(hash=False)

    @property
    def payments(self) -> tuple[Payment, ...]:
        """The lines that have an amount."""
        return tuple(line for line in self.lines if isinstance(line, Payment))

    @property
    def allowed(self) -> Decimal:
        """What Medicare allows for the priced lines together."""
        return dollars(sum(line._answer.allowed for line in self.payments))

    @property
    def patient_pays(self) -> Decimal:
        """Deductible and coinsurance of the priced lines."""
        cents = (
            line._answer.deductible + line._cost_share.coinsurance
            for line in self.payments
        )
        return dollars(sum(cents))

    @property
    def medicare_pays(self) -> Decimal:
        """Medicare's share of the priced lines, after sequestration."""
        return dollars(sum(line._cost_share.paid for line in self.payments))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a payer may question, by line; worked out when asked for.

        Lines inside a global period, add-on codes without their primary code,
        components beside the whole, codes of another date, facility settings CMS
        marks NA, units above the medically unlikely edit, and pairs not paid
        together. None of them changes an amount.
        """
        from .edits import check

        return check(self._billed(), self.edits)

    @property
    def checked(self) -> tuple[str, ...]:
        """Which tables of edits the claim is checked against, each with its date."""
        from .edits import checked

        return checked(self._billed(), self.edits)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of every line, then the findings, with their line numbers."""
        own = (
            f"line {number}: {warning}"
            for number, line in enumerate(self.lines, start=1)
            for warning in line.warnings
        )
        return (*own, *map(str, self.findings))

    def _billed(self) -> tuple[Billed, ...]:
        from .findings import billed

        return tuple(billed(self.lines, self._asked))

    def __repr__(self) -> str:
        refused = len(self.lines) - len(self.payments)
        tail = f", {refused} not priced" if refused else ""
        return f"<Claim of {len(self.lines)} lines ${self.allowed}{tail}>"

    def _repr_html_(self) -> str:
        from ..render.cards import claim_card

        return claim_card(self)

    def explain(self) -> str:
        """Every line's derivation, the totals, the findings, and what was checked."""
        parts = [
            f"Line {number}\n{line.explain()}"
            for number, line in enumerate(self.lines, start=1)
        ]
        parts.append(
            f"Claim: allowed ${self.allowed}, patient ${self.patient_pays},"
            f" Medicare ${self.medicare_pays}"
        )
        told = [f"Warning: {finding}" for finding in self.findings]
        told += [f"Checked against: {edition}" for edition in self.checked]
        parts.append("\n".join(told))
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "allowed": str(self.allowed),
            "patient_pays": str(self.patient_pays),
            "medicare_pays": str(self.medicare_pays),
            "lines": [line.to_dict() for line in self.lines],
            "warnings": list(self.warnings),
            "findings": [finding.to_dict() for finding in self.findings],
            "checked": list(self.checked),
        }


def price_claim(
    lines: Iterable[object],
    *,
    deductible: object = None,
    edits: ProcedurePairs | None = None,
    **shared: Any,
) -> Claim:
    """Price the lines of one patient and one practitioner or same-specialty group.

    Args:
        lines: `Line` objects, mappings of its fields, tuples in their order, or
            codes. What a line leaves out is taken from *shared*.
        deductible: Dollars of the year's deductible the patient still owes; it
            is met in the order of the lines.
        edits: The procedure-to-procedure pairs to warn by, from
            `cptkit.ncci.load`; the other edits need no file.
        **shared: Fields of `Line` that hold for every line: ``zip``, ``on``,
            ``pos``, ``practitioner``, ``participating``, ...

    Returns:
        A `Claim`; a line without an amount is a `NotPriced` in its place.

    Raises:
        InvalidInputError: A line, the deductible or the edits cannot be read at all.

    >>> import cptkit
    >>> claim = cptkit.price_claim(["47562", "49505", "11042"],
    ...     locality="15202-00", on="2025-10-15", setting="facility")
    >>> [str(line.allowed) for line in claim.lines]
    ['631.60', '250.24', '28.53']

    Source: Medicare Claims Processing Manual, chapter 12, section 40.6.
    """
    unknown = sorted(set(shared) - FIELDS)
    if unknown:
        msg = f"price_claim has no argument {', '.join(unknown)}"
        raise InvalidInputError(msg)
    owed = 0 if deductible is None else scaled(deductible, 2, "deductible")
    if edits is not None:
        _check_edits(edits)
    asked = tuple(map(as_line, lines))
    if shared:
        asked = tuple(_filled(line, shared) for line in asked)
    found = [read(line) for line in asked]
    days = _days(found)
    joined: _Joined = {}
    for day in days:
        _bundle_minor(day, found)
        joined.update(_join_day(day, asked, found))
    return Claim(tuple(_finished(asked, found, joined, owed)), edits, asked)


#: What each line of a claim came to: resolved, or refused.
_Found = list["Resolved | NotPriced"]
#: Lines that went through stage four together, by their place in the claim, each
#: with its fee without any rounding where a limiting charge asks for it.
_Joined = dict[int, tuple[Working, "Amount | None"]]


def _check_edits(edits: object) -> None:
    from ..ncci import ProcedurePairs

    if not isinstance(edits, ProcedurePairs):
        msg = f"edits={show(edits)} is not what cptkit.ncci.load returns"
        raise InvalidInputError(msg)


def _filled(line: Line, shared: dict[str, Any]) -> Line:
    """The line with the claim's fields where it has none of its own."""
    own = {"zip", "locality", "state", "gpci"}
    placed = any(getattr(line, name) is not None for name in own)
    changes = {}
    for name, value in shared.items():
        if placed and name in {*own, "county", "name"}:
            continue
        if name == "pos" and line.setting is not None:
            continue
        if name == "setting" and line.pos is not None:
            continue
        if getattr(line, name) in (None, ()):
            changes[name] = value
    return attrs.evolve(line, **changes) if changes else line


def _days(found: _Found) -> list[list[int]]:
    """The places of the priced lines by date of service, in their order."""
    days: dict[Any, list[int]] = {}
    for index, each in enumerate(found):
        if not isinstance(each, NotPriced):
            days.setdefault(each[0].on, []).append(index)
    return list(days.values())


def _bundle_minor(day: list[int], found: _Found) -> None:
    """A status T line is bundled beside a payable line of its day (R5)."""
    plans = [each[1] for i in day if isinstance(each := found[i], tuple)]
    if "T" not in [plan.row.profile.status for plan in plans]:
        return
    beside = [plan for plan in plans if plan.row.profile.status in _PAYABLE]
    if not beside:
        return
    for index in day:
        each = found[index]
        if isinstance(each, tuple) and each[1].row.profile.status == "T":
            at, plan, place = each[:3]
            found[index] = not_priced(
                Reason.BUNDLED,
                f"{plan.code} is paid only when nothing else is that day;"
                f" {beside[0].code} is",
                code=plan.code,
                warnings=at.notices + plan.notices + place.warnings,
            )


def _join_day(day: list[int], asked: tuple[Line, ...], found: _Found) -> _Joined:
    """Stages 2 to 4 of R37 for the lines of a day that may change each other."""
    if len(day) == 1:
        return {}
    workings: dict[int, Working] = {}
    for index in day:
        each = found[index]
        if isinstance(each, NotPriced):
            continue
        if each[1].ranking or _SIDES & each[1].mods:
            workings[index] = Working(asked[index], *each)
    if len(workings) < 2:
        return {}
    together = sorted(workings.values(), key=_standing)
    exact = _exact_amounts(together)
    _through_stage_four(together)
    return {i: (working, exact.get(id(working))) for i, working in workings.items()}


def _standing(working: Working) -> tuple[Any, ...]:
    """What else decides what a line pays, as an order among lines that tie.

    Lines that are alike keep the order they are given in (R16). Lines that tie
    and differ, by a modifier or a charge, are taken in this order whatever the
    order given, so that a claim's total never depends on it.
    """
    basis, place = working.plan.basis, working.place
    charge = working.charge
    return (
        charge is not None,
        charge or 0,
        sorted(working.plan.mods - _SIDES),
        working.units,
        basis.practitioner.name,
        basis.participating,
        basis.percent_payable or 0,
        working.plan.facility,
        (place.work, place.pe, place.mp),
        basis.postop_share,
        basis.factor,
        basis.schedule.release.name,
        "" if basis.options is DEFAULTS else repr(basis.options),
    )


def _through_stage_four(day: list[Working]) -> None:
    for working in day:
        begin(working)
    _pair_sides(day)
    for working in day:
        if working.plan.equipment:
            working.technical = technical_part(working)
    if sum(len(working.procedures) for working in day) > 1:
        reduce(day)


def _pair_sides(day: list[Working]) -> None:
    """RT and LT lines of one code are the two sides of one procedure (R14)."""
    waiting: dict[tuple[str, str, str], list[Working]] = {}
    for working in day:
        row = working.plan.row
        sides = set(_SIDES & working.plan.mods)
        if not sides or row.profile.multiple not in _UNRANKED_PAIR:
            continue
        if row.profile.bilateral not in ("0", "1", "2", "3"):
            continue
        side = sides.pop()
        other = "LT" if side == "RT" else "RT"
        opposite = waiting.get((row.code, row.modifier, other))
        if opposite:
            _join(opposite.pop(0), working)
        else:
            waiting.setdefault((row.code, row.modifier, side), []).append(working)


def _join(first: Working, second: Working) -> None:
    """Pay the second side what R14 pays it, and rank the two as one procedure."""
    plan = second.plan
    indicator = plan.row.profile.bilateral
    first.partner = second
    if indicator == "3":
        return
    if indicator == "1":
        rate = plan.basis.rates["bilateral"]
        half = rate.numerator - rate.denominator, rate.denominator
        share = Share("R14", "second side of a pair", *half, rate.authority)
    else:
        what = "second side of a pair: one fee pays both"
        share = Share("R14", what, 0, 1, "bilateral-readme")

    before, second.side = second.amount, share
    units = tuple(
        plan.basis.step(amount * share.numerator, share.denominator)
        for amount in second.procedures or (before,)
    )
    if second.procedures:
        second.procedures = units
    second.amount = sum(units[1:], units[0])
    second.note("split", "share", before, second.amount, share)


def _exact_amounts(together: list[Working]) -> dict[int, Amount]:
    """Fees without any rounding, by line, where an unrounded limiting charge asks."""
    if "unrounded" not in [w.plan.basis.options.limiting for w in together]:
        return {}
    twins = [unrounded(working) for working in together]
    _through_stage_four(twins)
    return {id(w): take_shares(twin) for w, twin in zip(together, twins, strict=True)}


def _finished(
    asked: tuple[Line, ...], found: _Found, joined: _Joined, owed: int
) -> Iterable[Payment | NotPriced]:
    """The lines in their order, in which the deductible is met."""
    for index, each in enumerate(found):
        if isinstance(each, NotPriced):
            yield each
            continue
        if index in joined:
            working, exact = joined[index]
            answer = finish(working, exact)
        else:
            answer = answer_alone(asked[index], each)
        if owed:
            answer = meet_deductible(answer, owed)
            owed -= answer.deductible
        yield Payment(asked[index], each[0], answer)
