"""The cells of a column as numbers, by which a query joins tables.

Clean files spell a field in few ways, which a table lists with their numbers. A cell
spelled otherwise is read as everywhere else, where the query can call Python; where
it cannot, or where no number stands for what was read, the line is rare.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from .._parse import split_modifiers
from .._zips import zip_table
from ..pricing.refusals import modifier_faults
from .plans import schedule_of
from .readers import UNREADABLE, alike, known, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..errors import Reason


class Numbers(NamedTuple):
    """What a field's cells say, by number.

    Attributes:
        known: The number of each spelling that clean files hold.
        read: The number of any cell or of a null; None where there is none.
        values: What each number stands for, where plans or places are made of them.
            Of a field that may be silent, the first is nothing said.
    """

    known: dict[str, int]
    read: Callable[[Any], int | None]
    values: Sequence[Any] = ()


#: A code in a text, and what separates it from before; the modifiers are behind.
CODE_WORD = "^[ ,;:/-]*[^ ,;:/-]+"


def code_numbers(
    codes: Iterable[str], heeded: Callable[[tuple[str, ...]], bool]
) -> Numbers:
    """Codes; 0 is any other.

    A code has no number where something stands behind it, unless modifiers of a known
    code that are *heeded*, because the query reads them or because they change nothing.
    """
    numbers = {code: number for number, code in enumerate(sorted(codes), start=1)}
    value = reader("code")

    def read(text: str | None) -> int | None:
        code, *modifiers = value(text).split("-")
        number, behind = numbers.get(code, 0), tuple(modifiers)
        written = re.sub(CODE_WORD, "", text or "", count=1)
        if not behind and not written.strip():
            return number
        # Python knows more separators than the query.
        alike = split_modifiers(written) == behind
        return number if number and alike and heeded(behind) else None

    return Numbers(numbers, read)


def day_numbers(stretches: Sequence[Any]) -> Numbers:
    """Dates of service, each by its stretch of unchanged rates."""
    numbers = {since: number for number, since in enumerate(stretches)}
    value = reader("on")

    def read(text: str | None) -> int | None:
        return numbers.get(value(text))

    days = {day: number for day in known("on") if (number := read(day)) is not None}
    return Numbers(days, read, stretches)


def pos_numbers(apart: frozenset[str]) -> Numbers:
    """Places of service, each by its kind; the last is one that cannot be read."""
    kinds = alike(apart)
    values = (None, *dict.fromkeys(kinds.values()), UNREADABLE)
    numbers = {kind: number for number, kind in enumerate(values)}
    value = reader("pos", apart)

    def read(text: str | None) -> int | None:
        return numbers[value(text)]

    return Numbers({pos: numbers[k] for pos, k in kinds.items()}, read, values)


#: The settings of a line; none, where it states none.
SETTINGS = (None, "facility", "non-facility")


def setting_numbers() -> Numbers:
    """The two settings."""
    known_words = {word: n for n, word in enumerate(SETTINGS) if word}

    def read(text: str | None) -> int | None:
        return 0 if text is None else known_words.get(text.strip().lower())

    return Numbers(known_words, read, SETTINGS)


def area_numbers(releases: Iterable[str]) -> tuple[Numbers, Numbers]:
    """ZIPs and localities; the number of either is a place of one field."""
    numbers: dict[tuple[str, str] | None, int] = {None: 0}

    def number(field: str, value: str) -> int:
        return numbers.setdefault((field, value), len(numbers))

    def reading(field: str) -> Callable[[str | None], int | None]:
        value = reader(field)

        def read(text: str | None) -> int | None:
            found = value(text)
            return 0 if found is None else numbers.get((field, found))

        return read

    zips = {zip5: number("zip", area) for zip5, area in zip_table().alike.items()}
    for unlike in ("00000", UNREADABLE):
        number("zip", unlike)
    ids: dict[str, int] = {}
    for name in releases:
        held = schedule_of(name).localities
        ids |= {place.id: number("locality", place.id) for place in held}
    values = tuple(numbers)
    return (
        Numbers(zips, reading("zip"), values),
        Numbers(ids, reading("locality"), values),
    )


def unit_numbers() -> Numbers:
    """Units of service, by themselves; 0 where they cannot be read."""
    return Numbers({str(units): units for units in range(1, 1000)}, reader("units"))


def charge_numbers() -> Numbers:
    """Charges in cents; no spelling is more common than another."""
    return Numbers({}, reader("charge"))


# --- modifiers --------------------------------------------------------------------

#: Effects of modifiers that change no amount of a line alone that a frame shows.
_NEUTRAL = frozenset(
    {"informational", "side", "session", "notice", "therapy-assistant"}
)
#: Modifiers that plans are made for, each by the one that stands for its like.
_STANDS_FOR = {
    **{name: name for name in "26 TC 50 54 55 56 78 80 AS 62 66 GP 33 PT".split()},
    "81": "80",
    "82": "80",
    "GO": "GP",
    "GN": "GP",
}
#: The rows of the relative value file that a modifier can ask for.
ROWS = ("", "26", "TC")


class ModifierSet(NamedTuple):
    """Modifiers that plans are made for, and the row they ask for.

    Those that ask for a part of a service have one number: its row tells them apart.
    """

    modifiers: tuple[str, ...]
    number: int
    row: str = ""

    @property
    def packed(self) -> int:
        """Its number and that of its row, in one: a query reads either from it."""
        return len(ROWS) * self.number + ROWS.index(self.row)


@lru_cache(maxsize=1)
def modifier_sets() -> tuple[ModifierSet, ...]:
    """None, each alone that has an effect, and one for each reason to refuse them."""
    effective = dict.fromkeys(_STANDS_FOR.values())
    whole: list[tuple[str, ...]] = [()]
    whole += [(name,) for name in effective if name not in ROWS]
    whole += _refused().values()
    parts = [ModifierSet((row,), len(whole), row) for row in ROWS[1:]]
    return (*(ModifierSet(given, at) for at, given in enumerate(whole)), *parts)


@lru_cache(maxsize=1)
def _refused() -> dict[Reason, tuple[str, ...]]:
    """Modifiers that are refused whatever the code, one example a reason."""
    found: dict[Reason, tuple[str, ...]] = {}
    names = list(_law.modifiers())
    examples = [("??",), *((name,) for name in names), *((n, n) for n in names)]
    for given in examples:
        for reason, _ in modifier_faults(given)[:1]:
            found.setdefault(reason, given)
    return found


def modifier_numbers() -> Numbers:
    """One or two modifiers as lines write them, packed."""
    sets = modifier_sets()
    number = {held.modifiers: held.packed for held in sets}

    @lru_cache(maxsize=10_000)
    def number_of(given: tuple[str, ...]) -> int | None:
        for reason, _ in modifier_faults(given)[:1]:
            return number[_refused()[reason]]
        table = _law.modifiers()
        effective = [name for name in given if table[name].effect not in _NEUTRAL]
        if len(effective) > 1:
            return None
        return number.get(tuple(_STANDS_FOR.get(name, name) for name in effective))

    value = reader("modifiers")

    def read(text: str | None) -> int | None:
        given: tuple[str, ...] | float = value(text) or ()
        return number_of(given) if isinstance(given, tuple) else None

    def usable(*given: str) -> int | None:
        return None if modifier_faults(given) else number_of(given)

    names = [name for name in _law.modifiers() if usable(name) is not None]
    pairs = [(name, other) for name in names for other in names]
    written: list[tuple[str, ...]] = [(), *((name,) for name in names), *pairs]
    known_sets = {" ".join(g): n for g in written if (n := usable(*g)) is not None}
    return Numbers(known_sets, read, sets)
