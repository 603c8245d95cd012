"""The pages in a browser: nothing overflows, everything can be read.

Six pages, at a desk's width and a phone's, in light and in dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cptkit

from .browser import CODES, SCHEMES, WIDTHS, chromium, inspect

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no Chromium on this machine: pages cannot be drawn"
)
FAULTS = ("overflow", "contrast", "picture", "alt", "header")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_fit_and_can_be_read(scheme: str, tmp_path: Path) -> None:
    """No overflow, contrast of 4.5 for text and 3 for pictures, names and headers."""
    pages = [
        (cptkit.code(code).page(zip="60601").to_html(), width)
        for code in CODES
        for width in WIDTHS
    ]
    found = inspect(pages, scheme, tmp_path)
    assert [each["width"] for each in found] == [width for _, width in pages]
    assert {each["dark"] for each in found} == {scheme == "dark"}
    assert not faults_of(found)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_cards_fit_and_can_be_read(scheme: str, tmp_path: Path) -> None:
    """What notebooks show, by the same measures."""
    changed = cptkit.diff("RVU25D", "RVU26C", zip="60601")
    shown = (
        cptkit.code("99213"),
        cptkit.code("80048"),
        cptkit.price("99213-25", zip="60601"),
        cptkit.price_claim(["47562", "80048", "49505"], zip="60601"),
        cptkit.reference_value("99401"),
        cptkit.schedule(),
        cptkit.code("96521").compare(),
        cptkit.code("99213").compare("payment", among="family", zip="60601"),
        cptkit.Distribution(["-1.50", "0", "2.25", "2.25", "40"]),
        cptkit.code("99213").history(),
        changed,
        changed.repriced[0],
        changed.impact({"99214": 1200, "71046-26": 300, "Q4101": 5}),
    )
    cards = "".join(each._repr_html_() for each in shown)
    html = f'<!doctype html><meta name="color-scheme" content="light dark">{cards}'
    found = inspect([(html, width) for width in WIDTHS], scheme, tmp_path)
    assert not faults_of(found)


def faults_of(found: list[Any]) -> list[tuple[str, str]]:
    """Every fault that the inspection of some pages has found."""
    return [(kind, fault) for each in found for kind in FAULTS for fault in each[kind]]


def test_the_inspection_sees_faults(tmp_path: Path) -> None:
    """A page with every fault is found out: the inspection itself works."""
    bad = (
        '<!doctype html><style>html { background: #fff }</style><p style="color:#bbb">'
        'pale</p><div style="width:900px">wide</div><table><th>bare</th></table>'
        '<svg><rect style="fill:#eee" width="9" height="9"/></svg><img>'
    )
    (found,) = inspect([(bad, 390)], "light", tmp_path)
    assert all(found[kind] for kind in FAULTS), found
