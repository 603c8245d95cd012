"""Tables in files as people export them: encodings, separators, headers."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import SourceFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from os import PathLike

    Source = str | PathLike[str]

_SEPARATORS = (",", "\t", ";", "|")
#: A header stands among the first rows, below a report's title.
_HEADER_WITHIN = 25


class Table(NamedTuple):
    """A table: its header, and each further row that is not blank, with its number."""

    path: str
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def read_bytes(path: Source) -> bytes:
    """A file's bytes.

    Raises:
        SourceFileError: It is not there, or cannot be opened.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        msg = f"cannot be opened: {error.strerror or error}"
        raise SourceFileError(msg, path=path) from None


def read_table(path: Source, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """A table of comma, tab, semicolon or bar separated values.

    UTF-8, UTF-16 with its mark and Windows-1252 are read. Rows above the header
    are left out; rows are numbered from 1, as a spreadsheet shows them.

    Raises:
        SourceFileError: No row among the first 25 is a header, or a cell is
            too long.
    """
    text = _decoded(read_bytes(path))
    for separator in _separators(text):
        head = _records(text, separator, path)
        for number, cells in zip(range(1, _HEADER_WITHIN + 1), head, strict=False):
            names = tuple(cell.strip() for cell in cells)
            if is_header(names):
                return _below(text, separator, path, number, names)
    first = next((line for line in text.splitlines() if line.strip()), "nothing")
    msg = (
        f"no header found in the first {_HEADER_WITHIN} rows; it begins {first[:60]!r}"
    )
    raise SourceFileError(msg, path=path)


def _below(
    text: str, separator: str, path: Source, header_at: int, names: tuple[str, ...]
) -> Table:
    while names and not names[-1]:
        names = names[:-1]
    rows: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(_records(text, separator, path), start=1):
        if number > header_at and any(cell.strip() for cell in cells):
            rows.append((number, cells))
    return Table(str(path), names, rows)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _separators(text: str) -> tuple[str, ...]:
    """The separators to try: what Excel's first line says, or all of them."""
    stated = re.match(r'"?sep=(.)"?\r?\n', text)
    return (stated[1],) if stated else _SEPARATORS


def _records(text: str, separator: str, path: Source) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        raise SourceFileError(str(error), path=path, line=reader.line_num) from None


def normal(name: str) -> str:
    """A header's letters and digits alone, in small letters."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
