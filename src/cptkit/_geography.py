"""The localities of a release, and the ways to one of them (R6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from ._money import scaled
from ._zips import parse_zip, plus_four_locality, zip_table
from .errors import NotPriced, Reason, did_you_mean, not_priced, show

if TYPE_CHECKING:
    from ._locality import GPCI, Locality
    from ._store import Figures, LocalityRecord
    from ._zips import ZipArea

#: CMS lists these Southern California localities under both California MACs.
_CALIFORNIA_ALIAS = {"01112": "01182", "01182": "01112"}
_JOINED = r"([0-9]{4,5})[- ]?([0-9]{2})"


class Place(NamedTuple):
    """Where a line is priced: what the engine needs of a locality, and the way there.

    Indices in thousandths; anesthesia factors in cents, None where none is held.
    """

    record: LocalityRecord | None
    work: int
    pe: int
    mp: int
    anesthesia: int | None
    anesthesia_qp: int | None
    way: str
    warnings: tuple[str, ...] = ()

    @property
    def locality(self) -> Locality | None:
        """The locality; None for the nation and for the caller's own indices."""
        from ._locality import locality_of  # an amount needs none: it is not loaded

        return None if self.record is None else locality_of(self.record)

    @property
    def gpci(self) -> GPCI:
        """The indices."""
        from ._locality import gpci_of

        return gpci_of(self.work, self.pe, self.mp)


class Geography:
    """The localities of one release, and the ways to one of them."""

    def __init__(self, release: str, figures: Figures) -> None:
        self.release = release
        self._figures = figures
        #: Places already found, by what was given; the engine's memory.
        self.remembered: dict[object, Place] = {}

    @property
    def localities(self) -> tuple[Locality, ...]:
        """Every locality of the release."""
        from ._locality import locality_of

        return tuple(map(locality_of, self._records))

    @property
    def _records(self) -> tuple[LocalityRecord, ...]:
        return self._figures.localities

    def place(self, mac: str, number: str, way: str = "", zip_state: str = "") -> Place:
        """The place of a MAC and locality; either California MAC is taken (R3).

        Raises:
            NotPriced: `Reason.LOCALITY_UNKNOWN`.
        """
        record = self._figures.locality(mac, number)
        if record is None:
            record = self._figures.locality(_CALIFORNIA_ALIAS.get(mac, ""), number)
        if record is None:
            same = sorted(f"{mac}-{r.number}" for r in self._records if r.mac == mac)
            hint = f"; MAC {mac} has {', '.join(same)}" if same else ""
            notice = (
                f" (the ZIP map is of {zip_table().edition}, the indices of"
                f" {self.release})"
                if zip_state
                else ""
            )
            msg = f"locality {mac}-{number} is not in {self.release}{hint}{notice}"
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
        return Place(
            record,
            record.work,
            record.pe,
            record.mp,
            record.anesthesia,
            record.anesthesia_qp,
            way or f"locality {record.mac}-{record.number} as given",
        )

    def by_joined(self, value: object) -> Place:
        """The place of ``06102-16``, ``0610216`` or a `Locality`."""
        from ._locality import Locality

        if isinstance(value, Locality):
            return self.place(value.mac, value.number)
        if isinstance(value, (tuple, list)):
            value = "-".join(map(str, cast("list[object]", value)))
        text = value.strip() if isinstance(value, str) else ""
        match = re.fullmatch(_JOINED, text)
        if match is None:
            msg = (
                f"locality {show(value)} is not a MAC and a locality number:"
                " write it as '06102-16'"
            )
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
        return self.place(match[1].zfill(5), match[2])

    def by_zip(self, value: object, *, take_default: bool = False) -> Place:
        """The place of a ZIP; one that spans localities is refused (R6).

        Raises:
            NotPriced: `Reason.ZIP_INVALID`, `LOCALITY_UNKNOWN` or
                `LOCALITY_AMBIGUOUS`.
        """
        zip5, plus4 = parse_zip(value)
        area = zip_table().find(zip5)
        if area is None:
            msg = (
                f"ZIP {zip5} is not in CMS's file of {zip_table().edition}: check it,"
                " or give locality="
            )
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
        way = (
            f"ZIP {zip5} is in locality {area.mac}-{area.locality}"
            f" (CMS ZIP file {zip_table().edition})"
        )
        if not area.plus_four:
            return self.place(area.mac, area.locality, way, area.state)
        found = plus_four_locality(zip5, plus4) if plus4 else None
        if found is not None:
            way = f"ZIP {zip5}-{plus4} is in locality {found[0]}-{found[1]}"
            return self.place(*found, way, area.state)
        if not take_default:
            raise self._ambiguous_zip(zip5, area)
        place = self.place(area.mac, area.locality, way, area.state)
        warning = (
            f"ZIP {zip5} spans localities; the ZIP5 default"
            f" {area.mac}-{area.locality} was taken, as zip_default allows"
        )
        return place._replace(warnings=(warning,))

    def _ambiguous_zip(self, zip5: str, area: ZipArea) -> NotPriced:
        states = {area.state, *_MISSOURI_KANSAS.get(area.state, ())}
        mine = [
            f"{r.mac}-{r.number} {r.name}"
            for r in self._records
            if r.state in states or (r.mac, r.number) == (area.mac, area.locality)
        ]
        msg = (
            f"ZIP {zip5} spans localities and the plus four decides; its ZIP5 default"
            f" is {area.mac}-{area.locality}; localities of the state:"
            f" {', '.join(mine)}. Give locality=, install CMS's ZIP+4 file, or set"
            " Options(zip_default=True)"
        )
        return not_priced(Reason.LOCALITY_AMBIGUOUS, msg)

    def by_state(
        self, state: object, *, county: object = None, name: object = None
    ) -> Place:
        """The place of a state, with a county or a locality's name where needed.

        Raises:
            NotPriced: `Reason.LOCALITY_UNKNOWN` or `LOCALITY_AMBIGUOUS`.
        """
        text = _plain(state)
        code = _STATES.get(text, text)
        mine = [r for r in self._records if r.state == code]
        if not mine:
            known = sorted({r.state for r in self._records})
            near = did_you_mean(text, [*known, *_STATES])
            msg = f"state {show(state)} has no locality in {self.release}{near}"
            raise not_priced(Reason.LOCALITY_UNKNOWN, msg)
        if name is not None:
            return self._only(mine, code, "name", name, _by_name(mine, _plain(name)))
        if county is not None:
            found = _by_county(mine, _plain(county))
            return self._only(mine, code, "county", county, found)
        return self._only(mine, code, "state", state, mine)

    def _only(
        self,
        mine: list[LocalityRecord],
        state: str,
        what: str,
        value: object,
        found: list[LocalityRecord],
    ) -> Place:
        if len(found) == 1:
            way = f"{what} {value}, {state}" if what != "state" else f"state {state}"
            return self.place(found[0].mac, found[0].number, way)
        listed = ", ".join(f"{r.mac}-{r.number} {r.name}" for r in found or mine)
        if found:
            msg = (
                f"{what} {show(value)} fits {len(found)} localities of {state}:"
                f" {listed}; give locality=, county= or a ZIP"
            )
            raise not_priced(Reason.LOCALITY_AMBIGUOUS, msg)
        msg = f"{what} {show(value)} is not known in {state}; its localities: {listed}"
        raise not_priced(Reason.LOCALITY_UNKNOWN, msg)


def custom_place(gpci: GPCI) -> Place:
    """A place of the caller's own indices."""
    work, pe, mp = (
        scaled(value, 3, "index") for value in (gpci.work, gpci.pe, gpci.mp)
    )
    return Place(None, work, pe, mp, None, None, "indices as given")


def national_place() -> Place:
    """The nation: every index 1."""
    way = "no place given: national amounts, every index 1"
    return Place(None, 1000, 1000, 1000, None, None, way)


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else ""
    text = re.sub(r"\b(COUNTY|CNTY|PARISH|BOROUGH)\b", " ", text.upper())
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", text).split())


def _by_name(records: list[LocalityRecord], name: str) -> list[LocalityRecord]:
    exact = [r for r in records if _plain(r.name) == name]
    return exact or [r for r in records if name and name in _plain(r.name)]


def _counties(text: str) -> tuple[list[str], list[str], bool]:
    """The counties a locality names, those it leaves out, whether it takes the rest.

    CMS writes lists with commas, slashes and "and", "ALL COUNTIES", "ALL OTHER
    COUNTIES", and "ALL COUNTIES, EXCEPT ...".
    """
    head, _, out = text.upper().partition("EXCEPT")
    rest = "ALL " in head and "COUNTIES" in head
    split = re.compile(r",|/|;|\bAND\b|&")
    named = [] if rest else [_plain(part) for part in split.split(head)]
    return named, [_plain(part) for part in split.split(out)], rest


def _by_county(records: list[LocalityRecord], county: str) -> list[LocalityRecord]:
    named = [r for r in records if county and county in _counties(r.counties)[0]]
    if named:
        return named
    known = {c for r in records for part in _counties(r.counties)[:2] for c in part}
    rest = [r for r in records if _counties(r.counties)[2]]
    return [] if county in known or not county else rest


#: CMS splits Missouri and Kansas by MAC in the ZIP file's state column.
_MISSOURI_KANSAS = {"EM": ("MO",), "WM": ("MO",), "EK": ("KS",), "WK": ("KS",)}

_STATE_NAMES = """\
AL ALABAMA, AK ALASKA, AZ ARIZONA, AR ARKANSAS, CA CALIFORNIA, CO COLORADO,
CT CONNECTICUT, DE DELAWARE, DC DISTRICT OF COLUMBIA, FL FLORIDA, GA GEORGIA,
HI HAWAII, ID IDAHO, IL ILLINOIS, IN INDIANA, IA IOWA, KS KANSAS, KY KENTUCKY,
LA LOUISIANA, ME MAINE, MD MARYLAND, MA MASSACHUSETTS, MI MICHIGAN,
MN MINNESOTA, MS MISSISSIPPI, MO MISSOURI, MT MONTANA, NE NEBRASKA, NV NEVADA,
NH NEW HAMPSHIRE, NJ NEW JERSEY, NM NEW MEXICO, NY NEW YORK, NC NORTH CAROLINA,
ND NORTH DAKOTA, OH OHIO, OK OKLAHOMA, OR OREGON, PA PENNSYLVANIA,
PR PUERTO RICO, RI RHODE ISLAND, SC SOUTH CAROLINA, SD SOUTH DAKOTA,
TN TENNESSEE, TX TEXAS, UT UTAH, VT VERMONT, VA VIRGINIA, VI VIRGIN ISLANDS,
WA WASHINGTON, WV WEST VIRGINIA, WI WISCONSIN, WY WYOMING"""
_STATES = {entry.strip()[3:]: entry.strip()[:2] for entry in _STATE_NAMES.split(",")}
