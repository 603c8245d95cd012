"""Dates as spreadsheets and records systems write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from ..errors import InvalidInputError, show

_TIME = re.compile(r"[T ,]+[0-9]{1,2}:[0-9]{2}.*$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_DAY_NAMED = re.compile(r"([0-9]{1,2})[-/ ]([A-Z]{3,9})\.?[-/ ,]+([0-9]{4}|[0-9]{2})")
_MONTH_NAMED = re.compile(r"([A-Z]{3,9})\.? ([0-9]{1,2})(?:,? +)([0-9]{4})")
#: A spreadsheet's own count of days, for dates from 2000 to 2099.
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_MONTHS = (
    "january february march april may june july august september october"
    " november december"
).split()


@lru_cache(maxsize=4096)
def read_date(text: str, *, day_first: bool) -> date:
    """A date in one of the common forms; a time of day behind it is dropped.

    Two digits of a year are of 2000 to 2099. ``3/4/2026`` is the fourth of March
    unless *day_first*; the other way round is never tried.

    >>> str(read_date("3/2/26 8:15 AM", day_first=False))
    '2026-03-02'
    >>> str(read_date("2-Mar-2026", day_first=False))
    '2026-03-02'

    Raises:
        InvalidInputError: No such form, or no such day.
    """
    plain = _TIME.sub("", text.strip())
    try:
        found = _read(plain, day_first=day_first)
    except ValueError:
        found = None
    if found is not None:
        return found
    first = "day" if day_first else "month"
    msg = (
        f"date {show(text)} cannot be read with the {first} first: write it as"
        " 2026-03-02, or say day_first=" + str(not day_first)
    )
    raise InvalidInputError(msg)


def _read(text: str, *, day_first: bool) -> date | None:
    if found := _YEAR_FIRST.fullmatch(text):
        year, mark, month, day = found.groups()
        if mark or len(text) == 8:
            return date(int(year), int(month), int(day))
        return None
    if found := _YEAR_LAST.fullmatch(text):
        one, _, two, year = found.groups()
        month, day = (two, one) if day_first else (one, two)
        return date(_century(year), int(month), int(day))
    if found := _DAY_NAMED.fullmatch(text.upper()):
        day, name, year = found.groups()
        return date(_century(year), _month(name), int(day))
    if found := _MONTH_NAMED.fullmatch(text.upper()):
        name, day, year = found.groups()
        return date(_century(year), _month(name), int(day))
    if found := _SERIAL.fullmatch(text):
        on = _SERIAL_ZERO + timedelta(days=int(found[1]))
        return on if 2000 <= on.year <= 2099 else None
    return None


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _month(name: str) -> int:
    """The month that a name, or its first letters, stands for."""
    wanted = name.lower()
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(wanted) or wanted == "sept" == month[:4]:
            return number
    raise ValueError(name)
