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
    for rule in ("split", "both", "role", "reduced")
    for part in _RATIO
}


def amounts(cells: Mapping[str, Cell], algebra: Algebra) -> Amounts:
    """Stages 2 to 10 for a line alone whose units do not lower each other.

    The cells are a plan's and a place's, and `fees`.
    """
    take = _Shares(cells, algebra)
    amount = _base(cells, algebra)
    amount = take.share(amount, "split")
    amount = take.share(amount, "both")
    amount = _units(cells, algebra, amount)
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
    component: tuple[str, str, str], cells: Mapping[str, Cell], algebra: Algebra
) -> Cell:
    """The fee of RVUs at the line's place, rounded once (R8, R9)."""
    work, pe, mp = (cells[name] for name in component)
    rvus = work * cells["gpci_work"] + pe * cells["gpci_pe"] + mp * cells["gpci_mp"]
    return half_up(rvus * cells["factor"], BASE_SCALE, algebra)


def fees(cells: Mapping[str, Cell], algebra: Algebra) -> dict[str, Cell]:
    """Fee and cap of one unit (R8, R11), as `amounts` reads them."""
    found = {"fee": _fee(("work", "pe", "mp"), cells, algebra)}
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


def _units(cells: Mapping[str, Cell], algebra: Algebra, amount: Cell) -> Cell:
    """Several units (R38), of which two may be one fee or one pair (R14)."""
    units, kind = cells["units"], cells["two_units"]
    if _is(units, 1):
        return amount
    if _is(kind, TWO_PROCEDURES):
        return amount * units
    paired = (units == 2) & (kind > TWO_PROCEDURES)
    top = algebra.where(paired, cells["pair_top"], units)
    bottom = algebra.where(paired, cells["pair_bottom"], 1)
    return half_up(amount * top, bottom, algebra)


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
