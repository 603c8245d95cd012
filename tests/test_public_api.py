"""Nothing a caller relies on changes by accident; see docs/stability.md."""

from __future__ import annotations

import difflib
import importlib

import attrs

import cptkit

from .tool_files import load_tool

record_api = load_tool("record_api")


def test_the_public_surface_is_the_recorded_one() -> None:
    """Names, kinds, fields and signatures are those of the record."""
    recorded = record_api.RECORD.read_text(encoding="utf-8").splitlines()
    found = record_api.surface().splitlines()
    changed = "\n".join(difflib.unified_diff(recorded, found, "recorded", "found", n=0))
    assert not changed, (
        f"{changed}\n\nThe public surface changed. Where that is meant: see what"
        " docs/stability.md promises, run `python tools/record_api.py` and say it"
        " in CHANGELOG.md."
    )


def test_every_public_name_is_recorded() -> None:
    """A name that the modules list stands in the record once."""
    recorded = record_api.RECORD.read_text(encoding="utf-8").splitlines()
    for module in ("cptkit", "cptkit.productivity", "cptkit.ncci", "cptkit.cms"):
        for name in importlib.import_module(module).__all__:
            full = f"{module}.{name}"
            heads = [
                line
                for line in recorded
                if not line.startswith(" ")
                and line.split(" ", 1)[1].partition("(")[0].partition(":")[0] == full
            ]
            assert len(heads) == 1, full


def test_the_record_tells_what_matters() -> None:
    """A renamed parameter, a default, a type and a removed field all show."""

    @attrs.frozen
    class Before:
        units: int = 1

    @attrs.frozen
    class Renamed:
        count: int = 1

    @attrs.frozen
    class Later:
        units: int = 2

    @attrs.frozen
    class Typed:
        units: str = "1"

    told = [
        tuple(record_api.members("x", kind)) for kind in (Before, Renamed, Later, Typed)
    ]
    assert len(set(told)) == 4
    assert told[0] == ("    constructor x(units: int = 1) -> None",)


def test_what_the_library_makes_has_no_constructor_recorded() -> None:
    """A payment is read, never made, by callers."""
    lines = record_api.described("cptkit.Payment", cptkit.Payment)
    assert any(line.endswith("Payment.allowed: Decimal") for line in lines)
    assert not [line for line in lines if line.strip().startswith("constructor")]
