"""What a claim warns of: real code pairs, two that raise and two that do not, each."""

from __future__ import annotations

import copy
import doctest
import pickle
from pathlib import Path
from typing import Any

import pytest

import cptkit
from cptkit import Line, ncci
from cptkit._law import authorities
from cptkit.pricing.findings import members

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules" / "warnings.md"

#: Pairs of the 2024 Q3 table; a day in it, and CMS's indicator.
PAIRS = ncci.load(
    b"column1,column2,modifier_indicator\n"
    b"11042,97597,1\n43239,43235,0\n45385,45378,0\n99291,71045,1\n",
    effective="2024-07-01",
)
OHIO: dict[str, Any] = {"locality": "15202-00", "on": "2025-10-15", "pos": "11"}


def on(day: str, code: str, modifiers: str = "", **more: Any) -> Line:
    """A line of its own date of service."""
    return Line(code, modifiers, on=day, **more)


#: kind, what the case is, the lines, and the numbers of the lines a finding names.
RAISED: list[tuple[str, str, list[object], tuple[int, ...]]] = [
    (
        "global-period",
        "visit five days after a knee replacement",
        ["27447", on("2025-10-20", "99213")],
        (1, 2),
    ),
    (
        "global-period",
        "visit on the last of ninety days, surgery listed second",
        [on("2025-09-28", "99213"), on("2025-06-30", "66984")],
        (1, 2),
    ),
    (
        "global-period",
        "visit on the day of a minor procedure",
        ["20610", "99213"],
        (1, 2),
    ),
    (
        "global-period",
        "25 does not stand for 24 ten days after",
        ["17000", on("2025-10-25", "99212", "25")],
        (1, 2),
    ),
    (
        "global-period",
        "visit on the day of a major procedure",
        ["47562", "99223"],
        (1, 2),
    ),
    (
        "global-period",
        "visit the day before a major procedure",
        [on("2025-10-14", "99214"), "27130"],
        (1, 2),
    ),
    (
        "global-period",
        "second eye within ninety days, sides alone",
        [Line("66984", "RT"), on("2025-11-12", "66984", "LT")],
        (1, 2),
    ),
    (
        "global-period",
        "visit after, by the one who took over the care",
        [Line("66984", "55"), on("2025-11-01", "92012")],
        (1, 2),
    ),
    (
        "add-on",
        "one listed primary code, absent",
        ["64484", "20610"],
        (1,),
    ),
    (
        "add-on",
        "primary code on another day",
        [on("2025-10-14", "99291"), "99292"],
        (2,),
    ),
    (
        "add-on",
        "contractor names the primary codes, and nothing else is billed",
        ["76937"],
        (1,),
    ),
    (
        "add-on",
        "ZZZ without an edit, and nothing else is billed",
        ["92921"],
        (1,),
    ),
    (
        "add-on",
        "partly listed primary codes, none of them billed",
        ["88311", "99213"],
        (1,),
    ),
    (
        "component",
        "professional component beside the whole",
        ["71046", Line("71046", "26")],
        (1, 2),
    ),
    (
        "component",
        "technical component before the whole",
        [Line("72148", "TC"), "72148"],
        (1, 2),
    ),
    (
        "component",
        "tracing with a code of its own beside the whole test",
        ["93000", "93005"],
        (1, 2),
    ),
    (
        "component",
        "interpretation with a code of its own beside the whole test",
        ["93018", "93015"],
        (1, 2),
    ),
    ("code-date", "deleted in 2023", ["99354"], (1,)),
    ("code-date", "deleted in 2023, observation", ["99217"], (1,)),
    ("code-date", "not yet valid in 2020", [on("2020-03-02", "99417")], (1,)),
    ("code-date", "not yet valid in 2023", [on("2023-05-01", "G0019")], (1,)),
    ("setting", "no facility amount: physics", [Line("76145", pos="22")], (1,)),
    ("setting", "no facility amount: whole film", [Line("71046", pos="21")], (1,)),
    (
        "units",
        "policy, one line",
        [Line("11042", units=2)],
        (1,),
    ),
    (
        "units",
        "clinical, over two lines of a day",
        [Line("97110", "GP", units=4), Line("97110", "GP 59", units=3)],
        (1, 2),
    ),
    (
        "units",
        "both knees on two lines",
        [Line("27447", "RT"), Line("27447", "LT")],
        (1, 2),
    ),
    ("pair", "no modifier sets them apart", ["45385", Line("45378", "59")], (1, 2)),
    ("pair", "a modifier may, none is given", ["97597", "11042"], (1, 2)),
]

NEAR_MISSES: list[tuple[str, str, list[object]]] = [
    ("global-period", "24", ["27447", on("2025-10-20", "99213", "24")]),
    ("global-period", "the ninety-first day", ["27447", on("2026-01-14", "99213")]),
    ("global-period", "the eleventh day", ["17000", on("2025-10-26", "99212")]),
    ("global-period", "000 ends with its day", ["20610", on("2025-10-16", "99213")]),
    ("global-period", "25", ["20610", Line("99213", "25")]),
    ("global-period", "57 on the day", ["47562", Line("99223", "57")]),
    ("global-period", "57 before", [on("2025-10-14", "99214", "57"), "27130"]),
    ("global-period", "two days before", [on("2025-10-13", "99214"), "27130"]),
    ("global-period", "before a minor one", [on("2025-10-14", "99214"), "17000"]),
    (
        "global-period",
        "79 for the second eye",
        [Line("66984", "RT"), on("2025-11-12", "66984", "LT 79")],
    ),
    (
        "global-period",
        "a return to the operating room begins no period",
        [Line("27447", "78"), on("2025-10-20", "99213")],
    ),
    (
        "global-period",
        "surgical care only: others have the days after",
        [Line("66984", "54"), on("2025-11-01", "92012")],
    ),
    (
        "global-period",
        "an assistant has no period",
        [Line("27447", "80", pos="21"), on("2025-10-20", "99213")],
    ),
    ("global-period", "film after surgery", ["27447", on("2025-10-20", "73560")]),
    ("global-period", "two procedures of one day", ["20610", "11042"]),
    ("global-period", "FT from 2022", ["27447", on("2025-10-20", "99291", "FT")]),
    ("add-on", "primary code beside", ["64483", "64484"]),
    ("add-on", "primary code after", ["99292", "99291"]),
    ("add-on", "contractor names them, a service beside", ["76937", "36556"]),
    ("add-on", "ZZZ without an edit, a service beside", ["92921", "92920"]),
    ("component", "two halves make the whole", ["71046-26", "71046-TC"]),
    ("component", "another day", ["71046", on("2025-10-16", "71046", "26")]),
    ("component", "repeated", ["71046", Line("71046", "26 76")]),
    ("component", "other side", [Line("73560", "RT"), Line("73560", "26 LT")]),
    ("component", "halves with codes of their own", ["93005", "93010"]),
    ("code-date", "last day it was valid", [on("2022-12-31", "99354")]),
    ("code-date", "first day it is valid", [on("2024-01-01", "G0019")]),
    ("code-date", "no release has it", ["99999"]),
    ("setting", "office", ["76145", "71046"]),
    ("setting", "reading alone", [Line("71046", "26", pos="21")]),
    ("setting", "therapy takes the other amount", [Line("97110", "GP", pos="22")]),
    ("units", "as many as the edit", [Line("97110", "GP", units=6)]),
    (
        "units",
        "two days",
        [Line("97110", "GP", units=4), on("2025-10-16", "97110", "GP", units=4)],
    ),
    ("units", "both sides as one", [Line("27447", "50")]),
    ("units", "surgeon and assistant", ["27447", Line("27447", "80")]),
    ("units", "care after is not counted", ["66984", Line("66984", "55")]),
    ("units", "both components", ["72148-26", "72148-TC"]),
    ("pair", "59", ["11042", Line("97597", "59")]),
    ("pair", "modifier on column 1", [Line("11042", "XS"), "97597"]),
    ("pair", "two days", ["45385", on("2025-10-16", "45378")]),
    ("pair", "no such pair", ["45385", "99213-25"]),
]


def found(lines: list[object], kind: str) -> list[cptkit.Finding]:
    """The findings of one kind about a claim of these lines."""
    claim = cptkit.price_claim(lines, edits=PAIRS, **OHIO)
    return [finding for finding in claim.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("kind", "lines", "numbers"),
    [pytest.param(k, each, n, id=f"{k}: {what}") for k, what, each, n in RAISED],
)
def test_it_warns(kind: str, lines: list[object], numbers: tuple[int, ...]) -> None:
    """One finding names the lines, what was seen, what to check, and its table."""
    (finding,) = found(lines, kind)
    assert finding.lines == numbers
    assert finding.seen
    assert finding.check
    assert any(year in finding.source for year in ("2024Q3", "2026Q3", "RVU"))
    assert not finding.authority or finding.authority in authorities()
    claim = cptkit.price_claim(lines, edits=PAIRS, **OHIO)
    assert str(finding) in claim.warnings
    assert str(finding) in claim.explain()


@pytest.mark.parametrize(
    ("kind", "lines"),
    [pytest.param(k, each, id=f"{k}: {what}") for k, what, each in NEAR_MISSES],
)
def test_it_does_not_warn(kind: str, lines: list[object]) -> None:
    """A near miss raises nothing of its kind."""
    assert found(lines, kind) == []


def test_every_kind_has_two_of_each() -> None:
    """Each kind is raised at least twice, and has at least two near misses."""
    raised = [kind for kind, *_ in RAISED]
    missed = [kind for kind, *_ in NEAR_MISSES]
    kinds = {*raised, *missed}
    assert len(kinds) == 7
    assert all(raised.count(kind) >= 2 <= missed.count(kind) for kind in kinds)


@pytest.mark.parametrize("lines", [lines for _, _, lines, _ in RAISED])
def test_no_warning_changes_an_amount(lines: list[object]) -> None:
    """With and without edits, and whatever is found, every amount is the same."""
    plain = cptkit.price_claim(lines, **OHIO)
    assert plain.lines == cptkit.price_claim(lines, edits=PAIRS, **OHIO).lines


def test_one_visit_in_two_periods_is_one_finding_a_modifier() -> None:
    """Minor procedures of one day share a finding; a major one has its own."""
    lines = ["20610", "11042", "47562", "99213"]
    assert [each.lines for each in found(lines, "global-period")] == [
        (1, 2, 4),
        (3, 4),
    ]


def test_modifier_ft_counts_from_2022() -> None:
    """A list holds from its day: FT separates no visit of 2021."""
    lines: list[object] = [
        on("2021-05-03", "27447"),
        on("2021-05-10", "99291", "FT"),
    ]
    assert len(found(lines, "global-period")) == 1


@pytest.mark.parametrize(
    ("code", "per_line"),
    [("12001", False), ("11400", False), ("99486", True), ("G0514", True)],
)
def test_a_line_edit_counts_each_line(code: str, per_line: bool) -> None:
    """Indicator 1 looks at a line, the others at the day."""
    edit = ncci.unlikely_units(code)
    assert edit is not None
    assert (edit.adjudication is ncci.Adjudication.LINE) == per_line
    split: list[object] = [
        Line(code, units=edit.units),
        Line(code, "76", units=edit.units),
    ]
    assert bool(found(split, "units")) != per_line
    assert len(found([Line(code, units=edit.units + 1)], "units")) == 1


def test_the_parts_of_a_service_are_one_unit_of_it() -> None:
    """Two readings and two tests are two services, which two whole ones add to."""
    edit = ncci.unlikely_units("71046")
    assert edit is not None
    assert edit.units == 2
    parts: list[object] = [Line("71046", "26", units=2), Line("71046", "TC", units=2)]
    assert not found(parts, "units")
    assert len(found([*parts, "71046"], "units")) == 1
    assert not found([Line("71046", "26"), Line("71046", "TC"), "71046"], "units")
    assert len(found([Line("71046", "26", units=3), parts[1]], "units")) == 1


def test_a_claim_says_what_it_was_checked_against() -> None:
    """Each table with its date, and whether it is the one of the lines' dates."""
    claim = cptkit.price_claim(["99213"], **OHIO)
    releases, units, add_ons, pairs = claim.checked
    assert "RVU25D" in releases
    assert "medically unlikely edits, 2026Q3 (from 2026-07-01)" in units
    assert "of another date than 2025-10-15" in units
    assert "add-on code edits, 2026Q3 (from 2026-07-01)" in add_ons
    assert "not checked" in pairs
    assert claim.to_dict()["checked"] == list(claim.checked)
    assert all(each in claim.explain() for each in claim.checked)

    of_the_date = {**OHIO, "on": "2026-08-03"}
    _, units, add_ons, pairs = cptkit.price_claim(
        ["99213"], edits=PAIRS, **of_the_date
    ).checked
    assert "another date" not in units + add_ons
    assert "pairs, 2024Q3 (from 2024-07-01); of another date than 2026-08-03" in pairs


def test_a_finding_says_when_its_table_is_of_another_date() -> None:
    """The sentence of a finding carries the edition, and that it is not the day's."""
    line = Line("11042", units=2)
    (past,) = found([line], "units")
    assert past.source.endswith("(from 2026-07-01), not the table of 2025-10-15")
    now = cptkit.price_claim([line], **{**OHIO, "on": "2026-09-30"})
    assert str(now.findings[0]) == (
        "line 1: 2 units of 11042 on 2026-09-30: more than 1 are medically unlikely"
        " (counted: all lines of the day; set by policy, not overridden); check the"
        " count and the code; Medicare pays no more, whatever the modifier"
        " [NCCI medically unlikely edits, 2026Q3 (from 2026-07-01)]"
    )


def test_lines_that_cannot_be_read_raise_nothing() -> None:
    """Unreadable codes, dates, units and modifiers are refused, not checked."""
    lines = ["?", on("yesterday", "99213"), Line("11042", units="two"), Line(None)]
    claim = cptkit.price_claim([*lines, Line("27447", modifiers=object())], **OHIO)
    assert not any(line.priced for line in claim.lines)
    assert claim.findings == ()
    assert cptkit.price_claim([]).findings == ()


def test_refused_lines_are_checked_too() -> None:
    """A laboratory code has no amount here, and its pairs and units count still."""
    edit = ncci.unlikely_units("80053")
    assert edit is not None
    (finding,) = found([Line("80053", units=edit.units + 1)], "units")
    assert finding.lines == (1,)


def test_a_claim_is_still_a_value() -> None:
    """Claims with edits compare, hash and pickle; findings go with them."""
    lines: list[object] = ["45385", "45378", "99354"]
    claim = cptkit.price_claim(lines, edits=PAIRS, **OHIO)
    again = cptkit.price_claim(lines, edits=PAIRS, **OHIO)
    assert again == claim
    assert hash(again) == hash(claim)
    assert cptkit.price_claim(lines, **OHIO) != claim
    for twin in (copy.deepcopy(claim), pickle.loads(pickle.dumps(claim))):
        assert twin.findings == claim.findings
        assert twin.to_dict() == claim.to_dict()
    told = claim.to_dict()["findings"]
    assert [each["kind"] for each in told] == ["pair", "code-date"]
    assert told[1]["citation"].startswith("CMS PFS relative value file documentation")
    assert told[0]["citation"] == told[0]["source"]


def test_edits_must_be_loaded_pairs() -> None:
    """A path where pairs belong is refused, and the words say how to read one."""
    path: Any = "pairs.csv"
    with pytest.raises(cptkit.InvalidInputError, match=r"cptkit\.ncci\.load returns"):
        cptkit.price_claim(["99213"], edits=path)


def test_the_parts_of_a_whole_test_add_up() -> None:
    """The codes listed as parts are exactly the parts: their RVUs sum to the whole."""
    from cptkit.pricing.findings import components

    schedule = cptkit.schedule("RVU26C")
    whole_tests = {code.number for code in schedule if code.pctc.value == "4"}
    assert set(components()) == whole_tests
    for whole, parts in components().items():
        rvus = [schedule[part].rvus for part in parts]
        assert sum(each.work for each in rvus) == schedule[whole].rvus.work
        total = sum(each.total_nonfacility for each in rvus)
        assert total == schedule[whole].rvus.total_nonfacility
        assert {schedule[part].pctc.value for part in parts} == {"2", "3"}


def test_lists_hold_known_modifiers() -> None:
    """Every modifier of a list is one that a line may carry."""
    from cptkit._law import modifiers

    names = (
        *("visit-before-major", "visit-same-day-major", "visit-same-day-minor"),
        *("visit-after", "procedure-after", "repeated", "pairs"),
    )
    for name in names:
        for year in (2020, 2026):
            day = cptkit.schedule(on=f"{year}-08-03").release.effective
            assert members(name, day).members <= set(modifiers())


def test_a_visit_is_never_a_procedure_with_a_period() -> None:
    """No code of the list of visits has global days of its own."""
    schedule = cptkit.schedule("RVU26C")
    day = schedule.release.effective
    visits = [code for code in members("visits", day).members if code in schedule]
    assert len(visits) > 60
    assert {schedule[code].global_period.value for code in visits} == {"XXX"}


@pytest.mark.skipif(not PAGE.exists(), reason="the pages are not in this checkout")
def test_the_page_says_what_the_library_does() -> None:
    """Every example of the page on warnings runs and prints what it shows."""
    failed, run = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, run > 5) == (0, True)
