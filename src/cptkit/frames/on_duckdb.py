"""DuckDB: a relation in, a relation out, joined with Parquet files of the tables."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInputError
from .rare import ANSWER, RareLine
from .sql import Dialect, added, answers, given_texts, known_lines
from .tables import tables_for

if TYPE_CHECKING:
    from .arguments import Asked
    from .tables import Table

_KINDS = {
    "varchar": "text",
    "enum": "text",
    "date": "date",
    "float": "float",
    "double": "float",
    "decimal": "float",
    "list": "list",
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
        return f"array_to_string({column}, ' ')"
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


DIALECT = Dialect(
    name="DuckDB",
    divide="//",
    quote=_quote,
    text=_text,
    matches="regexp_full_match({}, '{}')",
    replace="regexp_replace({}, '[ ,;:/-]+', ' ', 'g')",
    hint="",
)


def price_relation(relation: Any, asked: Asked) -> Any:
    """The relation with its lines priced; nothing runs before it is read."""
    kinds = {
        name: _kind(kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    }
    fields = tuple(given_texts(asked, kinds, DIALECT))
    function = _engine_function(relation, asked, fields)
    files = f"'{_folder(asked)}/"
    begin = known_lines(
        asked,
        kinds,
        DIALECT,
        lambda name: name if name == "lines" else f"{files}{name}.parquet'",
    )
    own = ", ".join(map(_quote, kinds))
    given = ", ".join(f"cpt_{field}" for field in fields)
    joined = answers(DIALECT)
    made = ", ".join(f"{sql} AS {name}" for name, sql in joined.items())
    names = ", ".join(joined)
    chosen = ", ".join(
        f"CASE WHEN cpt_rare THEN cpt_engine.{name} ELSE {name} END AS {name}"
        for name in joined
    )
    # Materialized, so that the engine is asked once of a line, not once a column.
    return relation.query(
        "lines",
        f"""{begin}, cpt_made AS (
  SELECT {own}, cpt_rare, CASE WHEN cpt_rare THEN [{given}] END AS cpt_texts, {made}
  FROM cpt_known
), cpt_asked AS MATERIALIZED (
  SELECT {own}, cpt_rare, {names},
    CASE WHEN cpt_rare THEN {function}(cpt_texts) END AS cpt_engine
  FROM cpt_made
), cpt_answered AS (
  SELECT {own}, {chosen} FROM cpt_asked
)
SELECT {own}, {", ".join(added(asked))} FROM cpt_answered""",
    )


def _kind(kind: Any) -> str:
    name = str(kind.id)
    return "time" if name.startswith("timestamp") else _KINDS.get(name, "other")


def _engine_function(relation: Any, asked: Asked, fields: tuple[str, ...]) -> str:
    """The engine as a function of the relation's connection, for the rare lines."""
    duckdb = sys.modules["duckdb"]
    known = _FUNCTIONS.get((asked.key(), fields))
    # No public way leads from a relation to its connection.
    connection = getattr(relation, "_con", None) or duckdb.default_connection()
    name = known or f"cptkit_line_{len(_FUNCTIONS)}"
    _FUNCTIONS[asked.key(), fields] = name
    try:
        connection.create_function(
            name,
            RareLine(asked, fields),
            ["VARCHAR[]"],
            duckdb.struct_type(ANSWER),
            null_handling="special",
        )
    except duckdb.Error as error:
        if "already" not in str(error):
            raise InvalidInputError(str(error)) from None
    return name


_FUNCTIONS: dict[Any, str] = {}


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
                f"COPY (SELECT * FROM read_csv('{source}', delim='\t', header=false,"
                f" nullstr='\\N', columns={{{columns}}}, quote='', escape=''))"
                f" TO '{target}' (FORMAT parquet)"
            )
            source.unlink()


_FOLDERS: dict[Any, str] = {}


def _folder(asked: Asked) -> str:
    """A folder with the tables, written once a process and taken away with it."""
    found = _FOLDERS.get(asked.key())
    if found is None:
        found = _FOLDERS[asked.key()] = tempfile.mkdtemp(prefix="cptkit-")
        atexit.register(shutil.rmtree, found, ignore_errors=True)
        write_parquet(tables_for(asked), Path(found))
    return found
