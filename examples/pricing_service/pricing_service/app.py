"""The service: three addresses over cptkit, and no state."""

from fastapi import FastAPI, HTTPException

import cptkit

from .models import ClaimIn, ClaimOut, CodeOut, Health, LineOut
from .settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The application for one deployment's settings."""
    app = FastAPI(title="Medicare pricing", version=cptkit.__version__)

    @app.get("/health")
    def health() -> Health:
        return Health(
            cptkit=cptkit.__version__, newest_release=cptkit.schedule().release.name
        )

    @app.get("/codes/{number}")
    def code(number: str) -> CodeOut:
        try:
            found = cptkit.code(number)
        except cptkit.NotFoundError as error:
            raise HTTPException(404, str(error)) from error
        return CodeOut(
            code=found.number,
            title=found.title,
            status=found.status.meaning,
            work_rvus=found.rvus.work,
            release=found.release.name,
        )

    @app.post("/claims")
    def claims(asked: ClaimIn) -> ClaimOut:
        if len(asked.lines) > settings.max_lines:
            raise HTTPException(
                422, f"lines: at most {settings.max_lines}, not {len(asked.lines)}"
            )
        return price(asked, strict=settings.strict)

    return app


def price(asked: ClaimIn, *, strict: bool) -> ClaimOut:
    """Hand the claim to cptkit and say what it said."""
    claim = cptkit.price_claim(
        [line.model_dump(exclude_none=True) for line in asked.lines],
        **asked.model_dump(exclude={"lines"}),
        strict=strict,
    )
    answers = zip(asked.lines, claim.lines, strict=True)
    return ClaimOut(
        allowed=claim.allowed,
        patient_pays=claim.patient_pays,
        medicare_pays=claim.medicare_pays,
        lines=[LineOut.of(line, found) for line, found in answers],
        findings=[str(finding) for finding in claim.findings],
    )
