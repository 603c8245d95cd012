"""Frames in memory: amounts by columns, the rare lines by the engine itself.

Most lines are allowed their fee times their units. That is worked out for all,
then the others are taken through every rule, over columns too. Lines whose own
units lower each other, films and anesthesia are priced one by one, each distinct
line once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from ..pricing.claim import price_claim
from .amounts import Algebra, amounts, reason
from .answer import Answer, answer_of, engine_answer
from .columns import integers
from .lines import Lines, groups_of
from .output import with_answers
from .readers import WRONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from .arguments import Asked

    Progress = Callable[[int], None]


def _where(when: Any, yes: Any, no: Any) -> Any:
    return nw.when(when).then(_column(yes)).otherwise(_column(no))


def _floor(top: Any, bottom: Any) -> Any:
    return top // bottom


_COLUMNS = Algebra(_where, _floor)


def _column(cell: Any) -> Any:
    return nw.lit(cell) if isinstance(cell, int) else cell


def price_eager(frame: Any, asked: Asked, progress: Progress | None = None) -> Any:
    """The frame with its lines priced."""
    lines, found = priced_lines(frame, asked, progress)
    return with_answers(frame, asked.add, lines, found)


def priced_lines(
    frame: Any, asked: Asked, progress: Progress | None = None
) -> tuple[Lines, Any]:
    """The lines resolved, and a frame of their answers in numbers and cents."""
    lines = Lines(frame, asked)
    found, rest = _plain(lines, asked.add)
    if len(rest):
        found = put(found, rest, _others(lines, rest, asked.add, progress))
    if asked.claim is not None:
        found = _by_claim(lines, found, asked.claim)
    return lines, found


#: What every plain line has of the rules that leave it as it is.
_UNTOUCHED = {"capped": 0, "two_units": 0} | {
    f"{rule}_{part}": 1
    for rule in ("split", "both", "role", "reduced")
    for part in ("top", "bottom")
}
#: What the amounts of a plain line are made of; its shares are mostly one for all.
_PLAIN = frozenset(
    "plain_units work pe mp factor who_top who_bottom participation_top"
    " participation_bottom place_reason gpci_work gpci_pe gpci_mp units charge".split()
)
_OF_ADDED = {
    "limiting_charge": ("limiting_top", "limiting_bottom"),
    "coinsurance": ("coinsurance_top", "coinsurance_bottom"),
}


def _plain(lines: Lines, add: tuple[str, ...]) -> tuple[Any, Any]:
    """Fee times units for every line, and the numbers of those that need more."""
    more = (_OF_ADDED[name] for name in add if name in _OF_ADDED)
    table, cells = lines.table(names=_PLAIN.union(*more))
    units = _column(cells["units"])
    rest = (units < 1) | (units > cells["plain_units"])
    rest = rest | (_column(cells["place_reason"]) > 0)
    if not isinstance(cells["charge"], int):
        rest = rest | (cells["charge"] == WRONG)
    made = {"reason": nw.lit(0), **_amounts(cells | _UNTOUCHED, add), "rest": rest}
    found = table.with_columns(**made).select(*made)
    return found.drop("rest"), found["rest"].arg_true()


def _others(
    lines: Lines, rows: Any, add: tuple[str, ...], progress: Progress | None
) -> Any:
    """The answers of some lines after every rule; the engine's own where needed."""
    table, cells = lines.table(rows)
    made = {"reason": _column(reason(cells, _COLUMNS)), **_amounts(cells, add)}
    found = table.with_columns(**made).select(*made)
    marked = table.with_columns(which=_by_engine(cells))["which"].arg_true()
    if len(marked):
        found = put(found, marked, _engine_answers(lines, rows[marked], progress))
    return found


def _by_claim(lines: Lines, found: Any, claim: str) -> Any:
    """Put in what lines are allowed beside the others of their claim and day."""
    groups = groups_of(lines, claim)
    shared = [rows for rows in groups if len(rows) > 1]
    if not shared:
        return found
    marked = sorted(row for rows in shared for row in rows)
    at = integers(marked, lines.plan_at)
    keys = dict(zip(marked, lines.keys(at), strict=True))
    known: dict[tuple[Any, ...], list[Answer]] = {}
    answered: dict[int, Answer] = {}
    for rows in shared:
        whole = tuple(keys[row] for row in rows)
        if whole not in known:
            claimed = price_claim([lines.line(key) for key in whole])
            known[whole] = [answer_of(line) for line in claimed.lines]
        answered |= zip(rows, known[whole], strict=True)
    return put(found, at, in_columns([answered[row] for row in marked], at))


def _amounts(cells: dict[str, Any], add: tuple[str, ...]) -> dict[str, Any]:
    """Allowed amounts, and of the other numbers those asked, as expressions."""
    made = amounts(cells, _COLUMNS)
    units = cells["units"]
    others = {
        "limiting_charge": made.limiting_charge,
        "coinsurance": made.coinsurance,
        "work_rvus": cells["work"] * units,
        "total_rvus": (cells["work"] + cells["pe"] + cells["mp"]) * units,
    }
    asked = {name: cell for name, cell in others.items() if name in add}
    return {n: _column(cell) for n, cell in {"allowed": made.allowed, **asked}.items()}


def _by_engine(cells: dict[str, Any]) -> Any:
    """Whether the engine itself prices a line."""
    engine, units, two = (_column(cells[n]) for n in ("engine", "units", "two_units"))
    several = (units > 1) & ~((units == 2) & (two > 0))
    return (engine == 1) | ((engine == 2) & several)


def _engine_answers(lines: Lines, rows: Any, progress: Progress | None) -> Any:
    """The engine's own answers, each distinct line priced once."""
    known = lines.answers
    answered: list[Answer] = []
    for key in lines.keys(rows):
        answer = known.get(key)
        if answer is None:
            answer = known[key] = engine_answer(lines.line(key))[0]
        answered.append(answer)
        if progress is not None and len(answered) % _PROGRESS_EVERY == 0:
            progress(len(answered))
    return in_columns(answered, rows)


def in_columns(answered: list[Answer], like: Any) -> Any:
    """Answers as a frame of integers."""
    columns = zip(Answer._fields, zip(*answered, strict=True), strict=True)
    return nw.from_dict({n: integers(list(column), like) for n, column in columns})


def put(found: Any, rows: Any, answers: Any) -> Any:
    """The answers with those of some rows put in."""
    return found.with_columns(
        found[name].cast(nw.Int64).scatter(rows, answers[name].cast(nw.Int64))
        for name in answers.columns
        if name in found.columns
    )


_PROGRESS_EVERY = 10_000
