"""Visits and procedures inside the global period of another line.

A major procedure (090) takes in the day before, its day and ninety days after;
a minor one (010, 000) its day, and ten days or none after. The modifiers that
set a line apart are lists of ``data/law/edits.tsv``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .findings import Billed, Finding, members
from .roles import ASSISTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DAYS_AFTER = {"000": 0, "010": 10, "090": 90}
_MAJOR = "090"
_AFTER_ONLY = frozenset({"55"})
_NOT_THE_SURGEON = ASSISTANTS | {"AS"}

#: What to check, by the list whose modifiers would set the line apart.
_CHECK = {
    "visit-before-major": "whether the visit decided on the surgery ({mods}); if not,"
    " it is part of it",
    "visit-same-day-major": "whether the visit decided on the surgery or was"
    " significant and separate ({mods}); if not, it is part of it",
    "visit-same-day-minor": "whether the visit was significant and separate from the"
    " procedure ({mods}); if not, it is part of it",
    "visit-after": "whether the visit was unrelated to the procedure ({mods}); if not,"
    " it is follow-up and part of it",
    "procedure-after": "whether the procedure was staged or related (58), a return to"
    " the operating room (78) or unrelated (79)",
}


def global_periods(lines: Sequence[Billed]) -> Iterator[Finding]:
    """Lines inside another line's global period, without a modifier that fits.

    Source: Medicare Claims Processing Manual, chapter 12, sections 40.1 to 40.3.
    """
    owners = [line for line in lines if line.days in _DAYS_AFTER and _owns(line)]
    for line in lines:
        inside: dict[str, list[Billed]] = {}
        for owner in owners:
            name = _inside(line, owner)
            if name and not line.mods & members(name, line.on).members:
                inside.setdefault(name, []).append(owner)
        for name, found in inside.items():
            yield _finding(line, found, name)


def _owns(line: Billed) -> bool:
    """Whether the line brings a global period of its own.

    A return to the operating room (78) goes on with the first one's, and an
    assistant has none.
    """
    return not line.mods & (_NOT_THE_SURGEON | {"78"})


def _inside(line: Billed, owner: Billed) -> str:
    """The list of modifiers that would set *line* apart from *owner*; blank if none.

    Of split care, a period's part counts only for the line that bills that part:
    54 the day itself, 55 the days after, 56 the day before.
    """
    if line is owner:
        return ""
    days = (line.on - owner.on).days
    split = owner.mods & {"54", "55", "56"}
    after = 0 < days <= _DAYS_AFTER[owner.days] and (not split or "55" in split)
    if line.code not in members("visits", line.on).members:
        own = line.days in _DAYS_AFTER and "55" not in line.mods
        return "procedure-after" if after and own else ""
    if after:
        return "visit-after"
    if days == 0 and split != _AFTER_ONLY:
        size = "major" if owner.days == _MAJOR else "minor"
        return f"visit-same-day-{size}"
    if days == -1 and owner.days == _MAJOR and split != _AFTER_ONLY:
        return "visit-before-major"
    return ""


def _finding(line: Billed, owners: list[Billed], name: str) -> Finding:
    listed = members(name, line.on)
    periods = " and of ".join(
        f"{owner.label} ({owner.on}, {owner.days})" for owner in owners
    )
    numbers = sorted({line.number, *(owner.number for owner in owners)})
    releases = sorted({owner.schedule.release.name for owner in owners})
    return Finding(
        "global-period",
        tuple(numbers),
        f"{line.label} of {line.on} is inside the global period of {periods}",
        _CHECK[name].format(mods=" or ".join(sorted(listed.members))),
        f"{', '.join(releases)}, global days; {listed.source}",
        "global-days",
    )
