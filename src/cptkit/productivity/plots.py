"""Pictures of a log's summaries, for reports and notebooks.

Needs ``pip install 'cptkit[plots]'``. Each function gives a `matplotlib.figure.Figure`
of its own: nothing is shown, and no state of pyplot is touched. Numbers become floats
here and nowhere else, to be drawn.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError, MissingExtraError, show
from .text import clipped, percent, short

if TYPE_CHECKING:
    from .benchmark import Position
    from .goal import Pace
    from .totals import Total, Totals

_INK, _MUTED, _LINE = "#1a1f26", "#535d69", "#d9dfe5"
_MAIN, _BESIDE = "#1f5fa8", "#c4661a"
_LABEL = 38


def trend(totals: Totals) -> Any:
    """Work RVUs of each period as columns.

    Args:
        totals: Of ``log.wrvus(by="month")`` or another period.

    Raises:
        MissingExtraError: matplotlib is not installed.
        InvalidInputError: There is nothing to draw.
    """
    rows = _rows(totals.rows, "trend")
    figure, axes = _drawing(max(6.0, 0.55 * len(rows)), 3.6)
    axes.bar([row.key for row in rows], [float(row.wrvus) for row in rows], color=_MAIN)
    axes.set_title(f"Work RVUs by {totals.by}: {short(totals.total)}", loc="left")
    axes.set_ylabel("wRVUs")
    axes.tick_params(axis="x", rotation=45 if len(rows) > 6 else 0)
    return figure


def pace(found: Pace) -> Any:
    """The running total beside the straight way to the goal, by working days.

    Args:
        found: Of ``log.pace(goal)``.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure, axes = _drawing(7.2, 3.8)
    goal = found.goal
    count = (goal.last - goal.first).days + 1
    days = [goal.first + timedelta(days=at) for at in range(count)]
    done, way = 0, [0.0]
    for each in days:
        done += goal.working_days(each, each)
        way.append(float(goal.wrvus) * done / goal.days)
    axes.plot([goal.first, *days], way, color=_MUTED, linestyle="--", label="goal")
    running = {key: float(total) for key, total in found.totals.running}
    so_far, line = 0.0, [0.0]
    past = [each for each in days if each <= found.as_of]
    for each in past:
        so_far = running.get(each.isoformat(), so_far)
        line.append(so_far)
    axes.plot([goal.first, *past], line, color=_MAIN, linewidth=2, label="earned")
    word = "ahead" if found.ahead >= 0 else "behind"
    axes.set_title(
        f"{short(found.earned)} of {short(goal.wrvus)} wRVUs by {found.as_of}:"
        f" {short(abs(found.ahead))} {word}",
        loc="left",
    )
    axes.set_ylabel("wRVUs")
    axes.legend(frameon=False, loc="upper left")
    figure.autofmt_xdate()
    return figure


def case_mix(totals: Totals, *, top: int = 10) -> Any:
    """The largest rows as bars with their shares, the rest together.

    Args:
        totals: Of ``log.case_mix()``.
        top: How many rows are drawn apart, from 1.

    Raises:
        MissingExtraError: matplotlib is not installed.
        InvalidInputError: There is nothing to draw, or *top* is no count.
    """
    if top < 1:
        msg = f"top={show(top)} is not a count from 1"
        raise InvalidInputError(msg)
    rows = _rows(totals.rows, "case mix")
    bars = [(clipped(row.label, _LABEL), row.share) for row in rows[:top]]
    if rest := rows[top:]:
        bars.append(
            (f"{len(rest)} more", sum((row.share for row in rest), Fraction(0)))
        )
    figure, axes = _drawing(7.2, 1.0 + 0.36 * len(bars))
    names = [name for name, _ in bars]
    # Places, not names: two families may have one label.
    places = range(len(bars), 0, -1)
    drawn = axes.barh(places, [float(100 * share) for _, share in bars], color=_MAIN)
    axes.set_yticks(places, names)
    axes.bar_label(drawn, [percent(share) for _, share in bars], padding=3, color=_INK)
    axes.set_title(f"{short(totals.total)} wRVUs by {totals.by}", loc="left")
    axes.set_xlabel("share of wRVUs, %")
    axes.margins(x=0.12)
    return figure


def position(found: Position) -> Any:
    """A value on the line of a survey's percentiles.

    Args:
        found: Of ``benchmark.position(value)``.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure, axes = _drawing(7.2, 2.0)
    points = found.benchmark.points
    axes.hlines(0, float(points[0][1]), float(points[-1][1]), color=_LINE, linewidth=6)
    for at, value in points:
        axes.plot([float(value)], [0], "|", color=_INK, markersize=16)
        axes.annotate(
            f"p{at}\n{value:,}",
            (float(value), 0),
            (0, -18),
            textcoords="offset points",
            ha="center",
            va="top",
            color=_MUTED,
        )
    axes.plot([float(found.value)], [0], "o", color=_BESIDE, markersize=11)
    axes.set_title(found.text, loc="left")
    axes.set_ylim(-1, 0.6)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.margins(x=0.08)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def _rows(rows: tuple[Total, ...], what: str) -> tuple[Total, ...]:
    if rows:
        return rows
    msg = f"there is no credited entry to draw a {what} of"
    raise InvalidInputError(msg)


def _drawing(width: float, height: float) -> tuple[Any, Any]:
    """A figure and its axes, with little more than the data on them."""
    try:
        module = import_module("matplotlib.figure")
    except ImportError:
        raise MissingExtraError("plots", "matplotlib") from None
    figure = module.Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=_MUTED)
    return figure, axes
