"""Questions and billing lines come from the code's text and row, never from air."""

from __future__ import annotations

import pytest

import cptkit
from cptkit._billing_lines import billing_lines, is_add_on


def asked(code: str) -> dict[str, str]:
    """Answers by question."""
    return {each.question: each.answer for each in cptkit.code(code).faq}


def test_a_code_with_text() -> None:
    """What it is, who uses it, when, and what tells it from its neighbours."""
    code = cptkit.code("99213")
    found = asked("99213")
    assert list(found) == [
        "What is CPT 99213?",
        "Who uses CPT 99213?",
        "When is CPT 99213 used?",
        "What is the difference between 99213 and 99212?",
        "What is the difference between 99213 and 99214?",
    ]
    assert code.title in found["What is CPT 99213?"]
    assert str(code.description) in found["What is CPT 99213?"]
    assert "Internal Medicine" in found["Who uses CPT 99213?"]
    assert found["When is CPT 99213 used?"] == code.clinical_context
    difference = found["What is the difference between 99213 and 99214?"]
    assert "20 minutes" in difference
    assert "30 minutes" in difference
    assert "established" not in difference


def test_letters_are_hcpcs_and_digits_cpt() -> None:
    """G codes are HCPCS codes; Category III numbers are CPT codes."""
    assert "What is HCPCS G0439?" in asked("G0439")
    third = next(code for code in cptkit.schedule() if code.number.endswith("T"))
    assert all("HCPCS" not in each.question for each in third.faq)


def test_empty_fields_print_nothing() -> None:
    """A code without text has no question that only a text could answer."""
    for code in list(cptkit.schedule("RVU26C"))[::50]:
        starts = [each.question.split(" ")[0] for each in code.faq]
        questions = [each.question for each in code.faq]
        assert ("Who" in starts) == bool(code.specialties)
        assert ("When" in starts) == bool(code.clinical_context)
        what = any(
            each.startswith("What is")
            and each.endswith(f" {code.number}?")
            and "global" not in each
            and "difference" not in each
            for each in questions
        )
        assert what == (code.description is not None)
        assert all(each.answer.strip() for each in code.faq)
        assert len(set(questions)) == len(questions)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [("99417", True), ("96415", True), ("99213", False), ("Q4101", False)],
)
def test_add_ons(code: str, wanted: bool) -> None:
    """ZZZ rows are add-ons; products that carry ZZZ are not."""
    held = cptkit.code(code)
    assert is_add_on(held) == wanted
    assert (f"Is CPT {code} an add-on?" in asked(code)) == wanted
    assert any("Add-on" in line for line in billing_lines(held)) == wanted


def test_parts_of_a_test() -> None:
    """The professional and technical parts, with their RVUs from the rows."""
    answer = asked("71046")["Does CPT 71046 have professional and technical parts?"]
    code = cptkit.code("71046")
    for part in ("26", "TC"):
        assert str(code.component(part).rvus.total_nonfacility) in answer
    assert "Does CPT 99213 have professional and technical parts?" not in asked("99213")


def test_the_global_period_is_the_rows() -> None:
    """With CMS's own letters and what they mean."""
    answer = asked("27447")["What is the global period of CPT 27447?"]
    assert answer.startswith("090: major surgery")
    assert not any("global" in question for question in asked("99213"))


def test_anesthesia_is_paid_by_units() -> None:
    """What an anesthesia page needs: how it is paid, and the row's base units."""
    answer = asked("00790")["How is CPT 00790 paid?"]
    told = "Medicare pays anesthesia by base and time units. It has 7 base units."
    assert answer == told


def test_billing_lines_of_an_operation() -> None:
    """Global days, divided care, sides, assistants, settings and the factor."""
    text = "\n".join(billing_lines(cptkit.code("27447", release="RVU26C")))
    for wanted in (
        "Global period 090",
        "10 percent before, 69 percent during and 21 percent after",
        "with modifier 50 on one line, pay 150 percent",
        "An assistant at surgery is payable",
        "Co-surgeons (62)",
        "rarely or never done outside a facility",
        "$33.4009 in 2026 (RVU26C)",
    ):
        assert wanted in text


def test_billing_lines_of_a_visit() -> None:
    """The settings differ; nothing is said of surgeons."""
    lines = billing_lines(cptkit.code("99213", release="RVU26C"))
    assert lines[0].startswith("Outside a facility 2.85 RVUs, in a facility 1.72")
    assert not any("surge" in line for line in lines)


def test_no_line_of_any_code_is_empty_or_stopped() -> None:
    """Generated lines look like written ones: no final stop, nothing blank."""
    for code in list(cptkit.schedule("RVU26C"))[::50]:
        for line in billing_lines(code):
            assert line.strip() == line
            assert line
            assert not line.endswith(".")
