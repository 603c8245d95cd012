"""The stages of R37 over columns: integers in, cents out.

The same steps as `cptkit.pricing.engine`, written once for any kind of column
that can add, multiply and divide: columns of a frame, SQL text, or plain
integers. Which shares apply, and every rate and figure, comes from the plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._money import BASE_SCALE
from .plans import NUMBERS
from .readers import NOT_GIVEN, WRONG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: A column, or an integer that holds for every line.
Cell = Any


class Algebra(NamedTuple):
    """What a kind of column can do beside ``+``, ``-``, ``*`` and comparison."""

    where: Callable[[Cell, Cell, Cell], Cell]
    floor: Callable[[Cell, Cell], Cell]


class Amounts(NamedTuple):
    """What comes of a line, in cents; the limiting charge is 0 where none is."""

    allowed: Cell
    limiting_charge: Cell
    coinsurance: Cell


def amounts(cells: Mapping[str, Cell], algebra: Algebra) -> Amounts:
    """Stages 2 to 10 for a line alone whose units do not lower each other."""
    take = _Shares(cells, algebra)
    amount = _base(cells, algebra)
    amount = take.share(amount, "split")
    amount = take.share(amount, "both")
    amount = _units(cells, algebra, take, amount)
    for rule in ("role", "reduced", "who"):
        amount = take.share(amount, rule)
    limiting = take.share(amount, "limiting")
    fee = take.share(amount, "participation")
    allowed, charge = fee, cells["charge"]
    if not _is(charge, NOT_GIVEN):
        has_lower = (charge >= 0) & (charge < fee)
        allowed = algebra.where(has_lower, charge, fee)
    return Amounts(allowed, limiting, take.share(allowed, "coinsurance"))


def _is(cell: Cell, value: object) -> bool:
    """Whether a cell is this plain value for every line."""
    return isinstance(cell, int) and cell == value


class _Shares(NamedTuple):
    cells: Mapping[str, Cell]
    algebra: Algebra

    def share(self, amount: Cell, rule: str) -> Cell:
        """The share of an amount that a rule pays, half up to the cent (R9)."""
        top, bottom = self.cells[f"{rule}_top"], self.cells[f"{rule}_bottom"]
        if _is(top, 1) and _is(bottom, 1):
            return amount
        if _is(top, 0):
            return 0
        return half_up(amount * top, bottom, self.algebra)


def half_up(numerator: Cell, denominator: Cell, algebra: Algebra) -> Cell:
    """The nearest integer to a ratio that is not negative; ties go up (R9)."""
    return algebra.floor(numerator * 2 + denominator, denominator * 2)


def fee(
    component: tuple[Cell, Cell, Cell], cells: Mapping[str, Cell], algebra: Algebra
) -> Cell:
    """The fee of RVUs at the line's place, rounded once (R8, R9)."""
    work, pe, mp = component
    rvus = work * cells["gpci_work"] + pe * cells["gpci_pe"] + mp * cells["gpci_mp"]
    return half_up(rvus * cells["factor"], BASE_SCALE, algebra)


def _base(cells: Mapping[str, Cell], algebra: Algebra) -> Cell:
    """The lower of fee and cap (R8, R11)."""
    base = fee((cells["work"], cells["pe"], cells["mp"]), cells, algebra)
    capped = cells["capped"]
    if _is(capped, 0):
        return base
    component = cells["cap_work"], cells["cap_pe"], cells["cap_mp"]
    cap = fee(component, cells, algebra)
    return algebra.where((capped == 1) & (cap < base), cap, base)


def _units(
    cells: Mapping[str, Cell], algebra: Algebra, take: _Shares, amount: Cell
) -> Cell:
    """Several units (R38), of which two may be one fee or one pair (R14)."""
    units, kind = cells["units"], cells["two_units"]
    if _is(units, 1):
        return amount
    times = amount * units
    if _is(kind, 0):
        return times
    pair = take.share(amount, "pair")
    two = algebra.where(kind == 1, amount, pair)
    return algebra.where((units == 2) & (kind > 0), two, times)


def reason(cells: Mapping[str, Cell], algebra: Algebra) -> Cell:
    """The number of the first refusal, 0 where there is none (R37).

    The order of `cptkit.pricing.engine.read`: what the plan could not read, units,
    charge, place, R37's list, and 50 with several units.
    """
    found: Cell = 0
    if not _is(cells["single"], 0):
        several = (cells["single"] == 1) & (cells["units"] != 1)
        found = _when(several, "UNITS_INVALID", 0, algebra)
    found = _first(cells["late"], found, algebra)
    found = _first(cells["place_reason"], found, algebra)
    found = _when(cells["charge"] == WRONG, "CHARGE_INVALID", found, algebra)
    found = _when(cells["units"] == 0, "UNITS_INVALID", found, algebra)
    return _first(cells["early"], found, algebra)


def _first(cell: Cell, rest: Cell, algebra: Algebra) -> Cell:
    if isinstance(cell, int):
        return cell or rest
    return algebra.where(cell > 0, cell, rest)


def _when(test: Cell, name: str, rest: Cell, algebra: Algebra) -> Cell:
    if isinstance(test, bool):
        return NUMBERS[name] if test else rest
    return algebra.where(test, NUMBERS[name], rest)
