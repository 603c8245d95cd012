"""Rapid entry: codes, modifiers and counts, with or without separators.

Every way to read the text is considered. A service is a code, then modifiers and
at most one count (``x2``) in any order. A word that fits no reading is named, and
what follows it up to the next code is not given to the code before it. Separators
are the writer's word: ``x150`` standing alone is a count and nothing else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from .. import _law
from .._schedule import schedule
from ..errors import InvalidInputError, show
from ..pricing.refusals import modifier_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: A word; the number of a count may stand apart from its sign.
_WORD = re.compile(r"[^\s,;:/+-]+(?:(?<=[X*\u00d7])(?<![A-Z]X)\s+[1-9][0-9]{0,3}\b)?")
_COUNT = re.compile(r"[X*\u00d7]\s*([1-9][0-9]{0,3})")
_TEXT_LIMIT = 2_000
_READINGS_LIMIT = 20
#: Ways that differ only in the order of a count may be one reading.
_PATHS_LIMIT = 1_000

#: The modifiers and whether a count stands behind the open code; None before one.
_State = tuple[tuple[str, ...], bool] | None
#: ``("code", "99213")``, ``("modifier", "25")``, ``("count", "2")``; a word skipped.
_Atom = tuple[str, str]
#: The parts behind a node on the way told backwards.
_Behind = tuple[_Atom, "_Behind"] | None


@attrs.frozen
class Service:
    """A code with its modifiers and units, as typed; `WorkLog.extend` dates it."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1

    def __str__(self) -> str:
        count = f" x{self.units}" if self.units != 1 else ""
        return " ".join((self.code, *self.modifiers)) + count

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return {
            "code": self.code,
            "modifiers": list(self.modifiers),
            "units": self.units,
        }


@attrs.frozen
class Span:
    """A part of the text: its place, counted from 0, and its words."""

    start: int
    end: int
    text: str


@attrs.frozen
class Reading:
    """One way to read a text: its services, and the spans that it leaves."""

    services: tuple[Service, ...]
    not_understood: tuple[Span, ...] = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self.services))


@attrs.frozen
class Parsed:
    """What a text may mean.

    Attributes:
        text: As given.
        readings: Every way to read it that leaves least of it, 20 at most.
        complete: False where there are more readings than are listed.
    """

    text: str
    readings: tuple[Reading, ...]
    complete: bool = True

    @property
    def ambiguous(self) -> bool:
        """Whether there is more than one reading."""
        return len(self.readings) > 1

    @property
    def services(self) -> tuple[Service, ...]:
        """The services of the only reading.

        Raises:
            InvalidInputError: There are several; the message lists them.
        """
        if not self.ambiguous:
            return self.readings[0].services
        listed = "; or ".join(map(str, self.readings))
        more = "" if self.complete else "; and more"
        msg = f"{show(self.text)} may mean {listed}{more}: put blanks between"
        raise InvalidInputError(msg)

    @property
    def not_understood(self) -> tuple[Span, ...]:
        """The spans that some reading does not understand, in their order."""
        spans = {each for found in self.readings for each in found.not_understood}
        return tuple(sorted(spans, key=lambda span: span.start))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "text": self.text,
            "complete": self.complete,
            "readings": [
                {
                    "services": [each.to_dict() for each in found.services],
                    "not_understood": [attrs.asdict(s) for s in found.not_understood],
                }
                for found in self.readings
            ],
        }


def format_services(services: Iterable[Service]) -> str:
    """Services as text that `parse` reads back as the same.

    >>> format_services([Service("93000", units=2), Service("45378", ("59",))])
    '93000 x2 45378 59'
    """
    return " ".join(map(str, services))


def parse(text: object, *, release: object = None, on: object = None) -> Parsed:
    """Read codes, modifiers and counts as a person types them.

    Args:
        text: ``"99213 25 93000x2 45378 59"``; blanks, commas, hyphens and the like
            may stand between any two parts, and need not.
        release: Whose codes are known; the newest bundled release by default.
        on: A date of service instead.

    Raises:
        InvalidInputError: Not text, or more than 2,000 characters.
        NotFoundError: The release or the date is not held.

    >>> [str(each) for each in parse("9921325 93000x2 4537859").services]
    ['99213 25', '93000 x2', '45378 59']
    >>> parse("99213 often 25").not_understood
    (Span(start=6, end=11, text='often'), Span(start=12, end=14, text='25'))
    >>> [str(each) for each in parse("93000x259").readings]
    ['93000 59 x2', '93000 x259']
    """
    if not isinstance(text, str) or len(text) > _TEXT_LIMIT:
        msg = f"{show(text)} is not text of at most {_TEXT_LIMIT:,} characters"
        raise InvalidInputError(msg)
    return _Search(text, _codes(schedule(release, on=on).release.name)).parsed()


@lru_cache(maxsize=4)
def _codes(release: str) -> frozenset[str]:
    return frozenset(schedule(release).numbers)


#: A place in the text and what stands open there.
_Node = tuple[int, _State]


class _Search:
    """All readings of one text that leave the fewest characters out.

    The places of the text are passed from left to right. For every state that a
    place can be reached in, the ways that leave least out are kept; the readings
    are then told backwards from the end.
    """

    def __init__(self, text: str, codes: frozenset[str]) -> None:
        self.text, self.codes = text, codes
        self.modifiers = _law.modifiers().keys()
        # A letter that grows in capitals would move every place behind it.
        self.read = "".join(c.upper() if len(c.upper()) == 1 else c for c in text)
        words = [found.span() for found in _WORD.finditer(self.read)]
        self.word_at = dict(words)
        starts = [start for start, _ in words[1:]] + [len(text)]
        ends = [end for _, end in words]
        self.next_word = dict(zip(ends, starts, strict=True)) if words else {}
        self.first = words[0][0] if words else len(text)
        self.cost: dict[_Node, int] = {}
        self.ways: dict[_Node, list[tuple[_Node, _Atom]]] = {}

    def parsed(self) -> Parsed:
        """The text's readings, in the order in which they are found."""
        places: list[dict[_State, None]] = [{} for _ in range(len(self.text) + 1)]
        places[self.first][None] = None
        self.cost[self.first, None] = 0
        end = self.first
        for at in range(self.first, len(self.text)):
            end = self.word_at.get(at, end)
            for state in places[at]:
                for reached, then, atom in self._steps(at, end, state):
                    self._keep((at, state), (reached, then), atom)
                    places[reached][then] = None
        last = len(self.text)
        least = min(self.cost[last, state] for state in places[last])
        nodes = [(last, s) for s in places[last] if self.cost[last, s] == least]
        paths = (self._reading(path) for path in self._paths(nodes))
        found = tuple(dict.fromkeys(islice(paths, _PATHS_LIMIT)))
        return Parsed(self.text, found[:_READINGS_LIMIT], len(found) <= _READINGS_LIMIT)

    def _steps(
        self, at: int, end: int, state: _State
    ) -> Iterator[tuple[int, _State, _Atom]]:
        """Every part that may stand at a place, with what is open behind it."""
        word = self.read[at:end]
        if word[:5] in self.codes:
            yield self._after(at + 5), ((), False), ("code", word[:5])
        if state is not None:
            modifiers, counted = state
            given = (*modifiers, word[:2])
            if word[:2] in self.modifiers and not modifier_faults(given):
                yield self._after(at + 2), (given, counted), ("modifier", word[:2])
            if not counted and (found := _COUNT.match(word)):
                alone = at in self.word_at and found.end() == len(word)
                shortest = len(found[1]) if alone else 1
                for digits in range(shortest, len(found[1]) + 1):
                    reached = found.start(1) + digits
                    count = found[1][:digits]
                    yield self._after(at + reached), (modifiers, True), ("count", count)
        if at in self.word_at:
            yield self._after(end), None, ("skip", str(at))

    def _after(self, place: int) -> int:
        return self.next_word.get(place, place)

    def _keep(self, node: _Node, reached: _Node, atom: _Atom) -> None:
        at, _ = node
        skipped = self.word_at[at] - at if atom[0] == "skip" else 0
        cost = self.cost[node] + skipped
        held = self.cost.get(reached)
        if held is None or cost < held:
            self.cost[reached] = cost
            self.ways[reached] = []
        if held is None or cost <= held:
            self.ways[reached].append((node, atom))

    def _paths(self, nodes: list[_Node]) -> Iterator[list[_Atom]]:
        """The parts of each way from the beginning to one of the last nodes."""
        open_ways: list[tuple[_Node, _Behind]] = [(node, None) for node in nodes]
        while open_ways:
            node, behind = open_ways.pop()
            if node == (self.first, None):
                path: list[_Atom] = []
                while behind is not None:
                    atom, behind = behind
                    path.append(atom)
                yield path
                continue
            for before, atom in self.ways[node]:
                open_ways.append((before, (atom, behind)))

    def _reading(self, path: list[_Atom]) -> Reading:
        services: list[Service] = []
        left: list[Span] = []
        for kind, text in path:
            if kind == "code":
                services.append(Service(text))
            elif kind == "skip":
                start, end = int(text), self.word_at[int(text)]
                left.append(Span(start, end, self.text[start:end]))
            elif kind == "modifier":
                last = services[-1]
                services[-1] = attrs.evolve(last, modifiers=(*last.modifiers, text))
            else:
                services[-1] = attrs.evolve(services[-1], units=int(text))
        return Reading(tuple(services), tuple(left))
