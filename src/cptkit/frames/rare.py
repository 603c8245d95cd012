"""Lines that joins do not answer: texts of their fields in, the engine's answer out."""

from __future__ import annotations

from typing import Any

from ..errors import NotPriced
from .answer import engine_answer, engine_line
from .arguments import PAIRS, PLACE_FIELDS, Asked
from .lines import answered
from .places import place_row
from .plans import plan_row, release_names
from .readers import NOT_GIVEN, reader

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
        self._fields = fields
        self._readers = [reader(field) for field in fields]
        fixed = {k: v for k, v in asked.values.items() if k not in fields}
        self._fixed = {k: v for k, v in fixed.items() if k not in PLACE_FIELDS}
        self._place = {k: v for k, v in fixed.items() if k in PLACE_FIELDS}
        self._asked = asked

    def __call__(self, texts: Any) -> dict[str, Any]:
        """The answer, as `ANSWER` names it."""
        cells = {
            field: read(text)
            for field, read, text in zip(
                self._fields, self._readers, texts, strict=True
            )
        }
        units = cells.pop("units", 1)
        charge = cells.pop("charge", NOT_GIVEN)
        minutes = cells.pop("minutes", NOT_GIVEN)
        place = {k: cells.pop(k) for k in PLACE_FIELDS if k in cells} | self._place
        place = answered(place, PAIRS[1], self._asked)
        plan = answered(self._fixed | cells, PAIRS[0], self._asked)
        found, line = engine_answer(engine_line(plan, place, units, charge, minutes))
        row = plan_row(plan)
        where = None if row.release < 0 else place_row(place, plan).locality
        priced = not isinstance(line, NotPriced)
        rvus = (row.work, row.work + row.pe + row.mp) if priced else (0, 0)
        values = (*found, *(each * units for each in rvus))
        release = None if row.release < 0 else release_names()[row.release]
        return dict(zip(ANSWER, (*values, release, where), strict=True))
