"""A physician's work RVUs: the log, goals, survey benchmarks, pay per wRVU.

>>> from cptkit import productivity as pr
>>> log = pr.WorkLog()
>>> log.extend(pr.parse("99213 25 93000x2 4537859"), on="2026-08-03")
3
>>> log.wrvus()
Decimal('4.82')
"""

from .benchmark import Benchmark, Benchmarks, Position
from .csv_files import Problem
from .entry import Entry
from .goal import Goal, Pace
from .income import Income, Pay, PayPlan, Unpriced
from .log import WorkLog
from .policy import Credit, credit
from .rapid import Parsed, Reading, Service, Span, format_services, parse
from .summaries import UncreditedWarning
from .totals import Total, Totals, Uncredited
from .years import Year, YearOverYear

__all__ = [
    "Benchmark",
    "Benchmarks",
    "Credit",
    "Entry",
    "Goal",
    "Income",
    "Pace",
    "Parsed",
    "Pay",
    "PayPlan",
    "Position",
    "Problem",
    "Reading",
    "Service",
    "Span",
    "Total",
    "Totals",
    "Uncredited",
    "UncreditedWarning",
    "Unpriced",
    "WorkLog",
    "Year",
    "YearOverYear",
    "credit",
    "format_services",
    "parse",
]
