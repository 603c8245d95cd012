"""A work log from and to CSV: our own files, and those a records system exports."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from .. import _law
from .._release import release_on
from .._schedule import open_release
from ..errors import InvalidInputError, NotPriced, SourceFileError, did_you_mean, show
from .dates import read_date
from .entry import Entry, entry_of, with_id
from .tables import normal, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from .tables import Source, Table

#: The headers understood, by field; letters and digits alone count.
_HEADERS = {
    "on": (
        "date dos dateofservice servicedate svcdate dateofsvc servicedt on fromdate"
        " dosfrom servicefrom proceduredate procdate performeddate encounterdate"
        " visitdate"
    ),
    "code": (
        "code cpt cptcode hcpcs hcpcscode cpthcpcs cpthcpcscode cptorhcpcs"
        " procedurecode proccode servicecode chargecode billingcode cptcodes"
    ),
    "modifiers": (
        "modifier modifiers mod mods modifier1 modifier2 modifier3 modifier4 mod1"
        " mod2 mod3 mod4 cptmodifier cptmodifiers cptmod"
    ),
    "units": "units unit qty quantity count unitsofservice billedunits svcunits",
    "setting": "setting pos placeofservice poscode placeofservicecode",
    "person": (
        "person provider physician clinician doctor practitioner renderingprovider"
        " providername renderingprovidername billingprovider performingprovider"
        " serviceprovider"
    ),
    "place": (
        "place location site department clinic facility servicelocation departmentname"
        " locationname"
    ),
    "note": "note notes comment comments",
    "percent_payable": "percentpayable",
    "postop_share": "postopshare",
    "id": "id entryid",
}
_FIELD_OF = {name: field for field, names in _HEADERS.items() for name in names.split()}
_WRITTEN = (
    "id date code modifiers units setting person place note percent_payable"
    " postop_share"
).split()
#: Before a column that is not ours but has the name of one that is.
_OTHER = "other: "
_QUOTED = re.compile(r'=?"(.*)"')


@attrs.frozen
class Problem:
    """What a row of a file was found to be.

    Attributes:
        row: Its number, from 1, as a spreadsheet shows it.
        kind: ``rejected``: it is not in the log. ``repaired``: it is, with leading
            zeros given back. ``duplicate``: it is, and an earlier row is the same.
        reason: What was met, what was expected.
        cells: The row as it stood, header and text.
    """

    row: int
    kind: str
    reason: str
    cells: tuple[tuple[str, str], ...] = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return {**attrs.asdict(self), "cells": [list(pair) for pair in self.cells]}


class Found(NamedTuple):
    """The entries of a file and its problems, in the order of the rows."""

    entries: list[Entry]
    problems: tuple[Problem, ...]


def read_csv(path: Source, columns: Mapping[str, str] | None, day_first: bool) -> Found:
    """The entries of a table; see `WorkLog.read_csv`."""
    given = {normal(name): field for name, field in (columns or {}).items()}
    for field in given.values():
        if field and field not in _HEADERS:
            msg = f"columns= names {show(field)}; there are {', '.join(_HEADERS)}"
            raise InvalidInputError(msg + did_you_mean(field, _HEADERS))

    def field_of(name: str) -> str:
        return given.get(normal(name), _FIELD_OF.get(normal(name), ""))

    def is_header(names: Sequence[str]) -> bool:
        return {"on", "code"} <= {field_of(name) for name in names}

    table = read_table(path, is_header)
    fields = [field_of(name) for name in table.header]
    for field in set(fields) - {"", "modifiers"}:
        named = [
            n for n, each in zip(table.header, fields, strict=True) if each == field
        ]
        if len(named) > 1:
            msg = (
                f"columns {' and '.join(named)} may both be {field}: say which with"
                f" columns={{{named[0]!r}: {field!r}, {named[1]!r}: ''}}"
            )
            raise SourceFileError(msg, path=path)
    return _entries(table, fields, day_first)


def _entries(table: Table, fields: list[str], day_first: bool) -> Found:
    entries: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[Entry, int] = {}
    names = _other_names(table.header, fields)
    for number, held in table.rows:
        cells = held + [""] * (len(fields) - len(held))
        as_it_stood = tuple(zip(table.header, cells, strict=False))
        try:
            entry, repaired = _entry(cells, fields, names, day_first)
        except InvalidInputError as error:
            problems.append(Problem(number, "rejected", str(error), as_it_stood))
            continue
        entries.append(entry)
        if repaired:
            problems.append(Problem(number, "repaired", repaired, as_it_stood))
        same = with_id(entry, 0)
        if same in seen:
            reason = f"the same as row {seen[same]}; both are kept"
            problems.append(Problem(number, "duplicate", reason, as_it_stood))
        seen.setdefault(same, number)
    return Found(entries, tuple(problems))


def _other_names(header: tuple[str, ...], fields: list[str]) -> list[str]:
    """The names of columns that are none of ours, each once."""
    names: list[str] = []
    for at, (name, field) in enumerate(zip(header, fields, strict=True), start=1):
        own = name.removeprefix(_OTHER) or f"column {at}"
        names.append(f"{own} ({at})" if not field and own in names else own)
    return names


def _entry(
    cells: list[str], fields: list[str], names: list[str], day_first: bool
) -> tuple[Entry, str]:
    if any(cell.strip() for cell in cells[len(fields) :]):
        msg = f"{len(cells)} cells where the header has {len(fields)}"
        raise InvalidInputError(msg)
    found: dict[str, str] = {}
    modifiers: list[str] = []
    other: list[tuple[str, str]] = []
    for field, name, cell in zip(fields, names, cells, strict=False):
        if field == "modifiers":
            modifiers += _modifiers(cell)
        elif field in ("note", "person", "place"):
            found[field] = cell
        elif field:
            found[field] = _plain(cell)
        elif cell:
            other.append((name, cell))
    on = read_date(found.pop("on"), day_first=day_first)
    code, repaired = _code(found.pop("code"), on)
    own_id = found.pop("id", "")
    entry = entry_of(
        code,
        modifiers,
        on=on,
        units=found.pop("units", "") or 1,
        other=tuple(other),
        id=int(own_id) if own_id.isascii() and own_id.isdecimal() else 0,
        **{key: value or None for key, value in found.items()},
    )
    return entry, repaired


def _plain(cell: str) -> str:
    """A cell without what a spreadsheet writes to keep it text: ="00100", '00100."""
    text = cell.replace("\u00a0", " ").strip()
    if quoted := _QUOTED.fullmatch(text):
        text = quoted[1].strip()
    return text.removeprefix("'")


def _whole(text: str) -> str:
    """Digits without the ``.0`` of a number in a spreadsheet."""
    return re.sub(r"(?<=[0-9])\.0+$", "", text)


def _modifiers(cell: str) -> list[str]:
    """The modifiers of a cell; ``2559`` is two where both are known."""
    found: list[str] = []
    for word in re.split(r"[\s,;:/-]+", _plain(cell).upper()):
        text = _whole(word)
        pairs = [text[at : at + 2] for at in range(0, len(text), 2)]
        glued = len(text) in (4, 6, 8) and all(m in _law.modifiers() for m in pairs)
        found += pairs if glued else [text] if text else []
    return found


def _code(cell: str, on: date) -> tuple[str, str]:
    """The code of a cell, and what was done to it where leading zeros were lost."""
    text = _whole(cell)
    if not text:
        msg = "no code"
        raise InvalidInputError(msg)
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        return text, ""
    code = text.zfill(5)
    try:
        known = open_release(release_on(on)).figures.main_row(code) is not None
    except NotPriced as error:
        raise InvalidInputError(error.message) from None
    if known:
        return code, f"{text} is taken as {code}: leading zeros were lost"
    msg = f"code {text!r} has {len(text)} digits, and {code} is no code on {on}"
    raise InvalidInputError(msg)


# --- out -----------------------------------------------------------------------


def csv_of(entries: Iterable[Entry]) -> str:
    """Entries as CSV, every field and every further column."""
    held = list(entries)
    names = dict.fromkeys(name for entry in held for name, _ in entry.other)
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*_WRITTEN, *map(_header, names)])
    for entry in held:
        other = dict(entry.other)
        writer.writerow([*_cells(entry), *(other.get(name, "") for name in names)])
    return out.getvalue()


def _header(name: str) -> str:
    own = normal(name) in _FIELD_OF or name.startswith(_OTHER) or name != name.strip()
    return f"{_OTHER}{name}" if own else name


def _cells(entry: Entry) -> list[str]:
    return [
        str(entry.id),
        entry.on.isoformat(),
        entry.code,
        " ".join(entry.modifiers),
        str(entry.units),
        entry.setting,
        entry.person,
        entry.place,
        entry.note,
        "" if entry.percent_payable is None else str(entry.percent_payable),
        "" if entry.postop_share is None else str(entry.postop_share),
    ]
