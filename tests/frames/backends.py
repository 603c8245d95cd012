"""The frame libraries under test: made from columns, read back as lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pyarrow as pa


class Backend(NamedTuple):
    """One library: how a frame is made of columns, and read back."""

    name: str
    make: Callable[[dict[str, list[Any]]], Any]
    read: Callable[[Any], dict[str, list[Any]]]


def _read_pandas(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as lists, whatever pandas writes for a null as None."""
    return {
        str(name): [None if pd.isna(cell) else cell for cell in frame[name]]
        for name in frame.columns
    }


EAGER = (
    Backend(
        "polars",
        lambda columns: pl.DataFrame(columns, infer_schema_length=None),
        lambda frame: frame.to_dict(as_series=False),
    ),
    Backend("pandas", pd.DataFrame, _read_pandas),
    Backend("pyarrow", pa.table, lambda frame: frame.to_pydict()),
)
