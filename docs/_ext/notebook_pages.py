"""Notebooks as pages: their words, code and kept text, as Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from myst_parser.parsers.sphinx_ import MystParser

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx find it."""
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    return {"parallel_read_safe": True}


class NotebookParser(MystParser):
    """A notebook's cells, read as one page of Markdown."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Write the cells as Markdown and parse that."""
        cells = json.loads(inputstring)["cells"]
        super().parse("\n\n".join(map(_markdown, cells)), document)


def _markdown(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    printed = "".join("".join(each.get("text", "")) for each in cell["outputs"])
    shown = f"\n\n```text\n{printed.rstrip()}\n```" if printed else ""
    return f"```python\n{source}\n```{shown}"
