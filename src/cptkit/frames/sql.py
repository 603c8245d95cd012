"""The query that prices lines by joins and integer arithmetic, for any SQL engine.

A line is priced by joins where every cell is spelled plainly and its plan stands
in the tables; `rare` marks the others, which a dialect answers by the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..pricing.engine import UNITS_LIMIT
from .amounts import UNTOUCHED, Algebra, amounts, fees, reason
from .arguments import COLUMN_FIELDS
from .editions import RVU_COLUMNS, bit_columns
from .numbers import ROWS
from .places import Indices
from .plans import REASONS
from .readers import NOT_GIVEN, UNREADABLE
from .tables import NONE, PLAN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .arguments import Asked
    from .tables import Tables

#: Width to which whole numbers are filled with the zeros they lost.
_WIDTH = {"code": 5, "zip": 5, "pos": 2, "modifiers": 2}


class Sql:
    """SQL text that adds and compares like a number."""

    __slots__ = ("text",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: str) -> None:
        self.text = text

    def _with(self, sign: str, other: object) -> Sql:
        return Sql(f"({self.text} {sign} {other})")

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: object) -> Sql:
        return self._with("+", other)

    def __radd__(self, other: object) -> Sql:
        return Sql(f"({other} + {self.text})")

    def __mul__(self, other: object) -> Sql:
        return self._with("*", other)

    def __eq__(self, other: object) -> Sql:  # type: ignore[override]
        return self._with("=", other)

    def __ne__(self, other: object) -> Sql:  # type: ignore[override]
        return self._with("<>", other)

    def __lt__(self, other: object) -> Sql:
        return self._with("<", other)

    def __gt__(self, other: object) -> Sql:
        return self._with(">", other)

    def __ge__(self, other: object) -> Sql:
        return self._with(">=", other)

    def __le__(self, other: object) -> Sql:
        return self._with("<=", other)

    def __and__(self, other: object) -> Sql:
        return self._with("AND", other)

    __rand__ = __and__


class Dialect(NamedTuple):
    """Where engines of SQL differ.

    `text` reads a column of a kind as text, `read` asks Python for the number of a
    field's text; the others are names or templates. The template `behind`, for what
    stands behind the code in a text, is blank where Python cannot be asked for it.
    """

    divide: str
    quote: Callable[[str], str]
    text: Callable[[str, str], str]
    read: Callable[[str, str], str]
    matches: str
    behind: str
    hint: str


def no_reading(_field: str, _text: str) -> str:
    """No number, where the query cannot call Python: the line is rare."""
    return "NULL"


def algebra(dialect: Dialect) -> Algebra:
    """Arithmetic in the words of a dialect."""

    def where(when: Any, yes: Any, no: Any) -> Any:
        if isinstance(when, bool):
            return yes if when else no
        return Sql(f"CASE WHEN {when} THEN {yes} ELSE {no} END")

    def floor(top: Any, bottom: Any) -> Sql:
        return Sql(f"({top} {dialect.divide} {bottom})")

    return Algebra(where, floor)


# --- the query ----------------------------------------------------------------------


def known_lines(
    asked: Asked,
    kinds: dict[str, str],
    dialect: Dialect,
    made: Tables,
    table: Callable[[str], str],
) -> str:
    """The beginning of the query: `lines` joined, as `cpt_known`.

    *kinds* says of each column whether it holds text, whole numbers, floats, dates,
    times, lists or something else; *table* gives a table's name in the query.
    """
    own = ", ".join(
        f"l.{dialect.quote(name)} AS {kept}" for name, kept in own_names(kinds).items()
    )
    numbers, joins = _numbers(asked, kinds, dialect, made, table)
    keys, hint = _keys(dialect, made), dialect.hint.format

    def join(name: str, alias: str) -> str:
        column = made.tables[name].names[0]
        number = f"COALESCE({keys[name]}, {NONE})"
        return f"JOIN {table(name)} {alias} ON {alias}.{column} = {number}"

    plan_cells = made.tables["plans"].names[1:]
    return f"""
WITH cpt_given AS (
  SELECT {hint(", ".join(joins))} {own},
    {", ".join(f"{sql} AS cpt_{field}" for field, sql in numbers.items())}
  FROM {table("lines")} l {" ".join(joins.values())}
), cpt_dated AS (
  SELECT {hint("t, c")} g.*, t.release_number AS cpt_release_number,
    t.epoch AS cpt_epoch, {_cast("t", "factor")}, t.release AS cpt_release_name,
    c.begins AS cpt_begins, c.parts AS cpt_parts, {_edition()} AS cpt_edition
  FROM cpt_given g {join("stretches", "t")} {join("codes", "c")}
), cpt_placed AS (
  SELECT {hint("v, p")} g.*,
    CASE WHEN g.cpt_release_number = 0 THEN 0 ELSE v.shape END AS cpt_shape,
    {", ".join(_cast("v", name) for name in RVU_COLUMNS)},
    {", ".join(_cast("p", name) for name in Indices._fields)},
    p.locality AS cpt_locality_name
  FROM cpt_dated g {join("rvus", "v")} {join("places", "p")}
), cpt_combined AS (
  SELECT {hint("m")} g.*, m.plan AS cpt_plan
  FROM cpt_placed g {join("combinations", "m")}
), cpt_joined AS (
  SELECT {hint("n")} g.*{"".join(f", {_cast('n', name)}" for name in plan_cells)}
  FROM cpt_combined g {join("plans", "n")}
), cpt_marked AS (
  SELECT *, COALESCE({_plain(made)}, FALSE) AS cpt_plain FROM cpt_joined
), cpt_known AS (
  SELECT *, NOT cpt_plain AND NOT COALESCE({_common(made)}, FALSE) AS cpt_rare,
    {", ".join(f"{sql} AS cptn_{name}" for name, sql in _fees(dialect, made).items())}
  FROM cpt_marked
)"""


def own_names(kinds: dict[str, str]) -> dict[str, str]:
    """The caller's columns by names that none of the query's own has."""
    return {name: f"cpt_own_{at}" for at, name in enumerate(kinds)}


def _keys(dialect: Dialect, made: Tables) -> dict[str, Any]:
    """The number by which each table is joined."""
    spans, where = made.spans, algebra(dialect).where
    of: dict[str, Any] = {field: Sql(f"cpt_{field}") for field in made.numbers}
    of |= {field: n for field, n in made.values.items() if n is not None}
    row: Any = Sql(f"(cpt_modifiers % {len(ROWS)})")
    held: Any = algebra(dialect).floor("cpt_modifiers", len(ROWS))
    if isinstance(of.get("modifiers"), int):
        held, row = divmod(of["modifiers"], len(ROWS))
    area = of["zip"]
    if "locality" in made.numbers:
        area = where(of["locality"] == 0, area, of["locality"])
    # A code with parts has three rows an edition, any other has one.
    begins, edition, parts = Sql("cpt_begins"), Sql("cpt_edition"), Sql("cpt_parts")
    scene = spans.scene(of["pos"], of["setting"])
    shape, epoch = Sql("cpt_shape"), Sql("cpt_epoch")
    return {
        "stretches": Sql("cpt_on"),
        "codes": Sql("cpt_code"),
        "rvus": begins + edition * (1 + parts * (len(ROWS) - 1)) + parts * row,
        "places": spans.place(Sql("cpt_release_number"), area),
        "combinations": spans.combination(shape, held, epoch, scene),
        "plans": Sql("cpt_plan"),
    }


def _cast(table: str, name: str) -> str:
    """A number of a table, wide enough for arithmetic."""
    return f"CAST({table}.{name} AS BIGINT) AS cptn_{name}"


def _numbers(
    asked: Asked,
    kinds: dict[str, str],
    dialect: Dialect,
    made: Tables,
    table: Callable[[str], str],
) -> tuple[dict[str, str], dict[str, str]]:
    """The number of every field, and the joins that give them, by alias."""
    found = {f: "NULL" if n is None else str(n) for f, n in made.values.items()}
    joins: dict[str, str] = {}
    columns = {field: asked.columns[field] for field in made.numbers}
    texts = {
        field: _given_text(field, f"l.{dialect.quote(name)}", kinds[name], dialect)
        for field, name in columns.items()
    }
    if "modifiers" in texts:
        texts["modifiers"] = _modifiers(texts, dialect)
    for field, text in texts.items():
        cell, kind = f"l.{dialect.quote(columns[field])}", kinds[columns[field]]
        if field == "units" and kind == "whole":
            fits = f"{cell} BETWEEN 1 AND {UNITS_LIMIT}"
            found[field] = f"CASE WHEN {fits} THEN {cell} ELSE 0 END"
        elif field == "charge":
            found[field] = _charge(text, dialect)
        else:
            known = f"k_{field}"
            found[field] = f"COALESCE({known}.number, {dialect.read(field, text)})"
            same = f"{known}.cell = {text}"
            if field == "on" and kind in ("date", "time"):
                same = f"CAST({known}.cell AS DATE) = CAST({cell} AS DATE)"
            joins[known] = f"LEFT JOIN {table(field)} {known} ON {same}"
    return found, joins


def _modifiers(texts: dict[str, str], dialect: Dialect) -> str:
    """The modifiers of a line, with those behind a code, which then is in no table."""
    text = f"COALESCE({texts['modifiers']}, '')"
    behind = dialect.behind.format(texts["code"])
    if not behind:
        return text
    both = f"TRIM(CONCAT({text}, ' ', {behind}))"
    return f"CASE WHEN k_code.number IS NULL THEN {both} ELSE {text} END"


def _charge(text: str, dialect: Dialect) -> str:
    """A charge in cents, which no table can list."""
    plain = dialect.matches.format(text, "[0-9]{1,10}([.][0-9]{1,2})?")
    cents = f"CAST(CAST({text} AS DECIMAL(18, 2)) * 100 AS BIGINT)"
    other = dialect.read("charge", text)
    return (
        f"CASE WHEN {text} IS NULL THEN {NOT_GIVEN} WHEN {plain} THEN {cents}"
        f" ELSE {other} END"
    )


def _edition() -> str:
    """Which edition the release holds: it has seen so many changes."""
    both = zip(bit_columns("changes"), bit_columns("until"), strict=True)
    return " + ".join(f"BIT_COUNT(c.{one} & t.{other})" for one, other in both)


def _plain(made: Tables) -> str:
    """Which lines are allowed their fee times their units, no other rule speaking."""
    return (
        f"cpt_units BETWEEN 1 AND {_plan_cells(made)['plain_units']}"
        f" AND cptn_place_reason = 0 AND cpt_charge >= {NOT_GIVEN}"
    )


def _common(made: Tables) -> str:
    """Which lines the joins suffice for."""
    cells = {name: str(cell) for name, cell in _plan_cells(made).items()}
    units, engine = "cpt_units", cells["engine"]
    one_amount = f"{units} <= 1 OR ({units} = 2 AND {cells['two_units']} > 0)"
    return (
        f"cptn_place_reason IS NOT NULL AND {units} <= {UNITS_LIMIT}"
        " AND cpt_charge IS NOT NULL"
        f" AND ({engine} = 0 OR ({engine} = 2 AND ({one_amount})))"
    )


def column_texts(
    asked: Asked, kinds: dict[str, str], dialect: Dialect
) -> dict[str, str]:
    """Each field that is a column, as text."""
    kept = own_names(kinds)
    columns = {f: asked.columns[f] for f in COLUMN_FIELDS if f in asked.columns}
    return {
        field: _given_text(field, kept[column], kinds[column], dialect)
        for field, column in columns.items()
    }


def _given_text(field: str, cell: str, kind: str, dialect: Dialect) -> str:
    """A cell as text; a whole number's with the zeros it lost."""
    text = dialect.text(cell, kind)
    width = _WIDTH.get(field)
    if width is None or kind not in ("whole", "float"):
        return text
    filled = f"LPAD({text}, {width}, '0')"
    below = text if field == "modifiers" else literal(UNREADABLE)
    longer = text
    if field == "zip":
        longer = (
            f"CASE WHEN LENGTH({text}) < 9 THEN LPAD({text}, 9, '0') ELSE {text} END"
        )
    return (
        f"CASE WHEN {text} LIKE '-%' THEN {below}"
        f" WHEN LENGTH({text}) <= {width} THEN {filled} ELSE {longer} END"
    )


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _plan_cells(made: Tables) -> dict[str, Any]:
    """A plan's numbers: columns, or integers where all plans are alike in them."""
    return {name: Sql(f"cptn_{name}") for name in PLAN_COLUMNS} | made.alike


def _fees(dialect: Dialect, made: Tables) -> dict[str, str]:
    """Practice expense of the setting, and `fees`; a plain line has the first alone."""
    where = algebra(dialect).where
    others = ("factor", *RVU_COLUMNS, *Indices._fields)
    cells = _plan_cells(made) | {name: Sql(f"cptn_{name}") for name in others}
    cells["cap_work"] = cells["work"]
    in_facility = cells["facility"] == 1
    for name in ("pe", "cap_pe"):
        cells[name] = where(in_facility, cells[f"{name}_facility"], cells[name])
    found = {"pe_used": cells["pe"]} | fees(cells, algebra(dialect))
    for name in ("cap", "lowered"):
        if name in found:
            found[name] = f"CASE WHEN NOT cpt_plain THEN {found[name]} END"
    return {name: str(sql) for name, sql in found.items()}


def answers(dialect: Dialect, made: Tables) -> dict[str, str]:
    """The answers by arithmetic: texts and whole numbers."""
    where = algebra(dialect).where
    others = "work pe_used mp fee cap lowered place_reason".split()
    cells = _plan_cells(made) | {name: Sql(f"cptn_{name}") for name in others}
    for name in ("units", "charge"):
        cells[name] = made.values.get(name) or Sql(f"cpt_{name}")
    plain = amounts(cells | UNTOUCHED, algebra(dialect))
    ruled = amounts(cells, algebra(dialect))
    units, early = cells["units"], cells["early"]
    rvus = cells["work"] + cells["pe_used"] + cells["mp"]
    found = {"cpt_reason": where("cpt_plain", 0, reason(cells, algebra(dialect)))}
    for name in plain._fields:
        of_plain, of_ruled = getattr(plain, name), getattr(ruled, name)
        found[f"cpt_{name}"] = where("cpt_plain", of_plain, of_ruled)
    found |= {
        "cpt_work_rvus": cells["work"] * units,
        "cpt_total_rvus": rvus * units,
    }
    told = {
        "cpt_release": where(early == 0, "cpt_release_name", "NULL"),
        "cpt_locality": where(early == 0, "cpt_locality_name", "NULL"),
    }
    # As wide as the engine's own answers, whatever was folded away.
    numbers = {name: f"CAST({sql} AS BIGINT)" for name, sql in found.items()}
    return numbers | {name: str(sql) for name, sql in told.items()}


def money(cents: str) -> str:
    """Cents as an exact decimal of two places; all but monstrous ones in 64 bits."""

    def times(digits: int) -> str:
        whole = f"CAST({cents} AS DECIMAL({digits}, 0))"
        return f"CAST({whole} * CAST('0.01' AS DECIMAL(3, 2)) AS DECIMAL(18, 2))"

    return f"CASE WHEN {cents} < {10**15} THEN {times(15)} ELSE {times(18)} END"


def reason_words(number: str) -> str:
    """A reason's name by its number; a null where there is none."""
    whens = " ".join(
        f"WHEN {at} THEN '{name}'" for at, name in enumerate(REASONS) if name
    )
    return f"CASE WHEN {number} > 0 THEN CASE {number} {whens} END END"


def added(asked: Asked) -> list[str]:
    """The columns a frame gains, from the answers' whole numbers."""
    found = [
        f"CASE WHEN cpt_reason = 0 THEN {money('cpt_allowed')} END AS allowed",
        f"{reason_words('cpt_reason')} AS reason",
        "cpt_release AS release",
        "cpt_locality AS locality",
    ]
    for name in asked.add:
        test = "cpt_reason = 0"
        if name == "limiting_charge":
            test += " AND cpt_limiting_charge > 0"
        found.append(f"CASE WHEN {test} THEN {money('cpt_' + name)} END AS {name}")
    return found
