"""Lines that joins do not answer: texts of their fields in, the engine's answer out."""

from __future__ import annotations

from typing import Any

from ..errors import NotPriced
from .answer import engine_answer, engine_line
from .arguments import LINE_FIELDS, PAIRS, PLACE_FIELDS, Asked
from .lines import answered
from .places import place_row
from .plans import PlanRow, plan_row, release_names
from .readers import SILENT, reader, remembered

#: What a rare line's answer holds: numbers as in the joins, and two texts.
ANSWER = {
    "cpt_reason": "BIGINT",
    "cpt_allowed": "BIGINT",
    "cpt_limiting_charge": "BIGINT",
    "cpt_coinsurance": "BIGINT",
    "cpt_work_rvus": "BIGINT",
    "cpt_total_rvus": "BIGINT",
    "cpt_release": "VARCHAR",
    "cpt_locality": "VARCHAR",
}


class RareLine:
    """Prices one line from the texts of the fields it was asked by."""

    def __init__(self, asked: Asked, fields: tuple[str, ...]) -> None:
        apart = asked.apart()
        self._readers = {field: remembered(reader(field, apart)) for field in fields}
        self._fixed, self._place = asked.plan_values(), asked.place_values()
        given = {field: asked.values.get(field) for field in LINE_FIELDS}
        self._line = SILENT | {
            field: reader(field)(value)
            for field, value in given.items()
            if value is not None
        }
        self._asked = asked
        self._row = remembered(self._row_of)
        self._locality = remembered(self._locality_of)

    def __call__(self, texts: Any) -> dict[str, Any]:
        """The answer, as `ANSWER` names it."""
        given = zip(self._readers.items(), texts, strict=True)
        cells = {field: read(text) for (field, read), text in given}
        units, charge, minutes = (
            cells.pop(field, self._line[field]) for field in LINE_FIELDS
        )
        place = {k: cells.pop(k) for k in PLACE_FIELDS if k in cells}
        line = engine_line(
            self._plan_fields(cells), self._place_fields(place), units, charge, minutes
        )
        found, payment = engine_answer(line)
        row, release = self._row(tuple(cells.items()))
        where = None
        if release is not None:
            where = self._locality(tuple(place.items()), cells.get("on"))
        priced = not isinstance(payment, NotPriced)
        rvus = (row.work, row.work + row.pe + row.mp) if priced else (0, 0)
        values = (*found, *(each * units for each in rvus), release, where)
        return dict(zip(ANSWER, values, strict=True))

    def _plan_fields(self, cells: dict[str, Any]) -> dict[str, Any]:
        return answered(self._fixed | cells, PAIRS[0], self._asked)

    def _place_fields(self, cells: dict[str, Any]) -> dict[str, Any]:
        return answered(cells | self._place, PAIRS[1], self._asked)

    def _row_of(self, cells: tuple[tuple[str, Any], ...]) -> tuple[PlanRow, str | None]:
        """The plan, and the release it is of; none where the date cannot be read."""
        row = plan_row(self._plan_fields(dict(cells)))
        return row, None if row.release < 0 else release_names()[row.release]

    def _locality_of(self, cells: tuple[tuple[str, Any], ...], on: Any) -> str | None:
        """The locality's id, which only the release beside the cells decides."""
        dated = {} if on is None else {"on": on}
        plan = {"code": ""} | self._fixed | dated
        return place_row(self._place_fields(dict(cells)), plan).locality
