"""What a cell of a column says, field by field, in the words the engine reads.

Columns hold few distinct values. Each is read once, made plain, and values that
price alike become one: a date stands for its stretch of unchanged rates, a ZIP
for its area. What cannot be read becomes one unreadable value, so that the
engine itself gives the reason.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _law
from .._money import scaled
from .._parse import parse_code, split_modifiers
from .._release import parse_date, registry
from .._zips import parse_zip, plus_four_locality, zip_table
from ..errors import InvalidInputError, NotPriced
from ..pricing.engine import charge_of, units_of

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
_NONE = frozenset[str]()

#: What stands for a value that cannot be read; no field takes it.
UNREADABLE = "?"

#: Amounts as integers: none given, and one that cannot be read.
NOT_GIVEN, WRONG = -1, -2

#: What a line says that is silent in a field.
SILENT = {"units": 1, "charge": NOT_GIVEN, "minutes": NOT_GIVEN}

#: Fields in which a null is nothing said; in the others it cannot be read.
OPTIONAL = frozenset(
    "modifiers charge minutes percent_payable postop_share base_units"
    " setting pos locality zip state county name".split()
)


def plain(value: Any) -> Any:
    """A cell as a Python value; whole floats are the integers they were.

    >>> plain(60601.0), plain(float("nan")), plain("11")
    (60601, None, '11')
    """
    if value is None or value is True or value is False or isinstance(value, str):
        return value
    if value != value:  # noqa: PLR0124  # NaN and NaT are not themselves
        return None
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()  # a scalar of an array library
    if isinstance(value, float | Decimal) and value == int(value):
        return int(value)
    return value


def read_code(value: Any) -> Any:
    """Code and modifiers behind it, as one word."""
    try:
        code, modifiers = parse_code(value)
    except NotPriced:
        return UNREADABLE
    return "-".join([code, *modifiers])


def read_modifiers(value: Any) -> Any:
    """Modifiers in one order: on a line alone their order means nothing (R34)."""
    try:
        return tuple(sorted(split_modifiers(value)))
    except InvalidInputError:
        return 0.5  # no kind of value modifiers are written in


def read_date(value: Any) -> Any:
    """The first day of the stretch in which nothing of the law changes."""
    try:
        return stretch_of(parse_date(value))
    except NotPriced:
        return UNREADABLE


def day(value: Any) -> Any:
    """The date itself, or nothing where it cannot be read."""
    try:
        return parse_date(plain(value))
    except NotPriced:
        return None


def stretch_of(on: date) -> date:
    """The first day of the stretch of unchanged rates that holds a date."""
    days = stretches()
    return days[max(bisect_right(days, on) - 1, 0)]


@lru_cache(maxsize=1)
def stretches() -> tuple[date, ...]:
    """The days on which a release, a rate or a rule's date begins or ends."""
    held = registry().releases
    days = {date.min, *(release.effective for release in held)}
    days |= {release.ends + timedelta(days=1) for release in held}
    days |= {rate.since for rows in _law.history().values() for rate in rows}
    days |= {who.since for who in _law.practitioners().values()}
    days |= {waiver.since for waiver in _law.waivers().values()}
    years = range(held[0].effective.year, held[-1].effective.year + 2)
    return tuple(sorted(days | {date(year, 1, 1) for year in years}))


def read_pos(value: Any, apart: frozenset[str] = _NONE) -> Any:
    """The first place of service of the table that is treated alike."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, int) and not isinstance(text, bool) and 0 <= text < 100:
        text = f"{text:02d}"
    elif isinstance(text, str) and text.isascii() and text.isdigit():
        text = text.zfill(2)
    found = alike(apart)
    return found.get(text, UNREADABLE) if isinstance(text, str) else UNREADABLE


@lru_cache(maxsize=16)
def alike(apart: frozenset[str] = _NONE) -> dict[str, str]:
    """Places of service by one that prices alike: setting and hospital (R7, R12).

    Those *apart*, whose setting the caller chose, are like no other.
    """
    first: dict[tuple[bool, str, str], str] = {}
    return {
        pos: first.setdefault(
            (row.facility, row.hospital, pos if pos in apart else ""), pos
        )
        for pos, row in _law.places_of_service().items()
    }


def read_zip(value: Any) -> Any:
    """The first ZIP of the same area; nine digits where an installed file decides."""
    try:
        zip5, plus4 = parse_zip(value)
    except NotPriced:
        return UNREADABLE
    if plus4 and plus_four_locality(zip5, plus4):
        return zip5 + plus4
    return zip_table().alike.get(zip5, "00000")


def read_locality(value: Any) -> Any:
    """MAC and locality as given; the engine reads them."""
    return value.strip() if isinstance(value, str) else UNREADABLE


def read_units(value: Any) -> Any:
    """Units of service, 0 where they cannot be read."""
    try:
        return units_of(value)
    except NotPriced:
        return 0


def read_charge(value: Any) -> Any:
    """A charge in cents."""
    try:
        return charge_of(value)
    except NotPriced:
        return WRONG


def read_minutes(value: Any) -> Any:
    """Anesthesia minutes."""
    try:
        return scaled(value, 0, "minutes")
    except InvalidInputError:
        return WRONG


def read_word(value: Any) -> Any:
    """Any other value, if it is one a line can hold."""
    return value if isinstance(value, str | int | float | Decimal) else UNREADABLE


READERS = {
    "code": read_code,
    "modifiers": read_modifiers,
    "on": read_date,
    "pos": read_pos,
    "zip": read_zip,
    "locality": read_locality,
    "units": read_units,
    "charge": read_charge,
    "minutes": read_minutes,
}
_AMOUNTS = frozenset({"charge", "minutes"})


def reader(field: str, apart: frozenset[str] = _NONE) -> Any:
    """The reader of a field: a cell in, a value of `Line` out."""
    own = READERS.get(field, read_word)
    if field == "pos" and apart:
        own = partial(read_pos, apart=apart)

    def read(value: Any) -> Any:
        try:
            found = plain(value)
            if found is None:
                if field in _AMOUNTS:
                    return NOT_GIVEN
                return None if field in OPTIONAL else own(" ")
            return own(found)
        except (ArithmeticError, TypeError, ValueError):
            return own(object())

    return read


def remembered(read: Callable[..., _T]) -> Callable[..., _T]:
    """The same work, done once for each of the latest cells it was done for."""
    return lru_cache(maxsize=100_000)(read)


#: Fields whose known words are digits alone, and how many.
DIGITS = {"zip": 5, "pos": 2}


def known(field: str) -> tuple[str, ...]:
    """The spellings of a field that clean files hold."""
    if field == "zip":
        return tuple(zip_table().alike)
    if field == "pos":
        return tuple(_law.places_of_service())
    if field == "code":
        from .._schedule import open_release

        return open_release(registry().releases[-1]).numbers
    if field == "on":
        first, last = registry().releases[0].effective, registry().releases[-1].ends
        days = range((date(last.year, 12, 31) - first).days + 1)
        return tuple((first + timedelta(days=day)).isoformat() for day in days)
    if field == "modifiers":
        return ("", *_law.modifiers())
    return ()
