"""One entry of a work log: what was done, when, by whom, where."""

from __future__ import annotations

from copy import copy
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import attrs

from .. import _law
from .._money import exact, scaled
from .._parse import parse_code, split_modifiers
from ..errors import InvalidInputError, NotPriced, show
from ..pricing.line import Line
from ..pricing.refusals import modifier_faults
from .numbers import day

_UNITS_LIMIT = 10_000
_SETTINGS = {
    "facility": "facility",
    "f": "facility",
    "non-facility": "non-facility",
    "nonfacility": "non-facility",
    "non facility": "non-facility",
    "nf": "non-facility",
    "n": "non-facility",
}


def _on(value: object) -> date:
    return value if type(value) is date else day(value)


def _code(value: object) -> str:
    return _plain_code(value) if type(value) is str else _read_code(value)


def _written_code(value: object) -> tuple[str, tuple[str, ...]]:
    """As `parse_code`; what it refuses is an `InvalidInputError`."""
    try:
        return parse_code(value)
    except NotPriced as error:
        raise InvalidInputError(error.message) from None


def _read_code(value: object) -> str:
    code, modifiers = _written_code(value)
    if not modifiers:
        return code
    msg = f"code {show(value)} has modifiers: give them as modifiers="
    raise InvalidInputError(msg)


_plain_code = lru_cache(maxsize=8192)(_read_code)


def _modifiers(value: object) -> tuple[str, ...]:
    given = split_modifiers(value)
    if given:
        faults = modifier_faults(given)
        if faults:
            raise InvalidInputError(faults[0][1])
    return given


def _units(value: object) -> int:
    if type(value) is int and 1 <= value <= _UNITS_LIMIT:
        return value
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.startswith("-"):
        msg = f"units {show(value)}: a reversal; delete the entry that it takes back"
        raise InvalidInputError(msg)
    count = scaled(text, 0, "units")
    if 1 <= count <= _UNITS_LIMIT:
        return count
    msg = f"units {show(value)} must be a whole number from 1 to {_UNITS_LIMIT}"
    raise InvalidInputError(msg)


def _setting(value: object) -> str:
    """``facility``, ``non-facility``, a place of service's number, or nothing."""
    text = "" if value is None else str(value).strip().lower()
    if not text:
        return ""
    if text in _SETTINGS:
        return _SETTINGS[text]
    pos = text.zfill(2)
    if pos in _law.places_of_service():
        return pos
    msg = (
        f"setting {show(value)} is not 'facility', 'non-facility' or a place of"
        " service such as '11'"
    )
    raise InvalidInputError(msg)


def _text(value: object) -> str:
    text = "" if value is None else str(value).strip()
    if "\0" in text:
        msg = f"{show(text)} holds a NUL character, which no table can"
        raise InvalidInputError(msg)
    return text


def _percent(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    parts = scaled(value, 4, "percent_payable")
    if parts <= 100 * 10**4:
        return Decimal(str(value).strip()) if isinstance(value, str) else _short(parts)
    msg = f"percent_payable {show(value)} is over 100"
    raise InvalidInputError(msg)


def _short(parts: int) -> Decimal:
    whole, rest = divmod(parts, 10**4)
    return Decimal(f"{whole}.{rest:04d}".rstrip("0").rstrip("."))


def fraction(value: object, what: str, most: int = 1) -> Fraction:
    """A share from a number, or from text such as ``1/3``; from 0 to *most*."""
    text = value.strip() if isinstance(value, str) else ""
    top, slash, bottom = text.partition("/")
    if slash and top.isdecimal() and bottom.isdecimal() and int(bottom[:9]):
        value = Fraction(int(top[:9]), int(bottom[:9]))
    share = exact(value, what)
    if share <= most:
        return share
    msg = f"{what} {show(value)} is over {most}: give a share, as 1/3"
    raise InvalidInputError(msg)


def _postop(value: object) -> Fraction | None:
    if value is None or value == "":
        return None
    return fraction(value, "postop_share")


def _other(value: Any) -> tuple[tuple[str, str], ...]:
    """Pairs of name and text in the order of the names, without empty ones."""
    if not value:
        return ()
    given = cast("dict[str, str] | list[tuple[str, str]]", value)
    pairs = given.items() if isinstance(given, dict) else given
    held = [(_text(name), str(text)) for name, text in pairs]
    names = [name for name, _ in held]
    if "" in names or len(set(names)) < len(names):
        msg = f"other={show(given)}: every column needs a name of its own"
        raise InvalidInputError(msg)
    return tuple(sorted((name, text) for name, text in held if text))


@attrs.frozen
class Entry:
    """One service in a `WorkLog`.

    Args:
        on: Date of service: a date, a datetime or ISO text.
        code: Five characters; modifiers stand apart.
        modifiers: As for `cptkit.price`; an unknown one, or two that exclude each
            other, are refused.
        units: A whole number from 1 to 10,000.
        setting: ``facility``, ``non-facility``, a place of service (``"11"``), or
            nothing.
        person: Who did it.
        place: Where, in the user's own words.
        note: Anything.
        percent_payable: The percentage of a reduced or stopped service (52, 53).
        postop_share: The share of the post-operative days (55), as ``"1/3"``.
        other: Further columns of the file it came from, as pairs of text.
        id: Its number in the log; 0 where it is in none yet.

    Raises:
        InvalidInputError: A field that cannot be read.

    >>> Entry("2026-03-02", "99214", "25", person="Dr Ada").modifiers
    ('25',)
    """

    on: date = attrs.field(converter=_on)
    code: str = attrs.field(converter=_code)
    modifiers: tuple[str, ...] = attrs.field(default=(), converter=_modifiers)
    units: int = attrs.field(default=1, converter=_units)
    setting: str = attrs.field(default="", converter=_setting, kw_only=True)
    person: str = attrs.field(default="", converter=_text, kw_only=True)
    place: str = attrs.field(default="", converter=_text, kw_only=True)
    note: str = attrs.field(default="", converter=_text, kw_only=True)
    percent_payable: Decimal | None = attrs.field(
        default=None, converter=_percent, kw_only=True
    )
    postop_share: Fraction | None = attrs.field(
        default=None, converter=_postop, kw_only=True
    )
    other: tuple[tuple[str, str], ...] = attrs.field(
        default=(), converter=_other, kw_only=True
    )
    id: int = attrs.field(default=0, kw_only=True)

    def __repr__(self) -> str:
        given = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in attrs.fields(Entry)[2:]
            if getattr(self, field.name) != field.default
        )
        return f"Entry({', '.join([repr(str(self.on)), repr(self.code), *given])})"

    def line(self, **where: Any) -> Line:
        """The claim line of the entry, at the place given, for `cptkit.price_many`."""
        if self.setting:
            key = "pos" if self.setting.isdecimal() else "setting"
            where[key] = self.setting
        return Line(
            self.code,
            self.modifiers,
            on=self.on,
            units=self.units,
            percent_payable=self.percent_payable,
            postop_share=self.postop_share,
            **where,
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data; ``Entry(**d)`` is the inverse."""
        found: dict[str, Any] = {"on": self.on.isoformat(), "code": self.code}
        for field in attrs.fields(Entry)[2:]:
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if field.name == "modifiers":
                value = list(value)
            elif field.name == "other":
                value = [list(pair) for pair in value]
            elif isinstance(value, (Decimal, Fraction)):
                value = str(value)
            found[field.name] = value
        return found


def with_id(entry: Entry, id: int) -> Entry:
    """The same entry under another id; its fields are not read anew."""
    found = copy(entry)
    object.__setattr__(found, "id", id)
    return found


FIELDS = tuple(field.name for field in attrs.fields(Entry))


def entry_of(code: object, modifiers: object = (), **fields: Any) -> Entry:
    """An entry from a code as people write it, with modifiers behind it or apart.

    >>> entry_of("99213-25", on="2026-03-02").modifiers
    ('25',)
    """
    number, written = _written_code(code)
    return _entry(
        code=number, modifiers=(*written, *split_modifiers(modifiers)), **fields
    )


def _entry(**fields: Any) -> Entry:
    extra = [name for name in fields if name not in FIELDS]
    if extra:
        msg = f"an entry has no {', '.join(extra)}; it has {', '.join(FIELDS)}"
        raise InvalidInputError(msg)
    if "on" not in fields:
        msg = f"{fields['code']} has no date of service: give on="
        raise InvalidInputError(msg)
    return Entry(**fields)
