"""What the same work earns under each plan of pay, with Medicare's amounts beside.

Work RVUs times the conversion factor is nobody's pay and is never computed.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import attrs

from .._money import dollars, scaled
from ..errors import InvalidInputError, NotPriced, show
from ..pricing import price_many
from .numbers import less, rounded, written
from .totals import Uncredited, total_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .entry import Entry
    from .log import WorkLog
    from .policy import Credit

_NATIONAL = "nationally: no place given"


def _money(value: object) -> Decimal:
    return written(value, 2, "amount")


def _tiers(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    """Thresholds and rates, the lowest threshold first."""
    pairs = value.items() if hasattr(value, "items") else value
    found = [
        (written(above, 6, "threshold"), written(rate, 6, "rate"))
        for above, rate in cast("list[tuple[object, object]]", list(pairs))
    ]
    thresholds = [above for above, _ in found]
    if found and thresholds == sorted(set(thresholds)):
        return tuple(found)
    msg = f"tiers {show(value)}: give rates by threshold, the thresholds rising"
    raise InvalidInputError(msg)


@attrs.frozen(kw_only=True)
class PayPlan:
    """How work RVUs become pay: a base, rates above thresholds, a draw.

    Base, thresholds and draw are those of the time the log covers.

    Args:
        name: What a report should call it.
        base: Dollars paid whatever the work.
        tiers: Dollars per wRVU by threshold: each rate holds above its threshold and
            up to the next.
        retroactive: Whether the rate of the highest threshold reached holds for
            every wRVU instead.
        draw: Dollars advanced and settled against what is earned.
        keep_draw: Whether a draw above what is earned need not be paid back.

    >>> PayPlan(name="tiers", tiers={0: "45", 4000: "52"}).earned(5000)
    Decimal('232000.00')
    """

    name: str
    base: Decimal = attrs.field(default=Decimal("0.00"), converter=_money)
    tiers: tuple[tuple[Decimal, Decimal], ...] = attrs.field(converter=_tiers)
    retroactive: bool = False
    draw: Decimal = attrs.field(default=Decimal("0.00"), converter=_money)
    keep_draw: bool = False

    @classmethod
    def per_wrvu(cls, rate: object, **terms: Any) -> PayPlan:
        """So many dollars for each work RVU; `draw` and the like may be added."""
        terms.setdefault("name", f"${written(rate, 6, 'rate')} per wRVU")
        return cls(tiers={0: rate}, **terms)

    @classmethod
    def tiered(cls, tiers: Mapping[Any, object], **terms: Any) -> PayPlan:
        """Rates by threshold."""
        terms.setdefault("name", "tiers")
        return cls(tiers=tiers, **terms)

    @classmethod
    def base_plus_bonus(
        cls, base: object, *, above: object, rate: object, **terms: Any
    ) -> PayPlan:
        """A base, and a rate for each work RVU above a threshold."""
        terms.setdefault("name", "base plus bonus")
        return cls(base=base, tiers={above: rate}, **terms)

    def earned(self, wrvus: object) -> Decimal:
        """Dollars earned for work RVUs, rounded to the cent once, half up."""
        work = Fraction(written(wrvus, 6, "wrvus"))
        total = Fraction(self.base)
        if self.retroactive:
            rates = [rate for above, rate in self.tiers if work >= above]
            return rounded(total + work * Fraction(rates[-1] if rates else 0))
        tops = [Fraction(above) for above, _ in self.tiers[1:]]
        for (above, rate), top in zip(self.tiers, [*tops, work], strict=True):
            within = min(work, top) - Fraction(above)
            total += max(within, Fraction(0)) * Fraction(rate)
        return rounded(total)

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain data; ``PayPlan(**d)`` is the inverse."""
        return {
            "name": self.name,
            "base": str(self.base),
            "tiers": [[str(above), str(rate)] for above, rate in self.tiers],
            "retroactive": self.retroactive,
            "draw": str(self.draw),
            "keep_draw": self.keep_draw,
        }


@attrs.frozen(kw_only=True)
class Pay:
    """What one plan pays.

    Attributes:
        plan: The plan.
        wrvus: The work RVUs paid for.
        earned: Dollars, by base and rates.
    """

    plan: PayPlan
    wrvus: Decimal
    earned: Decimal

    @property
    def balance(self) -> Decimal:
        """Earned less the draw: paid at settlement, or owed back where negative."""
        left = less(self.earned, self.plan.draw)
        return max(left, Decimal("0.00")) if self.plan.keep_draw else left

    @property
    def pay(self) -> Decimal:
        """Draw and balance: what stays with the person in the end."""
        return rounded(Fraction(self.plan.draw) + Fraction(self.balance))

    @property
    def per_wrvu(self) -> Decimal | None:
        """Pay over work RVUs, to the cent; None where there are none."""
        return (
            rounded(Fraction(self.pay) / Fraction(self.wrvus)) if self.wrvus else None
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts as text."""
        names = ("wrvus", "earned", "balance", "pay", "per_wrvu")
        numbers = {name: getattr(self, name) for name in names}
        told = {k: None if v is None else str(v) for k, v in numbers.items()}
        return {"plan": self.plan.to_dict(), **told}


@attrs.frozen
class Unpriced:
    """An entry for which Medicare has no amount, and why."""

    entry: Entry
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return {"entry": self.entry.to_dict(), "reason": self.reason}


@attrs.frozen(kw_only=True)
class Income:
    """The same work under each plan, and what Medicare allows for it.

    Attributes:
        wrvus: Work RVUs credited.
        credit: The policy of credit.
        pays: A `Pay` for each plan, in the order given.
        medicare_allowed: Dollars, each entry priced alone: a log knows no patients,
            so no entry lowers another.
        where: Where the entries were priced.
        unpriced: Entries without a Medicare amount; they are not in it.
        uncredited: Entries without credit; they are not in `wrvus`.
    """

    wrvus: Decimal
    credit: Credit
    pays: tuple[Pay, ...]
    medicare_allowed: Decimal
    where: str
    unpriced: tuple[Unpriced, ...] = attrs.field(repr=False)
    uncredited: tuple[Uncredited, ...] = attrs.field(repr=False)

    def __str__(self) -> str:
        from .text import income_text

        return income_text(self)

    def _repr_html_(self) -> str:
        from .cards import income_card

        return income_card(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts as text."""
        return {
            "wrvus": str(self.wrvus),
            "credit": self.credit.to_dict(),
            "pays": [each.to_dict() for each in self.pays],
            "medicare_allowed": str(self.medicare_allowed),
            "where": self.where,
            "unpriced": [each.to_dict() for each in self.unpriced],
            "uncredited": [each.to_dict() for each in self.uncredited],
        }


def income(
    log: WorkLog, plans: tuple[PayPlan, ...], credit: Credit, where: dict[str, Any]
) -> Income:
    """The income of a log; see `WorkLog.income`."""
    totals = total_by(log, "year", credit, 1)
    pays = (
        Pay(plan=plan, wrvus=totals.total, earned=plan.earned(totals.total))
        for plan in plans
    )
    cents, unpriced = 0, list[Unpriced]()
    for entry, found in zip(log, price_many(e.line(**where) for e in log), strict=True):
        if isinstance(found, NotPriced):
            unpriced.append(Unpriced(entry, found.message))
        else:
            cents += scaled(found.allowed, 2, "allowed")
    return Income(
        wrvus=totals.total,
        credit=credit,
        pays=tuple(pays),
        medicare_allowed=dollars(cents),
        where=", ".join(f"{k} {v}" for k, v in where.items()) or _NATIONAL,
        unpriced=tuple(unpriced),
        uncredited=totals.uncredited,
    )
