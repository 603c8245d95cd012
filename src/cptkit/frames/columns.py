"""Columns as small integers: each distinct value of a column is read once.

The only module that asks which library an eager frame is of. Libraries are
found where the caller's frame has brought them, in `sys.modules`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .readers import known, reader

if TYPE_CHECKING:
    from collections.abc import Callable

#: A column of an eager frame.
Series = Any


class Vocabulary:
    """What the cells of one field are read as, remembered.

    Attributes:
        values: What was read, each once; a cell's number is its place here.
        words: Spellings met, in the order of `numbers`.
    """

    def __init__(self, field: str, limit: int = 200_000) -> None:
        self.values: list[Any] = []
        self.words: dict[str, int] = {}
        self._read: Callable[[Any], Any] = reader(field)
        self._numbers: dict[Any, int] = {}
        self._limit = limit
        self._enum: tuple[int, Any] = (-1, None)
        for word in known(field):
            self.number(word)

    def number(self, cell: Any) -> int:
        """The number of the value that a cell is read as."""
        is_word = type(cell) is str
        if is_word and cell in self.words:
            return self.words[cell]
        value: Any = self._read(cell)
        key: Any = type(value), value
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.values)
            self.values.append(value)
        if is_word and len(self.words) < self._limit:
            self.words[cell] = found
        return found

    def polars_enum(self, polars: Any) -> Any:
        """The words as a type to which Polars casts a column in one pass."""
        size, made = self._enum
        if size != len(self.words):
            made = polars.Enum(list(self.words))
            self._enum = len(self.words), made
        return made


def encode(series: Series, vocabulary: Vocabulary) -> Series:
    """The number of each cell's value, as a column of integers."""
    if series.implementation.is_polars() and series.dtype == nw.String:
        return _by_words(series, vocabulary)
    return _by_distinct(series, vocabulary)


def integers(values: list[int], like: Series) -> Series:
    """A column of integers in the library of another."""
    return nw.new_series("n", values, nw.Int64, backend=like.implementation)


def _by_distinct(series: Series, vocabulary: Vocabulary) -> Series:
    positions, distinct = factorize(series)
    return integers([vocabulary.number(cell) for cell in distinct], series)[positions]


def _by_words(series: Series, vocabulary: Vocabulary) -> Series:
    """Polars: the words known already in one pass, then the odd ones."""
    polars = sys.modules["polars"]
    words = vocabulary.polars_enum(polars)
    nothing = vocabulary.number(None)
    numbers = integers([*vocabulary.words.values(), nothing], series)
    found = series.to_native().cast(words, strict=False).to_physical()
    coded = nw.from_native(found, series_only=True)
    if not coded.null_count():
        return numbers[coded]
    ids = coded.fill_null(len(vocabulary.words))
    odd = coded.is_null() & ~series.is_null()
    result = numbers[ids]
    if not odd.any():
        return result
    return result.scatter(odd.arg_true(), _by_distinct(series.filter(odd), vocabulary))


# --- each library's own way to number distinct values ----------------------------


def factorize(series: Series) -> tuple[Series, list[Any]]:
    """Which of the distinct values each cell is, and the values, a null as None."""
    native = series.to_native()
    implementation = series.implementation
    if implementation.is_polars():
        found = _polars(native)
    elif implementation.is_pyarrow():
        found = _pyarrow(native)
    elif implementation.is_pandas_like():
        found = _pandas(native)
    else:
        found = None
    if found is None:
        return _one_by_one(series)
    positions, distinct = found
    return nw.from_native(positions, series_only=True), distinct


def _polars(native: Any) -> tuple[Any, list[Any]] | None:
    polars = sys.modules["polars"]
    if native.dtype.is_nested() or native.dtype in (polars.Object, polars.Null):
        return None
    if isinstance(native.dtype, (polars.Categorical, polars.Enum)):
        native = native.cast(polars.String)
    distinct = native.unique()
    order = polars.Series(range(len(distinct)), dtype=polars.Int64)
    return native.replace_strict(distinct, order), distinct.to_list()


def _pyarrow(native: Any) -> tuple[Any, list[Any]] | None:
    pyarrow = sys.modules["pyarrow"]
    compute = sys.modules.get("pyarrow.compute")
    if compute is None:
        from pyarrow import compute
    kind = native.type
    if pyarrow.types.is_nested(kind):
        return None
    if pyarrow.types.is_dictionary(kind):
        native = native.cast(kind.value_type)
    coded = native.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(coded, pyarrow.ChunkedArray):
        coded = coded.combine_chunks()
    positions = pyarrow.chunked_array([coded.indices.cast("int64")])
    return positions, coded.dictionary.to_pylist()


def _pandas(native: Any) -> tuple[Any, list[Any]] | None:
    pandas = sys.modules["pandas"]
    if native.dtype == object and pandas.api.types.infer_dtype(native) != "string":
        return None
    positions, distinct = pandas.factorize(native, use_na_sentinel=True)
    values = list(distinct)
    if (positions < 0).any():
        positions = positions.copy()
        positions[positions < 0] = len(values)
        values.append(None)
    return pandas.Series(positions), values


def _one_by_one(series: Series) -> tuple[Series, list[Any]]:
    """Columns of lists or of mixed objects: values told apart in Python."""
    places: dict[Any, int] = {}
    distinct: list[Any] = []
    positions: list[int] = []
    for cell in series.to_list():
        key: Any = type(cell), cell
        try:
            place = places.get(key)
        except TypeError:
            key = type(cell), repr(cell)
            place = places.get(key)
        if place is None:
            place = places[key] = len(distinct)
            distinct.append(cell)
        positions.append(place)
    return integers(positions, series), distinct
