"""Frames in memory: amounts by columns, the rare lines by the engine itself.

Most lines are allowed their fee times their units. That is worked out for all,
then the others are taken through every rule, over columns too. Films, anesthesia and
several units of endoscopies or of diagnostic tests are priced one by one, each
distinct line once.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from ..pricing.claim import price_claim
from .amounts import UNTOUCHED, Algebra, amounts, fees, reason
from .answer import Answer, answer_of, engine_answer
from .columns import integers
from .lines import CELLS, Lines, groups_of
from .output import columns_of
from .readers import WRONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from .arguments import Asked

    Progress = Callable[[int], None]


def _where(test: Any, yes: Any, no: Any) -> Any:
    if isinstance(test, bool):
        return yes if test else no
    return _column(yes, test).zip_with(test, _column(no, test))


def _floor(top: Any, bottom: Any) -> Any:
    return top // bottom


_COLUMNS = Algebra(_where, _floor)


def _no_line(like: Any) -> Any:
    """A mark as long as a column of numbers, set nowhere: marks may hold for all."""
    return like < 0


def _column(cell: Any, like: Any) -> Any:
    """A cell as a column as long as another."""
    return like.cast(nw.Int64) * 0 + cell if isinstance(cell, int) else cell


def price_eager(frame: Any, asked: Asked, progress: Progress | None = None) -> Any:
    """The frame with its lines priced."""

    def answers(part: Any) -> Any:
        lines, found = priced_lines(part, asked, progress)
        return nw.from_dict(columns_of(lines, found, asked.add))

    parts = [frame] if progress or asked.claim else _parts(frame)
    if len(parts) == 1:
        added = answers(frame)
    else:
        with ThreadPoolExecutor(len(parts)) as threads:
            added = nw.concat(list(threads.map(answers, parts)))
    return frame.with_columns(added[name] for name in added.columns)


#: Lines that are worth a thread of their own.
_PART = 200_000


def _parts(frame: Any) -> list[Any]:
    """A frame in parts that are priced side by side: long ones of Polars."""
    count = min(os.cpu_count() or 1, len(frame) // _PART)
    if count < 2 or not frame.implementation.is_polars():
        return [frame]
    size = -(-len(frame) // count)
    return [frame[at : at + size] for at in range(0, len(frame), size)]


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


#: What the amounts of a plain line are made of.
_PLAIN = CELLS.difference(
    UNTOUCHED,
    ("cap_work", "cap_pe", "cap_mp", "pair_top", "pair_bottom"),
    ("early", "late", "engine", "single", "release", "facility"),
)


def _plain(lines: Lines, add: tuple[str, ...]) -> tuple[Any, Any]:
    """Fee times units for every line, and the numbers of those that need more."""
    cells = lines.cells(_PLAIN.difference(_idle(add)))
    units = cells["units"]
    rest = _no_line(lines.plan_at) | (units < 1) | (units > cells["plain_units"])
    rest = rest | (cells["place_reason"] > 0) | (cells["charge"] == WRONG)
    made = {"reason": 0, **_amounts(cells | UNTOUCHED, add)}
    return _frame(made, lines.plan_at), rest.arg_true()


def _others(
    lines: Lines, rows: Any, add: tuple[str, ...], progress: Progress | None
) -> Any:
    """The answers of some lines after every rule; the engine's own where needed."""
    cells = lines.cells(CELLS.difference(_idle(add)), rows)
    made = {"reason": reason(cells, _COLUMNS), **_amounts(cells, add)}
    found = _frame(made, rows)
    marked = (_no_line(rows) | _by_engine(cells)).arg_true()
    if len(marked):
        found = put(found, marked, _engine_answers(lines, rows[marked], progress))
    return found


def _idle(add: tuple[str, ...]) -> dict[str, int]:
    """The shares behind columns that are not asked for: nothing of an amount."""
    rules = {"limiting_charge": "limiting", "coinsurance": "coinsurance"}
    found: dict[str, int] = {}
    for name, rule in rules.items():
        if name not in add:
            found |= {f"{rule}_top": 0, f"{rule}_bottom": 1}
    return found


def _frame(cells: dict[str, Any], like: Any) -> Any:
    """Cells as a frame as long as a column."""
    return nw.from_dict({name: _column(cell, like) for name, cell in cells.items()})


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
    """Allowed amounts, and of the other numbers those asked."""
    cells = cells | _idle(add)
    made = amounts(cells | fees(cells, _COLUMNS), _COLUMNS)
    found = {"allowed": made.allowed}
    units = cells["units"]
    if "limiting_charge" in add:
        found["limiting_charge"] = made.limiting_charge
    if "coinsurance" in add:
        found["coinsurance"] = made.coinsurance
    if "work_rvus" in add:
        found["work_rvus"] = cells["work"] * units
    if "total_rvus" in add:
        found["total_rvus"] = (cells["work"] + cells["pe"] + cells["mp"]) * units
    return found


def _by_engine(cells: dict[str, Any]) -> Any:
    """Whether the engine itself prices a line."""
    engine, units, two = cells["engine"], cells["units"], cells["two_units"]
    several = (units > 1) & ((units != 2) | (two == 0))
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
