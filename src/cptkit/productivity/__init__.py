"""A physician's work RVUs: the log, goals, survey benchmarks, pay per wRVU.

>>> from cptkit import productivity as pr
>>> log = pr.WorkLog()
>>> log.extend(pr.parse("99213 25 93000x2 4537859"), on="2026-08-03")
3
>>> log.wrvus()
Decimal('4.82')
"""

from .csv_files import Problem
from .entry import Entry
from .log import UncreditedWarning, WorkLog
from .policy import Credit, credit
from .rapid import Parsed, Reading, Service, Span, format_services, parse
from .totals import Total, Totals, Uncredited

__all__ = [
    "Credit",
    "Entry",
    "Parsed",
    "Problem",
    "Reading",
    "Service",
    "Span",
    "Total",
    "Totals",
    "Uncredited",
    "UncreditedWarning",
    "WorkLog",
    "credit",
    "format_services",
    "parse",
]
