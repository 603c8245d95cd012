"""Plots for notebooks, drawn by matplotlib.

Needs ``pip install cptkit[plots]``. Each function takes ``ax=``, the axes to draw
on, makes new ones where none are given, and returns them. Points are floats, for
drawing alone; the figures behind them are one call away.

>>> import cptkit, cptkit.plots
>>> axes = cptkit.plots.distribution(cptkit.code("96521", release="RVU26C").compare())
>>> axes.get_title()
'96521: 13th percentile of 737 codes of Medicine, RVU26C'
"""

# matplotlib's own hints leave its keyword arguments open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ._code import Code
from ._compare import Comparison
from ._distribution import Distribution
from ._fees import is_facility
from ._history import History
from ._page_rows import SETTINGS, place_name
from ._parse import hyphenated
from .errors import InvalidInputError, MissingExtraError, show

if TYPE_CHECKING:
    from decimal import Decimal

    from matplotlib.axes import Axes

_BINS = 60
_DAY = timedelta(days=1)
#: As on the pages: work, practice expense, malpractice; bars; the marked value.
_PARTS = {"Work": "#1f5fa8", "Practice expense": "#c4661a", "Malpractice": "#66737f"}
_BARS, _MARK, _INK = "#86929e", "#b3261e", "#1a1f26"


def distribution(held: Distribution | Comparison, *, ax: Axes | None = None) -> Axes:
    """How many values lie where, with the median, and a comparison's code marked.

    Values that are all positive and spread wide are drawn on a logarithmic scale.

    Raises:
        InvalidInputError: Neither a `Distribution` nor a `Comparison`.
        MissingExtraError: matplotlib is not installed.
    """
    values = held.distribution if isinstance(held, Comparison) else held
    _check(values, Distribution, "a Distribution or a Comparison")
    from .render.svg import bin_edges, is_wide

    axes = _axes(ax)
    bins = values.histogram(bin_edges(values, _BINS))
    edges = [float(each.low) for each in bins] + [float(bins[-1].high)]
    counts = [each.count for each in bins]
    axes.stairs(counts, edges, fill=True, color=_BARS)
    axes.axvline(float(values.median), color=_INK, label=f"Median {values.median}")
    if is_wide(values):
        axes.set_xscale("log")
    if isinstance(held, Comparison):
        mark = f"{held.number} {held.amount(held.value)}"
        axes.axvline(float(held.value), color=_MARK, linewidth=2.5, label=mark)
        axes.set_xlabel(held.measured)
        axes.set_title(
            f"{held.number}: {held.standing} percentile of {held.population:,} codes"
            f" of {held.among}, {held.code.release.name}"
        )
    axes.set_ylabel("Codes" if isinstance(held, Comparison) else "Values")
    axes.legend()
    return axes


def history(past: History | Code, *, ax: Axes | None = None) -> Axes:
    """The national payment through the releases, in both settings.

    Raises:
        InvalidInputError: Neither a `History` nor a `Code`.
        MissingExtraError: matplotlib is not installed.
    """
    past = past.history() if isinstance(past, Code) else past
    _check(past, History, "a History or a Code")
    axes = _axes(ax)
    lines = (("Non-facility", "nonfacility", "-"), ("Facility", "facility", "--"))
    for setting, name, dash in lines:
        days: list[date] = []
        points: list[float] = []
        for each in past:
            # No number breaks the line: not paid on RVUs, or no release in hand.
            if days and each.release.effective > days[-1] + _DAY:
                days.append(days[-1])
                points.append(float("nan"))
            paid = getattr(each, name)
            days += (each.release.effective, each.release.ends)
            points += [float("nan") if paid is None else float(paid)] * 2
        axes.step(days, points, dash, where="post", label=setting)  # type: ignore[arg-type]
    number = hyphenated(past.number, past.modifier)
    axes.set_title(f"{number}: national payment by date of service")
    axes.set_ylabel("Dollars")
    axes.legend()
    return axes


def rvus(code: Code, *, ax: Axes | None = None) -> Axes:
    """Work, practice expense and malpractice RVUs of both settings, stacked.

    Raises:
        InvalidInputError: No `Code`.
        MissingExtraError: matplotlib is not installed.
    """
    _check(code, Code, "a Code")
    axes = _axes(ax)
    held = code.rvus
    left = [0.0, 0.0]
    parts = (
        (held.work, held.work),
        (held.pe_nonfacility, held.pe_facility),
        (held.mp, held.mp),
    )
    for (name, colour), pair in zip(_PARTS.items(), parts, strict=True):
        widths = [float(each) for each in pair]
        axes.barh(SETTINGS, widths, left=left, color=colour, label=name)
        left = [at + width for at, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("RVUs")
    row = hyphenated(code.number, code.modifier)
    axes.set_title(f"{row}: relative value units, {code.release.name}")
    axes.legend()
    return axes


def localities(
    code: Code, *, setting: str = "non-facility", ax: Axes | None = None
) -> Axes:
    """A dot for what each locality pays, the highest at the top, beside the nation.

    Raises:
        InvalidInputError: No `Code`, or a setting that is neither of the two.
        NotPriced: Medicare does not pay the code.
        MissingExtraError: matplotlib is not installed.
    """
    _check(code, Code, "a Code")
    is_facility(setting)
    nation = code.price(setting=setting).allowed
    held: list[tuple[Decimal, str]] = sorted(
        (code.price(locality=each.id, setting=setting).allowed, place_name(each))
        for each in code._schedule.localities  # noqa: SLF001 - its own places
    )
    axes = _axes(ax, (7.0, 0.5 + 0.16 * len(held)))
    names = [name for _, name in held]
    axes.plot([float(paid) for paid, _ in held], range(len(held)), "o", markersize=4)
    axes.axvline(float(nation), color=_INK, linewidth=1, label=f"Nation ${nation:,}")
    axes.set_yticks(range(len(held)), names, fontsize=6)
    axes.set_ylim(-1, len(held))
    axes.grid(axis="y", linewidth=0.3)
    axes.set_xlabel("Dollars")
    row = hyphenated(code.number, code.modifier)
    title = f"{row}: {setting} payment, {code.release.name}"
    axes.set_title(title, loc="right")
    axes.legend(loc="lower right")
    return axes


def _check(given: object, kind: type[Any], wanted: str) -> None:
    if not isinstance(given, kind):
        msg = f"{show(given)} cannot be drawn here: give {wanted}"
        raise InvalidInputError(msg)


def _axes(ax: Axes | None, size: tuple[float, float] = (8.0, 3.5)) -> Axes:
    """The axes given, or new ones."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        raise MissingExtraError("plots", "matplotlib") from None
    _, axes = plt.subplots(figsize=size, layout="constrained")
    return axes
