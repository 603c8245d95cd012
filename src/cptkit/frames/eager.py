"""Frames in memory: amounts by columns, the rare lines by the engine itself.

Lines whose own units lower each other, films and anesthesia are priced one by
one, each distinct line once; all others by arithmetic over columns.
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
    table = lines.table()
    made = answers(lines.cells, asked.add)
    found = table.with_columns(**made).select(*made)
    which = engine_lines(lines.cells)
    if which is not None:
        found = _by_engine(lines, table, which, found, progress)
    if asked.claim is not None:
        found = _by_claim(lines, found, asked.claim)
    return lines, found


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
    return with_engine_answers(found, at, [answered[row] for row in marked])


def answers(cells: dict[str, Any], add: tuple[str, ...]) -> dict[str, Any]:
    """Reason and amounts of every line, as expressions; of the others, those asked."""
    made = amounts(cells, _COLUMNS)
    units = cells["units"]
    others = {
        "limiting_charge": made.limiting_charge,
        "coinsurance": made.coinsurance,
        "work_rvus": cells["work"] * units,
        "total_rvus": (cells["work"] + cells["pe"] + cells["mp"]) * units,
    }
    asked = {name: cell for name, cell in others.items() if name in add}
    found = {"reason": reason(cells, _COLUMNS), "allowed": made.allowed, **asked}
    return {name: _column(cell) for name, cell in found.items()}


def engine_lines(cells: dict[str, Any]) -> Any:
    """Which lines the engine itself prices."""
    engine, units, two = cells["engine"], cells["units"], cells["two_units"]
    if isinstance(engine, int) and engine == 0:
        return None
    several = (_column(units) > 1) & ~((_column(units) == 2) & (_column(two) > 0))
    return (_column(engine) == 1) | ((_column(engine) == 2) & several)


def _by_engine(
    lines: Lines, table: Any, which: Any, found: Any, progress: Progress | None
) -> Any:
    """Put the engine's own answers where the columns do not suffice."""
    marked = table.with_columns(which=which)["which"]
    if not marked.any():
        return found
    rows = marked.arg_true()
    keys = lines.keys(marked)
    known = lines.answers
    answered: list[Answer] = []
    for key in keys:
        answer = known.get(key)
        if answer is None:
            answer = known[key] = engine_answer(lines.line(key))[0]
        answered.append(answer)
        if progress is not None and len(answered) % _PROGRESS_EVERY == 0:
            progress(len(answered))
    return with_engine_answers(found, rows, answered)


def with_engine_answers(found: Any, rows: Any, answered: list[Answer]) -> Any:
    """The answers with those of some rows put in."""
    columns = zip(Answer._fields, zip(*answered, strict=True), strict=True)
    return found.with_columns(
        found[name].cast(nw.Int64).scatter(rows, integers(list(column), rows))
        for name, column in columns
        if name in found.columns
    )


_PROGRESS_EVERY = 10_000
