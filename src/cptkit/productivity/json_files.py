"""A work log from and to JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidInputError, SourceFileError, show
from .csv_files import Found, Problem
from .log import made
from .tables import read_bytes

if TYPE_CHECKING:
    from .entry import Entry
    from .log import WorkLog
    from .tables import Source

FORMAT = "cptkit work log"
VERSION = 1


def json_of(log: WorkLog) -> str:
    """A log as JSON, an entry on its lines."""
    return json.dumps(log.to_dict(), indent=1, ensure_ascii=False)


def read_json(path: Source) -> Found:
    """The entries of a file; see `WorkLog.read_json`."""
    try:
        held: object = json.loads(read_bytes(path))
    except ValueError as error:
        msg = f"is not JSON: {error}"
        raise SourceFileError(msg, path=path) from None
    kept = cast("dict[str, Any]", held) if isinstance(held, dict) else {}
    listed = kept.get("entries")
    if not isinstance(listed, list) or kept.get("format") != FORMAT:
        msg = f"is not a {FORMAT}; read an export with read_csv"
        raise SourceFileError(msg, path=path)
    if kept.get("version") != VERSION:
        msg = f"is of version {show(kept.get('version'))}; this one reads {VERSION}"
        raise SourceFileError(msg, path=path)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, given in enumerate(kept["entries"], start=1):
        try:
            entries.append(made(given, {}))
        except InvalidInputError as error:
            cells = (("entry", json.dumps(given)),)
            problems.append(Problem(number, "rejected", str(error), cells))
    return Found(entries, tuple(problems))
