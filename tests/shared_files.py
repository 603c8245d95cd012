"""Where the reference files lie: beside the repository, or where CPTKIT_SHARED says."""

from __future__ import annotations

import csv
import os
from pathlib import Path

SHARED = Path(
    os.environ.get("CPTKIT_SHARED", Path(__file__).resolve().parents[2] / "shared")
)
GOLDEN = SHARED / "golden"
SOURCES = SHARED / "sources"


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, empty where the file is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
