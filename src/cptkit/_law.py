"""Law: rates by date, and the tables of modifiers, places and practitioners.

Each table is a file under ``data/law``, kept by hand, with the authority of
every value. Rules ask for a rate by name and never for the date.
"""

from bisect import bisect_right
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from . import _resources
from .errors import Reason, not_priced

#: Printed where a rule has no outside authority.
OWN_CHOICE = "this library's choice"

RateName = Literal[
    "conversion-factor",
    "conversion-factor-qp",
    "anesthesia-factor",
    "anesthesia-factor-qp",
    "anesthesia-minutes-per-unit",
    "anesthesia-direction",
    "anesthesia-supervision-units",
    "anesthesia-induction-units",
    "bilateral",
    "bilateral-each-side",
    "multiple-surgery",
    "multiple-surgery-ranks",
    "imaging-technical",
    "imaging-professional",
    "therapy-practice-expense",
    "cardiovascular-technical",
    "ophthalmology-technical",
    "assistant",
    "assistant-nonphysician",
    "co-surgeon",
    "film",
    "computed-radiography",
    "ct-equipment",
    "nonparticipating",
    "limiting-charge",
    "limiting-charge-stepped",
    "coinsurance",
    "coinsurance-screening-turned-therapeutic",
    "therapy-assistant",
    "sequestration",
    "part-b-deductible",
]


class Rate(NamedTuple):
    """One rate in force: its value exactly, and who says so."""

    name: str
    since: date
    text: str
    numerator: int
    denominator: int
    authority: str

    @property
    def micro(self) -> int:
        """The value in millionths: dollars per RVU or unit."""
        return self.numerator * 1_000_000 // self.denominator

    @property
    def percent(self) -> str:
        """The value as a percentage: ``62.5 %``."""
        return percent(self.numerator, self.denominator)


@lru_cache(maxsize=512)
def percent(numerator: int, denominator: int) -> str:
    """A share as a percentage, as short as it is exact; a fraction otherwise.

    >>> percent(5, 8), percent(1, 3)
    ('62.5 %', '1/3')
    """
    share = Fraction(numerator, denominator)
    for places in range(5):
        scaled = 100 * share * 10**places
        if scaled.denominator == 1:
            digits = f"{scaled.numerator:0{places + 1}d}"
            whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
            return f"{whole}.{rest} %" if rest else f"{whole} %"
    return f"{share.numerator}/{share.denominator}"


class Rates:
    """Every rate in force from a day on, until the law changes again."""

    __slots__ = ("_found", "since")

    def __init__(self, since: date, found: dict[str, Rate]) -> None:
        self.since, self._found = since, found

    def __getitem__(self, name: RateName) -> Rate:
        return self._found[name]

    def get(self, name: RateName) -> Rate | None:
        """The rate, or None on a day before its first row."""
        return self._found.get(name)


@lru_cache(maxsize=1)
def history() -> dict[str, tuple[Rate, ...]]:
    """Every rate's rows, oldest first."""
    found: dict[str, list[Rate]] = {}
    for name, since, text, _unit, authority, _checked in _resources.lines(
        "law/rates.tsv"
    ):
        rate = Rate(
            name,
            date.fromisoformat(since),
            text,
            *_ratio(text),
            authority or OWN_CHOICE,
        )
        found.setdefault(name, []).append(rate)
    return {
        name: tuple(sorted(rows, key=lambda rate: rate.since))
        for name, rows in found.items()
    }


def _ratio(text: str) -> tuple[int, int]:
    """A decimal as a ratio of integers: 0.136 is 136 / 1000."""
    whole, _, places = text.partition(".")
    return int(whole + places), 10 ** len(places)


def rates_on(on: date) -> Rates:
    """The rates in force on a date of service: one object for all days alike.

    Raises:
        NotPriced: `Reason.DATE_NOT_COVERED` for a day before the first rates.
    """
    first = first_day()
    if on < first:
        msg = (
            f"the rates held begin with {first}; {on} is earlier, whatever release is"
            " asked for: give a later date of service"
        )
        raise not_priced(Reason.DATE_NOT_COVERED, msg)
    days = turning_days()
    return rates_since(days[bisect_right(days, on) - 1])


@lru_cache(maxsize=1)
def first_day() -> date:
    """The first day of which rates are held."""
    return min(rows[0].since for rows in history().values())


@lru_cache(maxsize=1)
def turning_days() -> list[date]:
    """The days on which a rate, a waiver or who may bill begins, in order."""
    found = {rate.since for rows in history().values() for rate in rows}
    found |= {waiver.since for waiver in waivers().values()}
    found |= {who.since for who in practitioners().values()}
    return [date.min, *sorted(found)]


@cache
def rates_since(day: date) -> Rates:
    """The rates in force from one turning day to the next."""
    found: dict[str, Rate] = {}
    for name, rows in history().items():
        held = [rate for rate in rows if rate.since <= day]
        if held:
            found[name] = held[-1]
    return Rates(day, found)


class Modifier(NamedTuple):
    """A modifier: its effect, its meaning, and what it cannot stand with."""

    name: str
    effect: str
    meaning: str
    excludes: frozenset[str]


class PlaceOfService(NamedTuple):
    """A place of service code and the rate it takes (R7).

    `hospital` is what rules ask beside the setting (R12, R37): ``inpatient``,
    ``hospital`` for its outpatients, or ``elsewhere``.
    """

    pos: str
    facility: bool
    hospital: str
    chosen_by: str
    stated_since: date | None
    authority: str
    label: str


class Practitioner(NamedTuple):
    """Who may bill, and the share of the fee (R26)."""

    name: str
    since: date
    numerator: int
    denominator: int
    must_accept_assignment: bool
    authority: str
    label: str


class Waiver(NamedTuple):
    """A service whose cost sharing Medicare waives (R29)."""

    since: date
    deductible: bool
    coinsurance: bool
    authority: str


class Authority(NamedTuple):
    """A citation: what is cited, what it says, and whether the text was seen."""

    id: str
    rules: str
    title: str
    says: str
    since: str
    url: str
    status: str


@lru_cache(maxsize=1)
def modifiers() -> dict[str, Modifier]:
    """Every modifier known (R34)."""
    return {
        name: Modifier(name, effect, meaning, frozenset(excludes.split()))
        for name, effect, meaning, excludes in _resources.lines("law/modifiers.tsv")
    }


@lru_cache(maxsize=1)
def places_of_service() -> dict[str, PlaceOfService]:
    """Every place of service known (R7)."""
    found: dict[str, PlaceOfService] = {}
    for pos, setting, hospital, chosen_by, since, authority, label in _resources.lines(
        "law/places.tsv"
    ):
        stated = date.fromisoformat(since) if since else None
        facility = setting == "facility"
        found[pos] = PlaceOfService(
            pos, facility, hospital, chosen_by, stated, authority, label
        )
    return found


@lru_cache(maxsize=1)
def practitioners() -> dict[str, Practitioner]:
    """Every practitioner known (R26)."""
    return {
        name: Practitioner(
            name,
            date.fromisoformat(since),
            *_ratio(share),
            assignment == "yes",
            authority,
            label,
        )
        for name, since, share, assignment, authority, label in _resources.lines(
            "law/practitioners.tsv"
        )
    }


@lru_cache(maxsize=1)
def waivers() -> dict[str, Waiver]:
    """Services without deductible or coinsurance, by code (R29)."""
    return {
        code: Waiver(
            date.fromisoformat(since), deductible == "yes", coinsurance == "yes", source
        )
        for code, since, deductible, coinsurance, source in _resources.lines(
            "law/preventive.tsv"
        )
    }


@lru_cache(maxsize=1)
def companions() -> dict[str, tuple[str, ...]]:
    """The technical codes behind each PC/TC 4 code (R20)."""
    rows = _resources.lines("law/companions.tsv")
    return {code: tuple(technical.split()) for code, technical in rows}


@lru_cache(maxsize=1)
def base_units() -> dict[str, int]:
    """CMS's anesthesia base units of 2022, by code (R32)."""
    rows = _resources.lines("figures/anesthesia_base_units.tsv")
    return {code: int(units) for code, units in rows}


@lru_cache(maxsize=1)
def authorities() -> dict[str, Authority]:
    """Every citation, by id."""
    rows = (Authority(*row) for row in _resources.lines("law/authorities.tsv"))
    return {row.id: row for row in rows}


@lru_cache(maxsize=512)
def citation(authority: str) -> str:
    """The words a reader can look up for an authority's id."""
    found = authorities().get(authority)
    if found is None:
        return authority
    return f"{found.title}{'' if found.status == 'confirmed' else ' (text not seen)'}"
