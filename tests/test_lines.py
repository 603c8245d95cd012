"""Lines and claims: how they are shown, filled and refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

import cptkit
from cptkit import GPCI, InvalidInputError, Line, NotPriced, Options, Reason
from cptkit.pricing import engine, multiple, plan
from cptkit.pricing.payment import Payment

from .every_amount import fee_in_cents
from .oracle.sources import Gpci

CHICAGO: dict[str, Any] = {"zip": "60601", "on": "2025-10-15"}


# --- as plain data, and shown ------------------------------------------------------


def test_a_line_shows_what_it_was_given() -> None:
    """Its repr makes the same line, and tells no default."""
    line = Line("99213", "25", zip="60601", units=2, charge="120.50")
    assert repr(line) == (
        "Line('99213', modifiers='25', zip='60601', units=2, charge='120.50')"
    )
    assert eval(repr(line)) == line


def test_a_line_as_plain_data_is_the_same_line() -> None:
    """Codes, places, indices, switches, dates and ratios lose nothing."""
    schedule = cptkit.schedule("RVU25D")
    place = schedule.locality(zip="60601")
    for line in (
        Line(schedule["99213"], ("25",), locality=place, on=date(2025, 10, 15)),
        Line("66984", "55", postop_share=Fraction(1, 3), locality=place.id, pos=22),
        Line("99213", charge=Decimal("80.00"), options=Options(tie="half_even")),
    ):
        again = Line(**line.to_dict())
        one, other = (next(cptkit.price_many([each])) for each in (line, again))
        assert isinstance(one, Payment)
        assert isinstance(other, Payment)
        assert one.stages == other.stages
    own = Line("99213", gpci=GPCI("1", "0.9", "1.1"), release=schedule)
    plain = own.to_dict()
    assert plain["gpci"] == {"work": "1.000", "pe": "0.900", "mp": "1.100"}
    assert (
        plain["release"] == Line("99213", release=schedule.release).to_dict()["release"]
    )
    assert cptkit.price(**plain).allowed == cptkit.price(**own.to_dict()).allowed


def test_switches_and_indices_as_mappings() -> None:
    """What `to_dict` makes is read back; what is neither is refused, never left out."""
    line = {"code": "90834", "practitioner": "CSW", "zip": "43004", "on": "2025-10-15"}
    even = cptkit.price(**line, options={"tie": "half_even"})
    assert (
        even.allowed == cptkit.price(**line, options=Options(tie="half_even")).allowed
    )
    assert even.allowed != cptkit.price(**line).allowed
    for options in ("half_even", {"ties": "half_even"}, 5, ["tie"], {"tie": "up"}):
        with pytest.raises(NotPriced) as caught:
            cptkit.price(**line, options=options)
        assert caught.value.reason is Reason.ARGUMENT_INVALID
    place = {"work": "1", "pe": "0.9", "mp": "1.1"}
    by_mapping = cptkit.price("99213", gpci=place)
    assert by_mapping.allowed == cptkit.price("99213", gpci=GPCI(**place)).allowed
    for gpci in ({"work": "1"}, {**place, "pe": "x"}, "1 1 1", {**place, "rent": "1"}):
        with pytest.raises(NotPriced) as caught:
            cptkit.price("99213", gpci=gpci)
        assert caught.value.reason is Reason.ARGUMENT_INVALID


def test_a_claim_and_a_payment_are_shown() -> None:
    """The repr of a claim counts what is not priced; both have a card."""
    claim = cptkit.price_claim(["99213", "99999"], **CHICAGO)
    assert repr(claim) == f"<Claim of 2 lines ${claim.allowed}, 1 not priced>"
    whole = cptkit.price_claim(["99213"], **CHICAGO)
    assert repr(whole) == f"<Claim of 1 lines ${whole.allowed}>"
    assert f"{claim.allowed}" in claim._repr_html_()
    assert f"{claim.allowed}" in claim.payments[0]._repr_html_()


def test_a_reference_value_says_what_it_is() -> None:
    """No Medicare amount: in its repr and in its sentence."""
    found = cptkit.reference_value("99401", release="RVU26C")
    assert repr(found).startswith("<ReferenceValue 99401 $39.75")
    assert "Reference value $39.75" in found.explain()
    for number, why in (("99213", "has status A:"), ("0664T", "status N and no RVUs")):
        with pytest.raises(NotPriced) as caught:
            cptkit.reference_value(number, release="RVU26C")
        assert why in str(caught.value)


# --- claims ------------------------------------------------------------------------


def test_a_claim_has_no_other_arguments() -> None:
    """A misspelt one is named."""
    with pytest.raises(InvalidInputError, match="no argument dates"):
        cptkit.price_claim(["99213"], dates="2025-10-15")


def test_a_line_keeps_what_it_has_of_its_own() -> None:
    """The claim's place and setting fill only what a line leaves open."""
    own = cptkit.price_claim(
        [
            Line("99213", locality="15202-00"),
            Line("99213", setting="non-facility"),
            Line("99213", pos="11"),
            Line("99213"),
        ],
        zip="60601",
        on="2025-10-15",
        pos="22",
    ).payments
    assert [each.locality.id for each in own if each.locality] == [
        "15202-00",
        *["06102-16"] * 3,
    ]
    assert [each.setting for each in own] == [
        *["facility"],
        *["non-facility"] * 2,
        "facility",
    ]
    by_setting = cptkit.price_claim(
        [Line("99213", pos="11"), "99213"], **CHICAGO, setting="facility"
    ).payments
    assert [each.setting for each in by_setting] == ["non-facility", "facility"]


def test_right_and_left_of_rows_that_are_no_pair() -> None:
    """R14: indicator 9 has no sides; each line is paid what the others leave it."""
    nine = cptkit.code("11300", release="RVU25D")
    assert nine.bilateral is cptkit.Bilateral.NOT_APPLICABLE
    sided = cptkit.price_claim([("11300", "RT"), ("11300", "LT")], **CHICAGO)
    plain = cptkit.price_claim(["11300", "11300"], **CHICAGO)
    assert sided.allowed == plain.allowed


def test_an_add_on_code_alone_names_five_of_its_primaries() -> None:
    """The first five, and how many there are; all where there are five."""
    on = "2026-08-03"
    told = {}
    for number in cptkit.schedule("RVU26C").numbers:
        edit = cptkit.ncci.primaries(number, on=on)
        if edit is not None and len(edit.primaries) in (5, 6, 7):
            claim = cptkit.price_claim([number], on=on)
            for each in claim.findings:
                if "none of its primary codes" in each.seen:
                    told[len(edit.primaries)] = edit.primaries, each.seen
    assert set(told) == {5, 6, 7}
    for count, (primaries, seen) in told.items():
        tail = f" ... {count} in all" if count > 5 else ""
        assert f"({', '.join(primaries[:5])}{tail})" in seen


def test_a_rank_beyond_the_fifth_is_warned_of_once() -> None:
    """R16: each unit has a rank of its own, and its own warning."""
    lines = ["47562", "49505", "44950", "27447", "29881", Line("17110", units=2)]
    claim = cptkit.price_claim(lines, **CHICAGO, setting="facility")
    last = claim.payments[-1]
    ranks = [each.split()[1] for each in last.warnings if "priced by report" in each]
    assert ranks == ["6", "7"]


def test_the_fifth_rank_is_not_warned_of() -> None:
    """R16: the sixth and later are priced by report."""
    codes = ["44005", "44180", "49000", "58662", "47562", "44970", "49505"]
    claim = cptkit.price_claim([Line(code, pos="21", **CHICAGO) for code in codes])
    assert [
        code for code, line in zip(codes, claim.lines, strict=True) if line.warnings
    ] == [
        "44970",
        "49505",
    ]


def test_a_charge_at_the_limit_is_not_over_it() -> None:
    """R28: it is pointed out from the next cent on."""
    line = Line("99213", participating=False, **CHICAGO)
    (found,) = cptkit.price_many([line])
    assert isinstance(found, Payment)
    limit = found.limiting_charge
    assert limit is not None
    for charge, warned in ((limit, False), (limit + Decimal("0.01"), True)):
        (again,) = cptkit.price_many([attrs.evolve(line, charge=charge)])
        assert isinstance(again, Payment)
        assert any("over the limiting charge" in w for w in again.warnings) == warned


def test_the_technical_part_in_a_hospital_is_pointed_out() -> None:
    """R12: of the complete service and of its technical part, nowhere else."""
    for modifier, pos, warned in (
        ("", "21", True),
        ("TC", "21", True),
        ("26", "21", False),
        ("", "11", False),
    ):
        (found,) = cptkit.price_many([Line("71046", modifier, pos=pos, **CHICAGO)])
        assert isinstance(found, Payment)
        told = any("a contractor would deny it" in each for each in found.warnings)
        assert told == warned, (modifier, pos)


def test_film_takes_nothing_where_there_is_no_technical_row() -> None:
    """R25: a row that says it can be split, and has no TC row beside it."""
    assert cptkit.schedule("RVU25D").figures.find("80506", "TC") is None
    film = cptkit.price("80506", "FX", **CHICAGO)
    assert film.allowed == cptkit.price("80506", **CHICAGO).allowed


def test_imaging_of_no_family_is_not_ranked() -> None:
    """R18: indicator 4 ranks family 88 alone; the one other row is not payable."""
    row = cptkit.schedule("RVU25D").figures.find("70551")
    assert row is not None
    assert plan._ranking(row, frozenset()) == "4"
    other = row._replace(profile=row.profile._replace(imaging_family="99"))
    assert plan._ranking(other, frozenset()) == ""


@pytest.mark.parametrize("modifiers", ["FX", "FX 52"])
def test_film_lowers_what_is_left_of_the_technical_part(modifiers: str) -> None:
    """R25 after R16 and R24: a fifth of the technical part, as reduced before."""
    lines = [("51725", modifiers), "47562"]
    beside = cptkit.price_claim(lines, **CHICAGO, percent_payable=None)
    line = cptkit.Line("51725", modifiers, percent_payable="60")
    if "52" in modifiers:
        beside = cptkit.price_claim([line, "47562"], **CHICAGO)
    lower = beside.payments[0]
    technical = cptkit.price("51725", "TC", **CHICAGO)
    part = half_up(
        Fraction(technical.base) * Fraction(lower.stages["mppr"]) / Fraction(lower.base)
    )
    reduced = lower.stages["mppr"]
    if "52" in modifiers:
        part, reduced = (
            half_up(Fraction(part) * 6 / 10),
            half_up(Fraction(reduced) * 6 / 10),
        )
    assert lower.stages["mppr"] < lower.base
    assert abs(
        lower.stages["reduction"] - (reduced - half_up(Fraction(part) / 5))
    ) <= Decimal("0.01")


def half_up(amount: Fraction) -> Decimal:
    """An amount in dollars to the cent."""
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


def test_the_base_of_an_endoscopic_family() -> None:
    """R17: the lower of fee and cap; with no price of its own nothing is taken off."""
    line = Line("45385", **CHICAGO)
    found = engine.read(line)
    assert isinstance(found, tuple)
    working = engine.Working(line, *found)
    assert multiple._base_amount("45378", working) == int(
        cptkit.price("45378", **CHICAGO).base * 100
    )
    capped = cptkit.price("72191", **CHICAGO)
    assert capped.cap is not None
    assert capped.cap < capped.fee_schedule_amount
    assert multiple._base_amount("72191", working) == int(capped.cap * 100)
    for _ in range(2):
        assert multiple._base_amount("0652T", working) == 0
    told = [
        each for each in working.warnings if "0652T has no price of its own" in each
    ]
    assert len(told) == 1


# --- refusals ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "modifiers", "line", "reason", "words"),
    [
        ("36430", "", {"pos": "22"}, "SETTING_NOT_PAYABLE", "incident to a physician"),
        (
            "92507",
            "",
            {"pos": "21", "practitioner": "PT"},
            "SETTING_NOT_PAYABLE",
            "therapist",
        ),
        ("85060", "", {"pos": "22"}, "SETTING_NOT_PAYABLE", "hospital inpatients"),
        (
            "47562",
            "80",
            {"practitioner": "PA"},
            "MODIFIER_NOT_ALLOWED",
            "reports AS, not 80",
        ),
        ("47562", "AS", {}, "MODIFIER_NOT_ALLOWED", "AS is for a PA, NP or CNS"),
        (
            "47562",
            "52",
            {"percent_payable": "100.0001"},
            "ARGUMENT_INVALID",
            "percent_payable '100.0001' is over 100",
        ),
        ("11042", "54", {}, "MODIFIER_NOT_ALLOWED", "11042 has 000"),
        ("00790", "AA", {"minutes": 0}, "MINUTES_MISSING", "must be more than 0"),
        (
            "00790",
            "AA",
            {"minutes": 60, "zip": None, "gpci": GPCI("1", "1", "1.1")},
            "LOCALITY_UNKNOWN",
            "no anesthesia factor is held for indices as given",
        ),
    ],
)
def test_refusals(
    code: str, modifiers: str, line: dict[str, Any], reason: str, words: str
) -> None:
    """Each has its reason, and says what to do or why."""
    with pytest.raises(NotPriced) as caught:
        cptkit.price(code, modifiers, **{**CHICAGO, **line})
    assert caught.value.reason is Reason[reason]
    assert words in str(caught.value)


def test_a_release_may_be_given_as_it_is_listed() -> None:
    """A name, a year, a `Release` of `releases()` and a schedule ask for one thing."""
    schedule = cptkit.schedule("RVU25D")
    for release in ("RVU25D", 2025, schedule.release, schedule):
        assert cptkit.price("99213", release=release).release.name == "RVU25D"
    assert [cptkit.schedule(each).release for each in cptkit.releases()] == list(
        cptkit.releases()
    )
    own = attrs.evolve(schedule.release, bundled=False)
    with pytest.raises(InvalidInputError, match="give its FeeSchedule"):
        cptkit.schedule(own)
    with pytest.raises(NotPriced, match="give its FeeSchedule"):
        cptkit.price("99213", release=own)


def test_who_may_where() -> None:
    """What is refused to one is paid to another, or at another place."""
    for code, modifiers, line in (
        ("36430", "", {"pos": "11"}),
        ("92507", "GN", {"pos": "11", "practitioner": "SLP"}),
        ("85060", "", {"pos": "21"}),
        ("47562", "AS", {"practitioner": "PA", "setting": "facility"}),
    ):
        assert cptkit.price(code, modifiers, **{**CHICAGO, **line}).allowed > 0


def test_78_where_there_is_no_global_period() -> None:
    """R13: with a period of 000 the whole is paid."""
    back = cptkit.price("11042", "78", **CHICAGO)
    assert back.allowed == cptkit.price("11042", **CHICAGO).allowed


@pytest.mark.parametrize("modifier", ["", "TC"])
def test_a_contractors_price_has_its_cap(modifier: str) -> None:
    """R11: work of the professional row where the whole has none, and OPPS's values."""
    figures = cptkit.schedule("RVU25D").figures
    whole, part = figures.find("70170", modifier), figures.find("70170", "26")
    assert whole is not None
    assert part is not None
    place = cptkit.schedule("RVU25D").locality(zip="60601").gpci
    indices = Gpci(*(int(each * 1000) for each in (place.work, place.pe, place.mp)))
    work = whole.work if modifier else part.work
    rvus = (work, whole.opps_pe_nonfacility, whole.opps_mp)
    with pytest.raises(NotPriced) as caught:
        cptkit.price("70170", modifier, **CHICAGO)
    assert caught.value.reason is Reason.CONTRACTOR_PRICED
    assert caught.value.cap is not None
    assert int(caught.value.cap * 100) == fee_in_cents(rvus, indices, 323465)
    assert (work > 0) == (not modifier)
