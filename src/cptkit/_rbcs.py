"""CMS's Restructured BETOS classification: what kind of service a code is.

A code has a category (``Treatment``), a subcategory (``Chemotherapy``) and most
have a family. Ids and labels are CMS's own; ``data/rbcs/manifest.tsv`` names the
file and its sha256.
"""

from __future__ import annotations

from functools import lru_cache

from . import _resources

#: How much of an id names the category, the subcategory and the family.
LEVELS = {"rbcs": 1, "rbcs-subcategory": 2, "rbcs-family": 5}
_NO_FAMILY = "000"


class Classification:
    """The id of each code, and the label of each id."""

    def __init__(self) -> None:
        self._labels = dict(_resources.lines("rbcs/labels.tsv"))
        self._ids = {
            code: class_id
            for class_id, codes in _resources.lines("rbcs/codes.tsv")
            for code in codes.split(" ")
        }

    def id_of(self, code: str, level: str) -> str | None:
        """The id of the code's category, subcategory or family; None where none.

        >>> classification().id_of("96521", "rbcs-subcategory")
        'RH'
        """
        found = self._ids.get(code)
        if found is None or (level == "rbcs-family" and found.endswith(_NO_FAMILY)):
            return None
        return found[: LEVELS[level]]

    def label(self, id: str) -> str:
        """CMS's label of an id."""
        return self._labels[id]


@lru_cache(maxsize=1)
def classification() -> Classification:
    """The classification, opened on first use."""
    return Classification()
