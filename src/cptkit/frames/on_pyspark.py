"""PySpark: joins with broadcast tables, and Python for the rare lines alone.

The lines whose plan stands in the tables go through SQL expressions only. The
others are a branch of their own, which the workers' cptkit answers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtraError
from .arguments import ADDED, check_free
from .rare import ANSWER, RareLine
from .sql import (
    Dialect,
    added,
    answers,
    column_texts,
    known_lines,
    no_reading,
    own_names,
)
from .tables import tables_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .arguments import Asked
    from .tables import Table

_WHOLE = ("tinyint", "smallint", "int", "bigint")


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _text(column: str, kind: str) -> str:
    """A column as the text of its cells."""
    if kind == "list":
        return f"CONCAT_WS(' ', {column})"
    if kind == "float":
        whole = f"TRY_CAST({column} AS BIGINT)"
        return (
            f"CASE WHEN {column} = {whole} THEN CAST({whole} AS STRING)"
            f" WHEN NOT ISNAN({column}) THEN CAST({column} AS STRING) END"
        )
    if kind == "time":
        return f"CAST(CAST({column} AS DATE) AS STRING)"
    return f"CAST({column} AS STRING)"


_DIALECT = Dialect(
    divide="DIV",
    quote=_quote,
    text=_text,
    read=no_reading,
    matches="{} RLIKE '^(?:{})$'",
    behind="",
    hint="/*+ BROADCAST({}) */",
)


def price_distributed(frame: Any, asked: Asked) -> Any:
    """The frame with its lines priced; nothing runs before it is acted upon."""
    spark = frame.sparkSession
    kinds = {name: _kind(kind) for name, kind in frame.dtypes}
    check_free((*ADDED, *asked.add), kinds, folded=True)
    made = tables_for(asked)
    texts = column_texts(asked, kinds, _DIALECT)
    views = {name: _view(spark, name, t) for name, t in made.tables.items()}
    views["lines"] = f"cptkit_lines_{id(frame)}"
    frame.createOrReplaceTempView(views["lines"])
    begin = known_lines(asked, kinds, _DIALECT, made, views.__getitem__)
    kept = own_names(kinds)
    own = ", ".join(kept.values())
    joined = answers(_DIALECT, made)
    found = ", ".join(f"{sql} AS {name}" for name, sql in joined.items())
    given = ", ".join(f"{text} AS cpt_{field}" for field, text in texts.items())
    common = spark.sql(
        f"{begin} SELECT {own}, {found} FROM cpt_known WHERE NOT cpt_rare"
    )
    rare = spark.sql(f"{begin} SELECT {own}, {given} FROM cpt_known WHERE cpt_rare")
    spark.catalog.dropTempView(views["lines"])
    answered = rare.mapInArrow(
        _by_engine(asked, tuple(texts), len(kinds)), common.schema
    )
    named = [f"{name} AS {_quote(column)}" for column, name in kept.items()]
    return common.union(answered).selectExpr(*named, *added(asked))


def _kind(kind: str) -> str:
    if kind == "string" or kind.startswith(("varchar", "char")):
        return "text"
    if kind in _WHOLE:
        return "whole"
    if kind in ("float", "double") or kind.startswith("decimal"):
        return "float"
    if kind.startswith("timestamp"):
        return "time"
    return {"date": "date"}.get(kind, "list" if kind.startswith("array") else "other")


def _view(spark: Any, name: str, table: Table) -> str:
    """A table as a view of the session."""
    try:
        pa: Any = import_module("pyarrow")
    except ImportError:
        raise MissingExtraError("frames", "pyarrow") from None
    kinds: dict[str, Any] = {
        "VARCHAR": pa.string(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
    }
    fields: Any = [(column, kinds[kind]) for column, kind in table.kinds().items()]
    columns = list(zip(*table.rows, strict=True)) or [() for _ in fields]
    arrays = [
        pa.array(column, type=kind)
        for column, (_, kind) in zip(columns, fields, strict=True)
    ]
    made = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    view = f"cptkit_{name}_{id(table)}"
    spark.createDataFrame(made).createOrReplaceTempView(view)
    return view


def _by_engine(
    asked: Asked, fields: tuple[str, ...], own: int
) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """What the workers do with batches of rare lines."""

    def answer(batches: Iterable[Any]) -> Iterator[Any]:
        pa: Any = import_module("pyarrow")
        price = RareLine(asked, fields)
        kinds = {"VARCHAR": pa.string(), "BIGINT": pa.int64()}
        for batch in batches:
            texts = zip(*(c.to_pylist() for c in batch.columns[own:]), strict=True)
            found = [price(line) for line in texts]
            columns = dict(zip(batch.schema.names[:own], batch.columns, strict=False))
            for name, kind in ANSWER.items():
                cells = [each[name] for each in found]
                columns[name] = pa.array(cells, type=kinds[kind])
            yield pa.RecordBatch.from_arrays(
                list(columns.values()), names=list(columns)
            )

    return answer
