"""Random lines as columns, and what the single-line engine says of each."""

from __future__ import annotations

import random
from decimal import Decimal
from functools import lru_cache
from typing import Any

import attrs

import cptkit
from cptkit.errors import NotPriced

from ..agreement import library_line, sources
from ..oracle import random_lines

#: Fields of a line that the random lines vary.
FIELDS = (
    "code modifiers on pos setting units locality practitioner participating qp"
    " charge minutes documented postop_share percent_payable induction cost_share"
).split()

Answer = tuple[Decimal | None, str | None, str | None]


@lru_cache(maxsize=2)
def drawn(count: int, seed: int) -> list[cptkit.Line]:
    """Random lines over every release, some of them faulty."""
    rng = random.Random(seed)
    return [
        library_line(random_lines.random_line(rng, sources())) for _ in range(count)
    ]


def columns(lines: list[cptkit.Line]) -> dict[str, list[Any]]:
    """The lines as a file would hold them: text, whole numbers, dates."""
    found = {name: [getattr(line, name) for line in lines] for name in FIELDS}
    found["modifiers"] = [" ".join(mods) for mods in found["modifiers"]]
    found["units"] = [str(units) for units in found["units"]]
    for name in ("postop_share", "percent_payable"):
        found[name] = [None if v is None else str(v) for v in found[name]]
    return found


def drawn_claims(count: int, seed: int) -> list[list[cptkit.Line]]:
    """Random claims of related lines."""
    rng = random.Random(seed)
    return [
        [library_line(line) for line in random_lines.random_claim(rng, sources())]
        for _ in range(count)
    ]


def expected(lines: list[cptkit.Line]) -> list[Answer]:
    """What `price_many` says of each line."""
    return [answer(found) for found in cptkit.price_many(readable(lines))]


def readable(lines: list[cptkit.Line]) -> list[cptkit.Line]:
    """The lines as a frame means them: what it leaves null cannot be read."""
    asked: list[cptkit.Line] = []
    for line in lines:
        changes: dict[str, Any] = {"units": str(line.units)}
        if line.pos is None and line.setting is None:
            changes["pos"] = "?"
        if line.locality is None:
            changes["locality"] = "?"
        asked.append(attrs.evolve(line, **changes))
    return asked


def answer(found: cptkit.Payment | NotPriced) -> Answer:
    """One answer of the engine as a frame gives it."""
    if isinstance(found, NotPriced):
        return None, found.reason.name, None
    limit = found.limiting_charge
    return found.allowed, None, None if limit is None else str(limit)
