"""Each switch of `Options`, against sums done here; and what no switch may be."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import cptkit
from cptkit import InvalidInputError, NotPriced, Options
from cptkit.pricing.payment import Payment

CHICAGO: dict[str, Any] = {"zip": "60601", "on": "2025-10-15"}


def half_up(amount: Fraction) -> Decimal:
    """An amount in dollars to the cent."""
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


def exact_fee(number: str, place: cptkit.Locality, factor: str) -> Fraction:
    """The fee before any rounding, non-facility, by the formula of R8."""
    rvus = cptkit.code(number, release="RVU25D").rvus
    pairs = (
        (rvus.work, place.gpci.work),
        (rvus.pe_nonfacility, place.gpci.pe),
        (rvus.mp, place.gpci.mp),
    )
    return sum(Fraction(a) * Fraction(b) for a, b in pairs) * Fraction(factor)


CODES_2025 = "99203 99204 99213 99214 99215 11042 17000 20610 45378 93000".split()


def priced(code: str, modifiers: str = "", **line: Any) -> Payment:
    """A line's payment."""
    return cptkit.price(code, modifiers, **{**CHICAGO, **line})


def test_final_rounding_keeps_every_share_exact() -> None:
    """R9: from R12 on nothing is rounded but what is allowed."""
    differ = 0
    codes = ("47562", "27447", "49505", "44950", "27130", "44140")
    for code, percent in product(codes, ("37", "41", "63", "89.5")):
        line = {"pos": "22", "practitioner": "PA", "percent_payable": percent}
        by_step = priced(code, "52 AS", **line)
        final = priced(code, "52 AS", **line, options=Options(rounding="final"))
        share = Fraction("0.136") * Fraction(percent) / 100
        assert final.allowed == half_up(Fraction(final.base) * share), code
        differ += final.allowed != by_step.allowed
        assert final.steps[-3].rule == "R9"
        assert final.explain().count("as the caller chose") == 1
    assert differ


def test_ties_to_even_are_the_callers_choice() -> None:
    """R9: 102.14 x 75 % is 76.605, an exact half cent."""
    line = {"zip": "43004", "practitioner": "CSW"}
    assert priced("90834", **line).allowed == Decimal("76.61")
    even = priced("90834", **line, options=Options(tie="half_even"))
    assert even.allowed == Decimal("76.60")


@pytest.mark.parametrize("way", ["direct", "stepped", "unrounded"])
def test_three_limiting_charges(way: str) -> None:
    """R27: of the rounded fee, of the rounded 95 %, or of the fee before rounding."""
    place = cptkit.schedule("RVU25D").locality(zip="60601")
    options = Options(limiting=way)
    for code in CODES_2025:
        found = priced(code, participating=False, options=options)
        exact = exact_fee(code, place, "32.3465")
        fee, lowered = half_up(exact), half_up(Fraction(half_up(exact)) * 95 / 100)
        wanted = {
            "direct": Fraction(fee) * Fraction("1.0925"),
            "stepped": Fraction(lowered) * Fraction("1.15"),
            "unrounded": exact * Fraction("1.0925"),
        }[way]
        assert found.limiting_charge == half_up(wanted), code
        (step,) = [each for each in found.steps if "limiting charge" in each.what]
        assert step.amount == found.limiting_charge
        assert ("95 %" in step.arithmetic) == (way == "stepped")


def test_an_unrounded_limiting_charge_in_a_claim() -> None:
    """R27 after R16: the second surgery's half is taken before anything is rounded."""
    place = cptkit.schedule("RVU25D").locality(zip="60601")
    differ = 0
    for first in ("47562", "27447", "44950"):
        for second in ("11042", "20610", "17000", "12001"):
            claim = cptkit.price_claim(
                [first, second, "99999"],
                **CHICAGO,
                participating=False,
                options=Options(limiting="unrounded"),
            )
            lower = claim.lines[1]
            assert isinstance(lower, Payment)
            exact = exact_fee(second, place, "32.3465") / 2 * Fraction("1.0925")
            assert lower.limiting_charge == half_up(exact), (first, second)
            differ += lower.limiting_charge != half_up(
                Fraction(half_up(Fraction(half_up(exact * 2 / Fraction("1.0925"))) / 2))
                * Fraction("1.0925")
            )
            assert isinstance(claim.lines[2], NotPriced)
    assert differ


def test_retroactive_takes_the_newest_release_of_the_year() -> None:
    """R1: by choice, with a warning, and never silently as if it were exact."""
    options = Options(retroactive=True)
    early = cptkit.price("99213", on="2025-02-03", options=options)
    assert (early.release.name, early.exact) == ("RVU25D", False)
    assert early.warnings == ("RVU25D is used for 2025-02-03, as retroactive asks",)
    late = cptkit.price("99213", on="2025-10-15", options=options)
    assert (late.release.name, late.exact, late.warnings) == ("RVU25D", True, ())


def test_strict_takes_no_other_release() -> None:
    """R1: a quarter that is not held, and a release that does not govern the date."""
    assert cptkit.price("99213", on="2024-11-03").release.name == "RVU24C"
    for release in (None, "RVU25A"):
        with pytest.raises(NotPriced, match="RVU24D governs 2024-11-03") as caught:
            cptkit.price("99213", on="2024-11-03", release=release, strict=True)
        assert caught.value.reason is cptkit.Reason.DATE_NOT_COVERED


@pytest.mark.parametrize("on", ["2019-12-31", "1900-01-01", "0001-01-01"])
def test_a_date_before_the_table_of_rates(on: str) -> None:
    """R2: no share or factor is known of it, whichever release is asked for."""
    with pytest.raises(NotPriced, match="rates held begin with 2020-01-01") as caught:
        cptkit.price("99213", on=on, release="RVU25D")
    assert caught.value.reason is cptkit.Reason.DATE_NOT_COVERED
    assert cptkit.price("99213", on="2020-01-01", release="RVU25D").allowed


def test_a_date_after_the_table_of_rates() -> None:
    """R2: the file's own factor, and the answer says so."""
    payment = cptkit.price("99213", release="RVU26C", on="2027-02-01")
    assert payment.conversion_factor == Decimal("33.4009")
    assert not payment.exact
    assert payment.warnings[1] == (
        "the conversion factor 33.4009 is the file's own: the table of rates ends"
        " with 2026"
    )


def test_the_rate_of_a_place_of_service_may_be_chosen() -> None:
    """R7: where CMS does not state it the library says so, and steps back."""
    own = priced("99213", pos=5)
    assert own.setting == "non-facility"
    assert "Options(pos_overrides=)" in own.warnings[0]
    chosen = priced(
        "99213", pos="05", options=Options(pos_overrides={"05": "facility"})
    )
    assert (chosen.setting, chosen.warnings) == ("facility", ())
    assert chosen.allowed == priced("99213", setting="facility").allowed
    assert "by the caller's choice" in chosen.explain()
    early = cptkit.price("99213", pos="10", on="2023-03-03")
    assert "is stated from 2024-01-01; 2023-03-03 is earlier" in early.warnings[0]
    assert cptkit.price("99213", pos="10", on="2024-01-01").warnings == ()


def test_what_56_pays() -> None:
    """R13: the pre-operative share, or nothing."""
    share = cptkit.code("66984", release="RVU25D").split_care[0]
    paid = priced("66984", "56", pos="22")
    assert paid.fee == half_up(Fraction(paid.base) * Fraction(share))
    assert paid.fee > 0
    unpaid = priced("66984", "56", pos="22", options=Options(mod56="unpaid"))
    assert unpaid.fee == 0
    both = priced("66984", "54 56", pos="22")  # 54 holds the pre-operative share
    assert both.fee == priced("66984", "54", pos="22").fee


def test_the_days_of_care_to_the_tenth_of_a_percent() -> None:
    """R13: 20 % x 1/3 is 6.7 % as the manual's example prints it."""
    line: dict[str, Any] = {"pos": "22", "postop_share": "1/3"}
    exact = priced("66984", "55", **line)
    post = Fraction(cptkit.code("66984", release="RVU25D").split_care[2])
    assert exact.fee == half_up(Fraction(exact.base) * post / 3)
    tenth = priced("66984", "55", **line, options=Options(postop_share="tenth"))
    assert tenth.fee == half_up(Fraction(exact.base) * round(post / 3 * 1000) / 1000)
    assert tenth.fee != exact.fee


def test_a_tenth_of_a_percent_is_the_nearest() -> None:
    """R13: 21 % of 20945/21000 is 20.945 %, of 5/84 it is 1.25 %, which goes up."""
    tenth: dict[str, Any] = {"pos": "22", "options": Options(postop_share="tenth")}
    for share, percent in (("20945/21000", "20.9 %"), ("5/84", "1.3 %")):
        found = priced("27447", "55", postop_share=share, **tenth)
        assert found.steps[1].what.endswith(percent)


def test_two_units_of_any_row_as_a_pair() -> None:
    """R14: an add-on code's two units are two levels, unless the caller says sides."""
    one = priced("64491", pos="22").allowed
    assert priced("64491", units=2, pos="22").allowed == 2 * one
    paired = priced("64491", units=2, pos="22", options=Options(two_units="any"))
    assert paired.allowed == half_up(Fraction(one) * Fraction(3, 2))


def test_two_units_where_the_fee_holds_both_sides() -> None:
    """R14: indicator 2 pays two units once."""
    code = cptkit.code("27158", release="RVU25D")
    assert code.bilateral is cptkit.Bilateral.ALREADY_BOTH
    one, two = priced("27158", pos="22"), priced("27158", pos="22", units=2)
    assert two.allowed == one.allowed
    assert "the fee already counts both sides" in two.explain()


def test_base_units_of_another_list() -> None:
    """R32: the caller's units for a code, the bundled ones for every other."""
    usual = priced("00790", "AA", minutes=60)
    chosen = priced(
        "00790", "AA", minutes=60, options=Options(anes_base_units={"00790": 9})
    )
    factor = Fraction(usual.conversion_factor)
    assert usual.allowed == half_up(factor * (7 + 4))
    assert chosen.allowed == half_up(factor * (9 + 4))
    other = priced(
        "00800", "AA", minutes=60, options=Options(anes_base_units={"00790": 9})
    )
    assert other.allowed == priced("00800", "AA", minutes=60).allowed
    text = usual.explain()
    assert "11.0" in text
    assert "Conversion factor:" not in text


def test_time_units_to_the_hundredth() -> None:
    """R32: 50 minutes are 3.3 units, or 3.33."""
    factor = Fraction(priced("00790", "AA", minutes=15).conversion_factor)
    assert priced("00790", "AA", minutes=50).allowed == half_up(
        factor * Fraction("10.3")
    )
    options = Options(time_units="hundredth")
    found = priced("00790", "AA", minutes=50, options=options)
    assert found.allowed == half_up(factor * Fraction("10.33"))


def test_59_may_stay_in_the_session() -> None:
    """R18: 59 leaves the imaging session; by choice it ranks with the rest."""
    lines = [("70551", "TC"), ("72141", "TC 59")]
    apart = cptkit.price_claim(lines, **CHICAGO).allowed
    options = Options(separate_session_59=False)
    together = cptkit.price_claim(lines, **CHICAGO, options=options).allowed
    plain = cptkit.price_claim([("70551", "TC"), ("72141", "TC")], **CHICAGO).allowed
    assert together == plain < apart
    assert apart == sum(priced(*line).allowed for line in lines)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tie": "up"}, "tie='up' is not one of 'half_up', 'half_even'"),
        ({"retroactive": 2}, "retroactive=2 is not one of False, True"),
        ({"pos_overrides": 5}, "5 is not a mapping"),
        (
            {"pos_overrides": {"05": "office"}},
            "'05' is given 'office'; expected 'facil",
        ),
        ({"anes_base_units": "00790"}, "'00790' is not a mapping"),
    ],
)
def test_what_no_switch_may_be(given: dict[str, Any], words: str) -> None:
    """The switch and what it takes are named."""
    with pytest.raises(InvalidInputError) as caught:
        Options(**given)
    assert words in str(caught.value)


def test_switches_as_plain_data() -> None:
    """``Options(**d)`` is the inverse, whatever the order they were given in."""
    options = Options(
        limiting="stepped",
        pos_overrides={"18": "facility", "05": "facility"},
        anes_base_units={"00790": 9},
    )
    assert Options(**options.to_dict()) == options
    assert options.to_dict()["pos_overrides"] == {"05": "facility", "18": "facility"}
    assert hash(options) == hash(Options(**options.to_dict()))
