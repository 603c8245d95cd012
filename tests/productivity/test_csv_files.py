"""Tables as people export them: what is read, what is repaired, what is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cptkit import InvalidInputError, SourceFileError
from cptkit import productivity as pr
from cptkit.productivity.dates import read_date

EXPORT = """\
Charge detail report,,,,,,,
Printed 4/1/2026,,,,,,,

Service Date,Rendering Provider,CPT Code,Mod 1,Mod 2,Qty,POS,MRN
3/2/2026,"Ada, MD",99214,25,,1,11,0012
03/02/26 08:15 AM,"Ada, MD",93000.0,,,2.0,11,0012
,,,,,,,
2-Mar-2026,Bo,="00100",,,1,22,
"Mar 4, 2026",Bo,100,P2,AA,1,22,
46085,Bo,99213-25,59,,,,
3/5/2026,Bo,99213,,,1,11,7
3/5/2026,Bo,99213,,,1,11,7
13/5/2026,Bo,99213,,,1,11,
3/6/2026,Bo,213,,,1,11,
3/6/2026,Bo,9921?,,,1,11,
3/6/2026,Bo,99213,,,-1,11,
3/6/2026,Bo,,,,1,11,
3/6/2026,Bo,99213,,,1,11,,stray
3/6/2026,Bo,73030,RTLT,,1,11,
3/7/2026,Bo,73030,2659,,1,11,
"""


def read(
    tmp_path: Path, text: str, encoding: str = "utf-8", **how: object
) -> pr.WorkLog:
    """The log of a file with this text."""
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode(encoding))
    return pr.WorkLog.read_csv(path, **how)  # type: ignore[arg-type]


def test_an_export_of_a_records_system(tmp_path: Path) -> None:
    """Good rows are kept as meant; bad ones are listed with number and reason."""
    log = read(tmp_path, EXPORT)
    assert [(str(e.on), e.code, " ".join(e.modifiers), e.units) for e in log] == [
        ("2026-03-02", "99214", "25", 1),
        ("2026-03-02", "93000", "", 2),
        ("2026-03-02", "00100", "", 1),
        ("2026-03-04", "00100", "P2 AA", 1),
        ("2026-03-04", "99213", "25 59", 1),
        ("2026-03-05", "99213", "", 1),
        ("2026-03-05", "99213", "", 1),
        ("2026-03-07", "73030", "26 59", 1),
    ]
    assert log[1].person == "Ada, MD"
    assert (log[1].setting, log[1].other) == ("11", (("MRN", "0012"),))
    found = [(each.row, each.kind) for each in log.problems]
    assert found == [
        (9, "repaired"),
        (12, "duplicate"),
        *((row, "rejected") for row in range(13, 20)),
    ]
    reasons = {each.row: each.reason for each in log.problems}
    for row, words in {
        9: "100 is taken as 00100",
        12: "the same as row 11",
        13: "with the month first",
        14: "00213 is no code",
        15: "not a CPT or HCPCS code",
        16: "reversal",
        17: "no code",
        18: "9 cells where the header has 8",
        19: "RT and LT exclude",
    }.items():
        assert words in reasons[row], reasons[row]
    assert dict(log.problems[2].cells)["Service Date"] == "13/5/2026"


def test_nothing_of_the_file_is_lost(tmp_path: Path) -> None:
    """Rows that are not blank are entries or rejected, every one."""
    log = read(tmp_path, EXPORT)
    rejected = [each for each in log.problems if each.kind == "rejected"]
    rows = [line for line in EXPORT.splitlines()[4:] if line.strip(",")]
    assert len(log) + len(rejected) == len(rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(
    tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    """What spreadsheets of other countries and programs write is read alike."""
    rows = [("date", "cpt", "provider"), ("2026-03-02", "99213", "Zo\u00eb")]
    text = newline.join(separator.join(row) for row in rows)
    log = read(tmp_path, text, encoding)
    assert [(e.code, e.person) for e in log] == [("99213", "Zo\u00eb")]


def test_excels_own_first_line(tmp_path: Path) -> None:
    """``sep=;`` is followed."""
    log = read(tmp_path, "sep=;\ndate;cpt;notes\n2026-03-02;99213;a,b\n")
    assert log[1].note == "a,b"


def test_columns_may_be_named(tmp_path: Path) -> None:
    """Where names do not say, or two say the same, the caller says."""
    text = "Posted,DOS,Date,CPT\n2026-04-01,2026-03-02,2026-03-09,99213\n"
    with pytest.raises(SourceFileError, match="DOS and Date may both be on"):
        read(tmp_path, text)
    log = read(tmp_path, text, columns={"Date": ""})
    assert str(log[1].on) == "2026-03-02"
    assert log[1].other == (("Date", "2026-03-09"), ("Posted", "2026-04-01"))
    log.write_csv(tmp_path / "again.csv")
    assert pr.WorkLog.read_csv(tmp_path / "again.csv") == log
    assert str(read(tmp_path, text, columns={"DOS": "", "date": "on"})[1].on) == (
        "2026-03-09"
    )
    with pytest.raises(InvalidInputError, match="did you mean code"):
        read(tmp_path, text, columns={"DOS": "cod"})


def test_days_first_is_said_not_guessed(tmp_path: Path) -> None:
    """3/4/2026 is in March unless the caller says otherwise, whatever the others."""
    text = "date,cpt\n3/4/2026,99213\n25/4/2026,99213\n"
    log = read(tmp_path, text)
    assert [str(e.on) for e in log] == ["2026-03-04"]
    assert "day_first=True" in log.problems[0].reason
    log = read(tmp_path, text, day_first=True)
    assert [str(e.on) for e in log] == ["2026-04-03", "2026-04-25"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02",
        "2026/3/2",
        "2026.03.02",
        "20260302",
        "3/2/2026",
        "03-02-26",
        "3/2/2026 0:00",
        "2026-03-02T08:15:00",
        "2-Mar-26",
        "02 March 2026",
        "Mar. 2, 2026",
        "March 2 2026",
        "46083",
        "46083.34375",
    ],
)
def test_common_forms_of_a_date(text: str) -> None:
    """Each is the second of March 2026."""
    assert read_date(text, day_first=False) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text", ["", "2026-13-01", "2/30/2026", "1/2-2026", "2-Foo-26", "99213", "202603"]
)
def test_what_is_no_date(text: str) -> None:
    """Refused, with a form that works."""
    with pytest.raises(InvalidInputError, match="2026-03-02"):
        read_date(text, day_first=False)


def test_a_file_without_a_header_or_that_is_not_there(tmp_path: Path) -> None:
    """The error names the file and how it begins."""
    with pytest.raises(SourceFileError, match=r"export\.csv.*begins 'a,b'"):
        read(tmp_path, "a,b\n1,2\n")
    with pytest.raises(SourceFileError, match="begins 'nothing'"):
        read(tmp_path, "")
    with pytest.raises(SourceFileError, match="cannot be opened"):
        pr.WorkLog.read_csv(tmp_path / "absent.csv")
