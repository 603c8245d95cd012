"""The gallery: a code's page as the library draws it, and its picture.

``{code-page} 96521`` writes ``pages/96521.html`` beside the built pages and shows
the picture of it that is kept in ``docs/pictures``, linked to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import cptkit

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_ZIP = "60601"
_SCHEMES = ("light", "dark")
_FOLDER = "pages"


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx find it."""
    app.add_directive("code-page", CodePage)
    app.connect("html-collect-pages", write_pages)
    return {"parallel_read_safe": False}


class CodePage(SphinxDirective):
    """One code's picture for the reader's scheme, linked to its page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A link around a picture for each scheme."""
        code = cptkit.code(self.arguments[0])
        shown = self.env.metadata[self.env.docname].setdefault("code-pages", "")
        self.env.metadata[self.env.docname]["code-pages"] = f"{shown} {code.number}"
        told = f"The page of {code.number}, {code.title}"
        link = nodes.reference(
            "", "", refuri=f"{_FOLDER}/{code.number}.html", classes=["code-page"]
        )
        for scheme in _SCHEMES:
            path = f"pictures/{code.number}-390-{scheme}.png"
            link += nodes.image(uri=path, alt=told, classes=[f"only-{scheme}"])
        return [nodes.paragraph("", "", link)]


def write_pages(app: Sphinx) -> list[tuple[str, dict[str, str], str]]:
    """Write the page of every code that a gallery shows."""
    folder = Path(app.outdir) / _FOLDER
    folder.mkdir(exist_ok=True)
    for found in app.env.metadata.values():
        for number in found.get("code-pages", "").split():
            html = cptkit.code(number).page(zip=_ZIP).to_html()
            (folder / f"{number}.html").write_text(html, encoding="utf-8")
    return []
