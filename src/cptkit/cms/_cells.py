"""Cells as exact integers, codes and indicators; never through a float.

A parser takes a stripped cell and returns its value, or raises `ValueError`
with a sentence that shows the cell and says what was expected. `parse_cells`
adds file, line and column.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cptkit.errors import SourceFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Parser = Callable[[str], object]

_DECIMAL = re.compile(r"([0-9]*)\.?([0-9]*)")
_CODE = re.compile(r"[0-9]{5}|[A-Z][0-9]{4}|[0-9]{4}[A-Z]|[A-Z]XXX[0-9]")
_SHORT_CODE = re.compile(r"[0-9]{1,3}[FTUMA]|[0-9]{3,4}")
_SCIENTIFIC = re.compile(r"[0-9.]+[Ee][+-]?[0-9]+")
_STATE = re.compile(r"[A-Z]{2}")
_ANESTHESIA_CODES = range(100, 2000)
_LONGEST_NUMBER = 20


def parse_cells(
    cells: Sequence[str],
    parsers: Sequence[Parser],
    columns: Sequence[str],
    *,
    name: str,
    line: int,
) -> list[object]:
    """Put every cell through its parser; a refusal names file, line and column."""
    if len(cells) != len(parsers):
        raise SourceFileError(
            f"has {len(cells)} cells, expected {len(parsers)}; the row is cut or"
            " shifted, download the file again",
            path=name,
            line=line,
        )
    values: list[object] = []
    try:
        for parse, cell in zip(parsers, cells, strict=True):
            values.append(parse(cell))
    except ValueError as error:
        raise SourceFileError(
            str(error), path=name, line=line, column=columns[len(values)]
        ) from error
    return values


@lru_cache(maxsize=8192)
def scaled(cell: str, places: int) -> int:
    """Read a decimal as an integer of its smallest published unit, exactly.

    >>> scaled("36.0896", 6), scaled("1", 3), scaled(".5", 2)
    (36089600, 1000, 50)
    """
    match = _DECIMAL.fullmatch(cell)
    if match is None or cell in ("", ".") or len(cell) > _LONGEST_NUMBER:
        raise ValueError(
            f"{cell!r} is not an amount; expected digits with at most {places}"
            " decimal places"
        )
    whole, fraction = match.groups()
    if fraction[places:].strip("0"):
        raise ValueError(
            f"{cell!r} has more than the {places} decimal places published; the"
            " file was altered after CMS wrote it"
        )
    return int(whole + fraction[:places].ljust(places, "0"))


def shown(value: int, places: int) -> str:
    """Print an amount as `scaled` reads it.

    >>> shown(275, 2), shown(5, 2)
    ('2.75', '0.05')
    """
    whole, fraction = divmod(value, 10**places)
    return f"{whole}.{fraction:0{places}}"


def decimal(places: int) -> Callable[[str], int]:
    """Return the parser of an exact decimal with so many places."""
    return lambda cell: scaled(cell, places)


def positive(places: int) -> Callable[[str], int]:
    """Do as `decimal`, and refuse zero."""

    def parse(cell: str) -> int:
        value = scaled(cell, places)
        if not value:
            raise ValueError(f"{cell!r} is zero; expected an amount above zero")
        return value

    return parse


def digits(width: int, shortest: int = 1) -> Callable[[str], str]:
    """Return the parser of a number kept as text, with its lost leading zeros."""

    def parse(cell: str) -> str:
        if not (cell.isascii() and cell.isdigit() and shortest <= len(cell) <= width):
            raise ValueError(f"{cell!r} is not a number of {width} digits")
        return cell.zfill(width)

    return parse


def one_of(*values: str) -> Callable[[str], str]:
    """Return the parser of an indicator: its values as CMS prints them."""
    return spelled({value: value for value in values})


def padded(*values: str) -> Callable[[str], str]:
    """Do as `one_of`, and put back the leading zeros a spreadsheet dropped."""
    bare = {value.lstrip("0") or "0": value for value in values}
    return spelled(bare | {value: value for value in values})


def spelled(spellings: Mapping[str, str]) -> Callable[[str], str]:
    """Return the parser of an indicator, from each accepted spelling to its value."""
    known = dict.fromkeys(value or "blank" for value in spellings.values())

    def parse(cell: str) -> str:
        value = spellings.get(cell)
        if value is None:
            raise ValueError(f"{cell!r} is not known; expected {', '.join(known)}")
        return value

    return parse


def flag(set_: str, unset: str) -> Callable[[str], bool]:
    """Return the parser of a mark that stands or does not."""

    def parse(cell: str) -> bool:
        if cell not in (set_, unset):
            other = repr(unset) if unset else "blank"
            raise ValueError(f"{cell!r} is not known; expected {set_!r} or {other}")
        return cell == set_

    return parse


def procedure_code(cell: str) -> str:
    """Read a HCPCS code of five characters, and put back lost leading zeros.

    Only what is certain is repaired: three or four digits that make an
    anesthesia code (the one range of digits that starts with zero), and fewer
    than four digits before the letter of a CPT code. A code shown in scientific
    notation is refused even where all its digits happen to be there: no CMS
    file holds one, so a spreadsheet has changed this file, and perhaps more.
    Placeholder rows such as GXXX1 (July 2026) are codes too.

    >>> procedure_code("100"), procedure_code("21T")
    ('00100', '0021T')
    """
    if _CODE.fullmatch(cell):
        return cell
    if _SCIENTIFIC.fullmatch(cell):
        raise ValueError(
            f"{cell!r} is in scientific notation, from which the code cannot be"
            " told; a spreadsheet changed the file, use the one CMS published"
        )
    if _SHORT_CODE.fullmatch(cell) and (
        not cell.isdigit() or int(cell) in _ANESTHESIA_CODES
    ):
        return cell.zfill(5)
    raise ValueError(
        f"{cell!r} is not a code; expected five characters such as '99213',"
        " '0001F' or 'G0101'"
    )


def state(cell: str) -> str:
    """Read two capitals; the ZIP file has EM, WM, EK and WK beside the usual ones."""
    if not _STATE.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a state; expected two capitals")
    return cell


def plain(cell: str) -> str:
    """Make blanks single."""
    return " ".join(cell.split())


def place_name(cell: str) -> str:
    """Clean a state, area or locality name of footnote marks and extra blanks."""
    return plain(cell.replace("*", " "))


mac_number = digits(5, 4)
locality_number = digits(2)
MODIFIER = one_of("", "26", "TC", "53")
STATUS = one_of(*"ABCDEFGHIJMNPRTX")
