"""How a code compares: one value a code, among codes of its kind."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, get_args

import attrs

from ._distribution import Distribution
from ._money import decimal_of, round_half_up
from ._parse import hyphenated, parse_code
from ._rbcs import LEVELS as RBCS_LEVELS
from ._rbcs import classification
from ._taxonomy import taxonomy
from .errors import InvalidInputError, NotFoundError, did_you_mean, show

if TYPE_CHECKING:
    from decimal import Decimal

    from ._code import Code
    from ._geography import Place
    from ._schedule import FeeSchedule
    from ._store import Figures, Row

#: What is compared.
Measure = Literal["work", "total_nonfacility", "total_facility", "payment"]
#: Among which codes, where no list is given.
Among = Literal[
    "section", "subsection", "family", "rbcs", "rbcs-subcategory", "rbcs-family"
]
_WORDS = {
    "work": "work RVUs",
    "total_nonfacility": "total RVUs outside a facility",
    "total_facility": "total RVUs in a facility",
}
_TAXONOMY_LEVELS = ("section", "subsection", "family")
_GIVEN = "the list given"
_TIMES = "\N{MULTIPLICATION SIGN}"


@attrs.frozen(repr=False)
class Comparison:
    """How one code stands among others by one measure; get it from `Code.compare`.

    One value counts for each code: that of the complete service, or of the
    professional component where the complete service has none. Codes of every
    status count, whether Medicare pays them or not; codes without a value do not.

    Attributes:
        code: The code.
        measure: ``work``, ``total_nonfacility``, ``total_facility`` or ``payment``.
        measured: The measure in words, with place and setting of a payment.
        among: The label of the codes it is compared with.
        value: The code's own value, in RVUs or dollars.
        distribution: The values of the population.
    """

    code: Code
    measure: Measure
    measured: str
    among: str
    value: Decimal
    distribution: Distribution

    @property
    def percentile(self) -> Fraction:
        """The share of codes at or below, from 0 to 100, exactly."""
        return self.distribution.percentile_of(self.value)

    @property
    def rank(self) -> int:
        """The place from the highest, which is 1; ties share the better one."""
        return self.distribution.rank(self.value)

    @property
    def population(self) -> int:
        """How many codes have a value."""
        return len(self.distribution)

    @property
    def median(self) -> Decimal:
        """The population's median."""
        return cast("Decimal", self.distribution.median)

    @property
    def maximum(self) -> Decimal:
        """The population's highest value."""
        return cast("Decimal", self.distribution.maximum)

    @property
    def ratio_to_median(self) -> Fraction:
        """The value over the median, exactly."""
        return Fraction(self.value) / Fraction(self.median)

    @property
    def number(self) -> str:
        """The code with the modifier of its row: ``71046-26``."""
        return hyphenated(self.code.number, self.code.modifier)

    @property
    def text(self) -> str:
        """The comparison in two sentences.

        >>> import cptkit
        >>> print(cptkit.code("96521", release="RVU26C").compare().text)
        96521 has 0.21 work RVUs: the 13th percentile of 737 codes of Medicine...
        """
        show = self.amount
        has = f"{show(self.value)} {self.measured}"
        if self.measure == "payment":
            has = f"a {self.measured} of {show(self.value)}"
        return (
            f"{self.number} has {has}: the {self.standing} percentile of"
            f" {self.population:,} codes of {self.among} in {self.code.release.name}."
            f" That is {self._beside_median()} the median of {show(self.median)};"
            f" the highest is {show(self.maximum)}."
        )

    @property
    def method(self) -> str:
        """What was counted, and what percentile means."""
        return (
            "One value a code: the complete service's, or the professional"
            " component's where that has none. Codes of every status count; codes"
            " without a value do not. The percentile is the share of codes at or below."
        )

    @property
    def standing(self) -> str:
        """The percentile to the nearest whole, in words: ``13th``.

        Only the highest value is the 100th, and none that is there the 0th.
        """
        exact = self.percentile
        near = round_half_up(exact.numerator, exact.denominator)
        return _ordinal(near if exact in (0, 100) else min(max(near, 1), 99))

    def amount(self, value: Decimal) -> str:
        """A value as people write it: RVUs as they are, payments to the cent."""
        if self.measure != "payment":
            return f"{value:,}"
        exact = 100 * Fraction(value)
        return f"${decimal_of(round_half_up(exact.numerator, exact.denominator), 2):,}"

    def _beside_median(self) -> str:
        ratio = self.ratio_to_median
        word, ratio = ("below", 1 / ratio) if ratio < 1 else ("above", ratio)
        tenths = round_half_up(10 * ratio.numerator, ratio.denominator)
        if ratio == 1:
            return "exactly"
        if tenths == 10:
            return f"just {word}"
        return f"{decimal_of(tenths, 1)} {_TIMES} {word}"

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; values, percentile and ratio as exact text."""
        return {
            "code": self.code.number,
            "modifier": self.code.modifier,
            "release": self.code.release.name,
            "measure": self.measure,
            "measured": self.measured,
            "among": self.among,
            "value": str(self.value),
            "percentile": str(self.percentile),
            "rank": self.rank,
            "population": self.population,
            "median": str(self.median),
            "maximum": str(self.maximum),
            "ratio_to_median": str(self.ratio_to_median),
            "text": self.text,
            "method": self.method,
            "distribution": self.distribution.to_dict(),
        }

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return (
            f"<Comparison of {self.number} by {self.measure}: {self.standing}"
            f" percentile of {self.population:,}, {self.code.release.name}>"
        )

    def _repr_html_(self) -> str:
        from .render.comparison import comparison_card

        return comparison_card(self)


def _ordinal(number: int) -> str:
    teen = 11 <= number % 100 <= 13
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# --- what is measured -----------------------------------------------------------


class _Scale(NamedTuple):
    """A measure made ready; place, factor and setting matter to payment alone."""

    measure: Measure
    place: Place | None = None
    factor: int = 0
    facility: bool = False

    def of(self, row: Row) -> int:
        """A row's value, in hundredths of an RVU or in cents."""
        if self.place is not None:
            from ._fees import row_fee

            return row_fee(row, self.place, self.factor, facility=self.facility)
        if self.measure == "work":
            return row.work
        return row.work + row.pe(self.measure == "total_facility") + row.mp


def _scale(
    schedule: FeeSchedule, measure: Measure, where: dict[str, Any]
) -> tuple[_Scale, str]:
    """The measure, and its words."""
    if measure not in get_args(Measure):
        known = get_args(Measure)
        msg = f"measure {show(measure)} is not one of {', '.join(known)}"
        raise InvalidInputError(msg + did_you_mean(str(measure), known))
    if measure != "payment":
        if where:
            msg = f"{next(iter(where))}= belongs to measure='payment', not {measure!r}"
            raise InvalidInputError(msg)
        return _Scale(measure), _WORDS[measure]
    from ._fees import factor_of, is_facility, place_for, place_label

    setting = where.pop("setting", "non-facility")
    place = place_for(schedule, where)
    scale = _Scale(measure, place, factor_of(schedule), is_facility(setting))
    if place.locality is None:
        return scale, f"national {setting} payment"
    return scale, f"{setting} payment in {place_label(place)}"


@lru_cache(maxsize=32)
def _values(figures: Figures, scale: _Scale) -> dict[str, int]:
    """The value of every code of a release that has one."""
    found: dict[str, int] = {}
    for row in figures.all_rows():
        # The complete service comes first; 26 counts where it has no value.
        if row.modifier in ("", "26") and row.code not in found:
            value = scale.of(row)
            if value:
                found[row.code] = value
    return found


# --- among whom -----------------------------------------------------------------


class _Peers(NamedTuple):
    """A population: the node of a classification, or codes as given."""

    level: str
    id: str
    codes: frozenset[str] = frozenset()

    def holds(self, code: str) -> bool:
        """Whether a code is one of them."""
        if self.level in RBCS_LEVELS:
            return classification().id_of(code, self.level) == self.id
        if self.level in _TAXONOMY_LEVELS:
            return self.id in taxonomy().path(code)
        return code in self.codes


def _peers(
    code: Code, schedule: FeeSchedule, among: Among | Iterable[object]
) -> tuple[_Peers, str]:
    """The population, and its label.

    Raises:
        InvalidInputError: Neither a known word nor codes.
        NotFoundError: The code has no such class, or a code given is not there.
    """
    if not isinstance(among, str):
        return _Peers(_GIVEN, "", _codes_given(schedule, among)), _GIVEN
    node = None
    if among in _TAXONOMY_LEVELS:
        node = getattr(code, among)
        if node is not None:
            return _Peers(among, node.id), node.label
    elif among in RBCS_LEVELS:
        found = classification().id_of(code.number, among)
        if found is not None:
            return _Peers(among, found), f"RBCS {classification().label(found)}"
    else:
        known = get_args(Among)
        msg = f"among {show(among)} is not {', '.join(known)}, nor a list of codes"
        raise InvalidInputError(msg + did_you_mean(among, known))
    msg = f"{code.number} has no {among} to be compared among: give a list of codes"
    raise NotFoundError(msg)


def _codes_given(schedule: FeeSchedule, among: object) -> frozenset[str]:
    if not isinstance(among, Iterable):
        msg = f"among {show(among)} is not a list of codes"
        raise InvalidInputError(msg)
    found: set[str] = set()
    for each in cast("Iterable[object]", among):
        number, modifiers = parse_code(each)
        if modifiers or number not in schedule:
            msg = f"{show(each)} is not a code of {schedule.release.name}"
            raise NotFoundError(msg)
        found.add(number)
    return frozenset(found)


@lru_cache(maxsize=128)
def _distribution(figures: Figures, scale: _Scale, peers: _Peers) -> Distribution:
    """The population's values.

    Raises:
        InvalidInputError: No code of it has any.
    """
    values = _values(figures, scale)
    return Distribution.of_scaled(
        (value for code, value in values.items() if peers.holds(code)), 2
    )


def compare(
    code: Code,
    schedule: FeeSchedule,
    measure: Measure,
    among: Among | Iterable[object],
    where: dict[str, Any],
) -> Comparison:
    """The comparison of one code; see `Code.compare`."""
    scale, measured = _scale(schedule, measure, dict(where))
    peers, label = _peers(code, schedule, among)
    values, figures = _values(schedule.figures, scale), schedule.figures
    value = scale.of(code._row) if code.modifier else values.get(code.number, 0)  # noqa: SLF001
    if not value:
        msg = (
            f"{code.number} has no {measured} in {schedule.release.name}: nothing to"
            " compare; another measure may have a value"
        )
        raise NotFoundError(msg)
    held = _distribution(figures, scale, peers)
    return Comparison(code, measure, measured, label, decimal_of(value, 2), held)
