"""A set of numbers and how one of them stands among the others, exactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import attrs

from ._money import Number, decimal_of, exact
from .errors import InvalidInputError, did_you_mean, show

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What "percentile" may mean.
Definition = Literal["weak", "strict", "mean", "interpolated"]
Value = Decimal | Fraction


@attrs.frozen
class Bin:
    """One bin of a histogram.

    Attributes:
        low: Its lower edge, which it holds.
        high: Its upper edge, which the next bin holds.
        count: How many values lie in it.
    """

    low: Value
    high: Value
    count: int


@attrs.frozen(init=False, repr=False)
class Distribution:
    """Numbers in order: percentiles, quantiles, ranks, median, histogram.

    Nothing is rounded. A value comes out as `Decimal` with the places it was
    given, or as `Fraction` where no `Decimal` is exact; a percentile is a
    `Fraction` from 0 to 100.

    Args:
        values: `Decimal`, int, `Fraction` or text, one at least; a float counts
            by its shortest decimal form.

    Raises:
        InvalidInputError: No values, or one that is not a number.

    >>> held = Distribution(["0.21", "0.78", "0.78", "23.92"])
    >>> held.median, held.maximum, held.percentile_of("0.78")
    (Decimal('0.78'), Decimal('23.92'), Fraction(75, 1))
    """

    #: The values in order, as integers over one denominator.
    _numbers: tuple[int, ...]
    _scale: int
    _places: int = attrs.field(eq=False)

    def __init__(self, values: Iterable[Number]) -> None:
        given = _listed(values)
        numbers = [_exact(each, "value") for each in given]
        scale = lcm(*(each.denominator for each in numbers))
        whole = (each.numerator * (scale // each.denominator) for each in numbers)
        places = max(map(_places_of, given), default=0)
        _hold(self, whole, scale, places)

    @classmethod
    def of_scaled(cls, numbers: Iterable[int], places: int) -> Distribution:
        """The distribution of integers that have *places* decimal places."""
        made = cls.__new__(cls)
        _hold(made, numbers, 10**places, places)
        return made

    # --- the whole ----------------------------------------------------------

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Value]:
        return (self._value(each) for each in self._numbers)

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value, the lowest first."""
        return tuple(self)

    @property
    def minimum(self) -> Value:
        """The lowest value."""
        return self._value(self._numbers[0])

    @property
    def maximum(self) -> Value:
        """The highest value."""
        return self._value(self._numbers[-1])

    @property
    def median(self) -> Value:
        """The middle value; of an even count, the mean of the middle two."""
        return self.quantile(50)

    # --- one among them -----------------------------------------------------

    def percentile_of(self, value: Number, definition: Definition = "weak") -> Fraction:
        """Where *value* stands among the values, from 0 to 100.

        Args:
            value: Any number; it need not be one of the values.
            definition: What percentile means:

                - ``weak``: the share of values at or below it;
                - ``strict``: the share below it;
                - ``mean``: the mean of those two, so that ties count half;
                - ``interpolated``: its position between the lowest (0) and the
                  highest (100), in a straight line between neighbours, as
                  publishers of pay surveys and spreadsheets have it; tied
                  values share the lowest position.

        Raises:
            InvalidInputError: Not a number, or another definition.

        >>> held = Distribution([1, 2, 2, 4])
        >>> [str(held.percentile_of(2, each)) for each in ("weak", "strict", "mean")]
        ['75', '25', '50']
        """
        _check(definition, get_args(Definition))
        at = _exact(value, "value") * self._scale
        below, least = bisect_left(self._numbers, at), bisect_right(self._numbers, at)
        if definition == "interpolated":
            return self._position(at, below, least)
        counts = {"weak": 2 * least, "strict": 2 * below, "mean": below + least}
        return Fraction(50 * counts[definition], len(self))

    def _position(self, at: Fraction, below: int, least: int) -> Fraction:
        """The percentile of a place in a straight line between two neighbours."""
        if not below:
            return Fraction(0 if len(self) > 1 or not least else 100)
        if below == len(self):
            return Fraction(100)
        place = Fraction(below)
        if below == least:
            low, high = self._numbers[below - 1 : below + 1]
            place = below - 1 + (at - low) / (high - low)
        return 100 * place / (len(self) - 1)

    def quantile(
        self, p: Number, definition: Literal["weak", "interpolated"] = "interpolated"
    ) -> Value:
        """The value at the percentile *p*, from 0 to 100.

        Args:
            p: The percentile: ``quantile(50)`` is the median.
            definition: ``interpolated`` takes the place between two neighbours
                by its distance from each; ``weak`` takes the least value that
                has a share of *p* percent at or below.

        Raises:
            InvalidInputError: Not from 0 to 100, or another definition.

        >>> Distribution([1, 2, 2, 4]).quantile(90)
        Decimal('3.4')
        """
        _check(definition, ("weak", "interpolated"))
        share = exact(p, "percentile") / 100
        if share > 1:
            msg = f"percentile {show(p)} must be from 0 to 100"
            raise InvalidInputError(msg)
        if definition == "weak":
            reached = -(-share.numerator * len(self) // share.denominator)
            return self._value(self._numbers[max(reached - 1, 0)])
        whole, rest = divmod(share * (len(self) - 1), 1)
        low, high = (self._numbers[min(whole + i, len(self) - 1)] for i in (0, 1))
        return self._value(low + (high - low) * rest)

    def rank(self, value: Number) -> int:
        """The place of *value* from the highest, which is 1; ties share the better."""
        at = _exact(value, "value") * self._scale
        return 1 + len(self) - bisect_right(self._numbers, at)

    def histogram(self, bins: int | Iterable[Number] = 20) -> tuple[Bin, ...]:
        """How many values lie in each of some bins, from the lowest to the highest.

        Args:
            bins: How many of equal width, or the edges, rising. A bin holds its
                lower edge; the last one its upper edge too. Values that are all
                the same lie in one bin.

        Raises:
            InvalidInputError: No bin, edges that do not rise, or values outside.

        >>> [each.count for each in Distribution([1, 2, 2, 4]).histogram(3)]
        [1, 2, 1]
        """
        edges = self._edges(bins)
        below = [bisect_left(self._numbers, edge) for edge in edges]
        if below[0] > 0 or self._numbers[-1] > edges[-1]:
            msg = f"values from {self.minimum} to {self.maximum} lie outside the edges"
            raise InvalidInputError(msg)
        below[-1] = len(self)
        values = [self._value(edge) for edge in edges]
        return tuple(
            Bin(values[at], values[at + 1], below[at + 1] - below[at])
            for at in range(len(edges) - 1)
        )

    def _edges(self, bins: int | Iterable[Number]) -> list[Fraction]:
        """The edges of bins, over the common denominator."""
        low, high = Fraction(self._numbers[0]), Fraction(self._numbers[-1])
        if isinstance(bins, Iterable):
            edges = [_exact(each, "edge") * self._scale for each in bins]
            if len(edges) < 2 or any(b <= a for a, b in zip(edges, edges[1:])):  # noqa: B905, RUF007
                msg = "edges must rise, and be two at least"
                raise InvalidInputError(msg)
            return edges
        if isinstance(bins, bool) or bins < 1:
            msg = f"bins {show(bins)} must be at least one bin"
            raise InvalidInputError(msg)
        count = bins if high > low else 1
        return [low + (high - low) * at / count for at in range(count + 1)]

    # --- forms --------------------------------------------------------------

    def _value(self, number: int | Fraction) -> Value:
        """A number over the common denominator as what it is."""
        value = Fraction(number) / self._scale
        places = self._places
        rest = value.denominator
        while rest % 2 == 0 or rest % 5 == 0:
            rest //= 2 if rest % 2 == 0 else 5
        if rest != 1:
            return value
        while 10**places % value.denominator:
            places += 1
        return decimal_of(int(value * 10**places), places)

    def to_dict(self) -> dict[str, Any]:
        """The values as text, and what describes them."""
        return {
            "values": [str(each) for each in self],
            "count": len(self),
            "minimum": str(self.minimum),
            "median": str(self.median),
            "maximum": str(self.maximum),
        }

    def __repr__(self) -> str:
        return (
            f"<Distribution of {len(self):,} values, {self.minimum} to"
            f" {self.maximum}, median {self.median}>"
        )

    def _repr_html_(self) -> str:
        from .render.comparison import distribution_card

        return distribution_card(self)


def _listed(values: object) -> tuple[object, ...]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        msg = f"values {show(values)} must be a sequence of numbers"
        raise InvalidInputError(msg)
    return tuple(cast("Iterable[object]", values))


def _hold(made: Distribution, numbers: Iterable[int], scale: int, places: int) -> None:
    """Fill a new distribution: in order, and in lowest terms to be equal if alike."""
    ordered = sorted(numbers)
    if not ordered:
        msg = "a distribution needs at least one value"
        raise InvalidInputError(msg)
    shared = gcd(scale, *ordered)
    held = tuple(each // shared for each in ordered)
    filled = {"_numbers": held, "_scale": scale // shared, "_places": places}
    for name, value in filled.items():
        object.__setattr__(made, name, value)


def _exact(value: object, what: str) -> Fraction:
    """A number of either sign."""
    return exact(value, what, signed=True)


def _places_of(value: object) -> int:
    """Decimal places as written."""
    if isinstance(value, str):
        return len(value.strip().partition(".")[2])
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _check(definition: object, known: tuple[str, ...]) -> None:
    if definition not in known:
        msg = (
            f"definition {show(definition)} is not {', '.join(known[:-1])} or"
            f" {known[-1]}{did_you_mean(str(definition), known)}"
        )
        raise InvalidInputError(msg)
