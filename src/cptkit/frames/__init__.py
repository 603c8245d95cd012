"""Price the lines of a dataframe, in the library it comes from.

Needs ``pip install cptkit[frames]``; pandas, Polars, PyArrow, DuckDB or PySpark
is the caller's own, and only the one the frame came from is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .._schedule import FeeSchedule
    from .arguments import Asked

__all__ = ["audit", "price", "schedule", "summary"]

Frame = TypeVar("Frame")


def price(
    df: Frame,
    *,
    code: Any,
    add: Iterable[str] = (),
    claim: str | None = None,
    progress: Callable[[int], None] | None = None,
    **line: Any,
) -> Frame:
    """The frame with every line priced, or the reason why not.

    Args:
        df: A pandas, Polars or PyArrow frame of claim lines.
        code: The column of codes.
        add: Further columns: ``limiting_charge``, ``coinsurance``, ``work_rvus``,
            ``total_rvus``, and ``percentile`` (the code's work RVUs among its
            section, as `Code.compare`; in memory and in Polars' queries).
        claim: The column that names a line's claim: one patient and one
            practitioner or same-specialty group. Rules among the lines of a day
            then apply, as in `cptkit.price_claim`; each line is priced alone
            without it, and where the cell is null. For frames in memory.
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
    asked = read_arguments(names, {"code": code, **line}, add, claim=claim)
    return cast("Frame", _priced(frame, asked, progress))


def audit(
    remittance: Frame,
    *,
    paid: str,
    code: Any,
    claim: str | None = None,
    progress: Callable[[int], None] | None = None,
    **line: Any,
) -> Frame:
    """The remittance with what each line should have been allowed, and why not.

    Args:
        remittance: A pandas, Polars (in memory) or PyArrow frame of paid lines.
        paid: The column of amounts the payer allowed, in dollars, all units.
        code: The column of codes.
        claim: As in `price`; reductions among the lines of a claim are expected.
        progress: As in `price`.
        **line: As in `price`.

    Returns:
        The frame with `expected`, `variance` (paid less expected; pandas also in
        cents), `cause` and `detail` where the two differ, and `reason`, `release`
        and `locality` as in `price`. A cause is named only where its own price is
        the amount paid: ``wrong locality``, ``facility rate paid``, ``non-facility
        rate paid``, ``old release``, ``MPPR applied``, ``26/TC mix-up``,
        ``assistant rate``, ``sequestration``, ``non-participating``; the first
        that is, in the order of the documentation, else ``unexplained``.

    Raises:
        MissingExtraError: narwhals is not installed.
        InvalidInputError: As in `price`, and for a frame that is not in memory.

    >>> import polars, cptkit.frames
    >>> paid = polars.DataFrame({"hcpcs": ["99213"], "allowed_amt": ["62.19"]})
    >>> found = cptkit.frames.audit(paid, paid="allowed_amt", code="hcpcs", pos="11",
    ...     locality="15202-00", on="2025-10-15")
    >>> found["expected", "variance", "cause"].row(0)
    (Decimal('85.17'), Decimal('-22.98'), 'facility rate paid')
    """
    frame = opened(remittance)
    if hasattr(frame, "collect"):
        msg = "an audit takes a frame in memory: collect the lines in question first"
        raise InvalidInputError(msg)
    from .arguments import check_column, read_arguments
    from .remittance import AUDITED, audit_eager

    names = frame.columns
    asked = read_arguments(names, {"code": code, **line}, added=AUDITED, claim=claim)
    check_column("paid", paid, names)
    return cast("Frame", audit_eager(frame, asked, paid, progress).to_native())


def summary(audited: Frame, by: str | Sequence[str] = ("cause",)) -> Frame:
    """Lines and total variance of an audited remittance, by cause and more.

    Args:
        audited: What `audit` gave.
        by: Columns to group by: ``"cause"``, a column of payers, of codes ...

    Returns:
        The same kind of frame: the columns of *by*, `lines`, and the sum of
        `variance` (of `variance_cents` in pandas), most lines first.

    Raises:
        InvalidInputError: A column is not there.
    """
    from .remittance import summary_of

    columns = (by,) if isinstance(by, str) else tuple(by)
    return cast("Frame", summary_of(opened(audited), columns).to_native())


def schedule(
    release: object = None,
    *,
    on: object = None,
    locality: object = None,
    backend: str = "polars",
) -> Any:
    """A whole release as a frame, priced, ready to be written.

    Args:
        release: A name or a year, the newest release when left out.
        on: A date of service instead.
        locality: ``"15202-00"`` or a `Locality`; ``"all"`` for every one, rows by
            locality; national amounts when left out.
        backend: ``"polars"``, ``"pandas"`` or ``"pyarrow"``.

    Returns:
        A row for each row of the relative value file, by locality: `release`,
        `code`, `modifier`, CMS's indicators, RVUs, `nonfacility_amount` and
        `facility_amount` of one unit in exact dollars (pandas also in cents), the
        `reason` where there is none, and `locality`.

    Raises:
        MissingExtraError: narwhals or the backend is not installed.
        NotFoundError: The release or the locality is not held.
        InvalidInputError: Another backend.

    >>> import cptkit.frames
    >>> found = cptkit.frames.schedule("RVU25D", locality="15202-00")
    >>> found.filter(code="27447")["facility_amount"].item()
    Decimal('1217.83')
    """
    from .._schedule import schedule as held

    return frame_of_schedule(held(release, on=on), locality, backend)


def frame_of_schedule(whole: FeeSchedule, locality: object, backend: str) -> Any:
    """What `schedule` and `FeeSchedule.to_frame` give."""
    _narwhals()
    from .whole_schedule import frame_of

    return frame_of(whole, locality, backend).to_native()


def _priced(frame: Any, asked: Asked, progress: Callable[[int], None] | None) -> object:
    """The road of the frame's kind: in memory, or a query that runs later."""
    from .arguments import check_alone, check_columns

    implementation = frame.implementation
    if implementation.is_polars() and hasattr(frame, "collect"):
        from .on_polars import price_lazy

        check_alone(asked, "a query")
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


def _narwhals() -> Any:
    """The library that reads every kind of frame."""
    try:
        return import_module("narwhals.stable.v2")
    except ImportError:
        raise MissingExtraError("frames", "narwhals") from None


def opened(df: object) -> Any:
    """The frame as narwhals sees it."""
    nw = _narwhals()
    try:
        return nw.from_native(cast("Any", df))
    except TypeError:
        msg = (
            f"{type(df).__name__} is not a frame: give one of pandas, Polars, PyArrow,"
            " DuckDB or PySpark"
        )
        raise InvalidInputError(msg) from None
