"""Readers of the files CMS publishes, one per kind; each knows its quirks.

=================== ==================================== =========================
kind                what makes it awkward                reader
=================== ==================================== =========================
PPRRVU              31 or 32 columns; title lines;       `read_relative_values`
                    stacked header; bare CR; marker
                    rows; QPP and non-QPP editions
GPCI                columns named by year; two work      `read_gpci`
                    columns; footnotes; ``*`` in names
LOCCO               state named once a group; lost       `read_locco`
                    zeros; Missouri twice
ANES                2026: QP first; national factor in   `read_anes`
                    a column's title
OPPSCAP             misspelt header; stale copies;       `read_oppscap`
                    California under two carriers
ZIP5                CSV or 80 columns; EM WM EK WK       `read_zip5`
ZIP9                80 columns, a million records        `read_zip9`
base units          tab-separated, stacked header        `read_anesthesia_base`
a whole release     zip or folder; names change          `read_folder_or_zip`
=================== ==================================== =========================

Every reader takes a path (a file, a folder, or the zip as downloaded) or bytes,
finds its file by content, and either reads all of it or raises
`cptkit.errors.SourceFileError` with file, line and column. Nothing is written
to disk, amounts are integers of their smallest unit, and rows keep file order.
Only what has one possible reading is repaired (leading zeros); the rest is
refused, because a wrong row would price wrong for a year.
"""

from __future__ import annotations

from ._files import Source
from ._release import CmsRelease, read_folder_or_zip
from .anes import AnesthesiaFile, AnesthesiaRow
from .anes import read as read_anes
from .anesthesia_base import BaseUnitsRow
from .anesthesia_base import read as read_anesthesia_base
from .gpci import GpciRow
from .gpci import read as read_gpci
from .locco import LoccoRow
from .locco import read as read_locco
from .oppscap import OppsCapRow
from .oppscap import read as read_oppscap
from .pprrvu import RelativeValueFile, RelativeValueRow
from .pprrvu import read as read_relative_values
from .zip5 import Zip5Row
from .zip5 import read as read_zip5
from .zip9 import Zip9Row
from .zip9 import read as read_zip9

__all__ = [
    "AnesthesiaFile",
    "AnesthesiaRow",
    "BaseUnitsRow",
    "CmsRelease",
    "GpciRow",
    "LoccoRow",
    "OppsCapRow",
    "RelativeValueFile",
    "RelativeValueRow",
    "Source",
    "Zip5Row",
    "Zip9Row",
    "read_anes",
    "read_anesthesia_base",
    "read_folder_or_zip",
    "read_gpci",
    "read_locco",
    "read_oppscap",
    "read_relative_values",
    "read_zip5",
    "read_zip9",
]
