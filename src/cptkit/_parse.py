"""The spellings people type: codes and modifiers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import cast

from .errors import InvalidInputError, Reason, not_priced, show

#: Five characters; CMS also prints placeholders such as GXXX1.
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}|[A-Z]XXX[0-9]")
_SPLIT = r"[\s,;:/-]+"


def parse_code(value: object) -> tuple[str, tuple[str, ...]]:
    """A code as written, and the modifiers written behind it, or of its row.

    An integer that lost its leading zeros gets them back; text must be whole.

    >>> parse_code(" 99213-25 "), parse_code(100), parse_code("g0439")
    (('99213', ('25',)), ('00100', ()), ('G0439', ()))

    Raises:
        NotPriced: `Reason.UNKNOWN_CODE`; it is a `LookupError` too.
    """
    if type(value) is str and _CODE.fullmatch(value):
        return value, ()
    number = getattr(value, "number", value)
    if isinstance(number, (float, Decimal)):
        number = _whole(number)
    if isinstance(number, int) and not isinstance(number, bool):
        text = f"{number:05d}" if 0 <= number < 100_000 else ""
    else:
        text = number.strip().upper() if isinstance(number, str) else ""
    words = [word for word in re.split(_SPLIT, text) if word]
    if not words or not _CODE.fullmatch(words[0]):
        msg = (
            f"code {show(value)} is not a CPT or HCPCS code:"
            " five characters, such as '99213' or 'G0439'"
        )
        raise not_priced(Reason.UNKNOWN_CODE, msg, code=show(value))
    own = getattr(value, "modifier", "")
    return words[0], (*words[1:], *([own] if isinstance(own, str) and own else ()))


def hyphenated(number: str, *modifiers: str) -> str:
    """A code and its modifiers as people write them; blank ones are left out.

    >>> hyphenated("71046", "26"), hyphenated("99213", "")
    ('71046-26', '99213')
    """
    return "-".join(filter(None, (number, *modifiers)))


def _whole(number: float | Decimal) -> object:
    """The integer a spreadsheet made a float of; anything else as it is."""
    finite = Decimal(number).is_finite() and 0 <= number < 100_000
    return int(number) if finite and int(number) == number else number


def split_modifiers(value: object) -> tuple[str, ...]:
    """Modifiers as written, one string each, upper case, in their order.

    Text may separate them by blanks, commas or hyphens; integers and sequences
    are taken too; blanks and None are none.

    >>> split_modifiers("25 59"), split_modifiers(["rt", 80]), split_modifiers(None)
    (('25', '59'), ('RT', '80'), ())

    Raises:
        InvalidInputError: Something else.
    """
    if value is None or (isinstance(value, (str, tuple)) and not value):
        return ()
    if isinstance(value, str):
        return _words(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return (f"{value:02d}",) if 0 <= value < 100 else (show(value),)
    if isinstance(value, (list, tuple, set, frozenset)):
        given = cast("list[object]", value)
        return tuple(word for each in given for word in split_modifiers(each))
    msg = f"modifiers {show(value)} cannot be read: write '25 59' or a list of text"
    raise InvalidInputError(msg)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(_SPLIT, text.strip().upper()) if word)
