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

    def __init__(
        self, field: str, apart: frozenset[str] = frozenset(), limit: int = 200_000
    ) -> None:
        self.values: list[Any] = []
        self.words: dict[str, int] = {}
        self._read: Callable[[Any], Any] = reader(field, apart)
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

    def meaning(self, number: int) -> tuple[Any, ...]:
        """The value of a number, as a part of a combination."""
        return (self.values[number],)

    def coded(self, polars: Any, column: Any) -> Any:
        """The numbers of a column's words in one pass of Polars; null for all else."""
        size, words, numbers = self._coded
        if size != len(self.words):
            with self._lock:
                held = dict(self.words)
            if self._width:
                places = (f"{n:0{self._width}d}" for n in range(10**self._width))
                found = [held.get(place) for place in places]
            else:
                found, words = list(held.values()), polars.Enum(list(held))
            numbers = polars.Series(found, dtype=polars.Int64)
            self._coded = len(held), words, numbers
        if self._width:
            places = _digits(polars, column, self._width)
        else:
            places = column.cast(words, strict=False).to_physical()
        return polars.lit(numbers).gather(places.cast(polars.UInt32))


def _digits(polars: Any, column: Any, width: int) -> Any:
    """Text of so many digits as the number it is; all other text as null."""
    number = column.cast(polars.Int32, strict=False)
    unsigned = column >= "0"  # no sign: both stand before the digits
    plain = (column.str.len_bytes() == width) & unsigned
    return polars.when(plain).then(number)


def encode_all(
    frame: Any, columns: dict[str, str], vocabularies: dict[str, Vocabulary]
) -> dict[str, Series]:
    """The numbers of several fields' cells; Polars reads its texts side by side."""
    if not frame.implementation.is_polars():
        return {f: encode(frame[c], vocabularies[f]) for f, c in columns.items()}
    texts = {f: c for f, c in columns.items() if frame[c].dtype == nw.String}
    polars = sys.modules["polars"]
    coded = (
        vocabularies[f].coded(polars, polars.col(c)).alias(f) for f, c in texts.items()
    )
    found: Any = frame.to_native().lazy().select(*coded).collect() if texts else {}
    return {
        field: _with_odd_ones(frame[column], found[field], vocabularies[field])
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


def _with_odd_ones(series: Series, coded: Any, vocabulary: Vocabulary) -> Series:
    """Numbers of the words known already, and of the odd ones, each read once."""
    found = nw.from_native(coded, series_only=True)
    if not coded.null_count():
        return found
    odd = found.is_null()
    return found.scatter(odd.arg_true(), encode(series.filter(odd), vocabulary))


class Words:
    """Texts by their number, in each library's own form."""

    def __init__(self, texts: list[str | None]) -> None:
        self._texts = texts
        self._alike = len(set(texts)) == 1
        self._native: dict[str, Series] = {}

    def along(self, numbers: Series) -> Series:
        """The text of each number."""
        if self._alike:
            return _all_alike(self._texts[0], numbers)
        name = str(numbers.implementation)
        if name not in self._native:
            self._native[name] = nw.new_series(
                "w", self._texts, nw.String, backend=numbers.implementation
            )
        return self._native[name][numbers]


def words(texts: list[str | None], numbers: Series) -> Series:
    """The text of each number."""
    return Words(texts).along(numbers)


def _all_alike(value: str | None, like: Series) -> Series:
    """One text, or a null, for all lines."""
    if like.implementation.is_polars():
        polars = sys.modules["polars"]
        one = polars.Series("w", [value], dtype=polars.String)
        return nw.from_native(one.new_from_index(0, len(like)), series_only=True)
    frame = like.alias("w").to_frame()
    return frame.with_columns(w=nw.lit(value, nw.String))["w"]


#: Keys below this are found by their place in a list, not by a look-up.
DENSE = 1 << 24


class Keys:
    """Integers met so far, each with its place in the order they were met."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self._span = 0
        self._lock = Lock()
        self._native: dict[str, tuple[tuple[int, int], Any]] = {}

    def positions(
        self, series: Series, span: int, add: Callable[[int], None]
    ) -> Series:
        """The place of each cell; *add* is called with each key that is new.

        The keys of this call are below *span*; those of another may not be.
        """
        with self._lock:
            self._span = max(self._span, span)
        found = self._look_up(series)
        absent = found.is_null()
        if not absent.any():
            return found
        _, distinct = factorize(series.filter(absent))
        with self._lock:
            for key in distinct:
                if key not in self.places:
                    add(key)
                    self.places[key] = len(self.places)
        return self._look_up(series)

    def _look_up(self, series: Series) -> Series:
        """The place of each cell, null where it is new."""
        implementation = series.implementation
        native = series.to_native()
        known, is_list = self._known(implementation)
        if implementation.is_polars():
            if is_list:
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

    def _known(self, implementation: Any) -> tuple[Any, bool]:
        """The keys in a library's own form, made anew when there are more.

        The second says that it is a list of places by key.
        """
        name = str(implementation)
        with self._lock:
            keys, span = list(self.places), self._span
        made_of, made = self._native.get(name, ((-1, -1), None))
        if made_of != (len(keys), span):
            if implementation.is_polars():
                made = _known_to_polars(sys.modules["polars"], keys, span)
            elif implementation.is_pyarrow():
                made = sys.modules["pyarrow"].array(keys, type="int64")
            else:
                made = sys.modules["pandas"].Index(keys, dtype="int64")
            self._native[name] = (len(keys), span), made
        return made, span <= DENSE


def _known_to_polars(polars: Any, keys: list[int], span: int) -> Any:
    """Keys and their places: a list by key, or a table where that would be long."""
    places = polars.Series("n", range(len(keys)), dtype=polars.UInt32)
    held = polars.Series("k", keys, dtype=polars.Int64)
    if span > DENSE:
        return polars.DataFrame([held, places])
    absent = polars.repeat(None, span, dtype=polars.UInt32, eager=True)
    return absent.scatter(held, places)


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
