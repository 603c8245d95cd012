"""A work log: entries, kept in order, changed by id, saved whole."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from .._saving import write_whole
from ..errors import InvalidInputError, NotFoundError, show
from .entry import FIELDS, Entry, entry_of, with_id
from .numbers import day
from .rapid import Parsed, Service
from .summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .csv_files import Problem
    from .tables import Source


class WorkLog(Summaries):
    """What was done, entry by entry, in the order of their ids.

    Args:
        entries: Entries to begin with; an id of 0, or one taken, is given anew.
        problems: What was found wrong in the file they came from.

    >>> log = WorkLog()
    >>> log.add("99214", on="2026-03-02", modifiers="25").id
    1
    >>> log.wrvus()
    Decimal('1.92')
    """

    def __init__(
        self, entries: Iterable[Entry] = (), problems: Iterable[Problem] = ()
    ) -> None:
        self._entries: dict[int, Entry] = {}
        self._changes: list[tuple[str, dict[int, Entry | None]]] = []
        self.problems = tuple(problems)
        given = list(entries)
        self._next = 1 + max((entry.id for entry in given), default=0)
        for entry in given:
            known = entry.id > 0 and entry.id not in self._entries
            self._put(entry if known else self._numbered(entry))
        self._sort()

    # --- change --------------------------------------------------------------

    def add(self, code: object, *, on: object, **fields: Any) -> Entry:
        """Add one entry; returns it with its id.

        Args:
            code: As people write it: ``"99213-25"``, ``99213``.
            on: Date of service.
            **fields: The further fields of `Entry`.

        Raises:
            InvalidInputError: A field cannot be read; the log is as it was.
        """
        entry = self._numbered(entry_of(code, on=on, **fields))
        self._put(entry)
        self._changes.append((f"add {entry.code}", {entry.id: None}))
        return entry

    def extend(self, entries: Iterable[object] | Parsed, **same: Any) -> int:
        """Add many entries, all or none; returns how many.

        Args:
            entries: Entries, mappings of their fields, codes, or what `parse` read.
            **same: Fields that all of them take where they have none, as ``on``.

        Raises:
            InvalidInputError: One cannot be read, or the text that was parsed has
                several readings or a part that was not understood; the log is as it
                was.
        """
        given = _services(entries) if isinstance(entries, Parsed) else entries
        read = [made(each, same) for each in given]
        numbered = [self._numbered(entry) for entry in read]
        for entry in numbered:
            self._put(entry)
        what = f"add {len(numbered):,} entries"
        self._changes.append((what, {entry.id: None for entry in numbered}))
        return len(numbered)

    def edit(self, id: int, /, **fields: Any) -> Entry:
        """Change fields of an entry; returns the new one.

        Raises:
            NotFoundError: No entry has the id.
            InvalidInputError: A field cannot be read; the log is as it was.
        """
        before = self[id]
        held = {name: getattr(before, name) for name in FIELDS}
        if fields.get("id", id) != id:
            msg = f"entry {id} keeps its id; add it anew instead"
            raise InvalidInputError(msg)
        code = fields.pop("code", before.code)
        del held["code"]
        entry = entry_of(code, **{**held, **fields})
        self._put(entry)
        self._changes.append((f"edit entry {id}", {id: before}))
        return entry

    def delete(self, id: int) -> Entry:
        """Take an entry out; returns it.

        Raises:
            NotFoundError: No entry has the id.
        """
        entry = self[id]
        del self._entries[id]
        self._changes.append((f"delete entry {id}", {id: entry}))
        return entry

    def undo(self) -> str:
        """Take the last change back; returns what it was.

        Raises:
            NotFoundError: There is none.
        """
        if not self._changes:
            msg = "there is no change to undo"
            raise NotFoundError(msg)
        what, before = self._changes.pop()
        for key, entry in before.items():
            if entry is None:
                del self._entries[key]
            else:
                self._put(entry)
        self._sort()
        return what

    def _numbered(self, entry: Entry) -> Entry:
        numbered = with_id(entry, self._next)
        self._next += 1
        return numbered

    def _put(self, entry: Entry) -> None:
        self._entries[entry.id] = entry

    def _sort(self) -> None:
        ids = list(self._entries)
        if any(sooner > later for sooner, later in pairwise(ids)):
            self._entries = dict(sorted(self._entries.items()))

    # --- look ----------------------------------------------------------------

    def __getitem__(self, id: int) -> Entry:
        try:
            return self._entries[id]
        except (KeyError, TypeError):
            msg = f"the log has no entry {show(id)}"
            raise NotFoundError(msg) from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkLog):
            return NotImplemented
        return self._entries == other._entries

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<WorkLog: {len(self):,} entries{self._dates()}>"

    def _dates(self) -> str:
        days = [entry.on for entry in self]
        return f", {min(days)} to {max(days)}" if days else ""

    def __str__(self) -> str:
        from .text import log_text

        return log_text(self)

    def _repr_html_(self) -> str:
        from .cards import log_card

        return log_card(self)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order of their ids."""
        return tuple(self)

    def select(
        self,
        *,
        since: object = None,
        until: object = None,
        person: str | None = None,
        place: str | None = None,
        code: str | None = None,
    ) -> WorkLog:
        """The entries of these dates (both included), person, place and code.

        Raises:
            InvalidInputError: A date cannot be read.
        """
        first = None if since is None else day(since)
        last = None if until is None else day(until)
        return WorkLog(
            entry
            for entry in self
            if (first is None or entry.on >= first)
            and (last is None or entry.on <= last)
            and (person is None or entry.person == person)
            and (place is None or entry.place == place)
            and (code is None or entry.code == code)
        )

    # --- files ---------------------------------------------------------------

    @classmethod
    def read_csv(
        cls,
        path: Source,
        *,
        columns: Mapping[str, str] | None = None,
        day_first: bool = False,
    ) -> WorkLog:
        """A log from a CSV file: one of `write_csv`, or a records system's export.

        Headers are recognised by their names, wherever they stand in the first 25
        rows; dates in common forms, codes that lost leading zeros and modifiers in
        one column or four are read. What is not recognised is kept in
        `Entry.other`. A row that cannot be read is no reason to lose the others: it
        is listed in `problems` with its number, and why.

        Args:
            path: The file.
            columns: Headers and the fields they hold, where their names do not say:
                ``{"Svc Dt": "on"}``; an empty field for a column that is only kept.
            day_first: Whether ``3/4/2026`` is the third of April.

        Raises:
            SourceFileError: No file, no header, or two columns for one field.
        """
        from .csv_files import read_csv

        found = read_csv(path, columns, day_first)
        return cls(found.entries, found.problems)

    @classmethod
    def read_json(cls, path: Source) -> WorkLog:
        """A log from a file of `write_json`; bad entries are listed in `problems`.

        Raises:
            SourceFileError: No file, or not of that kind.
        """
        from .json_files import read_json

        found = read_json(path)
        return cls(found.entries, found.problems)

    def write_csv(self, path: Source) -> None:
        """Save every field as CSV, in one step: a crash leaves the old file whole."""
        from .csv_files import csv_of

        write_whole(path, csv_of(self).encode("utf-8"))

    def write_json(self, path: Source) -> None:
        """Save every field as JSON, in one step: a crash leaves the old file whole."""
        from .json_files import json_of

        write_whole(path, json_of(self).encode("utf-8"))

    def to_dict(self) -> dict[str, Any]:
        """Everything but the changes, as plain data."""
        from .json_files import FORMAT, VERSION

        entries = [entry.to_dict() for entry in self]
        return {"format": FORMAT, "version": VERSION, "entries": entries}


def _services(parsed: Parsed) -> tuple[Service, ...]:
    if parsed.not_understood:
        spans = ", ".join(show(span.text) for span in parsed.not_understood)
        msg = f"{show(parsed.text)}: {spans} was not understood"
        raise InvalidInputError(msg)
    return parsed.services


def made(given: object, same: dict[str, Any]) -> Entry:
    """An entry of an entry, a service, a mapping of fields or a code."""
    if isinstance(given, Entry):
        return given
    if isinstance(given, Service):
        fields: dict[str, Any] = given.to_dict()
    elif isinstance(given, dict):
        fields = dict(cast("dict[str, Any]", given))
    else:
        fields = {"code": given}
    return entry_of(**{"code": None, **same, **fields})
