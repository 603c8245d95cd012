"""Every public name as a type checker sees it; checked, never run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from polars import DataFrame

import cptkit
import cptkit.frames
from cptkit import productivity as pr


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
    audited: DataFrame = cptkit.frames.audit(remittance, paid="paid", code="hcpcs")
    causes: DataFrame = cptkit.frames.summary(audited, by=["cause", "hcpcs"])
    whole: DataFrame = cptkit.schedule().to_frame(locality="all")
    print(priced, causes, whole, cptkit.frames.schedule, cptkit.MissingExtraError)


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
    except cptkit.MissingExtraError as missing:
        print(missing.extra)
    except cptkit.SourceFileError as damaged:
        print(damaged.line)
    except (
        cptkit.NotFoundError,
        cptkit.InvalidInputError,
        cptkit.CptkitError,
    ) as error:
        print(error)
    print(allowed, cap, steps, claim.allowed, many, value)


def comparisons() -> None:
    """Distributions, comparisons and what a release changes."""
    held: cptkit.Distribution = cptkit.Distribution(["0.21", 0.78, 2, Decimal(3)])
    share: Fraction = held.percentile_of("0.78", "mean")
    value: Decimal | Fraction = held.quantile(90)
    found: cptkit.Comparison = cptkit.code("96521").compare("payment", zip="60601")
    among: cptkit.Comparison = cptkit.code("96521").compare(among=["96522", 96521])
    median: Decimal = found.median
    print(found.percentile, found.rank, found.population, found.text, median, among)
    changed: cptkit.Diff = cptkit.diff("RVU25D", 2026, zip="60601")
    change: cptkit.Change = changed.repriced[0]
    year: cptkit.Impact = changed.impact({"99214": 1200, 99213: "20"})
    past: cptkit.History = cptkit.code("99213").history()
    paid: Decimal | None = past.entries[-1].nonfacility
    print(change.rvu_effect, year.change, past.changes(), paid, changed.revalued)
    print(share, value, held.median, held.rank(2), held.histogram(5)[0].count)


def productivity() -> None:
    """The log, its summaries and what they are held against."""
    log: pr.WorkLog = pr.WorkLog.read_csv("log.csv", columns={"Svc": "on"})
    entry: pr.Entry = log.add("99214", on="2026-03-02", modifiers="25")
    parsed: pr.Parsed = pr.parse("99213 25", on="2026-03-02")
    services: tuple[pr.Service, ...] = parsed.services
    count: int = log.extend(parsed, on="2026-03-02")
    text: str = pr.format_services(services)
    readings: tuple[pr.Reading, ...] = parsed.readings
    spans: tuple[pr.Span, ...] = parsed.not_understood
    problems: tuple[pr.Problem, ...] = log.problems
    policy: pr.Credit = pr.credit("cms-adjusted", release="RVU20D")
    whole: Decimal = log.wrvus(credit=policy)
    totals: pr.Totals = log.wrvus(by="month", credit="unadjusted")
    rows: list[pr.Total] = list(totals)
    left: tuple[pr.Uncredited, ...] = totals.uncredited
    pace: pr.Pace = log.pace(pr.Goal(wrvus=5200, year=2026))
    years: pr.YearOverYear = log.year_over_year(2025, 2026)
    year: pr.Year = years.later
    survey: pr.Benchmark = pr.Benchmark("survey", p25=1, p50="2")
    table: pr.Benchmarks = pr.Benchmarks.read_csv("survey.csv")
    position: pr.Position = table["Cardiology"].position(whole, fte="0.8")
    plan: pr.PayPlan = pr.PayPlan.tiered({0: 40, 4000: "50"})
    income: pr.Income = log.income(plan, per_wrvu="48.50", zip="60601")
    pays: tuple[pr.Pay, ...] = income.pays
    unpriced: tuple[pr.Unpriced, ...] = income.unpriced
    print(entry, count, text, readings, spans, problems, whole, rows, left, pace)
    print(year, survey.percentile(whole), position, pays, unpriced)
    print(pr.UncreditedWarning)
