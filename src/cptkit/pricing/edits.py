"""The edits of a claim: what a payer may question, told and never changed.

Each check takes the lines as billed and yields findings. Lines without an
amount are looked at too, where their code and date can be read.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from .. import ncci
from .._release import registry
from .._schedule import open_release
from .findings import Billed, Finding, components, members
from .global_period import global_periods
from .roles import ASSISTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..ncci import AddOn, Edition, ProcedurePairs, UnlikelyUnits

_SIDES = frozenset({"RT", "LT"})
_LISTED_AT_MOST = 5


def check(lines: Sequence[Billed], pairs: ProcedurePairs | None) -> tuple[Finding, ...]:
    """Every finding about the lines of a claim, in the order of the lines."""
    found = [
        *global_periods(lines),
        *_add_ons(lines),
        *_components(lines),
        *_code_dates(lines),
        *_settings(lines),
        *_units(lines),
        *(_pairs(lines, pairs) if pairs is not None else ()),
    ]
    return tuple(sorted(found, key=lambda finding: finding.lines))


def checked(lines: Sequence[Billed], pairs: ProcedurePairs | None) -> tuple[str, ...]:
    """What a claim was checked against, each with its date, a sentence each."""
    names = sorted({line.schedule.release.name for line in lines})
    told = [f"global periods, components and places of service: {', '.join(names)}"]
    editions = [*ncci.editions(), *([pairs.edition] if pairs is not None else ())]
    for edition in editions:
        outside = sorted({line.on for line in lines if not edition.governs(line.on)})
        days = ", ".join(map(str, outside))
        told.append(f"{edition}{f'; of another date than {days}' if days else ''}")
    if pairs is None:
        told.append(
            "NCCI procedure-to-procedure pairs: not checked; read CMS's file with"
            " cptkit.ncci.load and give it as edits="
        )
    return tuple(told)


def _source(edition: Edition, line: Billed) -> str:
    """The table with its date, and whether it is the one of the date of service."""
    other = "" if edition.governs(line.on) else f", not the table of {line.on}"
    return f"{edition}{other}"


def _numbers(*lines: Billed) -> tuple[int, ...]:
    return tuple(sorted({line.number for line in lines}))


# --- add-on codes ------------------------------------------------------------------


def _add_ons(lines: Sequence[Billed]) -> Iterator[Finding]:
    """An add-on code without a primary code on its day."""
    for line in lines:
        edit = ncci.primaries(line.code, line.on)
        if edit is None and line.days != "ZZZ":
            continue
        day = [each for each in lines if each.on == line.on and each is not line]
        if edit is None or not edit.primaries:
            if all(_is_add_on(each) for each in day):
                yield _alone(line, edit)
        elif not any(each.code in edit.primaries for each in day):
            yield _without_primary(line, edit)


def _is_add_on(line: Billed) -> bool:
    return line.days == "ZZZ" or ncci.primaries(line.code, line.on) is not None


def _alone(line: Billed, edit: AddOn | None) -> Finding:
    """An add-on whose primary codes are not listed stands without any service."""
    seen = (
        f"{line.label} is an add-on code, billed without another service on {line.on}"
    )
    what = "that the service it adds to is billed on the same claim and day"
    if edit is not None:
        return Finding(
            "add-on", (line.number,), seen, what, _source(edit.edition, line)
        )
    name = line.schedule.release.name
    source = f"{name}, global days ZZZ"
    return Finding("add-on", (line.number,), seen, what, source, "global-days")


def _without_primary(line: Billed, edit: AddOn) -> Finding:
    listed = ", ".join(edit.primaries[:_LISTED_AT_MOST])
    if len(edit.primaries) > _LISTED_AT_MOST:
        listed += f" ... {len(edit.primaries)} in all"
    seen = (
        f"{line.label} is an add-on code and none of its primary codes ({listed}) is"
        f" billed on {line.on}"
    )
    what = "that the primary code is billed on the same claim and day"
    if edit.type is ncci.AddOnType.PARTLY_LISTED:
        what += ", or that the contractor accepts another"
    return Finding("add-on", (line.number,), seen, what, _source(edit.edition, line))


# --- components --------------------------------------------------------------------


def _components(lines: Sequence[Billed]) -> Iterator[Finding]:
    """A part of a service beside the whole of it."""
    for whole, part in permutations(lines, 2):
        if whole.on != part.on or whole.row is None or whole.row.modifier:
            continue
        same = whole.code == part.code and part.mods & {"26", "TC"}
        if not same and part.code not in components().get(whole.code, ()):
            continue
        apart = members("repeated", part.on).members
        if (whole.mods | part.mods) & apart or _other_side(whole, part):
            continue
        yield Finding(
            "component",
            _numbers(whole, part),
            f"{part.label} is a part of {whole.label}, billed on the same day,"
            f" {part.on}",
            "what was furnished: the whole service or the part alone; a repeated one"
            " carries 76, 77 or 59",
            f"{whole.schedule.release.name}, PC/TC indicator",
            "pctc",
        )


def _other_side(first: Billed, second: Billed) -> bool:
    one, other = first.mods & _SIDES, second.mods & _SIDES
    return bool(one and other and not one & other)


# --- codes and places --------------------------------------------------------------


def _code_dates(lines: Sequence[Billed]) -> Iterator[Finding]:
    """A code that other releases have: deleted, or not yet valid."""
    for line in lines:
        if line.known:
            continue
        held = [
            release
            for release in registry().releases
            if open_release(release).figures.modifiers(line.code)
        ]
        if not held:
            continue
        first, last = held[0], held[-1]
        if line.on < first.effective:
            what = f"is not yet valid on {line.on}: {first.name} is the first with it"
            near = "the date of service, and which code came before it"
        else:
            what = f"is deleted on {line.on}: {last.name} is the last with it"
            near = "the date of service, and which code took its place"
        yield Finding(
            "code-date",
            (line.number,),
            f"{line.label} {what}",
            near,
            f"{line.schedule.release.name}, the codes of that date",
            "release-schedule",
        )


def _settings(lines: Sequence[Billed]) -> Iterator[Finding]:
    """A facility setting for a code that CMS marks NA there."""
    for line in lines:
        if not line.facility or line.row is None or not line.row.profile.na_facility:
            continue
        where = f"place of service {line.pos.pos}" if line.pos else "a facility"
        yield Finding(
            "setting",
            (line.number,),
            f"{line.label} in {where}: CMS marks the facility amount NA, rarely or"
            " never done there",
            "the place of service and the code; the facility may be the one to bill it",
            f"{line.schedule.release.name}, facility NA indicator",
            "na-indicator",
        )


# --- units -------------------------------------------------------------------------


def _units(lines: Sequence[Billed]) -> Iterator[Finding]:
    """More units than the medically unlikely edit, by line or by day."""
    days: dict[tuple[object, ...], list[Billed]] = {}
    for line in lines:
        edit = ncci.unlikely_units(line.code, line.on)
        if edit is None or "55" in line.mods:
            continue
        by_line = edit.adjudication is ncci.Adjudication.LINE
        assists = bool(line.mods & ASSISTANTS or "AS" in line.mods)
        key = (line.code, line.on, assists, line.number if by_line else 0)
        days.setdefault(key, []).append(line)
    for same in days.values():
        edit = ncci.unlikely_units(same[0].code, same[0].on)
        if edit is not None and (count := _count(same)) > edit.units:
            yield _too_many(same, count, edit)


def _count(lines: list[Billed]) -> int:
    """Units of a day; the two components of a service count as one."""
    whole = sum(line.units for line in lines if not line.mods & {"26", "TC"})
    parts = (sum(each.units for each in lines if m in each.mods) for m in ("26", "TC"))
    return whole + max(parts)


def _too_many(lines: list[Billed], count: int, edit: UnlikelyUnits) -> Finding:
    first = lines[0]
    seen = (
        f"{count} units of {edit.code} on {first.on}: more than {edit.units} are"
        f" medically unlikely (counted: {edit.adjudication.meaning})"
    )
    what = {
        ncci.Adjudication.LINE: "the count; repeated services stand on lines of their"
        " own, with a modifier that says why",
        ncci.Adjudication.POLICY: "the count and the code; Medicare pays no more,"
        " whatever the modifier",
        ncci.Adjudication.CLINICAL: "the count; the record must show why more was"
        " needed",
    }[edit.adjudication]
    if len(frozenset[str]().union(*(line.mods & _SIDES for line in lines))) == 2:
        what += "; where 50 applies, both sides are one unit on one line"
    source = _source(edit.edition, first)
    return Finding("units", _numbers(*lines), seen, what, source)


# --- pairs -------------------------------------------------------------------------


def _pairs(lines: Sequence[Billed], pairs: ProcedurePairs) -> Iterator[Finding]:
    """Two codes of one day that are not paid together."""
    for one, two in permutations(lines, 2):
        if one.on != two.on or one.code == two.code:
            continue
        edit = pairs.find(one.code, two.code, one.on)
        if edit is None:
            continue
        apart = members("pairs", one.on)
        released = edit.indicator is ncci.PairIndicator.MODIFIER
        if released and (one.mods | two.mods) & apart.members:
            continue
        what = (
            "whether they were separate encounters, sites or lesions: then 59, an X"
            f" modifier or another of the list says so ({apart.source})"
            if released
            else "which of the two to bill: no modifier sets them apart"
        )
        yield Finding(
            "pair",
            _numbers(one, two),
            f"{two.label} is not paid beside {one.label} on {one.on} (modifier"
            f" indicator {edit.indicator.value})",
            what,
            _source(pairs.edition, one),
        )
