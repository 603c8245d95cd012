"""The pages in a browser: nothing overflows, everything can be read.

Six pages, at a desk's width and a phone's, in light and in dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    faults = [
        (kind, fault) for each in found for kind in FAULTS for fault in each[kind]
    ]
    assert not faults


def test_the_inspection_sees_faults(tmp_path: Path) -> None:
    """A page with every fault is found out: the inspection itself works."""
    bad = (
        '<!doctype html><style>html { background: #fff }</style><p style="color:#bbb">'
        'pale</p><div style="width:900px">wide</div><table><th>bare</th></table>'
        '<svg><rect style="fill:#eee" width="9" height="9"/></svg><img>'
    )
    (found,) = inspect([(bad, 390)], "light", tmp_path)
    assert all(found[kind] for kind in FAULTS), found
