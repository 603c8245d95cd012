"""Credit summed: by period, person, place, section, family or code."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import attrs

from .._taxonomy import taxonomy
from ..errors import (
    InvalidInputError,
    NotFoundError,
    NotPriced,
    did_you_mean,
    show,
)
from .periods import PERIODS, month, period_of
from .policy import Credit, rvus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from decimal import Decimal

    from .entry import Entry

_BY_FIELD = ("code", "person", "place")
_BY_TREE = ("section", "family")
#: What totals may be taken by.
GROUPINGS = (*PERIODS, *_BY_FIELD, *_BY_TREE)


@attrs.frozen
class Uncredited:
    """An entry that a policy gives no credit, and why."""

    entry: Entry
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return {"entry": self.entry.to_dict(), "reason": self.reason}


@attrs.frozen
class Total:
    """One row of `Totals`.

    Attributes:
        key: What the row is for: ``2026-03``, ``Dr Ada``, ``99214``, ``em.office``.
        label: The same in words, where the key is an id.
        entries: How many entries it sums.
        units: How many units of service.
        wrvus: Work RVUs credited.
        share: Of the whole, exactly.
    """

    key: str
    label: str
    entries: int
    units: int
    wrvus: Decimal
    share: Fraction

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data; numbers as text."""
        found = attrs.asdict(self)
        return {**found, "wrvus": str(self.wrvus), "share": str(self.share)}


@attrs.frozen(repr=False)
class Totals:
    """Work RVUs credited, by something; ``totals["2026-03"]`` is one of them.

    Attributes:
        by: What they are taken by.
        credit: The policy.
        rows: A `Total` for each key; periods in order of time.
        uncredited: Entries without credit. They are in no row.
    """

    by: str
    credit: Credit
    rows: tuple[Total, ...]
    uncredited: tuple[Uncredited, ...]

    @property
    def total(self) -> Decimal:
        """The whole; the rows sum to it exactly."""
        return rvus(sum(millionths(row.wrvus) for row in self.rows))

    @property
    def running(self) -> tuple[tuple[str, Decimal], ...]:
        """Each key with the total of all rows up to it."""
        sums = accumulate(millionths(row.wrvus) for row in self.rows)
        keys = (row.key for row in self.rows)
        return tuple(zip(keys, map(rvus, sums), strict=True))

    def __getitem__(self, key: str) -> Decimal:
        for row in self.rows:
            if row.key == key:
                return row.wrvus
        near = did_you_mean(str(key), (row.key for row in self.rows))
        msg = f"no total for {self.by} {show(key)}{near}"
        raise NotFoundError(msg)

    def __iter__(self) -> Iterator[Total]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Totals by {self.by}: {len(self.rows)} rows, {self.total} wRVUs>"

    def __str__(self) -> str:
        from .text import totals_text

        return totals_text(self)

    def _repr_html_(self) -> str:
        from .cards import totals_card

        return totals_card(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "by": self.by,
            "credit": self.credit.to_dict(),
            "total": str(self.total),
            "rows": [row.to_dict() for row in self.rows],
            "uncredited": [each.to_dict() for each in self.uncredited],
        }


def millionths(work: Decimal) -> int:
    """A total back as the integer it was made of."""
    return int(Fraction(work) * 10**6)


def total_by(
    entries: Iterable[Entry], by: str, credit: Credit, fiscal_start: int
) -> Totals:
    """The totals of entries; see `WorkLog.wrvus`."""
    key_of, label_of = _grouping(by, month(fiscal_start, "fiscal_start"))
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    uncredited: list[Uncredited] = []
    for entry, value in credit.values(entries):
        if isinstance(value, NotPriced):
            uncredited.append(Uncredited(entry, value.message))
            continue
        row = sums[key_of(entry)]
        row[0] += 1
        row[1] += entry.units
        row[2] += value
    whole = sum(work for _, _, work in sums.values()) or 1
    rows = tuple(
        Total(key, label_of(key), count, units, rvus(work), Fraction(work, whole))
        for key, (count, units, work) in sorted(sums.items())
    )
    return Totals(by, credit, rows, tuple(uncredited))


def _grouping(
    by: str, fiscal_start: int
) -> tuple[Callable[[Entry], str], Callable[[str], str]]:
    """What names an entry's row, and what puts that name in words."""
    if by in PERIODS:
        return _kept(period_of(by, fiscal_start), "on"), str
    if by in _BY_FIELD:
        return (lambda entry: getattr(entry, by)), _code_label if by == "code" else str
    if by in _BY_TREE:
        level = 0 if by == "section" else 2
        return _kept(lambda code: _node(code, level), "code"), _node_label
    msg = f"by={show(by)} is not one of {', '.join(GROUPINGS)}"
    raise InvalidInputError(msg + did_you_mean(str(by), GROUPINGS))


def _kept(name: Callable[[Any], str], field: str) -> Callable[[Entry], str]:
    """A name worked out once for each date or code."""
    names: dict[object, str] = {}

    def of(entry: Entry) -> str:
        value = getattr(entry, field)
        found = names.get(value)
        if found is None:
            found = names[value] = name(value)
        return found

    return of


def _node(code: str, level: int) -> str:
    path = taxonomy().path(code)
    return path[level] if path else ""


def _node_label(id: str) -> str:
    return taxonomy().node(id, "").label if id else "outside the taxonomy"


def _code_label(code: str) -> str:
    from .._schedule import schedule

    held = schedule()
    return held[code].title if code in held else code
