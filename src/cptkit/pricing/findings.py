"""What a claim's edits look at, and what they say: `Billed` in, `Finding` out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import attrs

from .. import _resources
from .._law import citation
from .._money import scaled
from .._parse import hyphenated
from ..errors import InvalidInputError, NotPriced
from .payment import Payment
from .request import read_circumstances, read_request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from .._law import PlaceOfService
    from .._schedule import FeeSchedule
    from .._store import Row
    from .line import Line

Kind = Literal[
    "global-period", "add-on", "component", "code-date", "setting", "units", "pair"
]


@attrs.frozen
class Finding:
    """One thing a payer may question about a claim; it changes no amount.

    Attributes:
        kind: ``global-period``, ``add-on``, ``component``, ``code-date``,
            ``setting``, ``units`` or ``pair``.
        lines: Numbers of the lines concerned, from 1.
        seen: What was met.
        check: What to check, or what would set the lines apart.
        source: The table or rule it goes by, and its date.
        authority: Id of the authority in the table of authorities, blank where
            the source is an edit table.
    """

    kind: Kind
    lines: tuple[int, ...]
    seen: str
    check: str
    source: str
    authority: str = ""

    @property
    def citation(self) -> str:
        """The authority as a reader looks it up; the source where it has none."""
        return citation(self.authority) if self.authority else self.source

    def __str__(self) -> str:
        *first, last = map(str, self.lines)
        numbers = f"lines {', '.join(first)} and {last}" if first else f"line {last}"
        return f"{numbers}: {self.seen}; check {self.check} [{self.source}]"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, with the citation."""
        return {
            "kind": self.kind,
            "lines": list(self.lines),
            "seen": self.seen,
            "check": self.check,
            "source": self.source,
            "authority": self.authority,
            "citation": self.citation,
        }


class Billed(NamedTuple):
    """A line as the edits see it, priced or not.

    Attributes:
        row: Its row of the release; None for a code the release does not have,
            or has without the component asked for.
        known: Whether the release has the code at all.
    """

    number: int
    code: str
    modifiers: tuple[str, ...]
    mods: frozenset[str]
    on: date
    units: int
    pos: PlaceOfService | None
    facility: bool
    row: Row | None
    known: bool
    schedule: FeeSchedule

    @property
    def label(self) -> str:
        """Code and modifiers, as on the claim."""
        return hyphenated(self.code, *self.modifiers)

    @property
    def days(self) -> str:
        """The row's global days, blank where there is no row."""
        return self.row.profile.global_days if self.row else ""


def billed(
    answers: Sequence[Payment | NotPriced], asked: Sequence[Line]
) -> Iterator[Billed]:
    """The lines that can be read, numbered as on the claim."""
    for number, (answer, line) in enumerate(zip(answers, asked, strict=True), start=1):
        if isinstance(answer, Payment):
            at, plan = answer._at, answer._answer.plan
            yield Billed(
                number,
                plan.code,
                plan.modifiers,
                plan.mods,
                at.on,
                answer.units,
                at.pos,
                plan.facility,
                plan.row,
                True,
                plan.basis.schedule,
            )
        elif found := _refused(number, line):
            yield found


def _refused(number: int, line: Line) -> Billed | None:
    """A line without an amount; None where its code, date or units cannot be read."""
    try:
        at = read_circumstances(line)
        request = read_request(line.code, line.modifiers, at, reference=False)
        units = 1 if line.units is None else scaled(line.units, 0, "units")
    except (NotPriced, InvalidInputError):
        return None
    if request.code_fault:
        return None
    return Billed(
        number,
        request.code,
        request.modifiers,
        request.mods,
        at.on,
        units,
        at.pos,
        request.facility,
        request.row,
        bool(at.basis.schedule.figures.modifiers(request.code)),
        at.basis.schedule,
    )


# --- the lists the edits go by -----------------------------------------------------


class Members(NamedTuple):
    """Codes or modifiers of one list in force, and where it comes from."""

    members: frozenset[str]
    source: str


def members(name: str, on: date) -> Members:
    """The list of a name on a date of service."""
    rows = [row for row in _lists()[name] if row[0] <= on.isoformat()]
    return (rows or _lists()[name])[-1][1]


@lru_cache(maxsize=1)
def components() -> dict[str, frozenset[str]]:
    """The codes of the parts, by the code of the whole test (PC/TC 4)."""
    rows = _resources.lines("law/components.tsv")
    return {code: frozenset(parts.split()) for code, parts, _ in rows}


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[tuple[str, Members]]]:
    found: dict[str, list[tuple[str, Members]]] = {}
    for name, since, words, source in _resources.lines("law/edits.tsv"):
        spelled = frozenset(each for word in words.split() for each in _spelled(word))
        found.setdefault(name, []).append((since, Members(spelled, source)))
    return found


def _spelled(word: str) -> Iterator[str]:
    """A member, or every member of a range: ``G0406-G0408``, ``E1-E4``."""
    first, _, last = word.partition("-")
    if not last:
        yield first
        return
    letter = first.rstrip("0123456789")
    width = len(first) - len(letter)
    for number in range(int(first[len(letter) :]), int(last[len(letter) :]) + 1):
        yield f"{letter}{number:0{width}}"
