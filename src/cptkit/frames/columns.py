"""Columns as small integers: each distinct value of a column is read once.

The only module that asks which library an eager frame is of. Libraries are
found where the caller's frame has brought them, in `sys.modules`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from .readers import DIGITS, known, reader

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
        self._lock = Lock()
        self._coded: tuple[int, Any, Any] = (-1, None, None)
        #: Digits of every known word, where it is digits alone and few.
        self._width = DIGITS.get(field, 0)
        for word in known(field):
            self.number(word)

    def number(self, cell: Any) -> int:
        """The number of the value that a cell is read as."""
        is_word = type(cell) is str
        if is_word and cell in self.words:
            return self.words[cell]
        value: Any = self._read(cell)
        with self._lock:
            return self._numbered(cell, value, is_word)

    def _numbered(self, cell: Any, value: Any, is_word: bool) -> int:
        key: Any = type(value), value
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.values)
            self.values.append(value)
        if is_word and len(self.words) < self._limit:
            self.words[cell] = found
        return found

    def coded(self, polars: Any, column: Any) -> tuple[Any, Any]:
        """How Polars finds the words of a column in one pass, and their numbers.

        A word's place is null where it is not known; last among the numbers stands
        that of a null.
        """
        size, words, numbers = self._coded
        if size != len(self.words):
            nothing = self.number(None)
            with self._lock:
                held = dict(self.words)
            if self._width:
                places = (f"{n:0{self._width}d}" for n in range(10**self._width))
                found = [held.get(place) for place in places]
            else:
                found, words = list(held.values()), polars.Enum(list(held))
            numbers = polars.Series([*found, nothing], dtype=polars.Int64)
            self._coded = len(self.words), words, numbers
        if self._width:
            return _digits(polars, column, self._width), numbers
        found = column.cast(words, strict=False).to_physical()
        return found.cast(polars.UInt32), numbers


def _digits(polars: Any, column: Any, width: int) -> Any:
    """Text of so many digits as the number it is; all other text as null."""
    number = column.cast(polars.Int32, strict=False)
    plain = (column.str.len_bytes() == width) & ~column.str.starts_with("+")
    return polars.when(plain & (number >= 0)).then(number).cast(polars.UInt32)


def encode_all(
    frame: Any, columns: dict[str, str], vocabularies: dict[str, Vocabulary]
) -> dict[str, Series]:
    """The numbers of several fields' cells; Polars reads its texts side by side."""
    if not frame.implementation.is_polars():
        return {f: encode(frame[c], vocabularies[f]) for f, c in columns.items()}
    texts = {f: c for f, c in columns.items() if frame[c].dtype == nw.String}
    polars = sys.modules["polars"]
    coded = {f: vocabularies[f].coded(polars, polars.col(c)) for f, c in texts.items()}
    casts = (cast.alias(field) for field, (cast, _) in coded.items())
    found: Any = frame.to_native().lazy().select(*casts).collect() if texts else {}
    return {
        field: _by_words(
            frame[column], vocabularies[field], found[field], coded[field][1]
        )
        if field in texts
        else encode(frame[column], vocabularies[field])
        for field, column in columns.items()
    }


def encode(series: Series, vocabulary: Vocabulary) -> Series:
    """The number of each cell's value, as a column of integers."""
    positions, distinct = factorize(series)
    numbers = [vocabulary.number(cell) for cell in distinct]
    return integers(numbers or [0], series)[positions]


def integers(values: list[int], like: Series) -> Series:
    """A column of integers in the library of another."""
    return nw.new_series("n", values, nw.Int64, backend=like.implementation)


def _by_words(
    series: Series, vocabulary: Vocabulary, coded: Any, numbers: Any
) -> Series:
    """Numbers of the words known already, then of the odd ones, read one by one."""
    filled = coded.fill_null(len(numbers) - 1) if coded.null_count() else coded
    found = numbers.gather(filled)
    if not coded.null_count() and not found.null_count():
        return nw.from_native(found, series_only=True)
    odd = (coded.is_null() | found.is_null()) & series.to_native().is_not_null()
    result = nw.from_native(found, series_only=True)
    marked = nw.from_native(odd, series_only=True)
    if not marked.any():
        return result
    others = encode(series.filter(marked), vocabulary)
    return result.scatter(marked.arg_true(), others)


#: Keys up to here are found by their place in a list, not by a look-up.
_DENSE = 1 << 17


class Keys:
    """Integers met so far, each with its place in the order they were met."""

    def __init__(self, span: int) -> None:
        self.places: dict[int, int] = {}
        self._span = span
        self._native: dict[str, tuple[int, Any]] = {}

    def positions(
        self, series: Series, add: Callable[[int], None], lock: Lock
    ) -> Series:
        """The place of each cell; *add* is called with each key that is new."""
        found = self._look_up(series)
        absent = found.is_null()
        if not absent.any():
            return found
        _, distinct = factorize(series.filter(absent))
        with lock:
            for key in distinct:
                if key not in self.places:
                    add(key)
                    self.places[key] = len(self.places)
        return self._look_up(series)

    def _look_up(self, series: Series) -> Series:
        """The place of each cell, null where it is new."""
        implementation = series.implementation
        native = series.to_native()
        known = self._known(implementation)
        if implementation.is_polars():
            if self._span <= _DENSE:
                return nw.from_native(known.gather(native), series_only=True)
            keys = native.to_frame("k")
            found = keys.join(known, on="k", how="left", maintain_order="left")["n"]
        elif implementation.is_pyarrow():
            compute = import_module("pyarrow.compute")
            found = compute.index_in(native, value_set=known)
            found = found.cast("int64")
        else:
            at = known.get_indexer(native)
            found = sys.modules["pandas"].Series(at, dtype="Int64").where(at >= 0)
            if (at >= 0).all():
                found = sys.modules["pandas"].Series(at)
        return nw.from_native(found, series_only=True)

    def _known(self, implementation: Any) -> Any:
        """The keys in a library's own form, made anew when there are more."""
        name = str(implementation)
        size, made = self._native.get(name, (-1, None))
        if size == len(self.places):
            return made
        keys = list(self.places)
        if implementation.is_polars():
            polars = sys.modules["polars"]
            if self._span <= _DENSE:
                places = [self.places.get(key) for key in range(self._span)]
                made = polars.Series(places, dtype=polars.UInt32)
                self._native[name] = len(keys), made
                return made
            columns = {"k": keys, "n": range(len(keys))}
            schema = {"k": polars.Int64, "n": polars.UInt32}
            made = polars.DataFrame(columns, schema=schema)
        elif implementation.is_pyarrow():
            made = sys.modules["pyarrow"].array(keys, type="int64")
        else:
            made = sys.modules["pandas"].Index(keys, dtype="int64")
        self._native[name] = len(keys), made
        return made


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
    order = polars.Series(range(len(distinct)), dtype=polars.UInt32)
    return native.replace_strict(distinct, order), distinct.to_list()


def _pyarrow(native: Any) -> tuple[Any, list[Any]] | None:
    pyarrow = sys.modules["pyarrow"]
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
