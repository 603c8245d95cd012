"""Turn what the CMS readers return into the packed figures of one release.

The maintainer's build of the bundled data and a user's own download both come
through here, so they cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ._store import LocalityRecord, Profile, Row, pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cms.anes import AnesthesiaRow
    from .cms.gpci import GpciRow
    from .cms.locco import LoccoRow
    from .cms.pprrvu import RelativeValueRow

_T = TypeVar("_T")

#: Before 2024 CMS listed some Southern California localities under the other MAC.
_CALIFORNIA = ("01112", "01182")


def compile_release(
    relative_values: Iterable[RelativeValueRow],
    gpci: Iterable[GpciRow],
    counties: Iterable[LoccoRow],
    anesthesia: Iterable[AnesthesiaRow],
) -> bytes:
    """The packed figures of one release, from its files' rows."""
    rows = [_row(source) for source in relative_values]
    return pack(rows, _localities(gpci, counties, anesthesia))


def _row(source: RelativeValueRow) -> Row:
    profile = Profile(
        source.status,
        source.not_used,
        "NA" if source.na_nonfacility else "",
        "NA" if source.na_facility else "",
        source.pctc,
        source.global_days,
        source.pre,
        source.intra,
        source.post,
        source.multiple_procedure,
        source.bilateral,
        source.assistant,
        source.co_surgeon,
        source.team,
        source.pricing,
        source.endoscopic_base,
        source.supervision,
        source.calculation_flag,
        source.imaging_family,
    )
    return Row(
        source.code,
        source.modifier,
        source.work,
        source.pe_nonfacility,
        source.pe_facility,
        source.mp,
        source.opps_pe_nonfacility,
        source.opps_pe_facility,
        source.opps_mp,
        profile,
    )


def _localities(
    gpci: Iterable[GpciRow],
    counties: Iterable[LoccoRow],
    anesthesia: Iterable[AnesthesiaRow],
) -> list[LocalityRecord]:
    areas = _both_california_macs({(r.mac, r.locality): r for r in counties})
    factors = _both_california_macs({(r.mac, r.locality): r for r in anesthesia})
    places: list[LocalityRecord] = []
    for place in gpci:
        area = areas.get((place.mac, place.locality))
        factor = factors.get((place.mac, place.locality))
        places.append(
            LocalityRecord(
                place.mac,
                place.locality,
                place.state or (area.state if area else ""),
                place.name,
                place.work,
                place.pe,
                place.mp,
                factor.factor if factor else None,
                factor.qp_factor if factor else None,
                area.counties if area else "",
            )
        )
    return places


def _both_california_macs(
    found: dict[tuple[str, str], _T],
) -> dict[tuple[str, str], _T]:
    for (mac, locality), row in list(found.items()):
        if mac in _CALIFORNIA:
            for other in _CALIFORNIA:
                found.setdefault((other, locality), row)
    return found
