"""The library's figures and plans as tables to join, for frames that run elsewhere.

A database or a cluster cannot ask the engine line by line, so the engine is asked
beforehand. Rows of the relative value file share few distinct sets of
indicators (a shape), shares change on few days (an epoch), places of service are
of few kinds (a scene): a plan is made for each combination of these and the
modifiers that lines mostly carry. A line that finds no plan here is rare, and
goes to the engine when the query runs.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from .._release import parse_date, registry
from .._schedule import open_release
from .._zips import zip_table
from ..errors import CptkitError, NotPriced
from ..pricing.line import Line
from ..pricing.plan import resolve
from ..pricing.refusals import modifier_faults
from ..pricing.request import Circumstances, read_circumstances, read_request
from .places import place_row
from .plans import PlanRow, release_number, row_of
from .readers import alike, known, stretch_of

if TYPE_CHECKING:
    from .._store import Profile, Row
    from .arguments import Asked

#: Effects of modifiers that change no amount of a line alone that a frame shows.
_NEUTRAL = frozenset(
    {"informational", "side", "session", "notice", "therapy-assistant"}
)
#: Modifiers that plans are made for, each by the one that stands for its like.
_STANDS_FOR = {
    **{name: name for name in "26 TC 50 54 55 56 78 80 AS 62 66 GP 33 PT".split()},
    "81": "80",
    "82": "80",
    "GO": "GP",
    "GN": "GP",
}
#: The sets of effective modifiers that have plans, by their number.
MODIFIER_SETS = ("", *dict.fromkeys(_STANDS_FOR.values()))
#: Rates of which no share of an allowed amount is made.
_NO_SHARE = (
    "conversion-factor",
    "anesthesia-factor",
    "part-b-deductible",
    "sequestration",
    "therapy-assistant",
)
#: What a query uses of a plan; RVUs and factor stand in tables of their own.
PLAN_COLUMNS = tuple(
    name
    for name in PlanRow._fields
    if name
    not in (
        "early release work pe mp factor capped cap_work cap_pe cap_mp plain_units"
    ).split()
)
RVU_COLUMNS = (
    "work pe pe_facility mp capped cap_work cap_pe cap_pe_facility cap_mp".split()
)


class Table(NamedTuple):
    """Rows under the names of their columns; texts and whole numbers."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def kinds(self) -> dict[str, str]:
        """Each column's type in SQL."""
        return {name: "VARCHAR" if name in _TEXTS else "BIGINT" for name in self.names}


_TEXTS = frozenset(
    "day release modifiers rvu_row pos setting code zip area locality".split()
)


class Epoch(NamedTuple):
    """Days with one release and factor, and the days their shares hold from."""

    number: int
    since: date
    release: str
    factor: int


def tables_for(asked: Asked) -> dict[str, Table]:
    """The tables of a call, made once for calls that ask alike."""
    key = asked.key()
    if key not in _MADE:
        while len(_MADE) > 3:
            _MADE.pop(next(iter(_MADE)))
        _MADE[key] = tables(asked)
    return _MADE[key]


_MADE: dict[Any, dict[str, Table]] = {}


def tables(asked: Asked) -> dict[str, Table]:
    """Every table a query joins, for what holds of all its lines."""
    fixed = {
        name: value
        for name, value in asked.plan_values().items()
        if name not in ("code", "modifiers", "pos", "setting", "on")
    }
    days = _days(asked, fixed)
    names = sorted({epoch.release for epoch in days.values()})
    shapes = _Shapes()
    rvus = _rvus(names, shapes)
    scenes = _scenes(asked)
    plans, keys = _plans(shapes, set(days.values()), scenes, fixed)
    return {
        "dates": Table(
            ("day", "release_id", "epoch", "factor", "release"),
            [
                (day, release_number(e.release), e.number, e.factor, e.release)
                for day, e in days.items()
            ],
        ),
        "modifiers": _modifiers(),
        "scenes": Table(("pos", "setting", "scene"), _scene_rows(scenes)),
        "rvus": rvus,
        "plan_keys": keys,
        "plans": plans,
        "zips": Table(("zip", "area"), list(zip_table().alike.items())),
        "places": _places(asked, names),
    }


# --- dates ------------------------------------------------------------------------


def _days(asked: Asked, fixed: dict[str, Any]) -> dict[str, Epoch]:
    """Release, factor and epoch of every day that can be priced."""
    if not asked.names("on"):
        at = _circumstances(fixed)
        return {} if at is None else {"": _epoch(at, {})}
    found: dict[str, Epoch] = {}
    known_epochs: dict[Any, int] = {}
    stretches: dict[date, Epoch | None] = {}
    days = known("on") if "on" in asked.columns else (day_of(asked.values["on"]),)
    for day in filter(None, days):
        since = stretch_of(date.fromisoformat(day))
        if since not in stretches:
            at = _circumstances(fixed | {"on": since})
            stretches[since] = None if at is None else _epoch(at, known_epochs)
        epoch = stretches[since]
        if epoch is not None:
            found[day] = epoch
    return found


def day_of(value: object) -> str:
    """A date for all lines as the tables write it, blank where it is none."""
    try:
        return parse_date(value).isoformat()
    except NotPriced:
        return ""


def _circumstances(fields: dict[str, Any]) -> Circumstances | None:
    try:
        return read_circumstances(Line("", **fields))
    except CptkitError:
        return None


def _epoch(at: Circumstances, numbers: dict[Any, int]) -> Epoch:
    """Days whose shares are alike have one number, whatever their factor."""
    shares = tuple(
        rows_held[-1].text
        for name, rows in _law.history().items()
        if not name.startswith(_NO_SHARE)
        and (rows_held := [rate for rate in rows if rate.since <= at.on])
    )
    basis = at.basis
    waived = sum(waiver.since <= at.on for waiver in _law.waivers().values())
    key = shares, waived, basis.practitioner.since <= at.on
    number = numbers.setdefault(key, len(numbers))
    return Epoch(number, at.on, basis.schedule.release.name, basis.factor)


# --- rows of the relative value file, and their shapes --------------------------


class _Shapes:
    """Distinct sets of what the rules read of a row, each with one row that has it."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}
        self.examples: list[tuple[str, Row]] = []
        self._waivers = _law.waivers()
        self._trimmed: dict[Profile, int] = {}
        self._profiles: dict[int, tuple[int, Profile]] = {}

    def number(self, row: Row, release: str) -> int:
        waived = row.code if row.code in self._waivers else ""
        key = self._read(row.profile), row.has_rvus, row.modifier, waived
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.examples)
            self.examples.append((release, row))
        return found

    def _read(self, profile: Profile) -> int:
        """The number of what the rules read of a profile; rows share profiles."""
        found = self._profiles.get(id(profile))
        if found is None:
            blank = dict.fromkeys(_UNREAD, "")
            trimmed = profile._replace(**blank)  # type: ignore[arg-type]
            number = self._trimmed.setdefault(trimmed, len(self._trimmed))
            found = self._profiles[id(profile)] = number, profile
        return found[0]


#: Indicators that no rule of a line alone reads.
_UNREAD = (
    "not_used na_nonfacility na_facility pricing endoscopic_base supervision"
    " calculation_flag"
).split()


def _rvus(names: list[str], shapes: _Shapes) -> Table:
    """Every row but those of modifier 53: RVUs in hundredths, and the shape."""
    rows: list[tuple[Any, ...]] = []
    for name in names:
        figures = open_release(registry().by_name[name]).figures
        number = release_number(name)
        for row in figures.all_rows():
            if row.modifier == "53":
                continue
            rows.append(
                (
                    number,
                    row.code,
                    row.modifier,
                    shapes.number(row, name),
                    row.work,
                    row.pe_nonfacility,
                    row.pe_facility,
                    row.mp,
                    int(row.has_cap),
                    row.work,
                    row.opps_pe_nonfacility,
                    row.opps_pe_facility,
                    row.opps_mp,
                )
            )
    return Table(("release_id", "code", "rvu_row", "shape", *RVU_COLUMNS), rows)


# --- plans ----------------------------------------------------------------------------


def _scenes(asked: Asked) -> list[tuple[str, str]]:
    """Kinds of place of service and setting, blank where not asked for."""
    kinds = dict.fromkeys(alike().values()) if asked.names("pos") else {}
    settings = ("facility", "non-facility") if asked.names("setting") else ()
    found = [(pos, setting) for pos in ("", *kinds) for setting in ("", *settings)]
    blank = asked.names("pos", "setting")  # both null is a refusal, said by the engine
    return found[1:] if blank else found


def _scene_rows(scenes: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Every place of service as files write it, with its scene's number."""
    rows: list[tuple[Any, ...]] = []
    for number, (kind, setting) in enumerate(scenes):
        alikes = [pos for pos, first in alike().items() if first == kind] or [""]
        rows += [(pos, setting, number) for pos in alikes]
    return rows


def _plans(
    shapes: _Shapes,
    epochs: set[Epoch],
    scenes: list[tuple[str, str]],
    fixed: dict[str, Any],
) -> tuple[Table, Table]:
    """A plan for each shape, epoch, scene and set of modifiers, told apart once."""
    distinct: dict[tuple[int, ...], int] = {}
    keys: list[tuple[int, ...]] = []
    at_of: dict[Any, Circumstances | None] = {}
    first = {epoch.number: epoch for epoch in sorted(epochs, reverse=True)}
    for shape, (release, row) in enumerate(shapes.examples):
        for epoch in first.values():
            for scene, (pos, setting) in enumerate(scenes):
                where = release, epoch.number, scene
                if where not in at_of:
                    given: dict[str, Any] = {"pos": pos or None}
                    given |= {"setting": setting or None}
                    given |= {"release": release, "on": epoch.since}
                    at_of[where] = _circumstances(fixed | given)
                at = at_of[where]
                if at is None:
                    continue
                for number, name in enumerate(MODIFIER_SETS):
                    if row.modifier != (name if name in ("26", "TC") else ""):
                        continue
                    plan = _plan(row.code, name, at)
                    found = distinct.setdefault(plan, len(distinct))
                    keys.append((shape, epoch.number, scene, number, found))
    plans = Table(("plan_id", *PLAN_COLUMNS), [(n, *p) for p, n in distinct.items()])
    return plans, Table(("shape", "epoch", "scene", "modifier_set", "plan_id"), keys)


def _plan(code: str, modifier: str, at: Circumstances) -> tuple[int, ...]:
    given = (modifier,) if modifier else ()
    row = row_of(resolve(read_request(code, given, at, reference=False), {}))
    return tuple(getattr(row, name) for name in PLAN_COLUMNS)


# --- modifiers and places -------------------------------------------------------


def _modifiers() -> Table:
    """One or two modifiers as lines write them, with the set they amount to."""
    words = {
        name: "" if row.effect in _NEUTRAL else _STANDS_FOR.get(name)
        for name, row in _law.modifiers().items()
    }
    usable = {name: what for name, what in words.items() if what is not None}
    rows: list[tuple[Any, ...]] = [("", 0, "")]
    for name, what in usable.items():
        rows.append((name, *_set(what)))
        for other, more in usable.items():
            both = what and more
            if not both and not modifier_faults((name, other)):
                rows.append((f"{name} {other}", *_set(what or more)))
    return Table(("modifiers", "modifier_set", "rvu_row"), rows)


def _set(name: str) -> tuple[int, str]:
    return MODIFIER_SETS.index(name), name if name in ("26", "TC") else ""


def _places(asked: Asked, names: list[str]) -> Table:
    """Every area of the ZIP file and every locality, release by release."""
    keys: list[dict[str, Any]] = []
    if asked.names("zip"):
        keys += [{"zip": area} for area in dict.fromkeys(zip_table().alike.values())]
    fixed = {
        k: v for k, v in asked.place_values().items() if k not in ("zip", "locality")
    }
    rows: list[tuple[Any, ...]] = []
    options = {k: v for k, v in asked.values.items() if k == "options"}
    for name in names:
        number = release_number(name)
        here = list(keys)
        if asked.names("locality"):
            held = open_release(registry().by_name[name]).localities
            here += [{"locality": place.id} for place in held]
        for place in here or [fixed]:
            plan = {"code": "99213", "release": name, **options}
            found = place_row(place, plan)
            key = next(iter(place.values())) if here else ""
            rows.append((number, key, *found.indices, found.locality))
    columns = ("place_reason", "gpci_work", "gpci_pe", "gpci_mp", "locality")
    return Table(("release_id", "area", *columns), rows)
