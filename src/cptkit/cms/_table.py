"""Tables whose header is found by its words, with titles above and notes below."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cptkit.errors import SourceFileError

from ._sniff import HEADERS, KINDS
from ._text import HEADER_WITHIN, Record, decode, delimiter, records, title_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ._files import Member

_T = TypeVar("_T")


class Table(NamedTuple):
    """Records under a header, and where each wanted column is."""

    name: str
    header: Record
    columns: dict[str, int]
    records: tuple[Record, ...]

    def parse(self, record: Record, column: str, parse: Callable[[str], _T]) -> _T:
        """Parse the cell of *column*; a refusal names line and column."""
        index = self.columns.get(column, -1)
        cell = record.cells[index] if 0 <= index < len(record.cells) else ""
        try:
            return parse(cell)
        except ValueError as error:
            raise self.refusal(record, str(error), column) from error

    def refusal(
        self, record: Record, message: str, column: str | None = None
    ) -> SourceFileError:
        """Build an error about one record, its column named as the file titles it."""
        index = self.columns.get(column, -1) if column else -1
        title = title_key(self.header.cells[index]) if index >= 0 else column
        return SourceFileError(message, path=self.name, line=record.line, column=title)

    def refuse_duplicates(self, keys: Sequence[tuple[str, ...]]) -> None:
        """Refuse the second record of one key; *keys* go with the records."""
        lines: dict[tuple[str, ...], int] = {}
        for key, record in zip(keys, self.records, strict=True):
            first = lines.setdefault(key, record.line)
            if first != record.line:
                raise self.refusal(
                    record,
                    f"{'-'.join(filter(None, key))!r} is already on line {first};"
                    " each stands once",
                )


def read_table(
    member: Member,
    kind: str,
    columns: Mapping[str, str],
    *,
    optional: frozenset[str] = frozenset({"state"}),
    prefer: Callable[[Table, str, list[int]], int] | None = None,
) -> Table:
    """Find the header, map its columns, and keep the rows of data under it.

    Args:
        member: The file.
        kind: Which header to look for.
        columns: Column name to the pattern its title matches.
        optional: Columns that may be absent; their cells read as blank.
        prefer: Chooses where several titles match one column.
    """
    text = decode(member.data, member.name)
    header: Record | None = None
    body: list[Record] = []
    for seen, record in enumerate(
        records(text, member.name, delimiter=delimiter(text))
    ):
        if header is not None:
            body.append(record)
        elif HEADERS[kind]([title_key(cell) for cell in record.cells]):
            header = record
        elif seen >= HEADER_WITHIN:
            break
    if header is None:
        raise SourceFileError(
            f"has no header of {KINDS[kind].label}; expected {KINDS[kind].hint}",
            path=member.name,
        )
    table = Table(member.name, header, {}, ())
    for column, pattern in columns.items():
        index = _find(table, column, pattern, optional, prefer)
        if index is not None:
            table.columns[column] = index
    return table._replace(records=_data(table, body))


def _find(
    table: Table,
    column: str,
    pattern: str,
    optional: frozenset[str],
    prefer: Callable[[Table, str, list[int]], int] | None,
) -> int | None:
    titles = [title_key(cell) for cell in table.header.cells]
    found = [i for i, title in enumerate(titles) if re.search(pattern, title)]
    if len(found) == 1:
        return found[0]
    if not found and column in optional:
        return None
    if found and prefer is not None:
        return prefer(table, column, found)
    raise SourceFileError(
        f"{'no' if not found else 'more than one'} column is titled so; the header is"
        f" {', '.join(filter(None, titles))!r}",
        path=table.name,
        line=table.header.line,
        column=column,
    )


def _data(table: Table, body: list[Record]) -> tuple[Record, ...]:
    """Keep the rows of data."""
    kept = [record for record in body if not _is_note(record)]
    if not kept:
        raise SourceFileError(
            "has a header and no rows; it was cut short, download it again",
            path=table.name,
        )
    return tuple(kept)


def _is_note(record: Record) -> bool:
    """Tell whether a row is a footnote: one cell of text, or a ``*`` at its start.

    Copies of LOCCO files carry the state down into the footnote's row too.
    """
    if record.cells[0].startswith("*"):
        return True
    return record.filled == 1 and not any(cell.isdigit() for cell in record.cells)
