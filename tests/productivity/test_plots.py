"""Pictures: what is drawn is what the summaries say."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest

from cptkit import InvalidInputError
from cptkit import productivity as pr
from cptkit.errors import MissingExtraError
from cptkit.productivity import plots

from .entries import some_log


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is the command that brings it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'cptkit\[plots\]'"):
        plots.trend(some_log().wrvus(by="month"))


def png(figure: object) -> bytes:
    """The figure as it is saved."""
    out = BytesIO()
    figure.savefig(out, format="png")  # type: ignore[attr-defined]
    return out.getvalue()


def test_columns_have_the_heights_of_the_totals() -> None:
    """A column a period, and the total in the title."""
    pytest.importorskip("matplotlib")
    totals = some_log().wrvus(by="month")
    figure = plots.trend(totals)
    (axes,) = figure.axes
    heights = [patch.get_height() for patch in axes.patches]
    assert heights == [float(row.wrvus) for row in totals]
    assert png(figure).startswith(b"\x89PNG")
    with pytest.raises(InvalidInputError, match="no credited entry"):
        plots.trend(pr.WorkLog().wrvus(by="month"))


def test_the_pace_ends_where_it_stands() -> None:
    """The line of what is earned ends on the day, at what is earned."""
    pytest.importorskip("matplotlib")
    found = some_log().pace(pr.Goal(wrvus=5200, year=2026), as_of="2026-03-31")
    figure = plots.pace(found)
    goal, earned = figure.axes[0].lines
    assert goal.get_ydata()[-1] == 5200
    assert earned.get_ydata()[-1] == float(found.earned)
    assert earned.get_xdata()[-1] == found.as_of
    assert "behind" in figure.axes[0].get_title(loc="left")
    png(figure)


def test_shares_of_the_case_mix_come_to_the_whole() -> None:
    """The rest is one bar."""
    pytest.importorskip("matplotlib")
    figure = plots.case_mix(some_log().case_mix(), top=2)
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    assert len(widths) == 3
    assert abs(sum(widths) - 100) < 1e-9
    png(figure)
    with pytest.raises(InvalidInputError, match="top=0"):
        plots.case_mix(some_log().case_mix(), top=0)


def test_the_position_is_on_the_line() -> None:
    """The point lies at the value, among the survey's."""
    pytest.importorskip("matplotlib")
    survey = pr.Benchmark("made up", p25=4000, p50=5000, p75=6000)
    figure = plots.position(survey.position(5300))
    assert figure.axes[0].lines[-1].get_xdata()[0] == 5300.0
    assert "percentile 57.5" in figure.axes[0].get_title(loc="left")
    png(figure)
