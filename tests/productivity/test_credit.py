"""Credit under each policy: by hand, and against the shares that payments have."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cptkit
from cptkit import InvalidInputError, NotPriced, Reason
from cptkit import productivity as pr

from .entries import modifier_sets, numbers

DAY = "2025-10-15"


def of(code: str, modifiers: str = "", policy: Any = "unadjusted", **more: Any) -> Any:
    """The credit of one entry of the standing day."""
    return pr.credit(policy).of(pr.Entry(DAY, code, modifiers, **more))


#: Code, modifiers, units, further fields, and the shares of the row's work by hand.
SHARES: list[tuple[str, str, int, dict[str, Any], str]] = [
    ("99213", "25", 3, {}, "3"),
    ("27447", "62", 1, {}, "0.625"),
    ("27447", "80", 1, {}, "0.16"),
    ("27447", "81", 1, {}, "0.16"),
    ("27447", "82", 1, {}, "0.16"),
    ("27447", "AS", 1, {}, "0.136"),
    ("29881", "50", 1, {}, "1.5"),  # indicator 1
    ("29881", "", 2, {}, "1.5"),  # two units are both sides
    ("73560", "50", 1, {}, "2"),  # indicator 3
    ("92002", "50", 1, {}, "1"),  # indicator 2
    ("66984", "54", 1, {}, "0.8"),
    ("66984", "55", 1, {}, "0.2"),
    ("66984", "55", 1, {"postop_share": "1/4"}, "0.05"),
    ("66984", "56", 1, {}, "0.1"),
    ("66984", "54 55", 1, {}, "1"),
    ("27447", "78", 1, {}, "0.69"),
    ("27447", "50 62", 1, {}, "0.9375"),
    ("45378", "52", 1, {"percent_payable": "40"}, "0.4"),
    ("27447", "53", 1, {"percent_payable": "62.5"}, "0.625"),
    ("29881", "50 80", 1, {}, "0.24"),
    ("99395", "", 1, {}, "1"),  # Medicare does not cover it; the work counts
]


@pytest.mark.parametrize(("code", "modifiers", "units", "more", "share"), SHARES)
def test_shares_by_hand(
    code: str, modifiers: str, units: int, more: dict[str, Any], share: str
) -> None:
    """The row's work times the share the rules state."""
    work = cptkit.code(code, on=DAY).rvus.work
    found = of(code, modifiers, "cms-adjusted", units=units, **more)
    assert Fraction(found) == Fraction(work) * Fraction(share)


def test_rows_of_components() -> None:
    """26 has its row's work, TC none, 53 its own row where there is one."""
    for policy in ("unadjusted", "cms-adjusted"):
        assert (
            of("71046", "26", policy)
            == cptkit.code("71046", on=DAY).component("26").rvus.work
        )
        assert of("71046", "TC", policy) == 0
        row = cptkit.code("45378", on=DAY).component("53")
        assert of("45378", "53", policy) == row.rvus.work


def test_unadjusted_is_what_a_payment_credits() -> None:
    """The work RVUs of the payment, whatever its modifiers."""
    for code, modifiers, units in (("27447", "80", 1), ("99213", "25", 2)):
        line = {"modifiers": modifiers, "units": units, "on": DAY, "documented": True}
        paid = cptkit.price(code, **line)
        assert of(code, modifiers, units=units) == paid.work_rvus
    assert of("45378", "52") == cptkit.code("45378", on=DAY).rvus.work


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_share_of_work_is_the_share_of_the_payment(data: st.DataObject) -> None:
    """On any code the adjusted work is to the work as the fee is to the base.

    The payment's stages are rounded to the cent, so the two agree to a cent for
    each rounding, compared over the base.
    """
    code = data.draw(st.sampled_from(numbers()))
    modifiers = data.draw(st.sampled_from(modifier_sets()))
    line = cptkit.Line(
        code, modifiers, on="2026-08-03", documented=True, percent_payable="37.5",
        postop_share="1/3", practitioner="PA" if "AS" in modifiers else None,
    )  # fmt: skip
    (paid,) = cptkit.price_many([line])
    assume(isinstance(paid, cptkit.Payment))
    assert isinstance(paid, cptkit.Payment)
    assume(paid.base > 5 and paid.work_rvus > 0)
    assume(not {"FX", "FY", "CT"} & set(modifiers))
    entry = pr.Entry(
        "2026-08-03", code, modifiers, percent_payable="37.5", postop_share="1/3"
    )
    found = Fraction(pr.credit("cms-adjusted").of(entry)) / Fraction(paid.work_rvus)
    share = Fraction(paid.stages["reduction"]) / Fraction(paid.base)
    assert abs(found - share) * Fraction(paid.base) <= Fraction("0.02")


def test_several_procedures_of_a_day() -> None:
    """Untouched; by 51; or ranked by work, one person's day at a time."""
    day = [
        pr.Entry(DAY, "49505", "51", person="A", id=1),
        pr.Entry(DAY, "47562", person="A", id=2),
        pr.Entry(DAY, "11042", person="A", id=3),
        pr.Entry(DAY, "99213", person="A", id=4),
        pr.Entry(DAY, "27447", person="B", id=5),
        pr.Entry("2025-10-16", "11042", person="A", units=2, id=6),
    ]
    work = {c: cptkit.code(c, on=DAY).rvus.work for c in {e.code for e in day}}

    def credited(**terms: str) -> dict[int, Decimal]:
        policy = pr.credit("cms-adjusted", **terms)
        values = {entry.id: value for entry, value in policy.values(day)}
        return {key: Decimal(value) / 10**6 for key, value in sorted(values.items())}  # type: ignore[arg-type]

    full = {e.id: work[e.code] * e.units for e in day}
    assert credited() == full
    assert credited(multiple="51") == {**full, 1: full[1] / 2}
    lowered = {1: full[1] / 2, 3: full[3] / 2, 6: full[6] * 3 / 4}
    assert credited(multiple="day") == {**full, **lowered}


def test_the_place_and_the_frozen_schedule() -> None:
    """Work times the work index; work of one release whatever the date."""
    place = cptkit.schedule("RVU25D").locality(zip="10001")
    found = pr.credit("gpci-adjusted", zip="10001").of(pr.Entry(DAY, "99213"))
    assert found == cptkit.code("99213", on=DAY).rvus.work * place.gpci.work
    frozen = pr.credit("frozen", release="RVU20D")
    assert frozen.of(pr.Entry(DAY, "99213")) == Decimal("0.97")
    assert of("99213") == Decimal("1.30")
    both = pr.credit("cms-adjusted", release="RVU20D", zip="10001")
    old = cptkit.schedule("RVU20D")
    wanted = (
        old["27447"].rvus.work * old.locality(zip="10001").gpci.work * Decimal("0.625")
    )
    assert abs(both.of(pr.Entry(DAY, "27447", "62")) - wanted) < Decimal("0.000001")


def test_a_table_of_the_contracts_own() -> None:
    """It stands before the schedule, and may hold what the schedule does not."""
    table = {"99213": "2.5", "G9999": 1, "27447": "10"}
    own = pr.credit("custom", table=table)
    assert own.of(pr.Entry(DAY, "99213", units=2)) == 5
    assert own.of(pr.Entry(DAY, "G9999")) == 1
    assert own.of(pr.Entry(DAY, "99214")) == of("99214")
    joined = pr.credit("cms-adjusted", table=table)
    assert joined.of(pr.Entry(DAY, "27447", "80")) == Decimal("1.60")
    placed = pr.credit("custom", table={"99213": "2"}, gpci=cptkit.GPCI("1.1", 1, 1))
    assert placed.of(pr.Entry(DAY, "99213")) == Decimal("2.20")


@pytest.mark.parametrize(
    ("code", "modifiers", "units", "reason"),
    [
        ("45378", "52", 1, Reason.BY_REPORT),
        ("27447", "66", 1, Reason.TEAM_NOT_PAYABLE),
        ("22818", "66", 1, Reason.BY_REPORT),
        ("99213", "26", 1, Reason.MODIFIER_NOT_ALLOWED),
        ("99213", "54", 1, Reason.MODIFIER_NOT_ALLOWED),
        ("29881", "50", 2, Reason.UNITS_INVALID),
        ("99999", "", 1, Reason.UNKNOWN_CODE),
    ],
)
def test_what_has_no_credit(
    code: str, modifiers: str, units: int, reason: Reason
) -> None:
    """The refusal of the payment rules, with its reason."""
    with pytest.raises(NotPriced) as refused:
        of(code, modifiers, "cms-adjusted", units=units)
    assert refused.value.reason is reason
    with pytest.raises(NotPriced, match="no release of 2019"):
        pr.credit().of(pr.Entry("2019-05-05", "99213"))


@pytest.mark.parametrize(
    ("name", "terms", "words"),
    [
        ("cms-adjust", {}, "did you mean cms-adjusted"),
        ("gpci-adjusted", {}, "needs a place"),
        ("frozen", {}, "needs release="),
        ("custom", {}, "needs table="),
        ("cms-adjusted", {"multiple": "all"}, "multiple='all' is not one of"),
        ("unadjusted", {"multiple": "51"}, "with 'cms-adjusted'"),
        ("unadjusted", {"zipp": "1"}, "no zipp"),
        ("custom", {"table": {"99213-25": 1}}, "names a modifier"),
        ("custom", {"table": {"99213": "x"}}, "work RVU of 99213"),
    ],
)
def test_policies_that_cannot_be_read(
    name: str, terms: dict[str, Any], words: str
) -> None:
    """The message names what is missing."""
    with pytest.raises(InvalidInputError, match=words):
        pr.credit(name, **terms)


def test_a_policy_says_what_it_does() -> None:
    """With its rates, read where the payment rules read them."""
    says = pr.credit("cms-adjusted", multiple="day", release="RVU20D").says
    for words in ("RVU20D", "62 62.5 %", "82 16 %", "AS 13.6 %", "every other at 50 %"):
        assert words in says
    policy = pr.credit("custom", table={"99213": 1}, zip="60601")
    assert pr.credit(**policy.to_dict()) == policy


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["2020-12-31", "2021-01-01", "2022-06-30", "2022-07-01", "2023-09-30",
                 "2023-10-01", "2024-03-08", "2024-03-09", "2024-12-31", "2026-01-01"]
            ),
            st.sampled_from(["99213", "27447", "71046", "64561", "G0439"]),
            st.sampled_from(["", "62", "26"]),
        ),
        max_size=20,
    ),
    st.sampled_from([{}, {"zip": "60601"}, {"release": "RVU20D"}]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_what_is_remembered_is_what_is_worked_out(
    drawn: list[tuple[str, str, str]], terms: dict[str, str]
) -> None:
    """Days that share an answer are days of one release and one set of rates."""
    policy = pr.credit("cms-adjusted", **terms)
    entries = [pr.Entry(*each) for each in drawn]
    for entry, value in policy.values(entries):
        ((_, alone),) = policy.values([entry])
        assert value == alone
