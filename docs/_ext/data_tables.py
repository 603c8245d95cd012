"""Tables written from the package's data when the pages are built.

``{rates}``, ``{authorities}`` and ``{releases}`` stand in a page where the table shall
be, ``{members} Status`` where the members of an indicator shall. The ids of authorities
at the foot of a page of rules become links into their table.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import cptkit
from cptkit import _law, _resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx

#: The page that holds the table of authorities.
AUTHORITIES = "authorities"
_FOOT = "Authorities:"
_NOT_SEEN = " *Text not seen.*"
_log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx find them."""
    app.add_directive("rates", Rates)
    app.add_directive("authorities", Authorities)
    app.add_directive("releases", Releases)
    app.add_directive("members", Members)
    app.connect("doctree-resolved", link_authorities)
    return {"parallel_read_safe": True}


class Table(SphinxDirective):
    """Markdown made from data, parsed as if it stood in the page."""

    def markdown(self) -> Iterator[str]:
        """The lines of Markdown; every table has its own."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse what the data says."""
        lines = list(self.markdown())
        holder = nodes.container(classes=[self.name])
        self.state.nested_parse(StringList(lines, type(self).__name__), 0, holder)
        return [holder]


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table."""
    for row in (head, ("---",) * len(head), *rows):
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


class Rates(Table):
    """Every rate, each day it changed, and who says so."""

    def markdown(self) -> Iterator[str]:
        """One table; a rate's name stands before the first of its rows."""
        rows = _resources.lines("law/rates.tsv")
        yield from table(
            ("rate", "from", "value", "authority", "checked"),
            (
                (
                    f"`{name}`" if not number else "",
                    since,
                    f"{value} {unit}",
                    f"`{authority}`" if authority else _law.OWN_CHOICE,
                    checked,
                )
                for name, held in groupby(rows, key=lambda row: row[0])
                for number, (_, since, value, unit, authority, checked) in enumerate(
                    held
                )
            ),
        )


class Authorities(Table):
    """Every authority, what it says, where it is, and whether it was seen."""

    def markdown(self) -> Iterator[str]:
        """One table, in the order of the data."""
        yield from table(
            ("id", "rules", "authority", "what it says"),
            (
                (
                    f"`{each.id}`",
                    each.rules,
                    f"[{each.title}]({each.url})" if each.url else each.title,
                    each.says + ("" if each.status == "confirmed" else _NOT_SEEN),
                )
                for each in _law.authorities().values()
            ),
        )

    def run(self) -> list[nodes.Node]:
        """Each row can be linked to by its id."""
        found = super().run()
        for row in found[0].findall(nodes.row):
            row["ids"].append(row[0].astext())
        return found


class Releases(Table):
    """Every bundled release, the dates it governs, and what it was made from."""

    def markdown(self) -> Iterator[str]:
        """One table, oldest first."""
        yield from table(
            ("release", "governs", "rows", "codes", "sha256 of the relative values"),
            (
                (
                    each.name,
                    f"{each.effective} to {each.ends}",
                    f"{each.rows:,}",
                    f"{each.codes:,}",
                    f"`{each.sha256[:16]}`",
                )
                for each in cptkit.releases()
                if each.bundled
            ),
        )


class Members(Table):
    """The members of one indicator: CMS's value, the name, the meaning."""

    required_arguments = 1

    def markdown(self) -> Iterator[str]:
        """One table, in the order of the class."""
        yield from table(
            ("CMS's value", "name", "meaning"),
            (
                (f"`{each.value}`", f"`{each.name}`", each.meaning)
                for each in getattr(cptkit, self.arguments[0])
            ),
        )


def link_authorities(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make links of the ids at the foot of a page, and of those in the rates."""
    page = app.builder.get_relative_uri(docname, AUTHORITIES)
    for literal in list(doctree.findall(_names_an_authority)):
        name = literal.astext()
        if name in _law.authorities():
            link = nodes.reference("", "", refuri=f"{page}#{name}", internal=True)
            literal.replace_self(link)
            link += literal
        elif _FOOT in literal.parent.astext():
            _log.warning("no authority %r", name, location=literal)


def _names_an_authority(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.literal):
        return False
    return _FOOT in node.parent.astext() or isinstance(node.parent.parent, nodes.entry)
