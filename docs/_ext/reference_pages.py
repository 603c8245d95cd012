"""Pages from docstrings: only what a caller may write, and links between them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs
from sphinx.ext.napoleon import GoogleDocstring
from sphinx.util.docstrings import prepare_docstring

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_AFTER_NAPOLEON = 600


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx find it."""
    app.connect("autodoc-process-signature", without_inner_parts)
    app.connect("autodoc-process-docstring", read_properties_whole, _AFTER_NAPOLEON)
    app.connect("missing-reference", by_last_name)
    return {"parallel_read_safe": True}


def without_inner_parts(
    _app: Sphinx, what: str, _name: str, value: Any, *_: Any
) -> tuple[str, None] | None:
    """A class that only the library makes shows no way to make it."""
    if what == "class" and issubclass(value, Enum):
        return "", None
    if what != "class" or not attrs.has(value):
        return None
    inner = any(field.name.startswith("_") for field in attrs.fields(value))
    own_init = hasattr(value, "__attrs_init__")
    return ("", None) if inner and not own_init else None


def read_properties_whole(
    app: Sphinx, what: str, _name: str, value: Any, _options: Any, lines: list[str]
) -> None:
    """A colon in a property's first sentence is no end of a type."""
    if what == "property" and value.__doc__:
        text = prepare_docstring(value.__doc__)
        lines[:] = GoogleDocstring(text, app.config, app, "method").lines()


def by_last_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Node
) -> nodes.reference | None:
    """A class written by its last name leads to the one class called so."""
    if node.get("refdomain") != "py" or node.get("reftype") != "class":
        return None
    domain = env.domains.python_domain
    last = node["reftarget"].rpartition(".")[2]
    named = [name for name in domain.objects if name.rpartition(".")[2] == last]
    if len(named) != 1 or named[0] == node["reftarget"]:
        return None
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, "class", named[0], node, content
    )
