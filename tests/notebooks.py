"""Notebooks of docs/: executed, and their text kept as it was printed.

python -m tests.notebooks    # executes them and keeps what they print
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path) -> Any:
    """The notebook with the outputs of a new kernel, text alone."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return text_alone(notebook)


def text_alone(notebook: Any) -> Any:
    """The notebook without pictures, cards and what changes from run to run."""
    kept = copy.deepcopy(notebook)
    kept.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for cell in kept.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = _printed(cell.outputs)
    return kept


def _printed(outputs: list[Any]) -> list[Any]:
    """What a cell prints, in one piece: a kernel may send it in several."""
    from nbformat.v4 import new_output

    text = "".join(each.text for each in outputs if each.output_type == "stream")
    return [new_output("stream", name="stdout", text=text)] if text else []


def main() -> None:
    """Execute every notebook and keep its text."""
    import nbformat

    for path in PATHS:
        nbformat.write(executed(path), path)


if __name__ == "__main__":
    main()
