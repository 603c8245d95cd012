"""What comes in and what goes out.

The service checks the form of a request: names, types, lengths. What a code, a
modifier or a place means is cptkit's to say, line by line.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

import cptkit

Zip = Annotated[str, StringConstraints(pattern=r"^\d{5}(-?\d{4})?$")]
PlaceOfService = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
Dollars = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Asked(BaseModel):
    """A field that is not known is refused, so that none is ignored unseen."""

    model_config = ConfigDict(extra="forbid")


class LineIn(Asked):
    """One line as it goes on the claim; what is left out is the claim's."""

    code: str = Field(min_length=5, max_length=40, examples=["99214-25"])
    modifiers: list[str] = Field(default=[], max_length=8)
    units: int = Field(default=1, ge=1, le=10_000)
    charge: Dollars | None = None
    minutes: int | None = Field(default=None, ge=1, le=6_000)
    on: date | None = None
    pos: PlaceOfService | None = None
    practitioner: str | None = Field(default=None, max_length=4)


class ClaimIn(Asked):
    """The lines of one patient and one practitioner."""

    zip: Zip
    on: date
    pos: PlaceOfService
    lines: list[LineIn] = Field(min_length=1)
    practitioner: str = Field(default="MD", max_length=4)
    participating: bool = True
    qp: bool = False
    deductible: Dollars = Decimal(0)


class LineOut(BaseModel):
    """An amount with its steps, or a reason with what to do."""

    code: str
    priced: bool
    allowed: Decimal | None = None
    patient_pays: Decimal | None = None
    medicare_pays: Decimal | None = None
    release: str | None = None
    steps: list[str] = []
    reason: str | None = None
    message: str | None = None
    warnings: list[str] = []

    @classmethod
    def of(cls, asked: LineIn, found: cptkit.Payment | cptkit.NotPriced) -> "LineOut":
        """What the service says of one line."""
        warnings = list(found.warnings)
        if isinstance(found, cptkit.NotPriced):
            return cls(
                code=asked.code,
                priced=False,
                reason=found.reason.name,
                message=found.message,
                warnings=warnings,
            )
        return cls(
            code=asked.code,
            priced=True,
            allowed=found.allowed,
            patient_pays=found.patient_pays,
            medicare_pays=found.medicare_pays,
            release=found.release.name,
            steps=[f"{step.what}: {step.arithmetic}" for step in found.steps],
            warnings=warnings,
        )


class ClaimOut(BaseModel):
    """The claim's totals, its lines in order, and what a payer may question."""

    allowed: Decimal
    patient_pays: Decimal
    medicare_pays: Decimal
    lines: list[LineOut]
    findings: list[str]


class CodeOut(BaseModel):
    """What a code is."""

    code: str
    title: str
    status: str
    work_rvus: Decimal
    release: str


class Health(BaseModel):
    """What answers."""

    cptkit: str
    newest_release: str
