"""The notebooks of docs/ run, and print what they are kept with."""

from __future__ import annotations

from pathlib import Path

import pytest

from .notebooks import PATHS, executed


def test_there_is_a_notebook() -> None:
    """From an export to percentile, pace and income."""
    assert [path.name for path in PATHS] == ["productivity.ipynb"]


# The kernel's own machinery warns of its future; the notebook's code does not.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_prints_what_it_is_kept_with(path: Path) -> None:
    """Every cell runs in a new kernel and prints the same again."""
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    kept = nbformat.read(path, as_version=4)
    found = executed(path)
    for cell, again in zip(kept.cells, found.cells, strict=True):
        assert again.get("outputs") == cell.get("outputs"), cell.source
    assert any(cell.get("outputs") for cell in kept.cells)
