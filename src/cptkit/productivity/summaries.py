"""What a log says: its sums, its pace, its years side by side, its income."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, overload
from warnings import warn

import attrs

from ..errors import InvalidInputError
from .policy import Credit, credit
from .totals import Totals, total_by

if TYPE_CHECKING:
    from decimal import Decimal

    from .goal import Goal, Pace
    from .income import Income, PayPlan
    from .log import WorkLog
    from .years import YearOverYear


class UncreditedWarning(UserWarning):
    """A sum leaves out entries that the policy gives no credit.

    Take the totals with ``by=`` to see them: ``totals.uncredited``. Silence it with
    ``warnings.filterwarnings("ignore", category=UncreditedWarning)``.
    """


class Summaries:
    """The summaries of a `WorkLog`, which is the only kind there is."""

    @property
    def _log(self) -> WorkLog:
        return cast("WorkLog", self)

    @overload
    def wrvus(
        self, by: None = None, *, credit: object = ..., fiscal_start: int = ...
    ) -> Decimal: ...

    @overload
    def wrvus(
        self, by: str, *, credit: object = ..., fiscal_start: int = ...
    ) -> Totals: ...

    def wrvus(
        self,
        by: str | None = None,
        *,
        credit: object = "unadjusted",
        fiscal_start: int = 1,
    ) -> Decimal | Totals:
        """Work RVUs credited: the whole, or by something.

        Args:
            by: ``day``, ``week``, ``month``, ``quarter``, ``year``, ``person``,
                ``place``, ``section``, ``family`` or ``code``; None for the sum.
            credit: A policy of `credit`, or the name of one that needs no terms.
            fiscal_start: The month that quarters and years begin with.

        Returns:
            A `Decimal`, or `Totals`. Entries without credit are in neither; `Totals`
            lists them, and the sum alone warns of them (`UncreditedWarning`).

        Raises:
            InvalidInputError: No such grouping, policy or month.
        """
        policy = _policy(credit)
        if by is not None:
            return total_by(self._log, by, policy, fiscal_start)
        found = total_by(self._log, "year", policy, 1)
        if found.uncredited:
            first = found.uncredited[0]
            msg = (
                f"{len(found.uncredited):,} of {len(self._log):,} entries have no"
                " credit and are not in the sum; the first is entry"
                f" {first.entry.id}: {first.reason}"
            )
            warn(msg, UncreditedWarning, stacklevel=2)
        return found.total

    def case_mix(self, by: str = "family", *, credit: object = "unadjusted") -> Totals:
        """Work RVUs by family, section or code, the largest first, with shares."""
        found = total_by(self._log, by, _policy(credit), 1)
        rows = sorted(found.rows, key=lambda row: (-row.share, row.key))
        return attrs.evolve(found, rows=tuple(rows))

    # --- pace, years, income -------------------------------------------------

    def pace(
        self, goal: Goal, *, as_of: object = None, credit: object = "unadjusted"
    ) -> Pace:
        """How far the goal is.

        Args:
            goal: A goal of a year.
            as_of: The last day counted; by default the day of the year's last entry.
            credit: A policy, or the name of one that needs no terms.

        Raises:
            InvalidInputError: The day is not in the goal's year, or no entry is.

        >>> from cptkit import productivity as pr
        >>> log = pr.WorkLog([pr.Entry("2026-01-30", "99214", units=120)])
        >>> print(log.pace(pr.Goal(wrvus=2600, year=2026)).ahead)
        11.24
        """
        from .goal import pace

        return pace(self._log, goal, as_of, _policy(credit))

    def year_over_year(
        self,
        earlier: int,
        later: int,
        *,
        credit: object = "unadjusted",
        release: object = None,
        through: object = None,
        fiscal_start: int = 1,
    ) -> YearOverYear:
        """Two years: each on its own schedule, and both on the same.

        Args:
            earlier: A year.
            later: Another.
            credit: A policy, or the name of one that needs no terms.
            release: The schedule for both; the newest of the later year by default.
            through: A day of the later year; both are counted up to it.
            fiscal_start: The month the years begin with.

        Raises:
            InvalidInputError: A month or a day that cannot be.
            NotPriced: The release is not held.
        """
        from .years import year_over_year

        years = (earlier, later)
        policy = _policy(credit)
        return year_over_year(self._log, years, policy, release, through, fiscal_start)

    def income(
        self,
        *plans: PayPlan,
        per_wrvu: object = None,
        credit: object = "unadjusted",
        **where: Any,
    ) -> Income:
        """What the work earns under each plan, and what Medicare allows for it.

        Args:
            *plans: Plans of pay.
            per_wrvu: Dollars per work RVU, for a plan that is nothing more.
            credit: A policy, or the name of one that needs no terms.
            **where: Fields of `Line` for the Medicare amounts: ``zip``, ``locality``,
                ``pos``, ``participating``...; an entry's own setting stands first.

        Raises:
            InvalidInputError: No plan, or a field that cannot be read.

        >>> from cptkit import productivity as pr
        >>> log = pr.WorkLog([pr.Entry("2026-08-03", "99214", units=10)])
        >>> found = log.income(per_wrvu="48.50", zip="60601")
        >>> found.pays[0].pay, found.medicare_allowed
        (Decimal('931.20'), Decimal('1424.50'))
        """
        from .income import PayPlan, income

        if per_wrvu is not None:
            plans = (*plans, PayPlan.per_wrvu(per_wrvu))
        if not plans:
            msg = "give a PayPlan, or per_wrvu="
            raise InvalidInputError(msg)
        return income(self._log, plans, _policy(credit), where)


def _policy(given: object) -> Credit:
    return given if isinstance(given, Credit) else credit(given)
