"""Made-up work of three physicians over 2025, as their records system exports it.

python tools/make_work_year.py            # writes docs/notebooks/export-2025.csv

Nothing in it is anybody's: codes, dates and counts are drawn from a fixed seed.
The tests read the file and check every total against sums of their own.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

PATH = Path(__file__).parents[1] / "docs" / "notebooks" / "export-2025.csv"
YEAR = 2025
SEED = 20250101

#: Person, specialty, place of service, services of a day, and each kind of line with
#: its weight: code, modifiers, units, share of a reduced service in per cent.
PHYSICIANS = (
    (
        "Abara, Ngozi",
        "cardiology",
        "11",
        7,
        [
            (30, "99214", "", 1, ""),
            (18, "99213", "25", 1, ""),
            (10, "99204", "", 1, ""),
            (24, "93000", "", 1, ""),
            (20, "93306", "26", 1, ""),
            (8, "93015", "", 1, ""),
            (3, "93458", "26", 1, ""),
            (2, "92928", "", 1, ""),
            (4, "93225", "", 2, ""),
        ],
    ),
    (
        "Lindqvist, Per",
        "orthopaedic surgery",
        "22",
        4,
        [
            (22, "99213", "", 1, ""),
            (10, "99203", "57", 1, ""),
            (8, "27447", "", 1, ""),
            (6, "27130", "", 1, ""),
            (3, "27447", "62", 1, ""),
            (4, "29881", "50", 1, ""),
            (4, "29881", "51", 1, ""),
            (3, "27447", "80", 1, ""),
            (2, "27130", "78", 1, ""),
            (2, "64721", "52", 1, "60"),
            (12, "20610", "", 2, ""),
            (12, "73560", "26", 1, ""),
        ],
    ),
    (
        "Osei, Kwame",
        "family medicine",
        "11",
        9,
        [
            (40, "99213", "", 1, ""),
            (34, "99214", "25", 1, ""),
            (10, "99395", "", 1, ""),
            (8, "99203", "", 1, ""),
            (12, "G0439", "", 1, ""),
            (6, "11102", "", 1, ""),
            (6, "17110", "", 1, ""),
            (5, "36415", "", 1, ""),
            (4, "71046", "", 1, ""),
        ],
    ),
)
HEADER = [
    "Service Date",
    "Rendering Provider",
    "Department",
    "CPT Code",
    "Mod 1",
    "Mod 2",
    "Qty",
    "POS",
    "Percent Payable",
    "Encounter",
]
#: Lines as they go wrong: no such day, a code cut short, a line exported twice.
FLAWED = (
    "2/30/2025,Osei Kwame,family medicine,99213,,,1,11,,E09001",
    "12/31/2025,Osei Kwame,family medicine,9921,,,1,11,,E09002",
)


def rows() -> list[list[str]]:
    """The lines of the year, physician by physician, day by day."""
    rng = random.Random(SEED)
    found = []
    for person, specialty, pos, busy, kinds in PHYSICIANS:
        weights = [kind[0] for kind in kinds]
        on = date(YEAR, 1, 2)
        while on.year == YEAR:
            if on.weekday() < 5 and rng.random() > 0.08:
                for _ in range(rng.randint(busy - 2, busy + 2)):
                    _, code, modifiers, units, share = rng.choices(kinds, weights)[0]
                    both = [*modifiers.split(), "", ""][:2]
                    told = f"{on.month}/{on.day}/{on.year}"
                    cells = [told, person, specialty, code, *both, str(units)]
                    number = f"E{len(found) + 1:05d}"
                    found.append([*cells, pos, share, number])
            on += timedelta(days=1)
    return found


def text() -> str:
    """The export, with the title lines such exports have."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["Charge detail by provider"])
    writer.writerow([f"1/1/{YEAR} - 12/31/{YEAR}"])
    writer.writerow([])
    writer.writerow(HEADER)
    found = rows()
    writer.writerows([*found, found[-1]])
    writer.writerows(line.split(",") for line in FLAWED)
    return out.getvalue()


def main() -> None:
    """Write the export."""
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(text().encode("utf-8"))
    print(f"{PATH}: {len(rows()):,} lines")


if __name__ == "__main__":
    main()
