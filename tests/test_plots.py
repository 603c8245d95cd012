"""Plots: the figures drawn are the library's, on the axes given."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cptkit
from cptkit import InvalidInputError, NotPriced, plots

matplotlib = pytest.importorskip("matplotlib", reason="the extra plots is not here")
matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

CODE = cptkit.code("99213", release="RVU26C")


@pytest.fixture
def axes() -> Iterator[Axes]:
    """Axes of our own, closed afterwards."""
    figure, held = plt.subplots()
    yield held
    plt.close(figure)


def labels(axes: Axes) -> list[str]:
    """What the legend says."""
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_a_distribution_counts_every_code(axes: Axes) -> None:
    """The bars hold the population; median and code are marked where they are."""
    found = cptkit.code("96521", release="RVU26C").compare()
    assert plots.distribution(found, ax=axes) is axes
    (stairs,) = axes.patches
    assert sum(stairs.get_data().values) == 737  # type: ignore[attr-defined]
    assert [line.get_xdata()[0] for line in axes.lines] == [0.78, 0.21]  # type: ignore[index]
    assert labels(axes) == ["Median 0.78", "96521 0.21"]
    assert axes.get_xscale() == "log"


def test_a_distribution_alone(axes: Axes) -> None:
    """Values of either sign are drawn on a straight scale."""
    plots.distribution(cptkit.Distribution(["-1", 0, 5]), ax=axes)
    assert axes.get_xscale() == "linear"
    assert labels(axes) == ["Median 0"]


def test_a_history_has_every_release(axes: Axes) -> None:
    """Each release from its first day to its last, and a gap where none is held."""
    plots.history(CODE, ax=axes)
    assert labels(axes) == ["Non-facility", "Facility"]
    for line, name in zip(axes.lines, ("nonfacility", "facility"), strict=True):
        wanted = [
            (day, float(getattr(each, name)))
            for each in CODE.history()
            for day in (each.release.effective, each.release.ends)
        ]
        drawn = list(zip(line.get_xdata(), line.get_ydata(), strict=True))
        assert [each for each in drawn if not isnan(each[1])] == wanted
        # RVU24D, and the relative values of RVU26A and RVU26B, are not in hand.
        gaps = [day for day, paid in drawn if isnan(paid)]
        assert gaps == [date(2024, 9, 30), date(2025, 12, 31)]


def test_a_history_breaks_where_nothing_is_paid(axes: Axes) -> None:
    """Years before a code was paid are no points at 0."""
    plots.history(cptkit.code("Q4101"), ax=axes)
    points = list(axes.lines[0].get_ydata())
    assert isnan(points[0])
    assert points[-1] == float(cptkit.price("Q4101").allowed)


def test_rvus_are_stacked_to_their_totals(axes: Axes) -> None:
    """Three parts in each setting, one behind the other."""
    plots.rvus(CODE, ax=axes)
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    totals = float(CODE.rvus.total_nonfacility), float(CODE.rvus.total_facility)
    assert ends[-2:] == pytest.approx(totals)
    assert labels(axes) == ["Work", "Practice expense", "Malpractice"]


def test_localities_are_priced_and_ranked(axes: Axes) -> None:
    """A dot for each of 109, rising, each the price there."""
    plots.localities(CODE, setting="facility", ax=axes)
    paid = list(axes.lines[0].get_xdata())
    assert len(paid) == 109
    assert paid == sorted(paid)
    names = [text.get_text() for text in axes.get_yticklabels()]
    at = names.index("Chicago, IL (06102-16)")
    wanted = cptkit.price("99213", zip="60601", setting="facility", release="RVU26C")
    assert paid[at] == float(wanted.allowed)


def test_new_axes_where_none_are_given() -> None:
    """Each function makes its own, and draws as a picture."""
    for made in (
        plots.distribution(CODE.compare()),
        plots.history(CODE.history()),
        plots.rvus(CODE),
        plots.localities(CODE),
    ):
        assert made.get_title() or made.get_title(loc="right")
        figure: Any = made.figure
        figure.canvas.draw()
        plt.close(figure)


@pytest.mark.parametrize(
    ("use", "kind"),
    [
        (lambda: plots.distribution([1, 2]), InvalidInputError),  # type: ignore[arg-type]
        (lambda: plots.history("99213"), InvalidInputError),  # type: ignore[arg-type]
        (lambda: plots.rvus("99213"), InvalidInputError),  # type: ignore[arg-type]
        (lambda: plots.localities("99213"), InvalidInputError),  # type: ignore[arg-type]
        (lambda: plots.localities(CODE, setting="x"), InvalidInputError),
        (lambda: plots.localities(cptkit.code("80048")), NotPriced),
    ],
)
def test_what_cannot_be_drawn_is_refused(use: Any, kind: type[Exception]) -> None:
    """Before anything is drawn."""
    before = plt.get_fignums()
    with pytest.raises(kind):
        use()
    assert plt.get_fignums() == before


def test_a_missing_matplotlib_is_told_with_the_command() -> None:
    """The module imports without it; drawing says what to install."""
    code = (
        "import sys; sys.modules['matplotlib'] = None; import cptkit, cptkit.plots\n"
        "try: cptkit.plots.rvus(cptkit.code('99213'))\n"
        "except cptkit.MissingExtraError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(cptkit.__file__).parents[1]), "PATH": ""},
    )
    assert done.stdout.strip() == (
        "matplotlib is not installed: pip install 'cptkit[plots]'"
    )
