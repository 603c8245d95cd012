"""frames.schedule: every row of a release, priced."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import polars as pl
import pytest

import cptkit
import cptkit.frames


def test_amounts_are_those_of_price() -> None:
    """Rows drawn at random, both settings, to the cent and the reason."""
    frame = cptkit.schedule("RVU25D").to_frame(locality="06102-16")
    assert frame.height == cptkit.schedule("RVU25D").release.rows
    assert set(frame["locality"]) == {"06102-16"}
    for row in random.Random(94).sample(frame.to_dicts(), 300):
        for setting in ("nonfacility", "facility"):
            (found,) = cptkit.price_many(
                [
                    cptkit.Line(
                        row["code"],
                        row["modifier"],
                        release="RVU25D",
                        locality="06102-16",
                        setting=setting.replace("non", "non-"),
                    )
                ]
            )
            amount = row[f"{setting}_amount"]
            assert amount == (found.allowed if found.priced else None)  # type: ignore[union-attr]
        if row["reason"] is not None:
            assert found.reason.name == row["reason"]  # type: ignore[union-attr]


def test_every_locality_or_none() -> None:
    """All localities stand one after another; without one, the nation."""
    everywhere = cptkit.frames.schedule("RVU26C", locality="all")
    held = cptkit.schedule("RVU26C")
    assert everywhere.height == held.release.rows * len(held.localities)
    nation = cptkit.frames.schedule(on="2026-08-03")
    assert nation["locality"].null_count() == nation.height
    row: Any = nation.row(by_predicate=pl.col("code") == "96521", named=True)
    assert row["nonfacility_amount"] == cptkit.price("96521").allowed
    assert row["work"] == cptkit.code("96521").rvus.work


def test_backends() -> None:
    """The same in pandas, with whole cents beside; others are refused."""
    frame = cptkit.frames.schedule("RVU25D", backend="pandas")
    assert isinstance(frame, pd.DataFrame)
    visit = frame[frame["code"] == "99213"].iloc[0]
    assert visit["nonfacility_amount_cents"] == int(visit["nonfacility_amount"] * 100)
    with pytest.raises(cptkit.InvalidInputError, match="'excel' is not one of"):
        cptkit.frames.schedule("RVU25D", backend="excel")
    with pytest.raises(cptkit.NotFoundError):
        cptkit.frames.schedule("RVU25D", locality="99999-99")
