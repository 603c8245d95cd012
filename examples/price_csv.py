"""Price a CSV of claim lines into a CSV with what each is allowed.

    pip install cptkit tqdm
    python price_csv.py lines.csv priced.csv --set zip=60601 --set pos=11

A column named as a field of ``cptkit.Line`` (code, modifiers, zip, on, pos, units,
charge ...) is read; every other column is carried along. Yes and no are words, an
empty cell is a field left out, and ``--set`` gives what no column holds. Each line is
priced alone, as it comes: a file of any length takes the same memory. The result
takes its name only once it is whole.

Exit codes: 0 every line has an amount, 1 some have a reason instead, 2 the file or
the command cannot be used.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import attrs
from tqdm import tqdm

import cptkit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIELDS = frozenset(field.name for field in attrs.fields(cptkit.Line)) - {
    "gpci",
    "options",
}
YES_NO = frozenset(
    {"participating", "qp", "documented", "induction", "cost_share", "strict"}
)
WORDS = {"yes": True, "true": True, "no": False, "false": False}
ADDED = (
    "allowed",
    "patient_pays",
    "medicare_pays",
    "release",
    "locality",
    "reason",
    "message",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the answer is its exit code."""
    asked = parser().parse_args(arguments)
    unfinished = asked.result.with_name(f"{asked.result.name}.unfinished")
    try:
        with (
            asked.lines.open(encoding="utf-8-sig", newline="") as source,
            unfinished.open("w", encoding="utf-8", newline="") as result,
        ):
            size = asked.lines.stat().st_size
            lines, refused = price_all(source, result, dict(asked.set), size)
        os.replace(unfinished, asked.result)  # noqa: PTH105 (says what it does)
    except (OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        sys.stderr.write(f"price_csv: {error}\n")
        return 2
    sys.stderr.write(f"{lines:,} lines, {refused:,} without an amount\n")
    return 1 if refused else 0


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("lines", type=Path, help="the CSV to price")
    made.add_argument("result", type=Path, help="the CSV to write")
    made.add_argument(
        "--set",
        action="append",
        default=[],
        type=field,
        metavar="FIELD=VALUE",
        help="a field of every line that has no value of its own",
    )
    return made


def field(text: str) -> tuple[str, str]:
    """One ``--set``."""
    name, _, value = text.partition("=")
    if name not in FIELDS:
        msg = f"{name!r} is no field of a line; fields: {', '.join(sorted(FIELDS))}"
        raise argparse.ArgumentTypeError(msg)
    return name, value


def price_all(
    source: TextIO, result: TextIO, shared: dict[str, str], size: int
) -> tuple[int, int]:
    """Price every row; how many there were, and how many have no amount."""
    lines = refused = 0
    with tqdm(total=size, unit="B", unit_scale=True, desc="pricing") as bar:
        reader = csv.DictReader(counted(source, bar), strict=True)
        columns = reader.fieldnames or []
        if "code" not in columns:
            msg = f"the first row names no column 'code': {', '.join(columns)}"
            raise ValueError(msg)
        writer = csv.DictWriter(result, [*columns, *ADDED], extrasaction="ignore")
        writer.writeheader()
        # One row is read ahead at most: price_many takes each as it is asked for.
        rows, again = tee(reader)
        answers = cptkit.price_many(line_of(row, shared) for row in again)
        for row, answer in zip(rows, answers, strict=True):
            writer.writerow({**row, **told(answer)})
            lines += 1
            refused += not answer.priced
    return lines, refused


def counted(source: TextIO, bar: tqdm[None]) -> Iterator[str]:
    """The file's lines; the bar moves by their bytes."""
    for line in source:
        bar.update(len(line.encode("utf-8")))
        yield line


def line_of(row: dict[str, str], shared: dict[str, str]) -> dict[str, object]:
    """The row's fields of a claim line, over what all lines share."""
    own = {name: (row[name] or "").strip() for name in FIELDS & row.keys()}
    line: dict[str, object] = {**shared, **{n: v for n, v in own.items() if v}}
    for name in YES_NO & line.keys():
        line[name] = WORDS.get(str(line[name]).lower(), line[name])
    return line


def told(answer: cptkit.Payment | cptkit.NotPriced) -> dict[str, object]:
    """The columns that are added."""
    if isinstance(answer, cptkit.NotPriced):
        return {"reason": answer.reason.name, "message": answer.message}
    return {
        "allowed": answer.allowed,
        "patient_pays": answer.patient_pays,
        "medicare_pays": answer.medicare_pays,
        "release": answer.release.name,
        "locality": answer.locality.id if answer.locality else "",
    }


if __name__ == "__main__":
    sys.exit(main())
