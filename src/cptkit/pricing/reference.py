"""Values for other payers: rows Medicare does not pay but that carry RVUs."""

from __future__ import annotations

from copy import copy
from typing import Any

import attrs

from ..errors import NotPriced, Reason, not_priced
from .alone import price_line
from .line import Line
from .payment import Payment


@attrs.frozen(repr=False)
class ReferenceValue(Payment):
    """A fee computed from RVUs that Medicare does not pay on: for other payers.

    It is no Medicare amount, and says so wherever it is shown.
    """


def reference_value(
    code: object, modifiers: object = (), **line: Any
) -> ReferenceValue:
    """A fee from the RVUs CMS prints on a row that Medicare does not pay.

    For other payers who use the schedule for codes of status B, N, I or X. It is
    priced by the same rules and labelled as no Medicare amount: in its type, in
    `explain` and in `to_dict`. `cptkit.price` never returns it.

    Args:
        code: As for `cptkit.price`.
        modifiers: As for `cptkit.price`.
        **line: As for `cptkit.price`.

    Raises:
        NotPriced: The row carries no RVUs, Medicare pays it (use
            `cptkit.price`), or the line is refused for another reason.

    >>> import cptkit
    >>> cptkit.reference_value("99401", release="RVU26C").allowed
    Decimal('39.75')
    """
    asked = Line(code, modifiers, **line)
    found = price_line(asked, reference=True)
    if isinstance(found, NotPriced):
        raise copy(found)
    row = found._answer.plan.row
    if row.profile.status not in _REFERENCE or not row.has_rvus:
        msg = (
            f"{row.code} has status {row.profile.status}"
            f"{'' if row.has_rvus else ' and no RVUs'}: a reference value is for rows"
            " of status B, N, I or X that carry RVUs"
        )
        raise not_priced(Reason.ARGUMENT_INVALID, msg, code=row.code)
    return ReferenceValue(found.line, found._at, found._answer)


_REFERENCE = ("B", "N", "I", "X")
