"""Price the lines of a dataframe, in the library it comes from.

Needs ``pip install cptkit[frames]``; pandas, Polars, PyArrow, DuckDB or PySpark
is the caller's own, and only the one the frame came from is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .arguments import Asked

__all__ = ["price"]

Frame = TypeVar("Frame")


def price(
    df: Frame,
    *,
    code: Any,
    add: Iterable[str] = (),
    progress: Callable[[int], None] | None = None,
    **line: Any,
) -> Frame:
    """The frame with every line priced, each alone, or the reason why not.

    Args:
        df: A pandas, Polars or PyArrow frame of claim lines.
        code: The column of codes.
        add: Further columns: ``limiting_charge``, ``coinsurance``, ``work_rvus``,
            ``total_rvus``.
        progress: Called with the number of lines done while lines go through
            the engine one by one; none by default.
        **line: Every other field of `cptkit.Line`, as in `cptkit.price`:
            ``modifiers``, ``zip``, ``locality``, ``pos``, ``setting``, ``on``,
            ``units``, ``charge``, ``practitioner`` ... each the name of a column,
            or one value for every line.

    Returns:
        The same kind of frame, its columns, index and order kept, with `allowed`
        (exact decimal dollars; pandas also `allowed_cents`), `reason` (a name of
        `cptkit.Reason`, null where priced), `release` and `locality`.

    Raises:
        MissingExtraError: narwhals is not installed.
        InvalidInputError: A column that is not there, a field that is not one of
            a line's, or an object that is not a frame. No cell raises.

    >>> import polars, cptkit.frames
    >>> remittance = polars.DataFrame({"hcpcs": ["99213", "junk"], "zip": "43004"})
    >>> cptkit.frames.price(remittance, code="hcpcs", zip="zip", on="2025-10-15"
    ...     )["allowed", "reason"].rows()
    [(Decimal('85.17'), None), (None, 'UNKNOWN_CODE')]
    """
    frame = opened(df)
    from .arguments import read_arguments

    names = frame.collect_schema().names()
    asked = read_arguments(names, {"code": code, **line}, add)
    return cast("Frame", _priced(frame, asked, progress))


def _priced(
    frame: Any, asked: Asked, progress: Callable[[int], None] | None
) -> object:
    """The road of the frame's kind: in memory, or a query that runs later."""
    from .arguments import check_columns

    implementation = frame.implementation
    if implementation.is_polars() and hasattr(frame, "collect"):
        from .on_polars import price_lazy

        return price_lazy(frame, asked)
    if implementation.is_duckdb():
        from .on_duckdb import price_relation

        check_columns(asked, "DuckDB")
        return price_relation(frame.to_native(), asked)
    if implementation.is_pyspark():
        from .on_pyspark import price_distributed

        check_columns(asked, "PySpark")
        return price_distributed(frame.to_native(), asked)
    from .eager import price_eager

    return price_eager(frame, asked, progress).to_native()


def opened(df: object) -> Any:
    """The frame as narwhals sees it."""
    try:
        import narwhals.stable.v2 as nw
    except ImportError:
        raise MissingExtraError("frames", "narwhals") from None
    try:
        return nw.from_native(cast("Any", df))
    except TypeError:
        msg = (
            f"{type(df).__name__} is not a frame: give one of pandas, Polars, PyArrow,"
            " DuckDB or PySpark"
        )
        raise InvalidInputError(msg) from None
