"""Polars' lazy frames: the eager road, batch by batch, when the query runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .eager import price_eager

if TYPE_CHECKING:
    from .arguments import Asked


def price_lazy(frame: Any, asked: Asked) -> Any:
    """The query with its lines priced; nothing runs before it is collected.

    Every batch is priced alone, so that a streaming query holds no more than
    its batches.
    """
    lazy = frame.to_native()
    schema = dict(lazy.collect_schema()) | _added(asked)

    def price_batch(batch: Any) -> Any:
        given = nw.from_native(batch, eager_only=True)
        return price_eager(given, asked).to_native()

    return lazy.map_batches(
        price_batch,
        schema=schema,
        streamable=True,
        predicate_pushdown=False,
        projection_pushdown=False,
    )


def _added(asked: Asked) -> dict[str, Any]:
    polars = sys.modules["polars"]
    money = polars.Decimal(38, 2)
    text = dict.fromkeys(("reason", "release", "locality"), polars.String)
    return {"allowed": money, **text, **dict.fromkeys(asked.add, money)}
