"""Rows by edition: what a query joins is what each release holds."""

from __future__ import annotations

from typing import Any

import pytest

from cptkit._money import BASE_SCALE
from cptkit._release import registry
from cptkit.frames import editions as module
from cptkit.frames import tables
from cptkit.frames.arguments import read_arguments
from cptkit.frames.editions import Editions, words
from cptkit.frames.numbers import ROWS
from cptkit.frames.places import INDEX_LIMIT
from cptkit.frames.plans import FACTOR_LIMIT, PlanRow, release_names, schedule_of
from cptkit.frames.tables import NONE, tables_for
from cptkit.pricing.engine import UNITS_LIMIT


@pytest.mark.parametrize("size", [60, 7])
def test_every_release_holds_its_edition_of_every_code(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Bits counted up to a release, in one number or in several, lead to its rows."""
    monkeypatch.setattr(module, "_WORD", size)
    names = release_names()
    editions = Editions(names)
    for at, name in enumerate(names):
        held: dict[str, list[object]] = {code: [] for code in editions.of}
        for row in schedule_of(name).figures.all_rows():
            if row.modifier != "53":
                held[row.code].append(row)
        until = words((2 << at) - 1)
        for code, rows in held.items():
            both = zip(editions.words(code), until, strict=True)
            number = sum((one & other).bit_count() for one, other in both)
            assert list(editions.of[code][number].rows) == rows, (code, name)


def test_every_fee_fits_in_64_bits() -> None:
    """At the largest index and factor that columns take, with the rounding's double."""
    most = max(
        row.work + max(row.pe_nonfacility, row.pe_facility) + row.mp
        for name in release_names()
        for row in schedule_of(name).figures.all_rows()
    )
    # Therapy's share of practice expense is of two (R19).
    assert 2 * (2 * most * INDEX_LIMIT * FACTOR_LIMIT + BASE_SCALE) < 2**63


ASKED: list[dict[str, Any]] = [
    {},
    {"on": "dos", "pos": "pos", "setting": "where", "modifiers": "mods"},
    {"on": "dos", "zip": "zip", "practitioner": "PA", "modifiers": "26"},
    {"on": "2019-01-01", "locality": "place"},
    {"on": "dos", "practitioner": "XX"},
    {"on": "2021-07-01", "strict": True, "modifiers": "mods"},
]


@pytest.mark.parametrize("given", ASKED, ids=str)
def test_no_line_can_miss_a_row(given: dict[str, Any]) -> None:
    """Joins drop what meets no row: every number of a line stands in its table."""
    names = "code dos pos where mods zip place".split()
    made = tables_for(read_arguments(names, {"code": "code", **given}))
    for name in ("stretches", "codes", "rvus", "combinations", "plans"):
        rows = made.tables[name].rows
        assert [row[0] for row in rows] == [*range(NONE, len(rows) - 1)], name

    spans, held = made.spans, made.tables
    numbers = {row[1] for row in held["stretches"].rows[1:]}
    areas: set[int | None] = {0}
    for field in {"zip", "locality"} & {*made.numbers}:
        cells = made.numbers[field]
        areas |= {cells.read(cell) for cell in [*cells.known, "junk", None]}
    places = {row[0] for row in held["places"].rows}
    wanted = {spans.place(n, a) for n in numbers for a in areas if a is not None}
    assert places >= wanted | {NONE}

    codes, lines = held["codes"].rows[1:], len(held["rvus"].rows) - 1
    most = len(ROWS) - 1
    for _, begins, parts, *changes in codes:
        editions = sum(bits.bit_count() for bits in changes)
        assert 0 <= begins + editions * (1 + parts * most) + parts * most < lines
    shapes = {row[1] for row in held["rvus"].rows if row[1] is not None}
    last = spans.combination(
        max(shapes), spans.sets - 1, spans.epochs - 1, spans.scenes - 1
    )
    assert last <= len(held["combinations"].rows) - 2
    assert {row[1] for row in held["combinations"].rows} <= {
        row[0] for row in held["plans"].rows
    }


@pytest.mark.parametrize("first", [PlanRow(plain_units=UNITS_LIMIT), PlanRow()])
def test_a_line_without_a_plan_is_never_plain(first: PlanRow) -> None:
    """Whatever plan stands first: the engine answers such a line."""
    table, alike = tables._plan_table([first, PlanRow(late=3)])
    rare = alike | dict(zip(table.names, table.rows[0], strict=True))
    assert (rare["plan"], rare["engine"], rare["plain_units"]) == (NONE, 1, 0)


def test_what_the_plan_reads_tells_shapes_apart() -> None:
    """Rows alike but for an endoscopic base have shapes of their own."""
    row = schedule_of("RVU25D").figures.find("45385")
    assert row is not None
    family = row.profile
    other = family._replace(endoscopic_base="43235")
    alone = family._replace(endoscopic_base="")
    assert module._read(family) == module._read(other) != module._read(alone)


def test_editions_are_far_fewer_than_rows() -> None:
    """Most rows of a release are those of the one before."""
    editions = Editions(release_names())
    distinct = sum(len(each.rows) for held in editions.of.values() for each in held)
    assert distinct < sum(release.rows for release in registry().releases) / 4
