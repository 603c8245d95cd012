"""Section, subsection and family of a code, from ``data/taxonomy.tsv``.

A family (leaf) is a set of ranges of codes; ranges compare within their kind:
all digits, letter first, letter last.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Any

import attrs

from . import _resources


@attrs.frozen
class Node:
    """A section, subsection or family of the taxonomy.

    Attributes:
        id: Dotted name of a family or its section; a subsection adds its label.
        label: What it is, in this library's words.
        level: ``section``, ``subsection`` or ``family``.
        release: The release whose codes `codes` lists.
    """

    id: str
    label: str
    level: str
    release: str = attrs.field(repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """Its codes in the release, in code order."""
        from ._schedule import schedule

        tree = taxonomy()
        return tuple(
            code
            for code in schedule(self.release).numbers
            if self.id in tree.path(code)
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return attrs.asdict(self)


def _kind(code: str) -> int:
    if code[:1].isalpha():
        return 1
    return 2 if code[-1:].isalpha() else 0


class Taxonomy:
    """The ranges of every family, searched by bisection."""

    def __init__(self) -> None:
        self._labels: dict[str, tuple[str, str]] = {}
        ranges: list[tuple[tuple[int, str], str, tuple[str, str, str]]] = []
        for leaf, section, subsection, first, last, label in _resources.lines(
            "taxonomy.tsv"
        ):
            root = leaf.partition(".")[0]
            subid = f"{root}/{subsection}"
            self._labels[leaf] = (label, "family")
            self._labels[subid] = (subsection, "subsection")
            self._labels[root] = (section, "section")
            ranges.append(((_kind(first), first), last, (root, subid, leaf)))
        self._ranges = sorted(ranges)
        self._starts = [start for start, _, _ in self._ranges]

    def path(self, code: str) -> tuple[str, ...]:
        """Ids of the section, subsection and family of *code*; empty if none."""
        at = bisect_right(self._starts, (_kind(code), code)) - 1
        if at < 0:
            return ()
        (kind, _), last, ids = self._ranges[at]
        return ids if kind == _kind(code) and code <= last else ()

    def node(self, id: str, release: str) -> Node:
        """The node of an id."""
        label, level = self._labels[id]
        return Node(id, label, level, release)


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """The taxonomy, opened on first use."""
    return Taxonomy()
