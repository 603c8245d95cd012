"""What Medicare allows: one line, a claim of lines, or a stream of them."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError, NotPriced, Reason, not_priced
from .alone import price_line
from .line import Line, as_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .payment import Payment

__all__ = ["price", "price_many"]


def price(
    code: object,
    modifiers: object = (),
    *,
    deductible: object = None,
    **line: Any,
) -> Payment:
    """What Medicare allows for one line, and why.

    Args:
        code: ``"99213"``, ``99213``, ``"99213-25"``, or a `Code`, which is priced
            by the schedule it comes from.
        modifiers: ``"25 59"``, ``"25-59"``, ``"25,59"`` or a sequence.
        deductible: Dollars of the year's deductible the patient still owes.
        **line: Every other field of `Line`: ``zip``, ``locality``, ``state``,
            ``gpci``, ``on``, ``pos``, ``setting``, ``release``, ``practitioner``,
            ``participating``, ``qp``, ``charge``, ``minutes``, ``units``,
            ``options`` and the rest.

    Returns:
        A `Payment`; its amounts are `Decimal` dollars.

    Raises:
        NotPriced: No amount exists: `reason` says why, the message what to do.
            It is a `ValueError`, and a `LookupError` where the code, the place
            or the date is not there.

    >>> import cptkit
    >>> cptkit.price("99213", locality="15202-00", on="2025-10-15", pos="11").allowed
    Decimal('85.17')

    Source: CMS relative value files; 42 CFR 414.20 to 414.68; the Medicare
    Claims Processing Manual, chapter 12.
    """
    if line.get("release") is None:
        line["release"] = getattr(code, "_schedule", None)
    found = price_line(Line(code, modifiers, **line), deductible)
    if isinstance(found, NotPriced):
        raise copy(found)  # a remembered answer; what is raised carries a traceback
    return found


def price_many(
    lines: Iterable[object], *, progress: Callable[[int], None] | None = None
) -> Iterator[Payment | NotPriced]:
    """Price lines one by one, each alone, as they come.

    Args:
        lines: `Line` objects, mappings of its fields, tuples in their order
            (code, modifiers, zip, on, pos, units), or codes.
        progress: Called with the number of lines done, every 10,000 and at the
            end.

    Yields:
        A `Payment` or a `NotPriced` for each line, in order. Nothing stops the
        stream; memory does not grow with it.

    >>> import cptkit
    >>> found = cptkit.price_many([("99213", "25"), {"code": "99999"}])
    >>> [line.priced for line in found]
    [True, False]
    """
    done = 0
    for given in lines:
        try:
            line = given if type(given) is Line else as_line(given)
        except InvalidInputError as error:
            yield not_priced(Reason.ARGUMENT_INVALID, str(error))
        else:
            yield price_line(line)
        done += 1
        if progress is not None and done % _PROGRESS_EVERY == 0:
            progress(done)
    if progress is not None and done % _PROGRESS_EVERY:
        progress(done)


_PROGRESS_EVERY = 10_000
