"""A remittance beside what it should have paid, and why the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from ..errors import InvalidInputError, NotPriced, did_you_mean, show
from .answer import engine_answer
from .causes import cause_of
from .columns import encode_all, words
from .eager import priced_lines
from .lines import Lines, vocabulary
from .output import blank, dollars, reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .arguments import Asked

    Series = Any

#: The columns an audit adds.
AUDITED = (
    *("expected", "variance", "cause", "detail", "reason", "release", "locality"),
)


def audit_eager(
    frame: Any, asked: Asked, paid: str, progress: Callable[[int], None] | None
) -> Any:
    """The remittance with expected amounts, variances and causes."""
    lines, found = priced_lines(frame, asked, progress)
    read = vocabulary("charge")
    ids = encode_all(frame, {"paid": paid}, {"paid": read})["paid"]
    cents = nw.new_series("c", read.values, nw.Int64, backend=ids.implementation)[ids]
    refused = (found["reason"] > 0) | (cents < 0)
    variance = cents - found["allowed"]
    differs = ~refused & (variance != 0)
    names, details = _causes(lines, cents, differs)
    columns: dict[str, Series] = {}
    for name, amount, absent in (
        ("expected", found["allowed"], found["reason"] > 0),
        ("variance", variance, refused),
    ):
        held = blank(amount, absent)
        columns[name] = dollars(held)
        if frame.implementation.is_pandas_like():
            columns[f"{name}_cents"] = held
    columns["cause"], columns["detail"] = names, details
    columns["reason"] = reasons(found["reason"], refused=True)
    columns["release"] = lines.plans.named(lines.plan_at)
    columns["locality"] = lines.places.named(lines.place_at)
    return frame.with_columns(series.alias(name) for name, series in columns.items())


def _causes(lines: Lines, paid: Series, differs: Series) -> tuple[Series, Series]:
    """Cause and detail of each line that differs, each distinct one found once."""
    rows = differs.arg_true()
    keys = lines.keys(rows)
    cents = paid.filter(differs).to_list()
    known: dict[Any, int] = {}
    told: list[tuple[str | None, str | None]] = [(None, None)]
    numbers: list[int] = []
    for key in zip(keys, cents, strict=True):
        number = known.get(key)
        if number is None:
            given, amount = key
            _, payment = engine_answer(lines.line(given))
            if isinstance(payment, NotPriced):
                raise AssertionError
            number = known[key] = len(told)
            cause = cause_of(payment.line, payment, amount)
            told.append((cause.name, cause.detail or None))
        numbers.append(number)
    whole = (differs.cast(nw.Int64) * 0).scatter(
        rows, nw.new_series("n", numbers, nw.Int64, backend=rows.implementation)
    )
    return words([name for name, _ in told], whole), words(
        [detail for _, detail in told], whole
    )


def summary_of(audited: Any, by: Sequence[str]) -> Any:
    """How many lines, and what they are short or over, by cause and more."""
    names = audited.collect_schema().names()
    for name in ("variance", "cause", *by):
        if name not in names:
            msg = f"{show(name)} is not a column{did_you_mean(name, names)}"
            raise InvalidInputError(msg)
    amount = "variance_cents" if "variance_cents" in names else "variance"
    grouped = audited.group_by(*by).agg(
        nw.len().alias("lines"), nw.col(amount).sum().alias(amount)
    )
    return grouped.sort("lines", *by, descending=[True, *(False for _ in by)])
