"""Answers as columns of the caller's frame: amounts exact, reasons as words."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .._money import decimal_of, round_half_up
from ..errors import CptkitError
from .columns import factorize, integers, words
from .plans import REASONS, release_names, schedule_of

if TYPE_CHECKING:
    from .lines import Lines

    Series = Any


def reasons(numbers: Series, refused: bool) -> Series:
    """Reasons by number; a null where there is none."""
    return words([None, *REASONS[1:]] if refused else [None], numbers)


def dollars(cents: Series, places: int = 2) -> Series:
    """Whole cents as exact decimals: the library's own, or `Decimal` objects."""
    implementation = cents.implementation
    if implementation.is_polars():
        polars = sys.modules["polars"]
        unit = polars.lit(str(decimal_of(1, places))).cast(polars.Decimal(18, places))
        native = cents.to_native().to_frame("c")
        whole = polars.col("c").cast(polars.Decimal(18, 0))
        made = native.select(whole * unit)
        return nw.from_native(made.to_series(), series_only=True)
    if implementation.is_pyarrow():
        return nw.from_native(_arrow(cents.to_native(), places), series_only=True)
    if "pyarrow" in sys.modules:
        return _arrow_backed(cents, places)
    return _objects(cents, places)


def _arrow(cents: Any, places: int) -> Any:
    """PyArrow's integers as its decimals."""
    pyarrow = sys.modules["pyarrow"]
    unit = pyarrow.scalar(decimal_of(1, places), pyarrow.decimal128(places, places))
    whole = cents.cast(pyarrow.decimal128(19, 0))
    made = import_module("pyarrow.compute").multiply(whole, unit)
    return made.cast(pyarrow.decimal128(18, places))


def _arrow_backed(cents: Series, places: int) -> Series:
    """Pandas with PyArrow beside it: decimals of Arrow's type."""
    pandas, pyarrow = sys.modules["pandas"], sys.modules["pyarrow"]
    held = pandas.array(cents.to_native(), dtype="Int64")
    made = _arrow(pyarrow.array(held, type=pyarrow.int64()), places)
    column = pandas.Series(pandas.arrays.ArrowExtensionArray(made))
    return nw.from_native(column, series_only=True)


def _objects(cents: Series, places: int) -> Series:
    """pandas: `Decimal` objects, each amount made once."""
    pandas = sys.modules["pandas"]
    import numpy as np

    positions, distinct = factorize(cents)
    made = np.empty(len(distinct), dtype=object)
    for at, value in enumerate(distinct):
        made[at] = None if value is None else decimal_of(int(value), places)
    column = pandas.Series(made[positions.to_numpy()], dtype=object)
    return nw.from_native(column, series_only=True)


def columns_of(lines: Lines, found: Any, add: tuple[str, ...]) -> dict[str, Series]:
    """The answers as the columns a frame gains."""
    refused = found["reason"] > 0
    whole = refused.implementation.is_pandas_like()
    columns: dict[str, Series] = {}

    def amount(name: str, cents: Series, places: int = 2) -> None:
        held = blank(cents, refused)
        columns[name] = dollars(held, places)
        if whole:
            columns[f"{name}_cents"] = held

    amount("allowed", found["allowed"])
    columns["reason"] = reasons(found["reason"], refused.any())
    columns["release"] = lines.plans.named(lines.plan_at)
    columns["locality"] = lines.places.named(lines.place_at)
    if "limiting_charge" in add:
        limiting = found["limiting_charge"]
        amount("limiting_charge", blank(limiting, limiting == 0))
    if "coinsurance" in add:
        amount("coinsurance", found["coinsurance"])
    for name in ("work_rvus", "total_rvus"):
        if name in add:
            amount(name, found[name])
    if "percentile" in add:
        standing = integers(_standings(lines), lines.plan_at)[lines.plan_at]
        amount("percentile", blank(standing, standing < 0))
    return columns


def _standings(lines: Lines) -> list[int]:
    """Each plan's code among its section by work RVUs, in hundredths of a percent."""
    held = release_names()
    return [
        -1
        if row.release < 0 or row.early or row.late
        else _standing(held[row.release], str(fields["code"])[:5])
        # Another thread may just be adding a row.
        for row, fields in zip(list(lines.plans.rows), lines.plans.fields, strict=False)
    ] or [-1]


@lru_cache(maxsize=100_000)
def _standing(release: str, number: str) -> int:
    """The percentile `Code.compare` gives, -1 where the code has no work RVUs."""
    code = schedule_of(release)[number]
    try:
        percentile = code.compare().percentile
    except CptkitError:
        return -1
    return round_half_up(percentile.numerator * 100, percentile.denominator)


def blank(values: Series, refused: Series) -> Series:
    """The values where a line is priced, nulls where it is refused."""
    if values.implementation.is_pandas_like():
        whole = values.to_native().astype("Int64")
        held = whole.mask(refused.to_native().to_numpy())  # rows by place, not index
        return nw.from_native(held, series_only=True)
    if not refused.any():
        return values
    frame = nw.from_dict({"v": values, "r": refused})
    return frame.select(nw.when(~nw.col("r")).then(nw.col("v")))["v"]
