"""A whole release as a frame: every row, its figures, and what it pays somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .._locality import Locality
from .._release import registry
from ..errors import InvalidInputError, MissingExtraError, show
from .arguments import read_arguments
from .eager import price_eager
from .output import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._schedule import FeeSchedule
    from .._store import Row

BACKENDS = ("polars", "pandas", "pyarrow")
_INDICATORS = (
    "status pctc global_days multiple bilateral assistant co_surgeon team"
    " endoscopic_base supervision imaging_family"
).split()
_RVUS = (
    "work pe_nonfacility pe_facility mp opps_pe_nonfacility opps_pe_facility opps_mp"
).split()


def frame_of(schedule: FeeSchedule, locality: object, backend: Any) -> Any:
    """The schedule's rows at the localities asked for, as narwhals sees them."""
    if backend not in BACKENDS:
        msg = f"backend={show(backend)} is not one of {', '.join(BACKENDS)}"
        raise InvalidInputError(msg)
    if schedule.release.name not in registry().by_name:
        msg = f"{schedule.release.name} is not held: keep it with install_release first"
        raise InvalidInputError(msg)
    places = _places(schedule, locality)
    columns = _columns(schedule.figures.all_rows(), schedule.release.name)
    try:
        frame = nw.from_dict(columns, backend=backend)
    except ModuleNotFoundError as error:
        raise MissingExtraError("frames", error.name or backend) from None
    frame = frame.with_columns(
        dollars(frame[name].cast(nw.Int64)).alias(name) for name in _RVUS
    )
    where = nw.from_dict({"locality_asked": places}, backend=backend)
    return _priced(where.join(frame, how="cross"), schedule.release.name)


def _places(schedule: FeeSchedule, locality: object) -> list[str]:
    """The localities asked for by their ids; a blank is the nation."""
    if locality is None:
        return [""]
    if locality == "all":
        return [place.id for place in schedule.localities]
    if isinstance(locality, Locality):
        return [locality.id]
    return [schedule.locality(locality).id]


def _columns(rows: Sequence[Row], release: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {
        "release_asked": [release] * len(rows),
        "code": [row.code for row in rows],
        "modifier": [row.modifier for row in rows],
    }
    for name in _INDICATORS:
        found[name] = [getattr(row.profile, name) for row in rows]
    for name in _RVUS:
        found[name] = [getattr(row, name) for row in rows]
    return found


def _priced(frame: Any, release: str) -> Any:
    """The rows with the amounts of both settings, and why there is none."""
    asked: dict[str, Any] = {"code": "code", "modifiers": "modifier"}
    asked["release"] = release
    if frame["locality_asked"][0]:
        asked["locality"] = "locality_asked"
    amounts: dict[str, Any] = {}
    for setting in ("non-facility", "facility"):
        given = read_arguments(frame.columns, {**asked, "setting": setting})
        found = price_eager(frame, given)
        name = setting.replace("-", "")
        amounts[f"{name}_amount"] = found["allowed"]
        if "allowed_cents" in found.columns:
            amounts[f"{name}_amount_cents"] = found["allowed_cents"]
    amounts["reason"], amounts["locality"] = found["reason"], found["locality"]
    return (
        frame.with_columns(column.alias(name) for name, column in amounts.items())
        .drop("locality_asked")
        .rename({"release_asked": "release"})
    )
