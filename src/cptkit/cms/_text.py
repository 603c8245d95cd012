"""Text of a file as records of cells.

Quirks handled here, once, for every reader:

* Latin-1, sometimes behind a UTF-8 byte order mark.
* Records end in LF, CRLF or a bare CR (one 2025 July file), and not in the
  other characters `str.splitlines` knows (Latin-1 0x85 is an ellipsis).
* Cells are padded with blanks; a DOS end-of-file mark (Ctrl-Z) closes some files.
* A quoted cell may hold line ends; a stray quote must not swallow the rest.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from cptkit.errors import SourceFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER_WITHIN = 40
"""How many filled records may stand above a header."""

_BOM = b"\xef\xbb\xbf"
_EOF_MARK = "\x1a"


class Record(NamedTuple):
    """One record: the line it starts on, and its cells without blanks."""

    line: int
    cells: list[str]

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(map(bool, self.cells))


def decode(data: bytes, name: str) -> str:
    """Turn the bytes of a text file into text whose only line end is LF."""
    if b"\x00" in data:
        raise SourceFileError(
            "is not plain text (it holds zero bytes); give the CSV or text edition,"
            " not a workbook, a PDF or Unicode text",
            path=name,
        )
    text = data.removeprefix(_BOM).decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def delimiter(text: str) -> str:
    """Choose tab or comma, whichever the head of the text has more of."""
    head = text[:2000]
    return "\t" if head.count("\t") > head.count(",") else ","


def records(text: str, name: str, *, delimiter: str = ",") -> Iterator[Record]:
    """Yield every record that holds something."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.replace(_EOF_MARK, "").strip() for cell in row]
            if any(cells):
                yield Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceFileError(
            f"the record that starts here is not CSV ({error}); look for a stray"
            " double quote, or download the file again",
            path=name,
            line=line,
        ) from error


def title_key(cell: str) -> str:
    """Put a header cell in capitals with single blanks, to compare."""
    return " ".join(cell.upper().split())
