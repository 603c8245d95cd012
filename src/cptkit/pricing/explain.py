"""A payment as a derivation a payer's reviewer can re-do, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._law import citation
from .._parse import hyphenated
from .reference import ReferenceValue
from .tell import money

if TYPE_CHECKING:
    from .cost_share import CostShare
    from .payment import Payment

_NOT_MEDICARE = (
    "NOT A MEDICARE AMOUNT: Medicare does not pay this code; the value is computed"
    " from its printed RVUs for other payers."
)
_NOTICE = (
    "Figures: CMS physician fee schedule files. CPT is a registered trademark of the"
    " American Medical Association. Not affiliated with CMS or the AMA; no guarantee"
    " of payment."
)


def explain(payment: Payment) -> str:
    """The derivation as text, with the authority of each step."""
    paid = payment._cost_share
    lines = [*_head(payment), ""]
    for number, step in enumerate(payment._told(paid), start=1):
        lines.append(
            f"{number:2}. {step.what}\n    {step.arithmetic}\n"
            f"    [{step.rule}; {citation(step.authority)}]"
        )
    lines += ["", _outcome(payment, paid)]
    lines += [f"Note: {warning}" for warning in payment.warnings]
    lines.append(_NOTICE)
    return "\n".join(lines)


def _head(payment: Payment) -> list[str]:
    """What was asked, and what the answer rests on."""
    answer, release = payment._answer, payment.release
    at, plan, basis = payment._at, answer.plan, payment._at.basis
    is_reference = isinstance(payment, ReferenceValue)
    row = hyphenated(payment.code, *payment.modifiers)
    units = "1 unit" if payment.units == 1 else f"{payment.units} units"
    allowed = money(payment._answer.allowed)
    taking_part = "participating" if basis.participating else "non-participating"
    digest = release.sha256[:16]
    file = f"sha256 {digest}" if digest else "a file of the caller's own"
    head = [
        f"{row}, {units}, date of service {at.on}",
        _NOT_MEDICARE if is_reference else f"Allowed: ${allowed}",
        "",
        f"Release: {release.name} ({release.effective} to {release.ends}), {file}",
        f"Place: {answer.place.way}",
        f"Setting: {payment.setting} ({payment._setting_way})",
        f"Practitioner: {basis.practitioner.label}, {taking_part}",
    ]
    if plan.anesthesia is None:
        source = citation(basis.factor_authority)
        head.append(f"Conversion factor: {basis.factor_text} ({source})")
    return head


def _outcome(payment: Payment, paid: CostShare) -> str:
    """Who pays what, in one sentence."""
    answer = payment._answer
    allowed = money(answer.allowed)
    if isinstance(payment, ReferenceValue):
        return f"Reference value ${allowed}"
    return (
        f"Allowed ${allowed}: patient"
        f" ${money(answer.deductible + paid.coinsurance)}"
        f" (deductible ${money(answer.deductible)},"
        f" coinsurance ${money(paid.coinsurance)}), Medicare"
        f" ${money(paid.paid)} after ${money(paid.sequestration)} withheld"
    )


def to_dict(payment: Payment) -> dict[str, Any]:
    """Everything as plain data; amounts are text, so that nothing is lost."""
    answer, release = payment._answer, payment.release
    basis = payment._at.basis
    cap, limiting = payment.cap, payment.limiting_charge
    locality = payment.locality
    return {
        "priced": True,
        "medicare_amount": not isinstance(payment, ReferenceValue),
        "line": payment.line.to_dict(),
        "code": payment.code,
        "modifiers": list(payment.modifiers),
        "units": payment.units,
        "on": payment._at.on.isoformat(),
        "release": release.name,
        "release_sha256": release.sha256,
        "exact": payment.exact,
        "place": answer.place.way,
        "locality": None if locality is None else locality.to_dict(),
        "gpci": payment.gpci.to_dict(),
        "conversion_factor": str(payment.conversion_factor),
        "setting": payment.setting,
        "setting_way": payment._setting_way,
        "practitioner": basis.practitioner.name,
        "participating": basis.participating,
        "qp": basis.qp,
        "fee_schedule_amount": str(payment.fee_schedule_amount),
        "cap": None if cap is None else str(cap),
        "base": str(payment.base),
        "stages": {stage: str(amount) for stage, amount in payment.stages.items()},
        "fee": str(payment.fee),
        "limiting_charge": None if limiting is None else str(limiting),
        "allowed": str(payment.allowed),
        "deductible": str(payment.deductible),
        "coinsurance": str(payment.coinsurance),
        "patient_pays": str(payment.patient_pays),
        "sequestration": str(payment.sequestration),
        "medicare_pays": str(payment.medicare_pays),
        "work_rvus": str(payment.work_rvus),
        "steps": [step.to_dict() for step in payment.steps],
        "warnings": list(payment.warnings),
    }
