"""Code blocks end with their last line, not with the blank one that ends an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx find it."""
    app.connect("doctree-read", without_blank_end)
    return {"parallel_read_safe": True}


def without_blank_end(_app: Sphinx, doctree: nodes.document) -> None:
    """Take the blank end of each block away."""
    for block in doctree.findall(nodes.literal_block):
        text = block.astext().rstrip()
        block.rawsource = text
        block.children = []
        block.append(nodes.Text(text))
