"""Every public name as a type checker sees it; checked, never run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from polars import DataFrame

import cptkit
import cptkit.frames


def codes() -> None:
    """Codes, schedules and places."""
    code: cptkit.Code = cptkit.code("96521", release="RVU26C")
    rvus: cptkit.Rvus = code.rvus
    total: Decimal = rvus.total_nonfacility
    status: cptkit.Status = code.status
    period: cptkit.GlobalPeriod = code.global_period
    pctc: cptkit.Pctc = code.pctc
    multiple: cptkit.MultipleProcedure = code.multiple_procedure
    bilateral: cptkit.Bilateral = code.bilateral
    assistant: cptkit.Assistant = code.assistant
    co_surgeon: cptkit.CoSurgeon = code.co_surgeon
    team: cptkit.Team = code.team
    supervision: cptkit.Supervision = code.supervision
    imaging: cptkit.ImagingFamily = code.imaging_family
    section: cptkit.Node | None = code.section
    base: cptkit.Code | None = code.endoscopic_base
    words: tuple[str, ...] = (code.title, *code.synonyms, status.meaning)
    schedule: cptkit.FeeSchedule = cptkit.schedule(on="2026-08-03")
    release: cptkit.Release = schedule.release
    place: cptkit.Locality = schedule.locality(zip="60601")
    gpci: cptkit.GPCI = place.gpci
    print(total, period, pctc, multiple, bilateral, assistant, co_surgeon, team)
    print(supervision, imaging, section, base, words, release, gpci)
    print(cptkit.releases(), cptkit.install_release, cptkit.install_zip9)
    print(cptkit.use_descriptors, len(schedule), [each.number for each in schedule])


def frames(remittance: DataFrame) -> None:
    """Frames keep their type."""
    priced: DataFrame = cptkit.frames.price(
        remittance, code="hcpcs", zip="zip", on="2025-10-15", add=["coinsurance"]
    )
    print(priced, cptkit.MissingExtraError)


def prices() -> None:
    """Prices, claims and refusals."""
    options: cptkit.Options = cptkit.Options(rounding="final")
    payment: cptkit.Payment = cptkit.price("99213-25", zip="10001", options=options)
    allowed: Decimal = payment.allowed
    cap: Decimal | None = payment.cap
    steps: tuple[cptkit.Step, ...] = payment.steps
    line: cptkit.Line = cptkit.Line("47562", modifiers="51", charge="900")
    claim: cptkit.Claim = cptkit.price_claim([line, "44950"], on="2025-10-15")
    many: Iterator[cptkit.Payment | cptkit.NotPriced] = cptkit.price_many([line])
    value: cptkit.ReferenceValue = cptkit.reference_value("99401")
    try:
        cptkit.price("99999")
    except cptkit.NotPriced as refusal:
        reason: cptkit.Reason = refusal.reason
        print(reason.kind)
    except cptkit.SourceFileError as damaged:
        print(damaged.line)
    except (
        cptkit.NotFoundError,
        cptkit.InvalidInputError,
        cptkit.CptkitError,
    ) as error:
        print(error)
    print(allowed, cap, steps, claim.allowed, many, value)
