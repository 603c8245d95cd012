"""Tell a file's kind by its content: names change from one quarter to the next."""

from __future__ import annotations

import csv
import re
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ._text import HEADER_WITHIN, title_key

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(NamedTuple):
    """What a file is, and how to know it."""

    article: str
    name: str
    hint: str

    @property
    def label(self) -> str:
        """The name with its article."""
        return f"{self.article} {self.name}"


KINDS = {
    "pprrvu": Kind(
        "a",
        "relative value file (PPRRVU)",
        "the CSV whose header begins with HCPCS, MOD, DESCRIPTION",
    ),
    "gpci": Kind(
        "a", "GPCI file", "the CSV with the columns PW GPCI, PE GPCI, MP GPCI"
    ),
    "locco": Kind("a", "county file (LOCCO)", "the CSV that ends in a column COUNTIES"),
    "anes": Kind(
        "an",
        "anesthesia factor file (ANES)",
        "the CSV with the columns CONTRACTOR and NATIONAL ANES CF",
    ),
    "oppscap": Kind(
        "an",
        "OPPS cap file (OPPSCAP)",
        "the CSV whose header begins with HCPCS, MOD, PROCSTAT, CARRIER",
    ),
    "zip5": Kind("a", "ZIP5 file", "the CSV, or the text of 80 columns"),
    "zip9": Kind("a", "ZIP+4 file (ZIP9)", "the text of 80 columns"),
    "anesthesia_base": Kind(
        "an", "anesthesia base unit file", "the text with one code and its units a line"
    ),
}

_HEAD = 64 * 1024
_ZIP_RECORD = re.compile(r"[A-Z]{2}[0-9]{12}.{6}[01](?P<extension>[0-9]{4})?")
_BASE_UNITS = re.compile(r"0?[0-9]{3,4}[\t,] *[0-9]{1,2}\s*")


def sniff(data: bytes) -> str | None:
    """Tell the kind of a file, or None for one that no reader knows."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    lines = head.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [line for line in lines if line.strip(" ,\t\x1a")]
    for line, titles in _headers(lines[: HEADER_WITHIN + 1]):
        for kind, is_header in HEADERS.items():
            if is_header(titles):
                return kind
        if record := _ZIP_RECORD.match(line):
            return "zip9" if record["extension"] else "zip5"
        if _BASE_UNITS.fullmatch(line) and "BASE" in head[:500].upper():
            return "anesthesia_base"
    return None


def _headers(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Cut each line into its cells in capitals, at tabs where it has any.

    A quoted title may run over two lines, so the next line is read with it.
    """
    found: list[tuple[str, list[str]]] = []
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        delimiter = "\t" if "\t" in line else ","
        try:
            row = next(csv.reader([f"{line}\n", following], delimiter=delimiter))
        except csv.Error:
            continue
        found.append((line, [title_key(cell) for cell in row]))
    return found


def is_pprrvu(titles: list[str]) -> bool:
    """Tell whether these are the last titles of a relative value file."""
    return titles[:2] == ["HCPCS", "MOD"] and titles[2:3] != ["PROCSTAT"]


def is_oppscap(titles: list[str]) -> bool:
    """Tell whether these are the titles of an OPPS cap file."""
    return titles[:3] == ["HCPCS", "MOD", "PROCSTAT"]


def is_gpci(titles: list[str]) -> bool:
    """Tell whether these are the titles of a GPCI file."""
    indices = sum("GPCI" in title for title in titles)
    return indices > 1 and not is_anes(titles)


def is_anes(titles: list[str]) -> bool:
    """Tell whether these are the titles of a file of anesthesia factors."""
    return "LOCALITY" in titles and any(_ANES.search(title) for title in titles)


def is_locco(titles: list[str]) -> bool:
    """Tell whether these are the titles of a county file."""
    return "COUNTIES" in titles and any("LOCALITY" in title for title in titles)


def is_zip9(titles: list[str]) -> bool:
    """Tell whether these are the titles of a ZIP+4 file."""
    return _is_zip(titles) and not {"PLUS 4", "PLUS FOUR"}.isdisjoint(titles)


def is_zip5(titles: list[str]) -> bool:
    """Tell whether these are the titles of a ZIP5 file."""
    return _is_zip(titles) and not is_zip9(titles)


def _is_zip(titles: list[str]) -> bool:
    return "CARRIER" in titles and not {"ZIP", "ZIP CODE"}.isdisjoint(titles)


_ANES = re.compile(r"\bANES(THESIA)?\b")
HEADERS: dict[str, Callable[[list[str]], bool]] = {
    "oppscap": is_oppscap,
    "pprrvu": is_pprrvu,
    "gpci": is_gpci,
    "anes": is_anes,
    "locco": is_locco,
    "zip9": is_zip9,
    "zip5": is_zip5,
}
"""How to tell each header, by its titles in capitals."""
