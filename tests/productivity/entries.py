"""Entries to test with: drawn ones, and a small log."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

import cptkit
from cptkit import productivity as pr
from cptkit._law import modifiers
from cptkit.pricing.refusals import modifier_faults

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)


@lru_cache(maxsize=1)
def numbers() -> tuple[str, ...]:
    """Every code of the newest release."""
    return cptkit.schedule("RVU26C").numbers


@lru_cache(maxsize=1)
def modifier_sets() -> tuple[tuple[str, ...], ...]:
    """Every modifier of professional lines, alone and in pairs that agree."""
    known = [m for m in modifiers() if not modifier_faults((m,))]
    pairs = [(a, b) for a in known for b in known if not modifier_faults((a, b))]
    return ((), *((m,) for m in known), *pairs)


def services() -> st.SearchStrategy[pr.Service]:
    """Services of real codes with modifiers that may stand together."""
    return st.builds(
        pr.Service,
        st.deferred(lambda: st.sampled_from(numbers())),
        st.deferred(lambda: st.sampled_from(modifier_sets())),
        st.one_of(st.just(1), st.integers(1, 9999)),
    )


def _entry(service: pr.Service, on: date, more: dict[str, Any]) -> pr.Entry:
    return pr.Entry(on, service.code, service.modifiers, service.units, **more)


def entries() -> st.SearchStrategy[pr.Entry]:
    """Entries with every field, filled or not."""
    names = TEXT.filter(lambda name: bool(name.strip()))
    fields = st.fixed_dictionaries(
        {},
        optional={
            "setting": st.sampled_from(["", "facility", "non-facility", "11", "22"]),
            "person": TEXT,
            "place": TEXT,
            "note": TEXT,
            "percent_payable": st.decimals(0, 100, places=2),
            "postop_share": st.fractions(0, 1, max_denominator=90),
            "other": st.lists(
                st.tuples(names, TEXT), max_size=3, unique_by=lambda p: p[0].strip()
            ),
        },
    )
    dates = st.dates(date(2020, 1, 1), date(2026, 12, 31))
    return st.builds(_entry, services(), dates, fields)


def some_log() -> pr.WorkLog:
    """Ten entries of two people over a quarter."""
    log = pr.WorkLog()
    for at, (code, modifiers_, units) in enumerate(
        [
            ("99213", "", 1),
            ("99214", "25", 1),
            ("93000", "", 2),
            ("45378", "59", 1),
            ("27447", "", 1),
            ("71046", "26", 3),
            ("99215", "", 1),
            ("11042", "", 1),
            ("99213", "25", 1),
            ("93306", "26", 1),
        ]
    ):
        log.add(
            code,
            on=date(2026, 1 + at // 4, 1 + 3 * (at % 4)),
            modifiers=modifiers_,
            units=units,
            person="Dr Ada" if at % 2 else "Dr Bo",
            place="North" if at % 3 else "South, main",
            note='said "so"\nand more' if at == 4 else "",
            percent_payable=Decimal("62.5") if at == 6 else None,
        )
    return log
