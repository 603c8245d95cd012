"""The library and the independent oracle side by side on random lines and claims."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import cptkit
from cptkit.pricing.claim import Claim
from cptkit.pricing.payment import Payment

from .oracle import oracle, random_lines
from .oracle.sources import Sources
from .shared_files import SOURCES

#: The oracle's names of errors, where they are not this library's reason.
ERRORS = {
    "use-AS": "MODIFIER_NOT_ALLOWED",
    "AS-needs-PA-NP-CNS": "MODIFIER_NOT_ALLOWED",
    "facility-only-modifier": "MODIFIER_NOT_ALLOWED",
    "duplicate-modifier": "MODIFIER_CONFLICT",
    "exclusive-modifiers": "MODIFIER_CONFLICT",
    "units-with-50": "UNITS_INVALID",
    "anesthesia-modifier-missing": "MODIFIER_MISSING",
    "unknown-modifier": "MODIFIER_UNKNOWN",
}


@lru_cache(maxsize=1)
def sources() -> Sources:
    """The oracle's own reading of the CMS files."""
    return Sources(SOURCES)


def library_line(
    line: oracle.OracleLine, options: cptkit.Options | None = None
) -> cptkit.Line:
    """The oracle's line as the library takes it."""
    place = f"{line.mac}-{line.locality}" if line.mac else None
    setting = {"F": "facility", "N": "non-facility", None: None}[line.setting]
    charge = line.charge_cents
    return cptkit.Line(
        line.code,
        line.modifiers,
        on=line.date,
        pos=line.pos,
        units=line.units,
        locality=place,
        setting=setting,
        practitioner=line.provider,
        participating=line.participating,
        qp=line.qp,
        charge=None if charge is None else _dollars(charge),
        minutes=line.minutes,
        documented=line.documented,
        postop_share=line.postop_share,
        percent_payable=line.percent_payable,
        induction=line.induction,
        cost_share=line.cost_share,
        options=options,
    )


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def expected(result: oracle.OracleResult) -> dict[str, Any]:
    """What the oracle says, as one comparable set."""
    if result.outcome != "priced":
        kind, _, error = result.outcome.partition(":")
        name = ERRORS.get(error, error.upper().replace("-", "_"))
        return {"reason": name} if error else {"kind": kind}
    names = ("split", "mppr", "role", "reduction", "practitioner", "fee", "allowed")
    found = {name: getattr(result, name) for name in (*names, "pfs", "cap", "base")}
    found |= {
        name: getattr(result, name)
        for name in ("limiting", "deductible", "coinsurance", "sequester", "paid")
    }
    return found | {"release": result.release, "exact": result.exact}


def found(line: Payment | cptkit.NotPriced, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the library says, in the same words."""
    if isinstance(line, cptkit.NotPriced):
        if "kind" in wanted:
            return {"kind": line.kind}
        return {"reason": line.reason.name}
    stages = {name: int(amount * 100) for name, amount in line.stages.items()}
    return stages | {
        "pfs": line._answer.fee_schedule_amount,
        "cap": line._answer.cap,
        "base": line._answer.base,
        "limiting": line._answer.limiting_charge,
        "deductible": line._answer.deductible,
        "coinsurance": line._cost_share.coinsurance,
        "sequester": line._cost_share.sequestration,
        "paid": line._cost_share.paid,
        "release": line.release.name,
        "exact": line.exact,
    }


def differing_lines(count: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Random lines on which the two do not agree."""
    rng = random.Random(seed)
    for _ in range(count):
        line = random_lines.random_line(rng, sources())
        wanted = expected(oracle.price_line(line, sources()))
        (priced,) = cptkit.price_many([library_line(line)])
        got = found(priced, wanted)
        if got != wanted:
            yield line, wanted, got, priced


def differing_claims(count: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Random claims of 1 to 12 lines on which the two do not agree."""
    rng = random.Random(seed)
    for _ in range(count):
        lines = random_lines.random_claim(rng, sources(), max_lines=12)
        owed = random_lines.random_deductible(rng)
        results = oracle.price_claim(lines, sources(), deductible_cents=owed)
        claim: Claim = cptkit.price_claim(
            [library_line(line) for line in lines], deductible=_dollars(owed)
        )
        wanted = [expected(result) for result in results]
        got = [
            found(priced, want)
            for priced, want in zip(claim.lines, wanted, strict=True)
        ]
        if got != wanted:
            yield lines, wanted, got, claim
