"""DuckDB: a relation in, a relation out, joined with Parquet files of the tables."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError
from .arguments import ADDED, check_free
from .numbers import CODE_WORD
from .rare import ANSWER, RareLine
from .sql import (
    Dialect,
    added,
    answers,
    column_texts,
    known_lines,
    literal,
    no_reading,
    own_names,
)
from .tables import tables_for

if TYPE_CHECKING:
    from .arguments import Asked
    from .tables import Table, Tables

_LOCK = Lock()
_KINDS = {
    "varchar": "text",
    "enum": "text",
    "date": "date",
    "float": "float",
    "double": "float",
    "decimal": "float",
    "list": "list",
    "array": "list",
    **dict.fromkeys(
        "tinyint smallint integer bigint hugeint utinyint usmallint uinteger"
        " ubigint uhugeint".split(),
        "whole",
    ),
}


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(column: str, kind: str) -> str:
    """A column as the text of its cells."""
    if kind == "list":
        return f"array_to_string(CAST({column} AS VARCHAR[]), ' ')"
    if kind == "float":
        whole = f"TRY_CAST({column} AS BIGINT)"
        return (
            f"CASE WHEN {column} = {whole} THEN CAST({whole} AS VARCHAR)"
            f" WHEN CAST({column} AS VARCHAR) <> 'nan' THEN CAST({column} AS VARCHAR)"
            " END"
        )
    if kind == "time":
        return f"CAST(CAST({column} AS DATE) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


_DIALECT = Dialect(
    divide="//",
    quote=_quote,
    text=_text,
    read=no_reading,
    matches="regexp_full_match({}, '{}')",
    behind=f"regexp_replace({{}}, '{CODE_WORD}', '')",
    hint="",
)


def price_relation(relation: Any, asked: Asked) -> Any:
    """The relation with its lines priced; nothing runs before it is read."""
    kinds = {
        name: _kind(kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    }
    check_free((*ADDED, *asked.add), kinds, folded=True)
    made = tables_for(asked)
    fields = tuple(column_texts(asked, kinds, _DIALECT))
    duckdb = sys.modules["duckdb"]
    functions = _functions(relation, asked, made, fields)
    try:
        return relation.query(_LINES, _query(asked, kinds, made, functions))
    except duckdb.CatalogException:
        # A transaction that was rolled back took the functions with it.
        with _LOCK:
            _CALLS.pop((made.number, fields), None)
        functions = _functions(relation, asked, made, fields)
        return relation.query(_LINES, _query(asked, kinds, made, functions))


#: What the relation is called in the query; a user's own table hides behind it.
_LINES = "cptkit_lines"


def _query(
    asked: Asked, kinds: dict[str, str], made: Tables, functions: dict[str, str]
) -> str:
    """The query, which calls the functions of a connection."""

    def read(field: str, text: str) -> str:
        return f"{functions[field]}({text})"

    dialect = _DIALECT._replace(read=read)
    folder = _folder(made)

    def table(name: str) -> str:
        return _LINES if name == "lines" else literal(f"{folder}/{name}.parquet")

    begin = known_lines(asked, kinds, dialect, made, table)
    kept = own_names(kinds)
    own = ", ".join(kept.values())
    named = ", ".join(f"{name} AS {_quote(column)}" for column, name in kept.items())
    texts = column_texts(asked, kinds, dialect)
    joined = answers(dialect, made)
    found = ", ".join(f"{sql} AS {name}" for name, sql in joined.items())
    engine = f"{functions['']}([{', '.join(texts.values())}])"
    chosen = ", ".join(
        f"CASE WHEN cpt_rare THEN cpt_engine.{name} ELSE {name} END AS {name}"
        for name in joined
    )
    return f"""{begin}, cpt_asked AS (
  SELECT {own}, cpt_rare, {found}, CASE WHEN cpt_rare THEN {engine} END AS cpt_engine
  FROM cpt_known
), cpt_answered AS (
  SELECT {own}, {chosen} FROM cpt_asked
)
SELECT {named}, {", ".join(added(asked))} FROM cpt_answered"""


def _kind(kind: Any) -> str:
    name = str(kind.id)
    return "time" if name.startswith("timestamp") else _KINDS.get(name, "other")


def _functions(
    relation: Any, asked: Asked, made: Tables, fields: tuple[str, ...]
) -> dict[str, str]:
    """Functions of the relation's connection: what reads a field's cells, by the field.

    The one without a field is the engine, for a rare line.
    """
    duckdb = sys.modules["duckdb"]
    # No public way leads from a relation to its connection.
    connection = getattr(relation, "_con", None) or duckdb.default_connection()
    with _LOCK:
        number = _CALLS.setdefault((made.number, fields), next(_COUNT))
    found: dict[str, str] = {}

    def add(field: str, function: Any, takes: Any, gives: Any) -> None:
        name = found[field] = f"cptkit_{number}_{field or 'engine'}"
        try:
            # With side effects: else a query may call it again for every column.
            connection.create_function(
                name,
                function,
                [takes],
                gives,
                null_handling="special",
                side_effects=True,
            )
        except duckdb.Error as error:
            if "already" not in str(error):
                raise InvalidInputError(str(error)) from None

    for field, numbers in made.numbers.items():
        add(field, numbers.read, "VARCHAR", "BIGINT")
    add("", RareLine(asked, fields), "VARCHAR[]", duckdb.struct_type(ANSWER))
    return found


#: Calls by the number of their tables and the fields that are given.
_CALLS: dict[Any, int] = {}
_COUNT = count()


# --- the tables as Parquet ------------------------------------------------------------


def write_parquet(found: dict[str, Table], folder: Path) -> None:
    """Write tables as Parquet files, one a table."""
    import duckdb

    with duckdb.connect() as connection:
        for name, table in found.items():
            source = folder / f"{name}.tsv"
            with source.open("w", encoding="utf-8", newline="") as file:
                for row in table.rows:
                    cells = ("\\N" if cell is None else str(cell) for cell in row)
                    file.write("\t".join(cells) + "\n")
            columns = ", ".join(
                f"'{column}': '{kind}'" for column, kind in table.kinds().items()
            )
            target = folder / f"{name}.parquet"
            connection.execute(
                f"COPY (SELECT * FROM read_csv({literal(str(source))},"
                f" columns={{{columns}}},"
                " auto_detect=false, header=false, delim='\t', quote='', escape='',"
                f" nullstr='\\N')) TO {literal(str(target))} (FORMAT parquet)"
            )
            source.unlink()


_FOLDERS: dict[int, str] = {}


def _folder(made: Tables) -> str:
    """A folder with the tables, written once a process and taken away with it."""
    with _LOCK:
        found = _FOLDERS.get(made.number)
        if found is None:
            found = tempfile.mkdtemp(prefix="cptkit-")
            atexit.register(shutil.rmtree, found, ignore_errors=True)
            write_parquet(made.tables, Path(found))
            _FOLDERS[made.number] = found
        return found
