"""The library against the independent oracle: a seeded sample of the long proof."""

from __future__ import annotations

import pytest

from .agreement import differing_claims, differing_lines
from .shared_files import SOURCES

pytestmark = [
    pytest.mark.bulk,
    pytest.mark.skipif(
        not SOURCES.exists(),
        reason="the oracle reads the CMS files, which are not at hand",
    ),
]


@pytest.mark.parametrize("seed", range(5))
def test_random_lines(seed: int) -> None:
    """10,000 random lines come out as the oracle says, every amount and refusal."""
    assert next(differing_lines(10_000, seed), None) is None


@pytest.mark.parametrize("seed", range(5))
def test_random_claims(seed: int) -> None:
    """1,000 random claims of 1 to 12 lines come out as the oracle says."""
    assert next(differing_claims(1_000, 100 + seed), None) is None
