"""The query that prices lines by joins and integer arithmetic, for any SQL engine.

A line is priced by joins where every cell is spelled plainly and its plan stands
in the tables; `rare` marks the others, which a dialect answers by the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .amounts import Algebra, amounts, reason
from .arguments import COLUMN_FIELDS
from .plans import REASONS
from .readers import NOT_GIVEN
from .tables import PLAN_COLUMNS, day_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .arguments import Asked

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

    def __and__(self, other: object) -> Sql:
        return self._with("AND", other)


class Dialect(NamedTuple):
    """Where engines of SQL differ.

    `text` reads a column of a kind as text; the others are names or templates.
    """

    name: str
    divide: str
    quote: Callable[[str], str]
    text: Callable[[str, str], str]
    matches: str
    replace: str
    hint: str


def algebra(dialect: Dialect) -> Algebra:
    """Arithmetic in the words of a dialect."""

    def where(when: Any, yes: Any, no: Any) -> Sql:
        return Sql(f"CASE WHEN {when} THEN {yes} ELSE {no} END")

    def floor(top: Any, bottom: Any) -> Sql:
        return Sql(f"({top} {dialect.divide} {bottom})")

    return Algebra(where, floor)


# --- the query ----------------------------------------------------------------------


def known_lines(
    asked: Asked,
    kinds: dict[str, str],
    dialect: Dialect,
    table: Callable[[str], str],
) -> str:
    """The beginning of the query: `lines` joined, as `cpt_known`.

    *kinds* says of each column whether it holds text, whole numbers, floats, dates,
    times, lists or something else; *table* gives a table's name in the query.
    """
    own = [dialect.quote(name) for name in kinds]
    given = given_texts(asked, kinds, dialect)
    return f"""
WITH cpt_given AS (
  SELECT {", ".join(own)}, {", ".join(f"{sql} AS cpt_{f}" for f, sql in given.items())}
  FROM {table("lines")}
), cpt_read AS (
  SELECT *, {_read(given, dialect)}
  FROM cpt_given
), cpt_joined AS (
  SELECT {dialect.hint} cpt_read.*, {_joined()}
  FROM cpt_read
  LEFT JOIN {table("dates")} d ON d.day = cpt_read.cpt_day
  LEFT JOIN {table("modifiers")} m ON m.modifiers = cpt_read.cpt_words
  LEFT JOIN {table("scenes")} s
    ON s.pos = cpt_read.cpt_pos_read AND s.setting = cpt_read.cpt_setting_read
  LEFT JOIN {table("rvus")} v ON v.release_id = d.release_id
    AND v.code = cpt_read.cpt_code_read AND v.rvu_row = m.rvu_row
  LEFT JOIN {table("plan_keys")} k ON k.shape = v.shape AND k.epoch = d.epoch
    AND k.scene = s.scene AND k.modifier_set = m.modifier_set
  LEFT JOIN {table("plans")} n ON n.plan_id = k.plan_id
  LEFT JOIN {table("zips")} z ON z.zip = cpt_read.cpt_zip_read
  LEFT JOIN {table("places")} p ON p.release_id = d.release_id
    AND p.area = {_area(given)}
), cpt_known AS (
  SELECT *, NOT COALESCE({_common()}, FALSE) AS cpt_rare FROM cpt_joined
)"""


#: Every number a line's arithmetic reads, by the table it comes from.
_PLAN_CELLS = tuple(name for name in PLAN_COLUMNS if name != "facility")
_PLACE_CELLS = ("place_reason", "gpci_work", "gpci_pe", "gpci_mp")
_RVU_CELLS = ("work", "mp", "capped", "cap_work", "cap_mp")
_BY_SETTING = ("pe", "cap_pe")


def _joined() -> str:
    """The numbers of the tables; a name with `cptn_` is one."""
    found = {name: f"n.{name}" for name in _PLAN_CELLS}
    found |= {name: f"p.{name}" for name in _PLACE_CELLS}
    found |= {name: f"v.{name}" for name in _RVU_CELLS} | {"factor": "d.factor"}
    for name in _BY_SETTING:
        facility = f"CASE WHEN n.facility = 1 THEN v.{name}_facility"
        found[name] = f"{facility} ELSE v.{name} END"
    columns = [f"{sql} AS cptn_{name}" for name, sql in found.items()]
    return ", ".join(
        [*columns, "d.release AS cpt_release", "p.locality AS cpt_locality_found"]
    )


def _common() -> str:
    """Which lines the joins suffice for."""
    return (
        "cptn_engine IS NOT NULL AND cptn_place_reason IS NOT NULL"
        " AND cptn_units BETWEEN 1 AND 10000 AND cptn_charge IS NOT NULL"
        " AND (cptn_engine = 0 OR (cptn_engine = 2 AND (cptn_units = 1 OR"
        " (cptn_units = 2 AND cptn_two_units > 0))))"
    )


def _area(given: dict[str, str]) -> str:
    """The key of the place: a locality's id, a ZIP's area, or blank for the nation."""
    if "locality" in given and "zip" in given:
        return "COALESCE(cpt_read.cpt_locality_read, z.area)"
    if "locality" in given:
        return "cpt_read.cpt_locality_read"
    return "z.area" if "zip" in given else "''"


def given_texts(
    asked: Asked, kinds: dict[str, str], dialect: Dialect
) -> dict[str, str]:
    """Each field as text, from its column or its one value."""
    found: dict[str, str] = {}
    for field in COLUMN_FIELDS:
        column = asked.columns.get(field)
        if column is not None:
            kind = kinds[column]
            text = dialect.text(dialect.quote(column), kind)
            found[field] = _filled(field, text) if kind in _NUMBERS else text
        elif field in asked.values:
            value = asked.values[field]
            text = day_of(value) or str_of(value) if field == "on" else str_of(value)
            found[field] = literal(text)
    return found


_NUMBERS = ("whole", "float")


def _filled(field: str, text: str) -> str:
    """A whole number's text with the zeros it lost."""
    width = _WIDTH.get(field)
    if width is None:
        return text
    filled = f"LPAD({text}, {width}, '0')"
    longer = text
    if field == "zip":
        longer = (
            f"CASE WHEN LENGTH({text}) < 9 THEN LPAD({text}, 9, '0') ELSE {text} END"
        )
    return (
        f"CASE WHEN {text} LIKE '-%' THEN {text}"
        f" WHEN LENGTH({text}) <= {width} THEN {filled} ELSE {longer} END"
    )


def str_of(value: Any) -> str:
    """A value for all lines as the text of a cell."""
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, cast("list[object]", value)))
    return str(getattr(value, "id", value))


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _read(given: dict[str, str], dialect: Dialect) -> str:
    """Texts as the tables spell them; what is spelled otherwise stays a null."""

    def matching(field: str, pattern: str, then: str) -> str:
        test = dialect.matches.format(f"cpt_{field}", pattern)
        return f"CASE WHEN {test} THEN {then} END"

    words = dialect.replace.format("UPPER(TRIM(cpt_modifiers))")
    units = matching("units", "[0-9]{1,5}", "CAST(cpt_units AS BIGINT)")
    cents = "CAST(CAST(cpt_charge AS DECIMAL(18, 2)) * 100 AS BIGINT)"
    charge = matching("charge", "[0-9]{1,10}([.][0-9]{1,2})?", cents)
    found = {
        "cpt_day": "cpt_on" if "on" in given else "''",
        "cpt_words": f"COALESCE({words}, '')" if "modifiers" in given else "''",
        "cpt_pos_read": "COALESCE(cpt_pos, '')" if "pos" in given else "''",
        "cpt_setting_read": (
            "COALESCE(LOWER(TRIM(cpt_setting)), '')" if "setting" in given else "''"
        ),
        "cpt_code_read": "UPPER(TRIM(cpt_code))",
        "cpt_zip_read": "cpt_zip" if "zip" in given else "NULL",
        "cpt_locality_read": "cpt_locality" if "locality" in given else "NULL",
        "cptn_units": units if "units" in given else "1",
        "cptn_charge": (
            f"CASE WHEN cpt_charge IS NULL THEN {NOT_GIVEN} ELSE {charge} END"
            if "charge" in given
            else str(NOT_GIVEN)
        ),
    }
    return ", ".join(f"{sql} AS {name}" for name, sql in found.items())


CELLS = (
    *(*_PLAN_CELLS, *_PLACE_CELLS, *_RVU_CELLS, *_BY_SETTING),
    *("factor", "units", "charge"),
)


def answers(dialect: Dialect) -> dict[str, str]:
    """The answers by arithmetic: texts and whole numbers."""
    cells: dict[str, Any] = {name: Sql(f"cptn_{name}") for name in CELLS} | {"early": 0}
    made = amounts(cells, algebra(dialect))
    return {
        "cpt_reason": str(reason(cells, algebra(dialect))),
        "cpt_allowed": str(made.allowed),
        "cpt_limiting_charge": str(made.limiting_charge),
        "cpt_coinsurance": str(made.coinsurance),
        "cpt_work_rvus": "cptn_work * cptn_units",
        "cpt_total_rvus": "(cptn_work + cptn_pe + cptn_mp) * cptn_units",
        "cpt_release": "cpt_release",
        "cpt_locality": "cpt_locality_found",
    }


def money(cents: str) -> str:
    """Cents as an exact decimal of two places."""
    return (
        f"CAST(CAST({cents} AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(3, 2))"
        " AS DECIMAL(18, 2))"
    )


def reason_words(number: str) -> str:
    """A reason's name by its number; a null where there is none."""
    whens = " ".join(
        f"WHEN {at} THEN '{name}'" for at, name in enumerate(REASONS) if name
    )
    return f"CASE {number} {whens} END"


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
