"""Build ``src/cptkit/data/rbcs`` from a folder of CMS files.

    python tools/build_rbcs.py ../shared/sources

CMS's Restructured BETOS Classification System: the category, subcategory and
family of each code, by CMS's own ids and labels, from the latest assignment.
The folder's ``manifest.csv`` gives the file's sha256, checked before it is
read; the same file gives the same bytes. A new edition is a new `SOURCE`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from cms_files import folder_asked, read_checked, sums, write_table

DATA = Path(__file__).resolve().parents[1] / "src" / "cptkit" / "data" / "rbcs"
EDITION, SOURCE = "RY2025", "RBCS/RBCS_RY_2025.csv"
#: The family number of codes that belong to a subcategory alone.
NO_FAMILY = "000"
SHAPES = {
    "hcpcs_cd": re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}"),
    "rbcs_cat": re.compile(r"[A-Z]"),
    "rbcs_cat_subcat": re.compile(r"[A-Z]{2}"),
    "rbcs_famnumb": re.compile(r"[0-9]{3}"),
}


def read_rows(sources: Path) -> list[dict[str, str]]:
    """The latest assignment of each code, every cell as its column should be."""
    data = read_checked(sources, SOURCE, sums(sources)[SOURCE])
    rows = list(csv.DictReader(data.decode("ascii").splitlines()))
    for line, row in enumerate(rows, start=2):
        for name, shape in SHAPES.items():
            if not shape.fullmatch(row[name]):
                sys.exit(f"{SOURCE}:{line}: {row[name]!r} does not fit {name}")
    latest = [row for row in rows if row["rbcs_latest_assignment"] == "1"]
    if len({row["hcpcs_cd"] for row in latest}) < len(latest):
        sys.exit(f"{SOURCE}: a code has two latest assignments")
    return latest


def ids(row: dict[str, str]) -> tuple[str, str, str]:
    """Ids of the category, the subcategory and the family, each within the last."""
    subcategory = row["rbcs_cat_subcat"]
    return row["rbcs_cat"], subcategory, subcategory + row["rbcs_famnumb"]


def labels(rows: list[dict[str, str]]) -> list[str]:
    """Each id and its label; where CMS spells one in two ways, as most codes have."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        names = ("rbcs_cat_desc", "rbcs_subcat_desc", "rbcs_family_desc")
        for class_id, name in zip(ids(row), names, strict=True):
            if not class_id.endswith(NO_FAMILY):
                counts[class_id][row[name]] += 1
    return [
        f"{class_id}\t{min(found, key=lambda label: (-found[label], label))}"
        for class_id, found in sorted(counts.items())
    ]


def members(rows: list[dict[str, str]]) -> list[str]:
    """The codes of each family, and of each subcategory outside its families."""
    codes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        codes[ids(row)[2]].append(row["hcpcs_cd"])
    return [
        f"{class_id}\t{' '.join(sorted(each))}"
        for class_id, each in sorted(codes.items())
    ]


def write(name: str, header: str, lines: list[str]) -> None:
    """Write one table."""
    write_table(DATA / name, "build_rbcs.py", header, lines)


def main() -> None:
    """Build everything from the folder given."""
    sources = folder_asked(__doc__)
    DATA.mkdir(parents=True, exist_ok=True)
    rows = read_rows(sources)
    write("labels.tsv", "id\tlabel", labels(rows))
    write("codes.tsv", "id\tcodes", members(rows))
    entry = (EDITION, SOURCE, sums(sources)[SOURCE], str(len(rows)))
    write("manifest.tsv", "edition\tpath\tsha256\tcodes", ["\t".join(entry)])


if __name__ == "__main__":
    main()
