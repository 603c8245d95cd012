"""The stages of R37 over columns: integers in, cents out.

The same steps as `cptkit.pricing.engine`, written once for any kind of column
that can add, multiply and divide: columns of a frame, SQL text, or plain
integers. Which shares apply, and every rate and figure, comes from the plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._money import BASE_SCALE
from .plans import NUMBERS, TWO_PROCEDURES
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


_RATIO = ("top", "bottom")
#: What every plain line has of the rules that leave it as it is.
UNTOUCHED = {"capped": 0, "two_units": TWO_PROCEDURES} | {
    f"{rule}_{part}": 1
    for rule in ("split", "both", "further", "expense", "role", "reduced")
    for part in _RATIO
}


def amounts(cells: Mapping[str, Cell], algebra: Algebra) -> Amounts:
    """Stages 2 to 10 for a line alone, of whatever `PlanRow.engine` leaves to columns.

    The cells are a plan's and a place's, and `fees`.
    """
    take = _Shares(cells, algebra)
    amount = _base(cells, algebra)
    amount = take.share(amount, "split")
    amount = take.share(amount, "both")
    amount = _units(take, amount)
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


def _fee(
    component: tuple[str, str, str],
    cells: Mapping[str, Cell],
    algebra: Algebra,
    expense: tuple[Cell, Cell] = (1, 1),
) -> Cell:
    """The fee of RVUs at the line's place, of a share of pe, rounded once (R8, R9)."""
    work, pe, mp = (cells[name] for name in component)
    top, bottom = expense
    whole = work * cells["gpci_work"] + mp * cells["gpci_mp"]
    rvus = _times(whole, bottom) + _times(pe * cells["gpci_pe"], top)
    return half_up(rvus * cells["factor"], bottom * BASE_SCALE, algebra)


def _times(cell: Cell, factor: Cell) -> Cell:
    return cell if _is(factor, 1) else cell * factor


def fees(cells: Mapping[str, Cell], algebra: Algebra) -> dict[str, Cell]:
    """Fee and cap of one unit (R8, R11), and its fee of less expense (R19)."""
    component = "work", "pe", "mp"
    found = {"fee": _fee(component, cells, algebra)}
    expense = cells["expense_top"], cells["expense_bottom"]
    if not _is(expense[1], 1):
        found["lowered"] = _fee(component, cells, algebra, expense)
    if not _is(cells["capped"], 0):
        found["cap"] = _fee(("cap_work", "cap_pe", "cap_mp"), cells, algebra)
    return found


def _base(cells: Mapping[str, Cell], algebra: Algebra) -> Cell:
    """The lower of fee and cap (R11)."""
    base, capped = cells["fee"], cells["capped"]
    if _is(capped, 0):
        return base
    cap = cells["cap"]
    return algebra.where((capped == 1) & (cap < base), cap, base)


def _units(take: _Shares, amount: Cell) -> Cell:
    """Several units (R38), of which two may be one fee or one pair (R14)."""
    cells, algebra = take
    units, kind = cells["units"], cells["two_units"]
    if _is(units, 1):
        return amount
    further = _further(take, amount)
    several = amount * units
    if further is not amount:
        several = amount + further * (units + -1)
    if _is(kind, TWO_PROCEDURES):
        return several
    paired = (units == 2) & (kind > TWO_PROCEDURES)
    return algebra.where(paired, take.share(amount, "pair"), several)


def _further(take: _Shares, amount: Cell) -> Cell:
    """What each unit after the first is paid: a share, or a fee of less expense."""
    cells, algebra = take
    paid, whole = take.share(amount, "further"), cells["expense_bottom"]
    if _is(whole, 1):
        return paid
    return algebra.where(whole > 1, cells["lowered"], paid)


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
