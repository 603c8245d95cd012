"""The bundled edits are CMS's, figure by figure; a user's pairs are read whole."""

from __future__ import annotations

import copy
import gzip
import io
import pickle
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

import cptkit
from cptkit import ncci

from .shared_files import SOURCES, rows
from .tool_files import load_tool

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = Path(cptkit.__file__).parent / "data" / "ncci"
PAIRS_2024 = SOURCES / "NCCI2024Q3" / "ptp_practitioner_active_2024-07-01.csv.gz"

needs_sources = pytest.mark.skipif(
    not SOURCES.exists(),
    reason="the CMS files are not at hand; set CPTKIT_SHARED to their folder",
)

#: As CMS writes the text: a notice, stacked titles, tabs. Real pairs; the dates of
#: the last four are made up for the tests.
CMS_TEXT = (
    b"CPT only copyright 2025 American Medical Association.\t\t\t\t\t\t\r\n"
    b"Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    b"Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tRationale\r\n"
    b"\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    b"\t\t\t\t*=no data\t1=allowed\t\r\n"
    b"\t\t\t\t\t9=not applicable\t\r\n"
    b"45385\t45378\t*\t19960101\t*\t0\tMore extensive procedure\r\n"
    b"11042\t97597\t\t20110101\t*\t1\tMisuse\r\n"
    b"43239\t43235\t\t20200101\t20220331\t1\tMore extensive procedure\r\n"
    b"43239\t43235\t\t20230101\t*\t0\tMore extensive procedure\r\n"
    b"17000\t11000\t\t20210101\t20210101\t1\tMisuse\r\n"
    b"99291\t71045\t\t20180101\t*\t9\tMisuse\r\n"
    b"\x1a"
)


def zipped(**members: bytes) -> bytes:
    """A zip as CMS publishes it: text beside a workbook."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", ".").replace("_", "-"), data)
    return made.getvalue()


# --- the bundled tables ------------------------------------------------------------


@needs_sources
def test_the_build_is_byte_for_byte_the_bundled_data(tmp_path: Path) -> None:
    """The same CMS files give the files that ship, and no other."""
    tool: Any = load_tool("build_ncci")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "DATA", tmp_path)
        patch.setattr(sys, "argv", ["build_ncci.py", str(SOURCES)])
        tool.main()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in BUNDLED.iterdir()}


@needs_sources
def test_a_changed_file_stops_the_build(tmp_path: Path) -> None:
    """A file whose sum is not the manifest's is refused before it is read."""
    tool: Any = load_tool("build_ncci")
    (tmp_path / "manifest.csv").write_text(f"path,sha256\n{tool.UNITS},00\n", "utf-8")
    (tmp_path / tool.UNITS).parent.mkdir()
    (tmp_path / tool.UNITS).write_bytes(b"hcpcs_code\n")
    with pytest.raises(SystemExit, match="sha256 is"):
        tool.read_rows(tmp_path, tool.UNITS)


@needs_sources
def test_every_unlikely_edit_is_the_files() -> None:
    """Each code has the units and the indicator of CMS's table; no other has any."""
    table = rows(SOURCES / "NCCI2026Q3" / "mue_practitioner_2026-07-01.csv")
    assert len(table) == 15162
    for row in table:
        edit = ncci.unlikely_units(row["hcpcs_code"])
        assert edit is not None
        assert (edit.units, edit.adjudication.value) == (
            int(row["mue_units"]),
            row["mai"],
        )
    assert ncci.unlikely_units("99999") is None


@needs_sources
def test_every_add_on_pair_is_the_files() -> None:
    """Each add-on code has its type and its primary codes of the file, on each date."""
    table = rows(SOURCES / "NCCI2026Q3" / "aoc_V2026Q3.csv")
    assert len(table) == 7743
    listed: dict[str, set[str]] = {}
    for row in table:
        edit = ncci.primaries(row["add_on_code"])
        assert edit is not None
        assert edit.type.value == row["edit_type"]
        listed.setdefault(row["add_on_code"], set()).add(row["primary_code"])
        begun = ncci.primaries(row["add_on_code"], row["effective_date"])
        assert begun is not None
        assert row["primary_code"] in {*begun.primaries, "CCCCC"}
    for code, codes in listed.items():
        edit = ncci.primaries(code)
        assert edit is not None
        assert set(edit.primaries) == codes - {"CCCCC"}
        assert list(edit.primaries) == sorted(edit.primaries)


@needs_sources
def test_the_editions_are_the_manifests() -> None:
    """Each bundled table names its file with the manifest's sum and rows."""
    sums = {
        row["path"]: (row["sha256"], int(row["rows"]))
        for row in rows(SOURCES / "manifest.csv")
        if row["folder"].startswith("NCCI")
    }
    for edition in ncci.editions():
        (source,) = edition.sources
        assert (source.sha256, source.rows) == sums[source.path]
        assert edition.rows == source.rows


def test_the_bundled_files_hold_figures_only() -> None:
    """Codes, digits, dates and names of files; no words of a rationale."""
    for name in ("unlikely_units.tsv", "add_ons.tsv"):
        _, _, *lines = (BUNDLED / name).read_text("ascii").splitlines()
        words = {word for line in lines for word in line.split()}
        assert all(word.replace("-", "").isalnum() for word in words)
        assert max(map(len, words)) <= len("2026-07-01")
        assert all(any(c.isdigit() for c in word) for word in words)


def test_a_date_outside_the_quarter_is_said() -> None:
    """One quarter is bundled; for other dates the answer is not exact."""
    inside = [ncci.unlikely_units("97110", day) for day in ("2026-07-01", "2026-09-30")]
    outside = [ncci.primaries("22552", day) for day in ("2026-06-30", "2026-10-01")]
    assert all(edit is not None and edit.exact for edit in inside)
    assert all(edit is not None and not edit.exact for edit in outside)


def test_a_primary_code_counts_from_its_date() -> None:
    """92930 became a primary code of 92978 in 2026."""
    before, since = (ncci.primaries("92978", day) for day in ("2025-12-31", None))
    assert before is not None
    assert since is not None
    assert "92930" in set(since.primaries) - set(before.primaries)
    assert set(before.primaries) < set(since.primaries)
    assert ncci.primaries("G2211", "2023-12-31") is None


def test_the_types_of_add_on_codes() -> None:
    """Listed, left to the contractor, partly listed."""
    found = [ncci.primaries(code) for code in ("22552", "76937", "88311")]
    assert [edit.type.value for edit in found if edit] == ["1", "2", "3"]
    assert [bool(edit.primaries) for edit in found if edit] == [True, False, True]


@pytest.mark.parametrize("look_up", [ncci.unlikely_units, ncci.primaries])
def test_codes_and_dates_are_read_as_everywhere(look_up: Any) -> None:
    """Codes as people write them; what cannot be read is refused."""
    assert look_up(" 0071u ") == look_up("0071U")
    with pytest.raises(cptkit.NotPriced, match="is not a CPT or HCPCS code"):
        look_up("knee")
    with pytest.raises(cptkit.NotPriced, match="is not a date"):
        look_up("97110", "tomorrow")


def test_import_loads_no_table() -> None:
    """`import cptkit` loads no edits; neither does a claim before it is asked."""
    code = (
        "import sys, cptkit; claim = cptkit.price_claim(['99213']);"
        "print('cptkit.ncci' in sys.modules);"
        "claim.warnings; print('cptkit.ncci' in sys.modules, cptkit.ncci.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(cptkit.__file__).parents[1]), "PATH": ""},
    )
    assert done.stdout.split() == ["False", "True", "cptkit.ncci"]


# --- the user's pairs --------------------------------------------------------------


def test_cms_text_is_read() -> None:
    """Tabs, stacked titles, dates, a star for none, an end-of-file mark."""
    pairs = ncci.load(CMS_TEXT)
    assert len(pairs) == 6
    pair = pairs.find("45385", "45378", "2024-08-01")
    assert pair == ncci.Pair(
        "45385",
        "45378",
        ncci.PairIndicator.NEVER,
        effective=date(1996, 1, 1),
        deleted=None,
        exact=False,
    )
    assert pairs.find("45378", "45385", "2024-08-01") is None
    assert pairs.find("45385", "45380") is None
    assert pairs.find("99213", "45385") is None


def test_a_pair_stands_from_its_first_day_to_its_last() -> None:
    """The same codes may pair twice, with a gap, and with another indicator."""
    pairs = ncci.load(CMS_TEXT, effective="2024-07-01")
    days = ("2019-12-31", "2020-01-01", "2022-03-31", "2022-04-01", "2023-01-01")
    found = [pairs.find("43239", "43235", day) for day in days]
    assert [pair and pair.indicator.value for pair in found] == [
        None,
        "1",
        "1",
        None,
        "0",
    ]
    assert all(pair.exact for pair in found if pair)


def test_a_withdrawn_pair_never_stood() -> None:
    """Deleted on its first day, or indicator 9: no date finds it."""
    pairs = ncci.load(CMS_TEXT)
    assert pairs.find("17000", "11000", "2021-01-01") is None
    assert pairs.find("99291", "71045", "2024-08-01") is None


@pytest.mark.parametrize(
    ("name", "quarter", "ends"),
    [
        ("ccipra-v302r0-f1.TXT", "2024Q3", date(2024, 9, 30)),
        ("ccipra-v323r0-f4.txt", "2026Q4", date(2026, 12, 31)),
        ("ptp_2025-01-01.csv", "2025Q1", date(2025, 3, 31)),
        ("pairs.csv", "2023Q1", date(2023, 3, 31)),
    ],
)
def test_the_quarter_is_the_names_or_the_newest_pairs(
    tmp_path: Path, name: str, quarter: str, ends: date
) -> None:
    """CMS's version, an ISO date, or the newest effective date tells the quarter."""
    path = tmp_path / name
    path.write_bytes(CMS_TEXT)
    edition = ncci.load(path).edition
    assert (edition.release, edition.ends) == (quarter, ends)
    assert edition.since == date(1996, 1, 1)
    assert edition.sources[0].path == name


def test_every_wrapping_gives_the_same_pairs(tmp_path: Path) -> None:
    """Text, gzip, zip with a workbook, and a folder hold one and the same table."""
    text = tmp_path / "ccipra-v302r0-f1.txt"
    text.write_bytes(CMS_TEXT)
    (tmp_path / "pairs.gz").write_bytes(gzip.compress(CMS_TEXT))
    (tmp_path / "pairs.zip").write_bytes(
        zipped(ccipra_v302r0_f1__TXT=CMS_TEXT, ccipra_v302r0_f1__xlsx=b"PK")
    )
    for source in (text, tmp_path / "pairs.gz", tmp_path / "pairs.zip", tmp_path):
        pairs = ncci.load(source, effective="2024-07-01")
        assert len(pairs) == 6
        assert pairs.find("11042", "97597") is not None


def test_parts_are_read_together_once(tmp_path: Path) -> None:
    """The four parts make one table; a part twice, or another quarter, is refused."""
    parts = [tmp_path / f"ccipra-v302r0-f{n}.txt" for n in (1, 2)]
    parts[0].write_bytes(CMS_TEXT)
    parts[1].write_bytes(
        b"Column 1,Column 2,Modifier\n11042,97598,1\n17110,11102,1\n11042,11000,1\n"
    )
    pairs = ncci.load(*parts)
    assert len(pairs) == 9
    for second in ("97597", "97598", "11000"):
        assert pairs.find("11042", second) is not None
    assert [source.rows for source in pairs.edition.sources] == [6, 3]

    twin = tmp_path / "ccipra-v302r0-f3.txt"
    twin.write_bytes(CMS_TEXT)
    with pytest.raises(cptkit.SourceFileError, match="is the same file as"):
        ncci.load(*parts, twin)
    other = tmp_path / "ccipra-v303r0-f2.txt"
    other.write_bytes(b"Column 1,Column 2,Modifier\n11042,97598,1\n")
    with pytest.raises(cptkit.InvalidInputError, match="2024-07-01 and 2024-10-01"):
        ncci.load(parts[0], other)


@pytest.mark.parametrize(
    ("row", "line", "column", "words"),
    [
        (b"11042,1E05,1", 3, "COLUMN 2", "scientific notation"),
        (b"knee,97597,1", 3, "COLUMN 1", "is not a code"),
        (b"11042,97597,2", 3, "MODIFIER", "expected 0, 1, 9"),
        (b"11042,97597", 3, "MODIFIER", "expected 0, 1, 9"),
    ],
)
def test_a_bad_row_names_file_line_and_column(
    tmp_path: Path, row: bytes, line: int, column: str, words: str
) -> None:
    """Nothing is skipped: a row that cannot be read refuses the file."""
    path = tmp_path / "pairs_2024-07-01.csv"
    path.write_bytes(b"Column 1,Column 2,Modifier\n11042,97598,1\n" + row + b"\n")
    with pytest.raises(cptkit.SourceFileError, match=words) as refused:
        ncci.load(path)
    assert (refused.value.path, refused.value.line) == (str(path), line)
    assert refused.value.column == column


@pytest.mark.parametrize("bad", ["2024070", "20241301", "July", ""])
def test_a_bad_date_is_refused(bad: str) -> None:
    """An effective date that is none names its column."""
    text = CMS_TEXT.replace(b"20110101", bad.encode())
    with pytest.raises(cptkit.SourceFileError, match="is not a date") as refused:
        ncci.load(text)
    assert (refused.value.line, refused.value.column) == (8, "EFFECTIVE")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello\n", "has no titles of pairs"),
        (b"hcpcs_code,mue_units,mai\n97110,6,3\n", "has no titles of pairs"),
        (b"HCPCS,MOD,DESCRIPTION,STATUS\n", r"is a relative value file"),
        (b"Column 1,Column 2,Modifier\n", "has titles and no pairs"),
        (gzip.compress(CMS_TEXT, mtime=0)[:90], "cut gzip"),
        (b"\x1f\x8bnot a gzip", "damaged gzip"),
        (zipped(readme__txt=b"see the workbook"), "has no titles of pairs"),
    ],
)
def test_a_wrong_file_is_refused(data: bytes, words: str) -> None:
    """Other tables and damaged files are told by what they are."""
    with pytest.raises(cptkit.SourceFileError, match=words):
        ncci.load(data)


def test_the_hospital_table_is_refused(tmp_path: Path) -> None:
    """Its columns are the same; its name tells."""
    path = tmp_path / "ccioph-v302r0-f1.txt"
    path.write_bytes(CMS_TEXT)
    with pytest.raises(cptkit.SourceFileError, match="outpatient hospitals"):
        ncci.load(path)
    with pytest.raises(cptkit.SourceFileError, match="no such file"):
        ncci.load(tmp_path / "absent.zip")


def test_a_file_that_tells_no_quarter_needs_one() -> None:
    """Without a date in name or rows the caller gives the quarter."""
    text = b"column1,column2,modifier_indicator\n11042,97597,1\n"
    with pytest.raises(cptkit.InvalidInputError, match="give effective="):
        ncci.load(text)
    pairs = ncci.load(text, effective="2024-08-15")
    assert str(pairs.edition) == (
        "NCCI procedure-to-procedure pairs, 2024Q3 (from 2024-07-01)"
    )
    assert [
        pair.exact
        for day in ("2024-06-30", "2024-07-01", "2024-10-01")
        if (pair := pairs.find("11042", "97597", day))
    ] == [False, True, False]


def test_values_are_values() -> None:
    """Every object compares, hashes, copies, pickles, and is told as plain data."""
    pairs = ncci.load(CMS_TEXT)
    values: tuple[Any, ...] = (
        pairs,
        pairs.edition,
        pairs.find("45385", "45378", "2024-08-01"),
        ncci.unlikely_units("97110"),
        ncci.primaries("88311"),
    )
    for value in values:
        assert value is not None
        for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert twin == value
            assert hash(twin) == hash(value)
        assert value.to_dict()
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.edition = None
        assert not hasattr(value, "__dict__")
    assert repr(pairs) == "<ProcedurePairs 6 of 2023Q1>"
    assert values[2].to_dict()["effective"] == "1996-01-01"


@needs_sources
def test_the_2024_pairs_are_read_whole() -> None:
    """1,669,820 pairs, each where it stands; known pairs have their indicators."""
    pairs = ncci.load(PAIRS_2024)
    assert len(pairs) == 1_669_820
    assert pairs.edition.release == "2024Q3"
    known = {("11042", "97597"): "1", ("45385", "45378"): "0", ("43239", "43235"): "0"}
    for (first, second), indicator in known.items():
        pair = pairs.find(first, second)
        assert pair is not None
        assert pair.indicator.value == indicator
        assert pairs.find(second, first) is None
    with gzip.open(PAIRS_2024, "rt", encoding="ascii") as file:
        for number, line in enumerate(file):
            if number % 997 == 1:
                first, second, indicator = line.strip().split(",")
                pair = pairs.find(first, second)
                assert pair is not None
                assert pair.indicator.value == indicator
